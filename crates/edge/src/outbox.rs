//! How events leave a worker with a D1 database: written in the batch of the change, sent until every subscriber has
//! acknowledged.
//!
//! The tables (`outbox`, `outbox_cursor`) are the same in every domain's first migration. A store's Durable Object keeps
//! the same protocol in its own tables.

use crate::db::{Answer, Db, Statement, stmt};
use crate::{Caller, Json, Problem, RequestId, Result, clock, params};
use kirana_events::{
    Ack, Event, EventData, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, Subscriber, VERSION, resend_after,
};
use kirana_kernel::Id;
use serde::Deserialize;
use serde_json::value::RawValue;
use worker::Env;

/// The statement that writes an event in the batch of its change.
///
/// # Errors
/// 500 when the event cannot be written as JSON.
pub fn append(
    source: &str,
    request: &RequestId,
    subject: String,
    store_id: Option<Id>,
    data: EventData,
) -> Result<Statement> {
    caused_by(source, &request.0, None, subject, store_id, data)
}

/// The same for an event that another event caused.
///
/// # Errors
/// As [`append`].
pub fn caused_by(
    source: &str,
    correlation_id: &str,
    causation_id: Option<Id>,
    subject: String,
    store_id: Option<Id>,
    data: EventData,
) -> Result<Statement> {
    let event = Event {
        id: clock::new_id(),
        version: VERSION,
        occurred_at: clock::now(),
        source: source.into(),
        store_id,
        subject,
        correlation_id: correlation_id.into(),
        causation_id,
        data,
    };
    Ok(stmt(
        "INSERT INTO outbox (type, body, at) VALUES (?1, ?2, ?3)",
        params![event.data.type_name(), serde_json::to_string(&event)?, event.occurred_at],
    ))
}

#[derive(Deserialize)]
struct Row {
    seq: u64,
    #[serde(rename = "type")]
    event_type: String,
    body: String,
}

#[derive(Deserialize)]
struct Cursor {
    subscriber: String,
    acked: u64,
    sent: u64,
    attempts: u32,
    next_at: i64,
}

/// Sends each of `subscribers` what it has not acknowledged and is due, and deletes what nobody waits for. Two calls of the database
/// when there is something to do, one when there is nothing. Whoever hears of nothing that waits costs no row.
///
/// Called after every request that may have changed something, after every acknowledgement, and by cron.
///
/// # Errors
/// 500 when the database or a queue refuses; nothing is lost, the next call tries again.
pub async fn relay(env: &Env, source: &str, subscribers: &[Subscriber]) -> Result<()> {
    let db = Db::of(env)?;
    let answers = db.answers(look()).await?;
    relay_what_waits(env, &db, source, subscribers, &answers).await
}

/// What waits, and how far everybody is.
fn look() -> Vec<Statement> {
    vec![
        stmt("SELECT seq, type, body FROM outbox ORDER BY seq LIMIT ?1", params![MAX_PACK_EVENTS * 4]),
        stmt("SELECT subscriber, acked, sent, attempts, next_at FROM outbox_cursor", params![]),
    ]
}

async fn relay_what_waits(
    env: &Env,
    db: &Db,
    source: &str,
    subscribers: &[Subscriber],
    looked: &[Answer],
) -> Result<()> {
    let [waiting, cursors] = looked else { return Err(Problem::internal("two queries have two answers")) };
    let waiting: Vec<Row> = waiting.rows()?;
    let (Some(first), Some(last)) = (waiting.first(), waiting.last().map(|row| row.seq)) else { return Ok(()) };
    let cursors: Vec<Cursor> = cursors.rows()?;
    let (mut had, now, mut due, mut statements) = (last, clock::now(), Vec::new(), Vec::new());
    for subscriber in subscribers.iter().copied() {
        let cursor = cursors.iter().find(|cursor| cursor.subscriber == subscriber.name());
        let (after, attempts) = cursor.map_or((0, 0), |cursor| (cursor.acked, cursor.attempts));
        let (events, upto) = pack(subscriber, after, &waiting, last)?;
        // Up to its first event it has everything: before that there is nothing for it.
        had = events.first().map_or(had, |event| had.min(event.seq - 1));
        let waits = cursor.is_some_and(|cursor| cursor.sent > cursor.acked && cursor.next_at > now.millis());
        if !events.is_empty() && !waits {
            // Whoever claims it first sends it.
            statements.push(stmt(
                "INSERT INTO outbox_cursor (subscriber, acked, sent, attempts, next_at) VALUES (?1, ?2, ?3, 1, ?4)
                 ON CONFLICT (subscriber) DO UPDATE SET sent = MAX(sent, excluded.sent), attempts = attempts + 1, next_at = excluded.next_at
                 WHERE acked = ?2 AND (next_at <= ?5 OR sent = acked)",
                params![subscriber.name(), after, upto, now + resend_after(attempts), now],
            ));
            due.push(Pack { source: source.into(), subscriber, after, upto, replay: false, events });
        }
    }
    if had >= first.seq {
        statements.push(stmt("DELETE FROM outbox WHERE seq <= ?1", params![had]));
    }
    if statements.is_empty() {
        return Ok(());
    }
    let claimed = db.batch(statements).await?;
    for (pack, claimed) in due.iter().zip(claimed) {
        if claimed > 0 {
            send(env, pack).await?;
        }
    }
    Ok(())
}

