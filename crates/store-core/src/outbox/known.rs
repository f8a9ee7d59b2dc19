//! What is known of the outbox without asking its tables: how far everybody is, and which numbers there are.

use super::waiting::Waiting;
use crate::Result;
use crate::memory::Memory;
use kirana_events::Subscriber;
use kirana_sql::{Sql, values};
use serde::Deserialize;

const SUBSCRIBERS: usize = Subscriber::OF_STORES.len();

/// How far a subscriber is.
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

/// How far everybody is, by their place in [`Subscriber::OF_STORES`]; whoever was never sent anything is nowhere.
pub type Cursors = [Option<Cursor>; SUBSCRIBERS];

/// The outbox as it stands.
#[derive(Default)]
pub struct Outbox {
    /// How far everybody is.
    pub cursors: Cursors,
    /// The number of the newest event that there ever was.
    pub last: u64,
    /// Events up to this number are deleted.
    pub deleted: u64,
    /// Events that somebody may still want.
    pub waiting: Waiting,
}

/// A number as SQL has it.
pub fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What everybody has acknowledged; 0 until each was sent something.
pub fn by_all(cursors: &Cursors) -> u64 {
    cursors.iter().map(|cursor| cursor.map_or(0, |cursor| cursor.acked)).min().unwrap_or(0)
}

/// The place of a subscriber in [`Cursors`]; none for who hears nothing of stores.
pub fn place(subscriber: Subscriber) -> Option<usize> {
    Subscriber::OF_STORES.iter().position(|one| *one == subscriber)
}

/// Reads how everybody stands, unless it is known.
fn know(sql: &impl Sql, memory: &Memory) -> Result<()> {
    #[derive(Deserialize)]
    struct Named {
        subscriber: String,
        acked: u64,
        sent: u64,
        attempts: u32,
        next_at: i64,
    }
    #[derive(Deserialize)]
    struct Ends {
        first: Option<u64>,
        last: Option<u64>,
    }
    if memory.read(|kept| kept.outbox.is_some())? {
        return Ok(());
    }
    let rows: Vec<Named> =
        sql.query("SELECT subscriber, acked, sent, attempts, next_at FROM outbox_cursor", values![])?;
    let mut cursors = Cursors::default();
    for row in rows {
        if let Some(place) = Subscriber::from_name(&row.subscriber).and_then(place) {
            let cursor = Cursor { acked: row.acked, sent: row.sent, attempts: row.attempts, next_at: row.next_at };
            cursors[place] = Some(cursor);
        }
    }
    let ends: Option<Ends> = sql.first("SELECT MIN(seq) AS first, MAX(seq) AS last FROM outbox", values![])?;
    let (first, last) = ends.map_or((None, None), |ends| (ends.first, ends.last));
    // What everybody had is deleted, so the newest of all is there, or somebody has acknowledged it.
    let acked = cursors.iter().flatten().map(|cursor| cursor.acked).max().unwrap_or(0);
    let last = last.unwrap_or(0).max(acked);
    let deleted = first.map_or(last, |first| first - 1);
    let outbox = Outbox { cursors, last, deleted, waiting: Waiting::after(last) };
    memory.learn(|kept| kept.outbox = Some(outbox))
}

/// Does something with what is known of the outbox.
pub fn with<T>(sql: &impl Sql, memory: &Memory, work: impl FnOnce(&mut Outbox) -> T) -> Result<T> {
    know(sql, memory)?;
    memory.learn(|kept| work(kept.outbox.get_or_insert_default()))
}
