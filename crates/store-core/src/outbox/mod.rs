//! How events leave the store: kept until every subscriber has acknowledged (see `kirana_events`).
//!
//! How far each subscriber is, and the events that were written last, are kept in memory: an event is read from its table only
//! by a process that did not write it, and words that change nothing cost no statement.

mod known;
mod waiting;

use crate::memory::Memory;
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result};
use kirana_contracts::store_state::Progress;
use kirana_events::{Ack, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, Subscriber, resend_after};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, Value, values};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

use known::{Cursor, Cursors, by_all, int, place, with};
use waiting::Waiting;

pub use known::Outbox;
pub use waiting::Written;

/// Events in one statement: an object's SQLite takes a hundred values.
const MOST_ROWS: usize = 33;

/// Writes events into the outbox: in one statement, unless there are very many. They are not known to be there before the
/// transaction has ended: see [`written`].
pub fn write(sql: &impl Sql, memory: &Memory, events: Vec<(&'static str, Arc<RawValue>)>) -> Result<Vec<Written>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let last = with(sql, memory, |outbox| outbox.last)?;
    let number = |(seq, (event_type, event)): (u64, (&'static str, Arc<RawValue>))| Written {
        seq,
        event_type: event_type.into(),
        event,
    };
    let written: Vec<Written> = (last + 1..).zip(events).map(number).collect();
    for some in written.chunks(MOST_ROWS) {
        let mut values = Vec::with_capacity(some.len() * 3);
        for one in some {
            values.extend([int(one.seq).into(), Value::from(&*one.event_type), Value::from(one.event.get())]);
        }
        sql.run(&rows("INSERT OR FAIL INTO outbox (seq, type, body) VALUES", "(?, ?, ?)", some.len()), &values)?;
    }
    Ok(written)
}

/// A statement with so many rows of values.
fn rows(statement: &str, row: &str, count: usize) -> String {
    let mut text = String::with_capacity(statement.len() + count * (row.len() + 2));
    text.push_str(statement);
    for index in 0..count {
        text.push_str(if index == 0 { " " } else { ", " });
        text.push_str(row);
    }
    text
}

/// The transaction that wrote these has ended: they are there.
pub fn written(memory: &Memory, events: Vec<Written>) -> Result<()> {
    memory.learn(|kept| {
        if let (Some(outbox), Some(newest)) = (&mut kept.outbox, events.last()) {
            outbox.last = newest.seq;
            outbox.waiting.push(events);
        }
    })
}

/// For each subscriber that is due, what it has not acknowledged; counted as sent.
pub fn packs_due(sql: &impl Sql, memory: &Memory, source: &str, now: Timestamp) -> Result<Vec<Pack>> {
    let (mut cursors, last) = with(sql, memory, |outbox| (outbox.cursors, outbox.last))?;
    let waits = |cursor: &Cursor| cursor.sent > cursor.acked && cursor.next_at > now.millis();
    let due: Vec<_> = Subscriber::OF_STORES
        .into_iter()
        .zip(cursors.iter().map(|cursor| cursor.unwrap_or_default()))
        .filter(|(_, cursor)| !waits(cursor) && cursor.acked < last)
        .collect();
    // What all of these have needs not be read.
    let Some(had) = due.iter().map(|(_, cursor)| cursor.acked).min() else { return Ok(Vec::new()) };
    let (packs, deleted) = sql.transaction(|| {
        if let Some(after) = with(sql, memory, |outbox| outbox.waiting.missing(had, last))? {
            let events = Waiting::read(sql, after)?;
            with(sql, memory, |outbox| outbox.waiting.extend(events))?;
        }
        let known = with(sql, memory, |outbox| outbox.waiting.upto())?;
        let (mut packs, mut moved) = (Vec::new(), Vec::new());
        for (subscriber, mut cursor) in due.into_iter().filter(|(_, cursor)| cursor.acked < known) {
            let after = cursor.acked;
            let (events, upto) = with(sql, memory, |outbox| pack(subscriber, after, &outbox.waiting))?;
            if events.is_empty() {
                // Nothing of this is for it: as good as acknowledged.
                (cursor.acked, cursor.sent) = (upto, upto);
            } else {
                cursor.next_at = (now + resend_after(cursor.attempts)).millis();
                cursor.attempts += 1;
                cursor.sent = cursor.sent.max(upto);
                if sabotage::on(Guard::OutboxUntilAcknowledged) {
                    cursor.acked = cursor.sent;
                }
                packs.push(Pack { source: source.into(), subscriber, after, upto, replay: false, events });
            }
            if let Some(place) = place(subscriber) {
                cursors[place] = Some(cursor);
            }
            moved.extend([
                Value::from(subscriber.name()),
                int(cursor.acked).into(),
                int(cursor.sent).into(),
                i64::from(cursor.attempts).into(),
                cursor.next_at.into(),
            ]);
        }
        if !moved.is_empty() {
            let statement = "INSERT OR REPLACE INTO outbox_cursor (subscriber, acked, sent, attempts, next_at) VALUES";
            sql.run(&rows(statement, "(?, ?, ?, ?, ?)", moved.len() / 5), &moved)?;
        }
        Ok::<_, Refusal>((packs, delete(sql, memory, &cursors)?))
    })?;
    moved_to(sql, memory, cursors, deleted)?;
    Ok(packs)
}

/// What of it one subscriber is told, and up to which number that is everything.
fn pack(subscriber: Subscriber, acked: u64, waiting: &Waiting) -> (Vec<PackedEvent>, u64) {
    let (mut events, mut bytes) = (Vec::new(), 0);
    for one in waiting.since(acked).filter(|one| subscriber.hears(&one.event_type)) {
        bytes += one.event.get().len();
        if events.len() == MAX_PACK_EVENTS || (bytes > MAX_PACK_BYTES && !events.is_empty()) {
            return (events, one.seq - 1);
        }
        events.push(PackedEvent { seq: one.seq, event: one.event.clone() });
    }
    (events, waiting.upto())
}

/// A subscriber has everything up to a number. Late and repeated words change nothing.
pub fn acknowledge(sql: &impl Sql, memory: &Memory, ack: Ack) -> Result<()> {
    let mut cursors = with(sql, memory, |outbox| outbox.cursors)?;
    let Some(cursor) = place(ack.subscriber).and_then(|place| cursors[place].as_mut()) else { return Ok(()) };
    if ack.upto <= cursor.acked || ack.upto > cursor.sent {
        return Ok(());
    }
    (cursor.acked, cursor.attempts, cursor.next_at) = (ack.upto, 0, 0);
    let deleted = sql.transaction(|| {
        sql.run(
            "UPDATE outbox_cursor SET acked = ?2, attempts = 0, next_at = 0 WHERE subscriber = ?1",
            values![ack.subscriber.name(), int(ack.upto)],
        )?;
        delete(sql, memory, &cursors)
    })?;
    moved_to(sql, memory, cursors, deleted)
}

/// Deletes what everybody has; answers up to which number.
fn delete(sql: &impl Sql, memory: &Memory, cursors: &Cursors) -> Result<u64> {
    let upto = by_all(cursors);
    let deleted = with(sql, memory, |outbox| outbox.deleted)?;
    if upto <= deleted {
        return Ok(deleted);
    }
    sql.run("DELETE FROM outbox WHERE seq <= ?1", values![int(upto)])?;
    Ok(upto)
}

/// The transaction that moved the cursors has ended.
fn moved_to(sql: &impl Sql, memory: &Memory, cursors: Cursors, deleted: u64) -> Result<()> {
    with(sql, memory, |outbox| {
        (outbox.cursors, outbox.deleted) = (cursors, deleted);
        outbox.waiting.forget(deleted);
    })
}

/// How many events wait for somebody.
pub fn depth(sql: &impl Sql) -> Result<u64> {
    #[derive(Deserialize)]
    struct Depth {
        depth: u64,
    }
    let row: Option<Depth> = sql.first("SELECT COUNT(*) AS depth FROM outbox", values![])?;
    Ok(row.map_or(0, |row| row.depth))
}

/// How far a subscriber is behind.
pub fn progress(sql: &impl Sql, subscriber: Subscriber) -> Result<Progress> {
    #[derive(Deserialize)]
    struct Behind {
        last: Option<u64>,
        acknowledged: Option<u64>,
        waiting: u64,
        oldest: Option<Timestamp>,
    }
    let row: Option<Behind> = sql.first(
        "WITH cursor AS (SELECT MAX(acked) AS acked FROM outbox_cursor WHERE subscriber = ?1)
         SELECT (SELECT acked FROM cursor) AS acknowledged, MAX(seq) AS last, COUNT(*) AS waiting, MIN(json_extract(body, '$.occurred_at')) AS oldest
         FROM (SELECT seq, body FROM outbox WHERE seq > COALESCE((SELECT acked FROM cursor), 0)
               AND type IN (SELECT value FROM json_each(?2)) ORDER BY seq LIMIT 10000)",
        values![subscriber.name(), serde_json::to_string(subscriber.wants())?],
    )?;
    let row = row.ok_or_else(|| Refusal::Fault("nobody knows how far the outbox is".into()))?;
    Ok(Progress {
        last: row.last.unwrap_or(0),
        acknowledged: row.acknowledged.unwrap_or(0),
        waiting: row.waiting,
        oldest_at: row.oldest,
    })
}

/// When a pack is to be sent again, or for the first time; nothing when nothing waits.
pub fn next(sql: &impl Sql, memory: &Memory) -> Result<Option<Timestamp>> {
    with(sql, memory, |outbox| {
        let open = |cursor: &Cursor| cursor.acked < outbox.last;
        let cursors = outbox.cursors.iter().map(|cursor| cursor.unwrap_or_default());
        let next = cursors.filter(open).map(|cursor| cursor.next_at).min();
        (outbox.deleted < outbox.last).then(|| Timestamp::from_millis(next.unwrap_or(0)))
    })
}