fn pack(subscriber: Subscriber, acked: u64, waiting: &[Row], last: u64) -> Result<(Vec<PackedEvent>, u64)> {
    let (mut events, mut bytes) = (Vec::new(), 0);
    for row in waiting.iter().filter(|row| row.seq > acked && subscriber.hears(&row.event_type)) {
        bytes += row.body.len();
        if events.len() == MAX_PACK_EVENTS || (bytes > MAX_PACK_BYTES && !events.is_empty()) {
            return Ok((events, row.seq - 1));
        }
        events.push(PackedEvent { seq: row.seq, event: RawValue::from_string(row.body.clone())?.into() });
    }
    Ok((events, last))
}

/// Puts a pack into its subscriber's queue, as a JSON text: maps sent as values would arrive empty.
///
/// # Errors
/// 500 when the binding is missing or the queue refuses.
pub async fn send(env: &Env, pack: &Pack) -> Result<()> {
    let Some(binding) = pack.subscriber.queue_binding() else {
        return Err(Problem::internal(format!("{} has no queue", pack.subscriber)));
    };
    env.queue(binding)?.send(serde_json::to_string(pack)?).await?;
    Ok(())
}

/// A subscriber has committed everything up to a number. Late and repeated calls change nothing.
///
/// # Errors
/// 500 when the database refuses.
pub async fn acknowledge(env: &Env, source: &str, subscribers: &[Subscriber], ack: Ack) -> Result<()> {
    let db = Db::of(env)?;
    let mut statements = vec![stmt(
        "UPDATE outbox_cursor SET acked = ?2, attempts = 0, next_at = 0 WHERE subscriber = ?1 AND acked < ?2 AND sent >= ?2",
        params![ack.subscriber.name(), ack.upto],
    )];
    statements.extend(look());
    let answers = db.answers(statements).await?;
    relay_what_waits(env, &db, source, subscribers, answers.get(1..).unwrap_or_default()).await
}

/// How many events wait for somebody's acknowledgement.
///
/// # Errors
/// 500 when the database refuses.
pub async fn depth(env: &Env) -> Result<u64> {
    #[derive(Deserialize)]
    struct Depth {
        depth: u64,
    }
    let row: Option<Depth> = Db::of(env)?.first("SELECT COUNT(*) AS depth FROM outbox", params![]).await?;
    Ok(row.map_or(0, |row| row.depth))
}

/// What a worker that publishes is: its name as a source and who may hear of it.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// `payments`, `identity`, ...
    pub name: &'static str,
    /// Whose queues it has a producer binding for.
    pub subscribers: &'static [Subscriber],
}

impl Source {
    /// Handles `POST /internal/outbox/ack`.
    ///
    /// # Errors
    /// 403 for everybody but workers of the platform, 500 when the database refuses.
    pub async fn on_ack(self, env: &Env, caller: &Caller, Json(ack): Json<Ack>) -> Result<Json<bool>> {
        caller.0.require_service()?;
        acknowledge(env, self.name, self.subscribers, ack).await?;
        Ok(Json(true))
    }

    /// Sends what is due; a fault is logged, and the next call tries again.
    pub async fn flush(self, env: &Env) {
        if let Err(problem) = relay(env, self.name, self.subscribers).await {
            crate::log::error(
                "the outbox could not be relayed",
                &[("source", self.name), ("problem", &problem.to_string())],
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: u64, event_type: &str) -> Row {
        Row { seq, event_type: event_type.into(), body: "{}".into() }
    }

    #[test]
    fn a_pack_holds_what_its_subscriber_wants_and_covers_the_rest() {
        let waiting =
            [row(4, "OrderCancelled"), row(5, "PaymentFailed"), row(6, "OrderCancelled"), row(7, "StockUpdated")];
        let (events, upto) = pack(Subscriber::Payments, 4, &waiting, 7).unwrap();
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [6]);
        assert_eq!(upto, 7);
        let (events, upto) = pack(Subscriber::Loyalty, 0, &waiting, 7).unwrap();
        assert!(events.is_empty() && upto == 7);
    }

    #[test]
    fn a_full_pack_ends_before_the_first_event_left_out() {
        let waiting: Vec<_> = (1..=150).map(|seq| row(seq, "OrderCancelled")).collect();
        let (events, upto) = pack(Subscriber::Payments, 0, &waiting, 150).unwrap();
        assert_eq!((events.len(), upto), (100, 100));
    }
}
