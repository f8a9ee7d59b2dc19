//! How events leave the store: kept until every subscriber has acknowledged (see `kirana_events`).

use crate::Result;
use crate::sabotage::{self, Guard};
use kirana_events::{Ack, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, Subscriber, resend_after};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Row {
    seq: u64,
    #[serde(rename = "type")]
    event_type: String,
    body: String,
}

#[derive(Clone, Copy, Deserialize)]
struct Cursor {
    acked: u64,
    sent: u64,
    attempts: u32,
    next_at: i64,
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn cursor(sql: &impl Sql, subscriber: Subscriber) -> Result<Cursor> {
    let found = sql.first(
        "SELECT acked, sent, attempts, next_at FROM outbox_cursor WHERE subscriber = ?1",
        values![subscriber.name()],
    )?;
    match found {
        Some(cursor) => Ok(cursor),
        None => {
            sql.run("INSERT INTO outbox_cursor (subscriber) VALUES (?1)", values![subscriber.name()])?;
            Ok(Cursor { acked: 0, sent: 0, attempts: 0, next_at: 0 })
        }
    }
}

/// For each subscriber that is due, what it has not acknowledged; counted as sent.
pub fn packs_due(sql: &impl Sql, source: &str, now: Timestamp) -> Result<Vec<Pack>> {
    let waiting: Vec<Row> = sql
        .query("SELECT seq, type, body FROM outbox ORDER BY seq LIMIT ?1", values![int(MAX_PACK_EVENTS as u64 * 4)])?;
    let Some(last) = waiting.last().map(|row| row.seq) else { return Ok(Vec::new()) };
    let mut packs = Vec::new();
    for subscriber in Subscriber::ALL {
        let cursor = cursor(sql, subscriber)?;
        let in_flight = cursor.sent > cursor.acked && cursor.next_at > now.millis();
        if in_flight || cursor.acked >= last {
            continue;
        }
        let (events, upto) = pack(subscriber, cursor.acked, &waiting, last)?;
        if events.is_empty() {
            // Nothing of this is for it: as good as acknowledged.
            sql.run(
                "UPDATE outbox_cursor SET acked = ?2, sent = ?2 WHERE subscriber = ?1",
                values![subscriber.name(), int(upto)],
            )?;
            continue;
        }
        sql.run(
            "UPDATE outbox_cursor SET sent = MAX(sent, ?2), attempts = attempts + 1, next_at = ?3 WHERE subscriber = ?1",
            values![subscriber.name(), int(upto), (now + resend_after(cursor.attempts)).millis()],
        )?;
        if sabotage::on(Guard::OutboxUntilAcknowledged) {
            sql.run("UPDATE outbox_cursor SET acked = sent WHERE subscriber = ?1", values![subscriber.name()])?;
        }
        packs.push(Pack { source: source.into(), subscriber, after: cursor.acked, upto, replay: false, events });
    }
    forget_acknowledged(sql)?;
    Ok(packs)
}

fn pack(subscriber: Subscriber, acked: u64, waiting: &[Row], last: u64) -> Result<(Vec<PackedEvent>, u64)> {
    let (mut events, mut bytes) = (Vec::new(), 0);
    for row in waiting.iter().filter(|row| row.seq > acked && subscriber.hears(&row.event_type)) {
        bytes += row.body.len();
        if events.len() == MAX_PACK_EVENTS || (bytes > MAX_PACK_BYTES && !events.is_empty()) {
            return Ok((events, row.seq - 1));
        }
        events.push(PackedEvent { seq: row.seq, event: RawValue::from_string(row.body.clone())? });
    }
    Ok((events, last))
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
        values![int(Subscriber::ALL.len() as u64)],
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
