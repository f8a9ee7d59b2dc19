//! How events leave the store: kept until every subscriber has acknowledged (see `kirana_events`).

use crate::Result;
use crate::sabotage::{self, Guard};
use kirana_contracts::store_state::Progress;
use kirana_events::{Ack, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, Subscriber, resend_after};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, VecDeque};

/// Events that one look takes in: some packs for whoever is furthest behind.
const MOST_WAITING: usize = MAX_PACK_EVENTS * 4;

/// An event as it was written.
struct Written {
    seq: u64,
    event_type: String,
    event: Box<RawValue>,
}

/// The events that were read last, by number and without gaps: each is read once, however often and to whomever it is sent.
#[derive(Default)]
pub struct Waiting(VecDeque<Written>);

impl Waiting {
    /// Reads what comes after a number, as far as it is not known.
    fn read(&mut self, sql: &impl Sql, after: u64) -> Result<()> {
        #[derive(Deserialize)]
        struct Row {
            seq: u64,
            #[serde(rename = "type")]
            event_type: String,
            body: String,
        }
        let known = self.0.front().is_some_and(|first| first.seq <= after + 1);
        if !known {
            self.0.clear();
        }
        let last = self.0.back().map_or(after, |last| last.seq.max(after));
        // Whoever is behind this one may ask for them again: that is rare, and this is memory.
        while self.0.len() > MOST_WAITING && self.0.front().is_some_and(|first| first.seq <= after) {
            self.0.pop_front();
        }
        let rows: Vec<Row> = sql.query(
            "SELECT seq, type, body FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            values![int(last), int(MOST_WAITING as u64)],
        )?;
        if self.0.back().is_some_and(|last| rows.first().is_some_and(|first| first.seq != last.seq + 1)) {
            self.0.clear();
        }
        for row in rows {
            let event = RawValue::from_string(row.body)?;
            self.0.push_back(Written { seq: row.seq, event_type: row.event_type, event });
        }
        Ok(())
    }

    fn forget(&mut self, upto: u64) {
        while self.0.front().is_some_and(|first| first.seq <= upto) {
            self.0.pop_front();
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Cursor {
    acked: u64,
    sent: u64,
    attempts: u32,
    next_at: i64,
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How far each subscriber is; all in one statement.
fn cursors(sql: &impl Sql) -> Result<BTreeMap<String, Cursor>> {
    #[derive(Deserialize)]
    struct Named {
        subscriber: String,
        acked: u64,
        sent: u64,
        attempts: u32,
        next_at: i64,
    }
    let rows: Vec<Named> =
        sql.query("SELECT subscriber, acked, sent, attempts, next_at FROM outbox_cursor", values![])?;
    let cursor =
        |row: &Named| Cursor { acked: row.acked, sent: row.sent, attempts: row.attempts, next_at: row.next_at };
    Ok(rows.into_iter().map(|row| (row.subscriber.clone(), cursor(&row))).collect())
}

/// For each subscriber that is due, what it has not acknowledged; counted as sent.
pub fn packs_due(sql: &impl Sql, source: &str, now: Timestamp, waiting: &mut Waiting) -> Result<Vec<Pack>> {
    let cursors = cursors(sql)?;
    let cursor_of = |subscriber: Subscriber| cursors.get(subscriber.name()).copied().unwrap_or_default();
    let waits = |cursor: &Cursor| cursor.sent > cursor.acked && cursor.next_at > now.millis();
    let due: Vec<_> = Subscriber::OF_STORES
        .into_iter()
        .map(|subscriber| (subscriber, cursor_of(subscriber)))
        .filter(|(_, cursor)| !waits(cursor))
        .collect();
    // What all of these have needs not be read.
    let Some(had) = due.iter().map(|(_, cursor)| cursor.acked).min() else { return Ok(Vec::new()) };
    if cursors.len() == Subscriber::OF_STORES.len() {
        waiting.forget(cursors.values().map(|cursor| cursor.acked).min().unwrap_or(0));
    }
    waiting.read(sql, had)?;
    let Some(last) = waiting.0.back().map(|last| last.seq) else { return Ok(Vec::new()) };
    let (mut packs, mut moved) = (Vec::new(), Vec::new());
    for (subscriber, mut cursor) in due.into_iter().filter(|(_, cursor)| cursor.acked < last) {
        let (events, upto) = pack(subscriber, cursor.acked, waiting, last);
        let after = cursor.acked;
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
        moved.push((subscriber.name(), cursor.acked, cursor.sent, cursor.attempts, cursor.next_at));
    }
    if !moved.is_empty() {
        sql.run(
            "INSERT OR REPLACE INTO outbox_cursor (subscriber, acked, sent, attempts, next_at)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                    json_extract(value, '$[3]'), json_extract(value, '$[4]') FROM json_each(?1)",
            values![serde_json::to_string(&moved)?],
        )?;
        forget_acknowledged(sql)?;
    }
    Ok(packs)
}

/// What of it one subscriber is told, and up to which number that is everything.
fn pack(subscriber: Subscriber, acked: u64, waiting: &Waiting, last: u64) -> (Vec<PackedEvent>, u64) {
    let (mut events, mut bytes) = (Vec::new(), 0);
    for one in waiting.0.iter().filter(|one| one.seq > acked && subscriber.hears(&one.event_type)) {
        bytes += one.event.get().len();
        if events.len() == MAX_PACK_EVENTS || (bytes > MAX_PACK_BYTES && !events.is_empty()) {
            return (events, one.seq - 1);
        }
        events.push(PackedEvent { seq: one.seq, event: one.event.clone() });
    }
    (events, last)
}

/// A subscriber has everything up to a number. Late and repeated words change nothing.
pub fn acknowledge(sql: &impl Sql, ack: Ack) -> Result<()> {
    sql.run(
        "UPDATE outbox_cursor SET acked = ?2, attempts = 0, next_at = 0 WHERE subscriber = ?1 AND acked < ?2 AND sent >= ?2",
        values![ack.subscriber.name(), int(ack.upto)],
    )?;
    forget_acknowledged(sql)
}

fn forget_acknowledged(sql: &impl Sql) -> Result<()> {
    sql.run(
        "DELETE FROM outbox WHERE (SELECT COUNT(*) FROM outbox_cursor) = ?1 AND seq <= (SELECT MIN(acked) FROM outbox_cursor)",
        values![int(Subscriber::OF_STORES.len() as u64)],
    )?;
    Ok(())
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
    let row = row.ok_or_else(|| crate::Refusal::Fault("nobody knows how far the outbox is".into()))?;
    Ok(Progress {
        last: row.last.unwrap_or(0),
        acknowledged: row.acknowledged.unwrap_or(0),
        waiting: row.waiting,
        oldest_at: row.oldest,
    })
}

/// When a pack is to be sent again, or for the first time; nothing when nothing waits.
pub fn next(sql: &impl Sql) -> Result<Option<Timestamp>> {
    #[derive(Deserialize)]
    struct Next {
        next: Option<i64>,
    }
    if depth(sql)? == 0 {
        return Ok(None);
    }
    let row: Option<Next> = sql.first(
        "SELECT MIN(next_at) AS next FROM outbox_cursor WHERE acked < (SELECT MAX(seq) FROM outbox)",
        values![],
    )?;
    Ok(Some(Timestamp::from_millis(row.and_then(|row| row.next).unwrap_or(0))))
}
