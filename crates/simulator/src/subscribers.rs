//! Subscribers with an inbox, as `kirana_edge::inbox` keeps it, and what took effect at them.

use kirana_events::{Pack, Subscriber};
use kirana_kernel::Id;
use serde::Deserialize;
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
    /// What must never be: an event that takes effect twice.
    pub fn apply(&mut self, pack: &Pack, deaf: bool) -> Result<u64, String> {
        let inbox = self.inboxes.entry(pack.subscriber).or_default();
        for packed in &pack.events {
            // A subscriber without an inbox applies whatever comes.
            if packed.seq <= inbox.watermark && !deaf {
                continue;
            }
            if !inbox.applied.insert(packed.seq) {
                return Err(format!("event {} took effect twice at {}", packed.seq, pack.subscriber));
            }
            self.effects += 1;
            let told: Told = serde_json::from_str(packed.event.get()).map_err(|error| error.to_string())?;
            if let Some(order) = told.data.order {
                let known = self.versions.entry((pack.subscriber, order.id)).or_default();
                *known = (*known).max(order.version);
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

/// As much of an event as matters here.
#[derive(Deserialize)]
struct Told {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    order: Option<Version>,
}

#[derive(Deserialize)]
struct Version {
    id: Id,
    version: u32,
}
