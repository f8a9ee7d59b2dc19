//! Points come with a completed order and go with a refunded one.

use crate::SOURCE;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Problem, Result, outbox, params};
use kirana_events::{Event, EventData, PointsEvent, ReadData, reads};
use kirana_kernel::{Id, Money, Role, Timestamp};
use worker::Env;

/// The events that it hears of.
pub const READS: ReadData = reads!(OrderCompleted, OrderRefunded, CustomerRegistered);

/// What a deployer sets: main units of the currency for one point. Rules per chain come with the campaigns.
///
/// # Errors
/// 500 for what is no number above zero: nothing is earned by a rule that nobody understands, and nothing is lost, as the
/// events are kept.
pub fn units_per_point(env: &Env) -> Result<i64> {
    let set = env.var("UNITS_PER_POINT")?.to_string();
    let units = set.parse().ok().filter(|units| *units > 0);
    units.ok_or_else(|| Problem::internal(format!("UNITS_PER_POINT is {set}: expected a number above zero")))
}

/// Points for an amount: one for each so many whole units, what is left over is dropped.
fn points_for(amount: Money, units_per_point: i64) -> i64 {
    amount.amount / 10_i64.pow(amount.currency.exponent()) / units_per_point
}

/// The effects of an event.
///
/// # Errors
/// 500 when an event cannot be written as JSON, or the rule cannot be read.
pub fn apply(event: &Event, env: &Env) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::CustomerRegistered(customer) => Ok(vec![open(customer.customer_id)]),
        EventData::OrderCompleted(completed) => {
            let order = &completed.order;
            let value = order.payment.paid.minus(order.payment.refunded)?;
            let points = points_for(value, units_per_point(env)?);
            // Who paid at a till without a line, or bought from a machine, is nobody we know.
            let by_a_machine = order.timeline.first().is_some_and(|entry| entry.role == Role::Device);
            if points == 0 || order.payment.tender.is_some() || by_a_machine {
                return Ok(Vec::new());
            }
            let mut statements = entry(&format!("earned {}", order.id), order.customer.id, points, event.occurred_at);
            let earned =
                PointsEvent { customer_id: order.customer.id, order_id: Some(order.id), points, value: Some(value) };
            statements.push(outbox::caused_by(
                SOURCE.name,
                &event.correlation_id,
                Some(event.id),
                order.customer.id.to_string(),
                Some(order.store_id),
                EventData::PointsEarned(earned),
            )?);
            Ok(statements)
        }
        EventData::OrderRefunded(refunded) => {
            let order = &refunded.order;
            // What was earned with it, if it was: the statement finds out.
            Ok(vec![
                stmt(
                    "INSERT OR IGNORE INTO entries (cause, customer_id, points, at)
                     SELECT ?1, customer_id, -points, ?3 FROM entries WHERE cause = ?2",
                    params![format!("reversed {}", order.id), format!("earned {}", order.id), event.occurred_at],
                ),
                sum_up(order.customer.id),
            ])
        }
        _ => Ok(Vec::new()),
    }
}

fn open(customer: Id) -> Statement {
    stmt("INSERT OR IGNORE INTO accounts (customer_id, points) VALUES (?1, 0)", params![customer])
}

fn entry(cause: &str, customer: Id, points: i64, at: Timestamp) -> Vec<Statement> {
    vec![
        open(customer),
        stmt(
            "INSERT INTO entries (cause, customer_id, points, at) VALUES (?1, ?2, ?3, ?4)",
            params![cause, customer, points, at],
        ),
        sum_up(customer),
    ]
}

/// An account is the sum of its entries, and never below zero.
fn sum_up(customer: Id) -> Statement {
    stmt(
        "UPDATE accounts SET points = MAX(0, (SELECT COALESCE(SUM(points), 0) FROM entries WHERE customer_id = ?1)) WHERE customer_id = ?1",
        params![customer],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Currency;

    #[test]
    fn one_point_for_ten_baht() {
        assert_eq!(points_for(Money::new(8_500, Currency::THB), 10), 8);
        assert_eq!(points_for(Money::new(999, Currency::THB), 10), 0);
    }
}
