//! Points come with a completed order and go with a refunded one.

use crate::SOURCE;
use crate::rules::Worth;
use crate::spending::paid_by_points;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, outbox, params};
use kirana_events::{Event, EventData, PointsEvent, ReadData, reads};
use kirana_kernel::{Id, Role, Timestamp};
use worker::Env;

/// The events that it hears of.
pub const READS: ReadData = reads!(OrderCompleted, OrderRefunded, CustomerRegistered);

/// The effects of an event.
///
/// # Errors
/// 500 when an event cannot be written as JSON, or the rule cannot be read.
pub async fn apply(event: &Event, env: &Env) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::CustomerRegistered(customer) => Ok(vec![open(customer.customer_id)]),
        EventData::OrderCompleted(completed) => {
            let order = &completed.order;
            let by_points = paid_by_points(&Db::of(env)?, order.id, order.payment.paid.currency).await?;
            let value = order.payment.paid.minus(order.payment.refunded)?.minus(by_points)?;
            let points = Worth::of(env)?.earned(value);
            // Who paid at a till without a line, or bought from a machine, is nobody we know.
            let by_a_machine = order.timeline.first().is_some_and(|entry| entry.role == Role::Device);
            if points <= 0 || order.payment.tender.is_some() || by_a_machine {
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

/// The statements that move points, once for a cause.
pub(crate) fn entry(cause: &str, customer: Id, points: i64, at: Timestamp) -> Vec<Statement> {
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
pub(crate) fn sum_up(customer: Id) -> Statement {
    stmt(
        "UPDATE accounts SET points = MAX(0, (SELECT COALESCE(SUM(points), 0) FROM entries WHERE customer_id = ?1)) WHERE customer_id = ?1",
        params![customer],
    )
}
