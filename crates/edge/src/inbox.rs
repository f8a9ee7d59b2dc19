//! How events arrive: each takes effect once, in the order of its source, whatever the queue does.
//!
//! A subscriber keeps a watermark per source (`inbox`). A pack moves it from `after` to `upto` in the one D1 batch that
//! holds the effects, so that a pack that comes twice finds the watermark moved and changes nothing. Only after that batch
//! is the source told, and the queue last: whatever is lost on the way is sent again.
//!
//! An event that keeps failing would hold up all behind it. After [`MAX_ATTEMPTS`] it is parked: kept in the dead
//! letters and in `inbox_parked`, the watermark passes it, and a replay applies it once.

use crate::db::{Db, Statement, require_one_change, required_change_missing, stmt};
use crate::principal::service;
use crate::{Problem, Result, call, clock, log, params};
use kirana_contracts::store_state::is_object;
use kirana_events::{Ack, Pack, PackedEvent, Subscriber};
use serde::{Deserialize, Serialize};
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder, RawMessage};

/// Failures at one watermark before the failing event is parked.
pub const MAX_ATTEMPTS: u32 = 5;

/// Seconds before the queue delivers a failed message again.
const RETRY_SECONDS: u32 = 2;

/// An event that could not be applied, as `POST /internal/dead-letters` takes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Who could not apply it.
    pub subscriber: Subscriber,
    /// Who sent it.
    pub source: String,
    /// Its number at the source.
    pub seq: u64,
    /// The event, as it came.
    pub body: String,
    /// Why not.
    pub reason: String,
}

/// Applies a batch of queue messages for `subscriber`. `apply` turns an event into the statements of its effects; what it
/// does besides (a command to a store) must be safe to do twice.
///
/// Never fails: each message is acknowledged or asked for again by itself.
pub async fn consume<F>(batch: MessageBatch<String>, env: &Env, subscriber: Subscriber, apply: F)
where
    F: AsyncFn(&str) -> Result<Vec<Statement>>,
{
    for message in batch.raw_iter() {
        match deliver(&message, env, subscriber, &apply).await {
            Ok(()) => message.ack(),
            Err(problem) => {
                log::error(
                    "a pack could not be applied",
                    &[("subscriber", subscriber.name()), ("problem", &problem.to_string())],
                );
                message.retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_SECONDS).build());
            }
        }
    }
}

async fn deliver<F>(message: &RawMessage, env: &Env, subscriber: Subscriber, apply: &F) -> Result<()>
where
    F: AsyncFn(&str) -> Result<Vec<Statement>>,
{
    let text = message.body().as_string().ok_or_else(|| Problem::internal("the message is no text"))?;
    let pack: Pack = serde_json::from_str(&text)?;
    if pack.subscriber != subscriber {
        return Err(Problem::internal(format!("a pack for {} came to {subscriber}", pack.subscriber)));
    }
    let db = Db::of(env)?;
    if pack.replay {
        return replay(&db, &pack, apply).await;
    }
    // A pack begins where its source knows that we are: unless we have moved on from there, none of it has been applied, and the watermark
    // needs not be asked for. A failure says little: what was applied before may fail the second time.
    let all: Vec<_> = pack.events.iter().collect();
    if matches!(apply_all(&db, &pack.source, pack.after, pack.upto, &all, apply).await, Ok(true)) {
        return acknowledge(env, &pack).await;
    }
    for _ in 0..MAX_ATTEMPTS {
        let watermark = watermark(&db, &pack.source).await?;
        if pack.upto <= watermark || advance(env, &db, &pack, watermark, apply).await? {
            return acknowledge(env, &pack).await;
        }
    }
    Err(Problem::unavailable("other deliveries of the same source were faster each time"))
}

/// Applies what of a pack is above the watermark. False when another delivery moved the watermark meanwhile: it may have
/// applied less than this pack holds, so whoever loses that race looks again before saying that all is done.
async fn advance<F>(env: &Env, db: &Db, pack: &Pack, watermark: u64, apply: &F) -> Result<bool>
where
    F: AsyncFn(&str) -> Result<Vec<Statement>>,
{
    let new: Vec<_> = pack.events.iter().filter(|event| event.seq > watermark).collect();
    match apply_all(db, &pack.source, watermark, pack.upto, &new, apply).await {
        Err(problem) if is_outage(&problem) || failures(db, &pack.source, watermark).await? < MAX_ATTEMPTS => {
            Err(problem)
        }
        Err(_) => one_by_one(env, db, pack, watermark, &new, apply).await,
        done => done,
    }
}

/// A fault on the way says nothing of the event: it is asked for again as long as it takes, and never parked for that.
fn is_outage(problem: &Problem) -> bool {
    problem.status() == http::StatusCode::SERVICE_UNAVAILABLE
}

async fn apply_all<F>(db: &Db, source: &str, from: u64, upto: u64, events: &[&PackedEvent], apply: &F) -> Result<bool>
where
    F: AsyncFn(&str) -> Result<Vec<Statement>>,
{
    let mut statements = move_watermark(source, from, upto);
    for packed in events {
        statements.extend(apply(packed.event.get()).await?);
    }
    commit(db, statements).await
}

