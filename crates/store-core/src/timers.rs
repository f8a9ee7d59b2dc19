//! What is due when. The object has one alarm; behind it stands this table.

use crate::command::Context;
use crate::memory::Memory;
use crate::sabotage::{self, Guard};
use crate::stock::{expiry, lease};
use crate::{Refusal, Result, orders, outbox};
use kirana_kernel::{Id, OrderStatus, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::time::Duration;

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An order that is not paid by then expires.
    PayBy,
    /// An order that was handed over is completed.
    Complete,
    /// A batch will expire soon.
    NearExpiry,
    /// A batch passed its date.
    Expire,
    /// A lease is over.
    EndLease,
    /// A step of some order is late.
    Steps,
    /// Money that should go back has not.
    GiveBack,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::PayBy => "pay_by",
            Self::Complete => "complete",
            Self::NearExpiry => "near_expiry",
            Self::Expire => "expire",
            Self::EndLease => "end_lease",
            Self::Steps => "steps",
            Self::GiveBack => "give_back",
        }
    }
}

/// Something that is due.
#[derive(Clone, Debug, Deserialize)]
pub struct Due {
    /// What for.
    pub kind: Kind,
    /// Of what: an order, a batch, a lease.
    pub reference: String,
}

/// How long something that failed waits before it is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// Sets a timer, or moves it.
pub fn set(sql: &impl Sql, due: Timestamp, kind: Kind, reference: &str) -> Result<()> {
    Ok(sql.run(
        "INSERT OR REPLACE INTO timers (due, kind, reference) VALUES (?1, ?2, ?3)",
        values![due.millis(), kind.name(), reference],
    )?)
}

/// Sets a timer, unless it is due earlier anyway: then nothing is written.
pub fn at_latest(sql: &impl Sql, due: Timestamp, kind: Kind, reference: &str) -> Result<()> {
    Ok(sql.run(
        "INSERT INTO timers (due, kind, reference) VALUES (?1, ?2, ?3)
         ON CONFLICT (reference, kind) DO UPDATE SET due = excluded.due WHERE excluded.due < timers.due",
        values![due.millis(), kind.name(), reference],
    )?)
}

/// Takes a timer away.
pub fn clear(sql: &impl Sql, kind: Kind, reference: &str) -> Result<()> {
    Ok(sql.run("DELETE FROM timers WHERE kind = ?1 AND reference = ?2", values![kind.name(), reference])?)
}

/// What is due, at most a hundred things; the alarm comes again for the rest.
pub fn due(sql: &impl Sql, now: Timestamp) -> Result<Vec<Due>> {
    Ok(sql.query(
        "SELECT kind, reference FROM timers WHERE due <= ?1 ORDER BY due, reference LIMIT 100",
        values![now.millis()],
    )?)
}

/// Does one thing that is due, and takes its timer away.
pub fn run<S: Sql>(context: &mut Context<'_, S>, timer: &Due) -> Result<()> {
    let unreadable = || Refusal::Fault(format!("a timer {} for {}", timer.kind.name(), timer.reference));
    match timer.kind {
        Kind::PayBy | Kind::Complete => {
            let id: Id = timer.reference.parse().map_err(|_| unreadable())?;
            let order = orders::load(context, id)?;
            clear(context.sql, timer.kind, &timer.reference)?;
            let store = orders::platform("store");
            if timer.kind == Kind::PayBy && order.status == OrderStatus::Placed {
                if !sabotage::on(Guard::PaymentDeadline) {
                    orders::advance(context, order, OrderStatus::Expired, &store, Some("not paid in time".into()))?;
                }
            } else if timer.kind == Kind::Complete
                && matches!(order.status, OrderStatus::Collected | OrderStatus::Delivered)
            {
                orders::advance(context, order, OrderStatus::Completed, &store, None)?;
            }
            Ok(())
        }
        Kind::NearExpiry => expiry::warn(context, timer.reference.parse().map_err(|_| unreadable())?),
        Kind::Expire => expiry::expire(context, timer.reference.parse().map_err(|_| unreadable())?),
        Kind::EndLease => lease::end(context, timer.reference.parse().map_err(|_| unreadable())?),
        Kind::Steps => orders::saga::look_after(context),
        Kind::GiveBack => orders::saga::give_back_is_late(context, timer.reference.parse().map_err(|_| unreadable())?),
    }
}

/// Puts off what could not be done, so that it does not stand in the way of the rest.
pub fn postpone(sql: &impl Sql, now: Timestamp, timer: &Due) -> Result<()> {
    set(sql, now + AGAIN, timer.kind, &timer.reference)
}

/// Forgets keys that are too old to come again; once an hour, as it takes a look at every key.
pub fn forget_keys(sql: &impl Sql, now: Timestamp) -> Result<()> {
    const LAST: &str = "keys forgotten";
    #[derive(Deserialize)]
    struct Row {
        value: i64,
    }
    let last: Option<Row> = sql.first("SELECT value FROM counters WHERE name = ?1", values![LAST])?;
    if last.is_some_and(|last| (last.value..last.value + 3_600_000).contains(&now.millis())) {
        return Ok(());
    }
    sql.run("DELETE FROM idempotency WHERE expires_at <= ?1", values![now.millis()])?;
    Ok(sql.run("INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)", values![LAST, now.millis()])?)
}

/// When a timer is due next.
pub fn next_due(sql: &impl Sql) -> Result<Option<Timestamp>> {
    #[derive(Deserialize)]
    struct Row {
        due: Option<i64>,
    }
    let timer: Option<Row> = sql.first("SELECT MIN(due) AS due FROM timers", values![])?;
    Ok(timer.and_then(|row| row.due).map(Timestamp::from_millis))
}

/// When something is due next: a timer, or a pack to be sent again.
pub fn next(sql: &impl Sql, memory: &Memory) -> Result<Option<Timestamp>> {
    Ok(next_due(sql)?.into_iter().chain(outbox::next(sql, memory)?).min())
}
