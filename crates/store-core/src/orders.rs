//! An order's life after it was placed: who may move it where, and what that does to stock and money.

use crate::command::Context;
use crate::stock::{self, End};
use crate::{Refusal, Result, timers};
use kirana_contracts::order::{Order, Party, TimelineEntry};
use kirana_contracts::store_state::{Actor, ChangeStatus, PaymentOutcome};
use kirana_events::{EventData, OrderEvent, StockLine, StockLines};
use kirana_kernel::{Id, OrderStatus, Role, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    document: String,
}

/// The order, or a refusal.
pub fn load(sql: &impl Sql, id: Id) -> Result<Order> {
    let row: Option<Document> = sql.first("SELECT document FROM orders WHERE id = ?1", values![id.to_string()])?;
    let row = row.ok_or(Refusal::UnknownOrder(id))?;
    Ok(serde_json::from_str(&row.document)?)
}

/// Writes an order, new or changed.
pub fn save(sql: &impl Sql, order: &Order) -> Result<()> {
    Ok(sql.run(
        "INSERT OR REPLACE INTO orders (id, status, placed_at, document) VALUES (?1, ?2, ?3, ?4)",
        values![order.id.to_string(), order.status.name(), order.placed_at.millis(), serde_json::to_string(order)?],
    )?)
}

/// What the kitchen has to do with, the longest waiting first.
pub fn tickets(sql: &impl Sql) -> Result<Vec<Order>> {
    let rows: Vec<Document> = sql.query(
        "SELECT document FROM orders WHERE status IN ('confirmed', 'preparing', 'ready') ORDER BY placed_at LIMIT 500",
        values![],
    )?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}

/// Who may move an order to a status by asking. Payments move it to confirmed and refunded, deadlines to expired.
fn may_ask(role: Role, from: OrderStatus, to: OrderStatus) -> bool {
    use OrderStatus::{
        Cancelled, Collected, Completed, Confirmed, Delivered, Dispatched, Expired, Placed, Preparing, Ready, Refunded,
    };
    let crew = matches!(role, Role::Staff | Role::Manager | Role::Owner | Role::Admin | Role::Service | Role::Device);
    match to {
        Preparing | Ready | Collected | Completed => crew,
        Dispatched | Delivered => crew || role == Role::Rider,
        // Once it is being made, its stock is used: the customer asks the store then.
        Cancelled => crew || (role == Role::Customer && matches!(from, Placed | Confirmed)),
        Placed | Confirmed | Expired | Refunded => false,
    }
}

/// Moves an order as somebody asks.
pub fn change_status<S: Sql>(
    context: &mut Context<'_, S>,
    id: Id,
    actor: &Actor,
    change: &ChangeStatus,
) -> Result<Order> {
    let order = load(context.sql, id)?;
    if order.status == change.to {
        // Asked twice: it is already there.
        return Ok(order);
    }
    if !order.status.may_become(change.to) {
        return Err(Refusal::Transition { from: order.status, to: change.to });
    }
    if !may_ask(actor.role, order.status, change.to) {
        return Err(Refusal::Forbidden(format!(
            "{} cannot make an order that is {} {}",
            actor.role.name(),
            order.status,
            change.to
        )));
    }
    advance(context, order, change.to, actor, change.reason.clone())
}