/// Commits a batch that moves the watermark; false when another delivery moved it first.
async fn commit(db: &Db, statements: Vec<Statement>) -> Result<bool> {
    match db.batch(statements).await {
        Err(error) if required_change_missing(&error) => Ok(false),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(true),
    }
}

/// The slow way, once the whole pack has failed too often: the good events are applied, the bad ones parked.
async fn one_by_one<F>(
    env: &Env,
    db: &Db,
    pack: &Pack,
    watermark: u64,
    events: &[&PackedEvent],
    apply: &F,
) -> Result<bool>
where
    F: AsyncFn(&str) -> Result<Vec<Statement>>,
{
    let mut from = watermark;
    for packed in events {
        let moved = match apply_all(db, &pack.source, from, packed.seq, &[packed], apply).await {
            Err(problem) if !is_outage(&problem) => park(env, db, pack, from, packed, &problem).await?,
            done => done?,
        };
        if !moved {
            return Ok(false);
        }
        from = packed.seq;
    }
    if from < pack.upto { apply_all(db, &pack.source, from, pack.upto, &[], apply).await } else { Ok(true) }
}

async fn park(env: &Env, db: &Db, pack: &Pack, from: u64, packed: &PackedEvent, problem: &Problem) -> Result<bool> {
    let letter = DeadLetter {
        subscriber: pack.subscriber,
        source: pack.source.clone(),
        seq: packed.seq,
        body: packed.event.get().into(),
        reason: problem.to_string(),
    };
    // Kept there first: an event that is parked and not shown would be lost.
    call::service(env, "DEAD_LETTERS", &service(pack.subscriber.name()))
        .repeatable()
        .post::<_, bool>("/internal/dead-letters", &letter)
        .await?;
    let mut statements = move_watermark(&pack.source, from, packed.seq);
    statements.push(stmt(
        "INSERT OR IGNORE INTO inbox_parked (source, seq, parked_at) VALUES (?1, ?2, ?3)",
        params![&pack.source, packed.seq, clock::now()],
    ));
    commit(db, statements).await
}

async fn replay<F>(db: &Db, pack: &Pack, apply: &F) -> Result<()>
where
    F: AsyncFn(&str) -> Result<Vec<Statement>>,
{
    for packed in &pack.events {
        let mut statements = vec![
            stmt(
                "UPDATE inbox_parked SET applied_at = ?3 WHERE source = ?1 AND seq = ?2 AND applied_at IS NULL",
                params![&pack.source, packed.seq, clock::now()],
            ),
            require_one_change(),
        ];
        statements.extend(apply(packed.event.get()).await?);
        // When it was applied before, nothing is to do.
        commit(db, statements).await?;
    }
    Ok(())
}

fn move_watermark(source: &str, from: u64, upto: u64) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT INTO inbox (source, seq) VALUES (?1, ?3)
             ON CONFLICT (source) DO UPDATE SET seq = excluded.seq, failures = 0 WHERE inbox.seq <= ?2",
            params![source, from, upto],
        ),
        require_one_change(),
    ]
}

async fn watermark(db: &Db, source: &str) -> Result<u64> {
    #[derive(Deserialize)]
    struct Row {
        seq: u64,
    }
    let row: Option<Row> = db.first("SELECT seq FROM inbox WHERE source = ?1", params![source]).await?;
    Ok(row.map_or(0, |row| row.seq))
}

/// Counts a failure at this watermark; answers how many there have been. The queue's own count starts anew with each
/// message that the source sends again.
async fn failures(db: &Db, source: &str, watermark: u64) -> Result<u32> {
    #[derive(Deserialize)]
    struct Row {
        failures: u32,
    }
    let row: Option<Row> = db
        .first(
            "INSERT INTO inbox (source, seq, failures) VALUES (?1, ?2, 1)
             ON CONFLICT (source) DO UPDATE SET failures = failures + 1 RETURNING failures",
            params![source, watermark],
        )
        .await?;
    Ok(row.map_or(0, |row| row.failures))
}

async fn acknowledge(env: &Env, pack: &Pack) -> Result<()> {
    let ack = Ack { subscriber: pack.subscriber, upto: pack.upto };
    let caller = service(pack.subscriber.name());
    if is_object(&pack.source) {
        let store = call::object(env, "STORE_STATE", pack.source.clone(), &caller);
        store.repeatable().post::<_, serde_json::Value>("/outbox/ack", &ack).await?;
    } else if pack.source.starts_with("hub-") {
        let hub = call::object(env, "DEVICE_HUB", pack.source.clone(), &caller);
        hub.repeatable().post::<_, serde_json::Value>("/outbox/ack", &ack).await?;
    } else {
        let binding = source_binding(&pack.source)?;
        call::service(env, binding, &caller).repeatable().post::<_, bool>("/internal/outbox/ack", &ack).await?;
    }
    Ok(())
}

/// The service binding of a source with a database.
fn source_binding(source: &str) -> Result<&'static str> {
    match source {
        "payments" => Ok("PAYMENTS"),
        "identity" => Ok("IDENTITY"),
        "loyalty" => Ok("LOYALTY"),
        "stores" => Ok("STORES"),
        "catalog" => Ok("CATALOG"),
        "inventory" => Ok("INVENTORY"),
        "pricing" => Ok("PRICING"),
        other => Err(Problem::internal(format!("{other} is no source of events"))),
    }
}
