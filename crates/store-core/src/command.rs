//! What a command works with: the database, the moment, and the events it will leave.

use crate::Result;
use crate::memory::Memory;
use crate::orders::Saved;
use crate::outbox::{self, Left};
use kirana_events::{Event, EventData, OrderFigures, OrderNews, OrderTold, Subscriber, VERSION};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::Sql;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::time::Duration;

/// What a deployer sets for every store.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The store as a source of events: `store-<number>`.
    pub source: String,
    /// How long stock is held for an order that is not paid.
    pub payment_deadline: Duration,
    /// How long after it was handed over an order is completed.
    pub complete_after: Duration,
    /// How long after it was promised a step of an order is late, and somebody is told.
    pub late_after: Duration,
    /// How long after it was promised an order that nobody makes is called off.
    pub abandon_after: Duration,
    /// How long a subscriber may be silent before what it was sent is sent again.
    pub resend_after: Duration,
}

/// The time and the random numbers of one command, as its caller has them.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// 32 random bytes, from which the ids of the command are drawn.
    pub seed: [u8; 32],
    /// The request that it belongs to, for the events' `correlation_id`.
    pub request_id: String,
}

impl Moment {
    /// The same moment for the `index`th of several commands, with random numbers of its own.
    #[must_use]
    pub fn fork(&self, index: usize) -> Self {
        let mut moment = self.clone();
        let salt = (index as u64 + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        for (byte, salt) in moment.seed.iter_mut().zip(salt.to_le_bytes().iter().cycle()) {
            *byte ^= salt;
        }
        moment
    }
}

/// A command that is running.
pub struct Context<'a, S> {
    /// The database, inside the transaction.
    pub sql: &'a S,
    /// The deployer's settings.
    pub settings: &'a Settings,
    /// What the store keeps in memory.
    pub memory: &'a Memory,
    /// When and for whom.
    pub moment: Moment,
    drawn: u64,
    events: Vec<(&'static str, serde_json::Result<Box<RawValue>>)>,
}

impl<'a, S: Sql> Context<'a, S> {
    pub(crate) fn new(sql: &'a S, settings: &'a Settings, memory: &'a Memory, moment: Moment) -> Self {
        Self { sql, settings, memory, moment, drawn: 0, events: Vec::new() }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.moment.now
    }

    /// Ten random bytes that no other call in this command gets.
    pub fn random(&mut self) -> [u8; 10] {
        // SplitMix64 over the seed: the seed is unpredictable, the sequence only has to differ.
        let mut bytes = [0; 10];
        for (index, chunk) in bytes.chunks_mut(8).enumerate() {
            self.drawn += 1;
            let mut word = [0; 8];
            word.copy_from_slice(&self.moment.seed[index * 8..index * 8 + 8]);
            let mut z = u64::from_le_bytes(word).wrapping_add(self.drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let word = (z ^ (z >> 31)).to_le_bytes();
            let length = chunk.len();
            chunk.copy_from_slice(&word[..length]);
        }
        bytes
    }

    /// Leaves an event, if somebody hears of its kind; it is written when the command ends.
    pub fn emit(&mut self, subject: String, store_id: Option<Id>, data: EventData) {
        if !Subscriber::OF_STORES.iter().any(|subscriber| subscriber.hears(data.type_name())) {
            return;
        }
        let event = Event {
            id: Id::new(self.now(), self.random()),
            version: VERSION,
            occurred_at: self.now(),
            source: self.settings.source.clone(),
            store_id,
            subject,
            correlation_id: self.moment.request_id.clone(),
            causation_id: None,
            data,
        };
        self.write(event.data.type_name(), &event);
    }

    /// Leaves news of an order that was saved: its JSON is not written once more.
    pub fn tell(&mut self, news: OrderNews, order: &Saved, reason: Option<&str>, before: Option<&OrderFigures>) {
        let id = Id::new(self.now(), self.random());
        let told = OrderTold::new(news, (id, self.now()), (order.store_id, order.id), order.text());
        let told = told.said_by(&self.settings.source, &self.moment.request_id).because(reason, before);
        let text = to_raw_value(&told);
        self.events.push((news.type_name(), text));
    }

    fn write(&mut self, event_type: &'static str, event: &impl Serialize) {
        self.events.push((event_type, to_raw_value(event)));
    }

    /// Writes the events into the outbox.
    pub(crate) fn flush(self) -> Result<Left> {
        let events = self.events.into_iter().map(|(event_type, text)| Ok((event_type, text?.into())));
        outbox::write(self.sql, self.memory, events.collect::<Result<_>>()?)
    }
}
