//! Subscribers with an inbox, as `kirana_edge::inbox` keeps it, and what took effect at them.

use kirana_events::{Event, EventData, Pack, Subscriber};
use kirana_kernel::Id;
use std::collections::{BTreeMap, BTreeSet};

/// One subscriber's inbox for one source.
#[derive(Default)]
struct Inbox {
    watermark: u64,
    applied: BTreeSet<u64>,
}

/// All subscribers of one store.
#[derive(Default)]
pub struct Subscribers {
    inboxes: BTreeMap<Subscriber, Inbox>,
    /// The newest version of each order that each subscriber knows.
    versions: BTreeMap<(Subscriber, Id), u32>,
    /// Events that took effect.
    pub effects: u64,
}

impl Subscribers {
    /// Applies a pack, once; answers what would be acknowledged.
    ///
    /// # Errors
    /// What must never be: an event that takes effect twice, or one whose predecessor did not come.
    pub fn apply(&mut self, pack: &Pack, deaf: bool) -> Result<u64, String> {
        let inbox = self.inboxes.entry(pack.subscriber).or_default();
        if pack.after > inbox.watermark {
            return Err(format!("{} got {} after {}", pack.subscriber, pack.after, inbox.watermark));
        }
        for packed in &pack.events {
            // A subscriber without an inbox applies whatever comes.
            if packed.seq <= inbox.watermark && !deaf {
                continue;
            }
            if !inbox.applied.insert(packed.seq) {
                return Err(format!("event {} took effect twice at {}", packed.seq, pack.subscriber));
            }
            self.effects += 1;
            let event: Event = serde_json::from_str(packed.event.get()).map_err(|error| error.to_string())?;
            if let Some((order, version)) = order_of(&event.data) {
                let known = self.versions.entry((pack.subscriber, order)).or_default();
                *known = (*known).max(version);
            }
        }
        inbox.watermark = inbox.watermark.max(pack.upto);
        Ok(inbox.watermark)
    }

    /// The newest version of an order that a subscriber knows.
    pub fn version(&self, subscriber: Subscriber, order: Id) -> u32 {
        self.versions.get(&(subscriber, order)).copied().unwrap_or(0)
    }
}

/// The order of an event, and its version then.
fn order_of(data: &EventData) -> Option<(Id, u32)> {
    match data {
        EventData::OrderCreated(event)
        | EventData::OrderConfirmed(event)
        | EventData::OrderPreparing(event)
        | EventData::OrderReady(event)
        | EventData::OrderCollected(event)
        | EventData::OrderDispatched(event)
        | EventData::OrderDelivered(event)
        | EventData::OrderCompleted(event)
        | EventData::OrderCancelled(event)
        | EventData::OrderAmended(event)
        | EventData::OrderRefunded(event) => Some((event.order.id, event.order.version)),
        _ => None,
    }
}
