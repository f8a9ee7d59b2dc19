//! What is due when. The object has one alarm; behind it stands this table.

use crate::command::Context;
use crate::{Refusal, Result, orders, outbox};
use kirana_kernel::{Id, OrderStatus, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An order that is not paid by then expires.
    PayBy,
    /// An order that was handed over is completed.
    Complete,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::PayBy => "pay_by",
            Self::Complete => "complete",
        }
    }
}

/// Sets a timer, or moves it.
pub fn set(sql: &impl Sql, due: Timestamp, kind: Kind, reference: &str) -> Result<()> {
    Ok(sql.run(
        "INSERT OR REPLACE INTO timers (due, kind, reference) VALUES (?1, ?2, ?3)",
        values![due.millis(), kind.name(), reference],
    )?)
}

/// Takes a timer away.
pub fn clear(sql: &impl Sql, kind: Kind, reference: &str) -> Result<()> {
    Ok(sql.run("DELETE FROM timers WHERE kind = ?1 AND reference = ?2", values![kind.name(), reference])?)
}

/// Does what is due, at most a hundred things; the alarm comes again for the rest.
pub fn run_due<S: Sql>(context: &mut Context<'_, S>) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        reference: String,
    }
    let now = context.now();
    let due: Vec<Row> = context
        .sql
        .query("SELECT kind, reference FROM timers WHERE due <= ?1 ORDER BY due LIMIT 100", values![now.millis()])?;
    for timer in due {
        let id: Id = timer.reference.parse().map_err(|_| Refusal::Fault(format!("a timer for {}", timer.reference)))?;
        let order = orders::load(context.sql, id)?;
        let store = orders::platform("store");
        if timer.kind == Kind::PayBy.name() {
            clear(context.sql, Kind::PayBy, &timer.reference)?;
            if order.status == OrderStatus::Placed {
                orders::advance(context, order, OrderStatus::Expired, &store, Some("not paid in time".into()))?;
            }
        } else {
            clear(context.sql, Kind::Complete, &timer.reference)?;
            if matches!(order.status, OrderStatus::Collected | OrderStatus::Delivered) {
                orders::advance(context, order, OrderStatus::Completed, &store, None)?;
            }
        }
    }
    context.sql.run("DELETE FROM idempotency WHERE expires_at <= ?1", values![now.millis()])?;
    Ok(())
}

/// When something is due next: a timer, or a pack to be sent again.
pub fn next(sql: &impl Sql) -> Result<Option<Timestamp>> {
    #[derive(Deserialize)]
    struct Row {
        due: Option<i64>,
    }
    let timer: Option<Row> = sql.first("SELECT MIN(due) AS due FROM timers", values![])?;
    let timer = timer.and_then(|row| row.due).map(Timestamp::from_millis);
    Ok(timer.into_iter().chain(outbox::next(sql)?).min())
}
