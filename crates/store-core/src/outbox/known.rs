//! What is known of the outbox without asking its table: how far everybody is, and which rows there are.

use super::waiting::Waiting;
use crate::Result;
use crate::memory::Memory;
use kirana_events::Subscriber;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

const SUBSCRIBERS: usize = Subscriber::OF_STORES.len();

/// How far a subscriber is. All but `acked` is known to this process alone: another one sends what is not acknowledged again.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Everything up to this number has taken effect there.
    pub acked: u64,
    /// Everything up to this number was sent.
    pub sent: u64,
    /// How often, without a word back.
    pub attempts: u32,
    /// When it is sent again, in milliseconds since 1970.
    pub next_at: i64,
}

/// How far everybody is, by their place in [`Subscriber::OF_STORES`]; whoever was never sent anything is at 0.
pub type Cursors = [Cursor; SUBSCRIBERS];

/// A row of the outbox.
#[derive(Clone, Copy, Deserialize)]
pub struct Row {
    /// Its place, which later events take.
    pub slot: i64,
    /// The number of its last event.
    pub last: u64,
}

/// The outbox as it stands.
#[derive(Default)]
pub struct Outbox {
    /// How far everybody is.
    pub cursors: Cursors,
    /// The number of the newest event that there ever was.
    pub last: u64,
    /// The rows there are.
    pub rows: Vec<Row>,
    /// The newest row says that everybody has everything.
    pub at_rest: bool,
    /// Events that somebody may still want.
    pub waiting: Waiting,
}

impl Outbox {
    /// What everybody has acknowledged.
    pub fn by_all(&self) -> u64 {
        self.cursors.iter().map(|cursor| cursor.acked).min().unwrap_or(0)
    }

    /// So many places for rows: those of which everybody has had all, then new ones.
    pub fn places(&self, count: usize) -> Vec<i64> {
        let had = self.by_all();
        let free = self.rows.iter().filter(|row| row.last <= had).map(|row| row.slot);
        let new = self.rows.iter().map(|row| row.slot).max().unwrap_or(0) + 1..;
        free.chain(new).take(count).collect()
    }

    /// The row with the newest events.
    pub fn newest(&self) -> Option<Row> {
        self.rows.iter().copied().max_by_key(|row| row.last)
    }

    /// How far everybody is, as rows say it.
    pub fn acked(&self) -> Result<String> {
        let names = Subscriber::OF_STORES.iter().map(|subscriber| subscriber.name());
        let acked = self.cursors.iter().map(|cursor| cursor.acked);
        Ok(serde_json::to_string(&names.zip(acked).collect::<BTreeMap<_, _>>())?)
    }
}

/// A number as SQL has it.
pub fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The place of a subscriber in [`Cursors`]; none for who hears nothing of stores.
pub fn place(subscriber: Subscriber) -> Option<usize> {
    Subscriber::OF_STORES.iter().position(|one| *one == subscriber)
}

/// Reads how everybody stands, unless it is known.
fn know(sql: &impl Sql, memory: &Memory) -> Result<()> {
    #[derive(Deserialize)]
    struct Newest {
        acked: String,
    }
    if memory.read(|kept| kept.outbox.is_some())? {
        return Ok(());
    }
    let rows: Vec<Row> = sql.query("SELECT slot, last FROM outbox", values![])?;
    let newest: Option<Newest> = sql.first("SELECT acked FROM outbox ORDER BY last DESC LIMIT 1", values![])?;
    let last = rows.iter().map(|row| row.last).max().unwrap_or(0);
    let mut cursors = Cursors::default();
    if let Some(newest) = newest {
        let acked: BTreeMap<String, u64> = serde_json::from_str(&newest.acked)?;
        for (subscriber, cursor) in Subscriber::OF_STORES.iter().zip(&mut cursors) {
            let acked = acked.get(subscriber.name()).copied().unwrap_or(0);
            (cursor.acked, cursor.sent) = (acked, acked);
            // As far as anybody knows, an earlier process has sent what comes next.
            cursor.attempts = u32::from(acked < last);
        }
    }
    let mut outbox = Outbox { cursors, last, rows, at_rest: false, waiting: Waiting::after(last) };
    outbox.at_rest = outbox.by_all() == last;
    memory.learn(|kept| kept.outbox = Some(outbox))
}

/// Does something with what is known of the outbox.
pub fn with<T>(sql: &impl Sql, memory: &Memory, work: impl FnOnce(&mut Outbox) -> T) -> Result<T> {
    know(sql, memory)?;
    memory.learn(|kept| work(kept.outbox.get_or_insert_default()))
}
