//! How events leave the store: kept until every subscriber has acknowledged (see `kirana_events`).
//!
//! The events of a command are one row. How far each subscriber is, and the events that were written last, are kept in memory: an
//! event is read from its table only by a process that did not write it, and what was sent or acknowledged costs no statement until
//! something else is written, or everybody has everything.

mod known;
mod waiting;

use crate::memory::Memory;
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result};
use kirana_contracts::store_state::Progress;
use kirana_events::{Ack, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, Subscriber, resend_after};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;

use known::{Row, int, place, with};
use waiting::Waiting;

pub use known::Outbox;
pub use waiting::Written;

/// Rows that are left in place for what comes later: more were needed while somebody did not answer, and go when all have everything.
const KEPT_ROWS: usize = 8;

/// Bytes of events in one row, unless one alone has more: an object's SQLite takes two million.
const MOST_BYTES: usize = 256 * 1024;

/// What a command has left in the outbox.
#[derive(Default)]
pub struct Left {
    events: Vec<Written>,
    rows: Vec<Row>,
}

/// Writes events into the outbox: as one row, unless there are very many. They are not known to be there before the transaction
/// has ended: see [`written`].
pub fn write(sql: &impl Sql, memory: &Memory, events: Vec<(&'static str, Arc<RawValue>)>) -> Result<Left> {
    if events.is_empty() {
        return Ok(Left::default());
    }
    let last = with(sql, memory, |outbox| outbox.last)?;
    let number = |(seq, (event_type, event)): (u64, (&'static str, Arc<RawValue>))| Written {
        seq,
        event_type: event_type.into(),
        event,
    };
    let events: Vec<Written> = (last + 1..).zip(events).map(number).collect();
    let chunks = chunks(&events);
    let (places, acked) = with(sql, memory, |outbox| (outbox.places(chunks.len()), outbox.acked()))?;
    let (acked, mut rows) = (acked?, Vec::new());
    for (slot, chunk) in places.into_iter().zip(chunks) {
        let told: Vec<(&str, &RawValue)> = chunk.iter().map(|one| (&*one.event_type, &*one.event)).collect();
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { continue };
        sql.run(
            "INSERT INTO outbox (slot, first, last, acked, events) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (slot) DO UPDATE SET
                first = excluded.first, last = excluded.last, acked = excluded.acked, events = excluded.events",
            values![slot, int(first.seq), int(last.seq), acked.as_str(), serde_json::to_string(&told)?],
        )?;
        rows.push(Row { slot, last: last.seq });
    }
    Ok(Left { events, rows })
}

/// Events by row.
fn chunks(events: &[Written]) -> Vec<&[Written]> {
    let (mut chunks, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (index, one) in events.iter().enumerate() {
        let length = one.event.get().len();
        if index > begin && (bytes + length > MOST_BYTES || index - begin == MAX_PACK_EVENTS) {
            chunks.push(&events[begin..index]);
            (begin, bytes) = (index, 0);
        }
        bytes += length;
    }
    chunks.push(&events[begin..]);
    chunks
}

/// The transaction that wrote these has ended: they are there.
pub fn written(memory: &Memory, left: Left) -> Result<()> {
    memory.learn(|kept| {
        if let (Some(outbox), Some(newest)) = (&mut kept.outbox, left.events.last()) {
            outbox.last = newest.seq;
            outbox.at_rest = false;
            outbox.rows.retain(|row| left.rows.iter().all(|new| new.slot != row.slot));
            outbox.rows.extend(left.rows);
            outbox.waiting.push(left.events);
        }
    })
}

/// For each subscriber that is due, what it has not acknowledged; counted as sent, and due again when so much time went by
/// without a word, doubled for each time.
pub fn packs_due(
    sql: &impl Sql,
    memory: &Memory,
    (source, patience): (&str, Duration),
    now: Timestamp,
) -> Result<Vec<Pack>> {
    let (cursors, last) = with(sql, memory, |outbox| (outbox.cursors, outbox.last))?;
    let due: Vec<_> = Subscriber::OF_STORES
        .into_iter()
        .zip(cursors)
        .filter(|(_, cursor)| cursor.acked < last && (cursor.sent <= cursor.acked || cursor.next_at <= now.millis()))
        .collect();
    // What all of these have needs not be read.
    let Some(had) = due.iter().map(|(_, cursor)| cursor.acked).min() else { return Ok(Vec::new()) };
    if let Some(after) = with(sql, memory, |outbox| outbox.waiting.missing(had, last))? {
        let (events, upto) = Waiting::read(sql, after)?;
        with(sql, memory, |outbox| outbox.waiting.extend(events, upto))?;
    }
    with(sql, memory, |outbox| {
        let (known, mut packs) = (outbox.waiting.upto(), Vec::new());
        for (subscriber, mut cursor) in due.into_iter().filter(|(_, cursor)| cursor.acked < known) {
            let after = cursor.acked;
            let (events, upto) = pack(subscriber, after, &outbox.waiting);
            if events.is_empty() {
                // Nothing of this is for it: as good as acknowledged.
                (cursor.acked, cursor.sent) = (upto, upto);
            } else {
                cursor.next_at = (now + pause(patience, cursor.attempts)).millis();
                cursor.attempts += 1;
                cursor.sent = cursor.sent.max(upto);
                if sabotage::on(Guard::OutboxUntilAcknowledged) {
                    cursor.acked = cursor.sent;
                }
                packs.push(Pack { source: source.into(), subscriber, after, upto, replay: false, events });
            }
            if let Some(place) = place(subscriber) {
                outbox.cursors[place] = cursor;
            }
        }
        outbox.waiting.forget(outbox.by_all());
        packs
    })
}

/// How long a pack waits for a word: as long as is patient, doubled for each attempt, but no longer than anybody is left waiting
/// for a pack that is sent again.
fn pause(patience: Duration, attempts: u32) -> Duration {
    let most = resend_after(u32::MAX).max(patience);
    patience.saturating_mul(1 << attempts.min(8)).min(most)
}

/// A pack could not be sent: it is due again soon.
pub fn unsent(sql: &impl Sql, memory: &Memory, subscriber: Subscriber, now: Timestamp) -> Result<()> {
    with(sql, memory, |outbox| {
        if let Some(cursor) = place(subscriber).map(|place| &mut outbox.cursors[place])
            && cursor.sent > cursor.acked
        {
            cursor.next_at = (now + resend_after(cursor.attempts.saturating_sub(1))).millis();
        }
    })
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

/// A subscriber has everything up to a number. Late and repeated words change nothing. When it was the last that anybody waited
/// for, the newest row says so, and holds no events any more; when it took more than one attempt, the word is kept at once, so that a
/// process after this one does not begin anew. Any other word is written with what comes next.
pub fn acknowledge(sql: &impl Sql, memory: &Memory, ack: Ack) -> Result<()> {
    let kept = with(sql, memory, |outbox| {
        let cursor = place(ack.subscriber).map(|place| &mut outbox.cursors[place])?;
        // What another process of this store sent counts as well: numbers are sent when they are written for good.
        if ack.upto <= cursor.acked || ack.upto > outbox.last {
            return None;
        }
        let again = cursor.attempts > 1;
        (cursor.acked, cursor.sent) = (ack.upto, cursor.sent.max(ack.upto));
        (cursor.attempts, cursor.next_at) = (0, 0);
        let by_all = outbox.by_all();
        outbox.waiting.forget(by_all);
        let rests = by_all == outbox.last && !outbox.at_rest;
        let newest = outbox.newest().filter(|_| rests || again)?;
        Some((newest, rests, outbox.rows.len(), outbox.acked()))
    })?;
    let Some((newest, rests, rows, acked)) = kept else { return Ok(()) };
    let acked = acked?;
    if !rests {
        return Ok(sql.run("UPDATE outbox SET acked = ?2 WHERE slot = ?1", values![newest.slot, acked])?);
    }
    sql.transaction(|| {
        if rows > KEPT_ROWS {
            sql.run("DELETE FROM outbox WHERE slot <> ?1", values![newest.slot])?;
        }
        sql.run(
            "UPDATE outbox SET first = last + 1, acked = ?2, events = '[]' WHERE slot = ?1",
            values![newest.slot, acked],
        )
    })?;
    with(sql, memory, |outbox| {
        outbox.at_rest = true;
        if rows > KEPT_ROWS {
            outbox.rows = vec![newest];
        }
    })
}

/// Forgets the events that everybody has had: nobody needs what they say of a person who is to be forgotten.
pub fn forget_heard(sql: &impl Sql, memory: &Memory) -> Result<()> {
    let (had, rows) = with(sql, memory, |outbox| (outbox.by_all(), outbox.rows.clone()))?;
    let heard: Vec<_> = rows.iter().filter(|row| row.last <= had).map(|row| row.slot).collect();
    Ok(sql.run(
        "UPDATE outbox SET first = last + 1, events = '[]' WHERE slot IN (SELECT value FROM json_each(?1))",
        values![serde_json::to_string(&heard)?],
    )?)
}

/// How many events wait for somebody.
pub fn depth(sql: &impl Sql, memory: &Memory) -> Result<u64> {
    with(sql, memory, |outbox| outbox.last.saturating_sub(outbox.by_all()))
}

/// How far a subscriber is behind.
pub fn progress(sql: &impl Sql, memory: &Memory, subscriber: Subscriber) -> Result<Progress> {
    #[derive(Deserialize)]
    struct Behind {
        waiting: u64,
        oldest: Option<Timestamp>,
    }
    let acked = |outbox: &mut Outbox| place(subscriber).map_or(0, |place| outbox.cursors[place].acked);
    let (acknowledged, last) = with(sql, memory, |outbox| (acked(outbox), outbox.last))?;
    let row: Option<Behind> = sql.first(
        "SELECT COUNT(*) AS waiting, MIN(occurred_at) AS oldest FROM
            (SELECT json_extract(told.value, '$[1].occurred_at') AS occurred_at FROM outbox, json_each(outbox.events) told
             WHERE outbox.last > ?1 AND outbox.first + told.key > ?1 AND json_extract(told.value, '$[0]') IN (SELECT value FROM json_each(?2))
             LIMIT 10000)",
        values![int(acknowledged), serde_json::to_string(subscriber.wants())?],
    )?;
    let row = row.ok_or_else(|| Refusal::Fault("nobody knows how far the outbox is".into()))?;
    Ok(Progress { last, acknowledged, waiting: row.waiting, oldest_at: row.oldest })
}

/// When a pack is to be sent again, or for the first time; nothing when nothing waits.
pub fn next(sql: &impl Sql, memory: &Memory) -> Result<Option<Timestamp>> {
    with(sql, memory, |outbox| {
        let open = outbox.cursors.iter().filter(|cursor| cursor.acked < outbox.last);
        open.map(|cursor| cursor.next_at).min().map(Timestamp::from_millis)
    })
}
