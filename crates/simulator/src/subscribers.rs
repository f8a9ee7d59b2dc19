//! Subscribers with an inbox, as `kirana_edge::inbox` keeps it, and what took effect at them.

use kirana_events::{Pack, PackedEvent, Subscriber};
use kirana_kernel::Id;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    told: BTreeMap<u64, (Arc<RawValue>, Option<Version>)>,
    /// Events that took effect.
    pub effects: u64,
    /// Those of them that payments or pricing heard, until somebody takes them.
    pub heard: Vec<Arc<RawValue>>,
    /// Is each event read to its end? What it says of its order is at its beginning.
    pub thorough: bool,
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
            if matches!(pack.subscriber, Subscriber::Payments | Subscriber::Pricing) {
                self.heard.push(packed.event.clone());
            }
            if let Some(order) = read(&mut self.told, packed, self.thorough)? {
                let known = self.versions.entry((pack.subscriber, order.id)).or_default();
                *known = (*known).max(order.version);
            }
        }
        inbox.watermark = inbox.watermark.max(pack.upto);
        Ok(inbox.watermark)
    }

    /// Each event that somebody was told, in the order of their numbers.
    pub fn told(&self) -> impl Iterator<Item = &str> {
        self.told.values().map(|(event, _)| event.get())
    }

    /// The newest version of an order that a subscriber knows.
    pub fn version(&self, subscriber: Subscriber, order: Id) -> u32 {
        self.versions.get(&(subscriber, order)).copied().unwrap_or(0)
    }
}

/// Reads an event once, whoever it is told to; it must be the same each time.
fn read(
    told: &mut BTreeMap<u64, (Arc<RawValue>, Option<Version>)>,
    packed: &PackedEvent,
    thorough: bool,
) -> Result<Option<Version>, String> {
    match told.entry(packed.seq) {
        Entry::Occupied(known) if Arc::ptr_eq(&known.get().0, &packed.event) => Ok(known.get().1),
        Entry::Occupied(known) if known.get().0.get() == packed.event.get() => Ok(known.get().1),
        Entry::Occupied(_) => Err(format!("event {} was told in two ways", packed.seq)),
        Entry::Vacant(new) => {
            let order = begins(packed.event.get())?;
            if thorough {
                let event: Told = serde_json::from_str(packed.event.get()).map_err(|error| error.to_string())?;
                if event.data.order != order {
                    return Err(format!("event {} says {:?} of an order, not {order:?}", packed.seq, event.data.order));
                }
            }
            Ok(new.insert((packed.event.clone(), order)).1)
        }
    }
}

/// What an event says of an order, by how its payload begins. No text in an event can have these signs: its quotes are escaped.
fn begins(event: &str) -> Result<Option<Version>, String> {
    let data = event.split_once(r#""data":{"#).ok_or("an event without a payload")?.1;
    let Some(order) = data.strip_prefix(r#""order":{"id":""#) else { return Ok(None) };
    let unreadable = || format!("an order that begins with {:?}", order.get(..80));
    let (id, rest) = order.split_once(r#"","version":"#).ok_or_else(unreadable)?;
    let version = rest.split(',').next().unwrap_or_default();
    let (id, version) = (id.parse().map_err(|_| unreadable())?, version.parse().map_err(|_| unreadable())?);
    Ok(Some(Version { id, version }))
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
struct Version {
    id: Id,
    version: u32,
}
