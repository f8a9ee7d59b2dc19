//! The deadlines of an order's steps, kept with no request needed: see [`kirana_kernel::Step`] for the steps themselves.
//!
//! A command that waits is a status; what ends the wait is another command or the deadline, so a crash at any point leaves an
//! order that goes on. A step that is late is told of (`OrderOverdue`). What nobody makes is called off in the end and its
//! money goes back, so that no stock is held and no money kept for ever.
//!
//! Each order says when it is late in `due_at`; one timer stands behind all of them, as a row for each would be written with
//! every step.

use super::payment::tell_amended;
use super::status::advance;
use super::{Saved, load, platform, remark};
use crate::command::Context;
use crate::sabotage::{self, Guard};
use crate::timers::{self, Kind};
use crate::{Result, Settings};
use kirana_contracts::order::Order;
use kirana_events::{OrderFigures, OrderNews};
use kirana_kernel::{Id, OrderStatus, Step, Timestamp, WhenLate};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::time::Duration;

/// The one timer behind the steps of all orders.
const ALL: &str = "orders";
/// Orders that one alarm looks after; it comes again for the rest.
const AT_ONCE: i64 = 20;
/// Who was told is told again after this, at the earliest.
const AGAIN: Duration = Duration::from_secs(24 * 3_600);

/// What an order waits for.
fn step_of(order: &Order) -> Option<Step> {
    let ended = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Expired);
    let owed = ended && order.payment.paid.amount > order.payment.refunded.amount;
    if owed { Some(Step::GiveBack) } else { Step::awaited(order.status) }
}

/// When it should be made, as the customer was told.
fn promised(order: &Order, now: Timestamp) -> Timestamp {
    order.promised_at.or(order.pickup_at).unwrap_or(now).max(now)
}

/// When the step that an order has come to is late.
fn deadline(settings: &Settings, order: &Order, now: Timestamp) -> Option<Timestamp> {
    let late = settings.late_after;
    Some(match step_of(order)? {
        Step::Pay => order.pay_by,
        Step::Make => promised(order, now) + late,
        // Who ordered for six o'clock is not late at five.
        Step::HandOver => order.pickup_at.unwrap_or(now).max(now) + late * 4,
        Step::GiveBack => now + late,
        Step::Reserve | Step::Confirm => return None,
    })
}

/// Writes into an order when its step is late, and sees to it that somebody looks then. The caller saves the order.
pub fn await_step<S: Sql>(context: &Context<'_, S>, order: &mut Order) -> Result<()> {
    order.due_at = deadline(context.settings, order, context.now());
    let Some(due) = order.due_at else { return Ok(()) };
    match step_of(order) {
        Some(Step::Pay) => timers::set(context.sql, due, Kind::PayBy, &order.id.to_string()),
        Some(Step::GiveBack) => timers::set(context.sql, due, Kind::GiveBack, &order.id.to_string()),
        _ => timers::at_latest(context.sql, due, Kind::Steps, ALL),
    }
}

/// Looks after the orders whose step is late, and sets the timer for the next.
pub fn look_after<S: Sql>(context: &mut Context<'_, S>) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        document: String,
    }
    #[derive(Deserialize)]
    struct Next {
        due_at: Option<Timestamp>,
    }
    // The partial index `orders_in_hand` has these statuses.
    let rows: Vec<Row> = context.sql.query(
        "SELECT document FROM orders WHERE status IN ('confirmed', 'preparing', 'ready', 'dispatched')
           AND json_extract(document, '$.due_at') <= ?1 ORDER BY placed_at LIMIT CAST(?2 AS INTEGER)",
        values![context.now().to_string(), AT_ONCE],
    )?;
    for row in rows {
        let order: Order = serde_json::from_str(&row.document)?;
        if order.due_at.is_some_and(|due| due <= context.now()) {
            late(context, order)?;
        }
    }
    let next: Option<Next> = context.sql.first(
        "SELECT MIN(json_extract(document, '$.due_at')) AS due_at FROM orders
         WHERE status IN ('confirmed', 'preparing', 'ready', 'dispatched')",
        values![],
    )?;
    match next.and_then(|next| next.due_at) {
        // Times are compared as text, to the second: never in the same millisecond again.
        Some(due) => timers::set(context.sql, due.max(context.now() + Duration::from_secs(1)), Kind::Steps, ALL),
        None => timers::clear(context.sql, Kind::Steps, ALL),
    }
}

fn late<S: Sql>(context: &mut Context<'_, S>, order: Order) -> Result<()> {
    let Some(step) = step_of(&order) else { return Ok(()) };
    let given_up = promised(&order, order.placed_at) + context.settings.abandon_after;
    if step.when_late() == WhenLate::TellThenCancel && given_up <= context.now() && !sabotage::on(Guard::NobodyMakesIt)
    {
        let reason = Some("nobody made it in time".into());
        return advance(context, order, OrderStatus::Cancelled, &platform("store"), reason).map(drop);
    }
    // Told again, but not later than it is called off.
    let mut again = again(&order, context.now());
    if step.when_late() == WhenLate::TellThenCancel && given_up > context.now() {
        again = again.min(given_up);
    }
    tell(context, order, step, again).map(drop)
}

/// Told again tomorrow, and then ever more seldom: an order's timeline must not grow for ever.
fn again(order: &Order, now: Timestamp) -> Timestamp {
    let moved = order.timeline.iter().rev().find(|entry| entry.from != Some(entry.to));
    now + moved.map_or(AGAIN, |entry| now.since(entry.at)).max(AGAIN)
}

/// Tells that a step is late, and when somebody looks again.
fn tell<S: Sql>(context: &mut Context<'_, S>, mut order: Order, step: Step, again: Timestamp) -> Result<Saved> {
    let was = order.due_at.replace(again).map_or_else(String::new, |due| format!(": it was due at {due}"));
    let order = remark(context, order, &platform("store"), format!("{} is late{was}", step.name()))?;
    context.tell(OrderNews::Overdue, &order, Some(step.name()), None);
    Ok(order)
}

/// What was paid for an order that was called off has not come back yet: payments is told once more, and so is somebody.
pub fn give_back_is_late<S: Sql>(context: &mut Context<'_, S>, id: Id) -> Result<()> {
    let order = load(context, id)?;
    if step_of(&order) != Some(Step::GiveBack) {
        return timers::clear(context.sql, Kind::GiveBack, &id.to_string());
    }
    let again = again(&order, context.now());
    let order = tell(context, order, Step::GiveBack, again)?;
    tell_amended(context, &order, &OrderFigures::from(&*order), "its money is not back");
    timers::set(context.sql, again, Kind::GiveBack, &id.to_string())
}