/// Moves an order and does what the move means for its stock.
pub fn advance<S: Sql>(
    context: &mut Context<'_, S>,
    mut order: Order,
    to: OrderStatus,
    actor: &Actor,
    reason: Option<String>,
) -> Result<Order> {
    let from = order.status;
    match to {
        OrderStatus::Preparing if from == OrderStatus::Confirmed => {
            stock::end_hold(context, order.id, End::Issued)?;
        }
        OrderStatus::Cancelled | OrderStatus::Expired if from.holds_reservation() => {
            let parts = stock::end_hold(context, order.id, End::Released)?;
            let lines = parts.into_iter().map(|(_, sku, quantity)| StockLine { sku, quantity }).collect();
            let released = EventData::InventoryReleased(StockLines { order_id: order.id, lines });
            context.emit(order.id.to_string(), Some(order.store_id), released);
        }
        _ => {}
    }
    order.status = to;
    note(&mut order, context.now(), Some(from), actor, reason.clone());
    let reference = order.id.to_string();
    if from == OrderStatus::Placed {
        timers::clear(context.sql, timers::Kind::PayBy, &reference)?;
    }
    if matches!(to, OrderStatus::Collected | OrderStatus::Delivered) {
        timers::set(context.sql, context.now() + context.settings.complete_after, timers::Kind::Complete, &reference)?;
    }
    if from == OrderStatus::Collected || from == OrderStatus::Delivered {
        timers::clear(context.sql, timers::Kind::Complete, &reference)?;
    }
    save(context.sql, &order)?;
    let event = OrderEvent { order: order.clone(), reason };
    let event = match to {
        OrderStatus::Placed => EventData::OrderCreated(event),
        OrderStatus::Confirmed => EventData::OrderConfirmed(event),
        OrderStatus::Preparing => EventData::OrderPreparing(event),
        OrderStatus::Ready => EventData::OrderReady(event),
        OrderStatus::Collected => EventData::OrderCollected(event),
        OrderStatus::Dispatched => EventData::OrderDispatched(event),
        OrderStatus::Delivered => EventData::OrderDelivered(event),
        OrderStatus::Completed => EventData::OrderCompleted(event),
        OrderStatus::Cancelled | OrderStatus::Expired => EventData::OrderCancelled(event),
        OrderStatus::Refunded => EventData::OrderRefunded(event),
    };
    context.emit(reference, Some(order.store_id), event);
    Ok(order)
}

fn note(order: &mut Order, at: Timestamp, from: Option<OrderStatus>, actor: &Actor, reason: Option<String>) {
    order.version += 1;
    order.timeline.push(TimelineEntry {
        at,
        version: order.version,
        from,
        to: order.status,
        actor: actor.party.clone(),
        role: actor.role,
        reason,
    });
}

/// A worker of the platform, or the store itself.
pub fn platform(name: &str) -> Actor {
    Actor { party: Party { id: Id::new(Timestamp::from_millis(0), [0; 10]), name: name.into() }, role: Role::Service }
}

/// Records what became of a payment or a refund.
pub fn payment<S: Sql>(context: &mut Context<'_, S>, id: Id, outcome: &PaymentOutcome) -> Result<Order> {
    let mut order = load(context.sql, id)?;
    let payments = platform("payments");
    match outcome {
        PaymentOutcome::Completed { payment_id, .. } if order.payment.payment_id == Some(*payment_id) => Ok(order),
        PaymentOutcome::Completed { payment_id, amount }
            if order.status == OrderStatus::Placed && *amount == order.totals.total =>
        {
            order.payment.payment_id = Some(*payment_id);
            order.payment.paid = *amount;
            order.payment.last_failure = None;
            advance(context, order, OrderStatus::Confirmed, &payments, None)
        }
        PaymentOutcome::Completed { payment_id, amount } => {
            // Too late, or not what it costs: payments gives it back, as it hears that the order was called off.
            let text = format!("payment {payment_id} of {amount} came while the order was {}", order.status);
            remark(context, order, &payments, text)
        }
        PaymentOutcome::Failed { payment_id, reason } => {
            let text = format!("payment {payment_id} failed: {reason}");
            if order.payment.last_failure.as_deref() == Some(text.as_str()) {
                return Ok(order);
            }
            order.payment.last_failure = Some(text.clone());
            remark(context, order, &payments, text)
        }
        PaymentOutcome::Refunded { refund_id, amount } => {
            let text = format!("refund {refund_id} of {amount}");
            if order.timeline.iter().any(|entry| entry.reason.as_deref() == Some(text.as_str())) {
                return Ok(order);
            }
            order.payment.refunded = order.payment.refunded.plus(*amount)?;
            let whole = order.payment.refunded == order.payment.paid && !order.payment.paid.is_zero();
            if whole && order.status.may_become(OrderStatus::Refunded) {
                advance(context, order, OrderStatus::Refunded, &payments, Some(text))
            } else {
                remark(context, order, &payments, text)
            }
        }
    }
}

/// Adds to the timeline without moving the order.
fn remark<S: Sql>(context: &mut Context<'_, S>, mut order: Order, actor: &Actor, text: String) -> Result<Order> {
    let status = order.status;
    note(&mut order, context.now(), Some(status), actor, Some(text));
    save(context.sql, &order)?;
    Ok(order)
}
