//! What payments hears of.

use crate::db::{due, methods};
use crate::ledger::orders;
use crate::ledger::stores::Place;
use crate::refunds;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData, ReadData, reads};
use kirana_kernel::OrderStatus;

/// The events that it hears of.
pub const READS: ReadData = reads!(CustomerErased, OrderAmended, OrderCancelled, OrderCompleted, OrderRefunded);

/// An order that was called off is closed: what was paid for it, or will be, goes back, and what is held is given free. Of one that
/// costs less than it did, the difference. Whoever is erased keeps no methods, neither here nor at the gateway. What a completed order comes to is in the books; `place` is what they know of its store.
///
/// # Errors
/// 422 `not_postable` for an order that cannot be posted.
pub fn apply(event: &Event, place: Option<&Place>) -> Result<Vec<Statement>> {
    let mut statements = match &event.data {
        EventData::OrderCancelled(order) => {
            vec![
                stmt(
                    "INSERT OR IGNORE INTO closed_orders (order_id, at) VALUES (?1, ?2)",
                    params![order.order.id, event.occurred_at],
                ),
                due::of_order(order.order.id, event.occurred_at),
            ]
        }
        EventData::CustomerErased(erased) => methods::erase(erased.user_id, event.occurred_at),
        EventData::OrderAmended(told) => {
            let order = &told.order;
            let at = event.occurred_at;
            let open = order.totals.total.minus(order.payment.paid.minus(order.payment.refunded)?)?;
            let mut statements = vec![refunds::order_total(order.id, order.version, order.totals.total, at)];
            if order.status != OrderStatus::Placed {
                statements.extend(refunds::promise_less(order.id, order.version, open.amount, at));
            }
            statements
        }
        _ => Vec::new(),
    };
    if let (Some(order), Some(place)) = (orders::completed(event), place) {
        statements.extend(orders::statements(event, order, place)?);
    }
    Ok(statements)
}
