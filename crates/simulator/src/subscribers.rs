//! Subscribers with an inbox, as `kirana_edge::inbox` keeps it, and what took effect at them.

use kirana_events::{Pack, PackedEvent, Subscriber};
use kirana_kernel::Id;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::btree_map::Entry;
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
    /// Each event as it was told the first time, and what it says of an order.
    told: BTreeMap<u64, (Box<RawValue>, Option<Version>)>,
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
            if let Some(order) = read(&mut self.told, packed)? {
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

/// Reads an event once, whoever it is told to; it must be the same each time.
fn read(
    told: &mut BTreeMap<u64, (Box<RawValue>, Option<Version>)>,
    packed: &PackedEvent,
) -> Result<Option<Version>, String> {
    match told.entry(packed.seq) {
        Entry::Occupied(known) if known.get().0.get() == packed.event.get() => Ok(known.get().1),
        Entry::Occupied(_) => Err(format!("event {} was told in two ways", packed.seq)),
        Entry::Vacant(new) => {
            let event: Told = serde_json::from_str(packed.event.get()).map_err(|error| error.to_string())?;
            Ok(new.insert((packed.event.clone(), event.data.order)).1)
        }
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

#[derive(Clone, Copy, Deserialize)]
struct Version {
    id: Id,
    version: u32,
}
