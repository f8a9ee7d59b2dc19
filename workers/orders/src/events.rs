//! What orders hears of, and what it does then.

use crate::{db, forget, upstream};
use kirana_contracts::order::Order;
use kirana_contracts::store_state::PaymentOutcome;
use kirana_edge::db::Statement;
use kirana_edge::{Problem, Result, principal};
use kirana_events::{Event, EventData, PaymentEvent, ReadData, reads};
use worker::Env;

/// The events that it hears of.
pub const READS: ReadData = reads!(
    OrderCreated,
    OrderConfirmed,
    OrderPreparing,
    OrderReady,
    OrderCollected,
    OrderDispatched,
    OrderDelivered,
    OrderCompleted,
    OrderCancelled,
    OrderAmended,
    OrderRefunded,
    OrderOverdue,
    PaymentPending,
    PaymentCompleted,
    PaymentFailed,
    RefundCompleted,
    CustomerErased
);

/// The gateway that is no gateway: whoever hands the order over takes the money.
const CASH: &str = "cash_on_delivery";

/// The effects of an event: the history of what stores tell, a command to the store for what payments tell, and for whom identity
/// forgets.
///
/// # Errors
/// 500 when the store cannot be reached; the event comes again.
pub async fn apply(env: &Env, event: &Event) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::OrderCreated(order)
        | EventData::OrderConfirmed(order)
        | EventData::OrderPreparing(order)
        | EventData::OrderReady(order)
        | EventData::OrderCollected(order)
        | EventData::OrderDispatched(order)
        | EventData::OrderDelivered(order)
        | EventData::OrderCompleted(order)
        | EventData::OrderCancelled(order)
        | EventData::OrderAmended(order)
        | EventData::OrderRefunded(order)
        | EventData::OrderOverdue(order) => Ok(vec![db::keep(&order.order)?]),
        EventData::PaymentPending(payment) if payment.gateway == CASH => {
            let outcome = PaymentOutcome::Promised { payment_id: payment.payment_id, amount: payment.amount };
            tell_store(env, event, payment, &outcome).await
        }
        EventData::PaymentPending(payment) => {
            tell_store(env, event, payment, &PaymentOutcome::Pending { payment_id: payment.payment_id }).await
        }
        EventData::PaymentCompleted(payment) => {
            let outcome = PaymentOutcome::Completed { payment_id: payment.payment_id, amount: payment.amount };
            tell_store(env, event, payment, &outcome).await
        }
        EventData::PaymentFailed(payment) => {
            let reason = payment.reason.clone().unwrap_or_default();
            tell_store(env, event, payment, &PaymentOutcome::Failed { payment_id: payment.payment_id, reason }).await
        }
        EventData::RefundCompleted(payment) => {
            let refund_id = payment.refund_id.ok_or_else(|| Problem::internal("a refund without its id"))?;
            tell_store(env, event, payment, &PaymentOutcome::Refunded { refund_id, amount: payment.amount }).await
        }
        EventData::CustomerErased(erased) => {
            // Kept for what is on its way or not over yet: the night looks again.
            let kept = forget::remember(erased.user_id, event.occurred_at);
            forget::everywhere(env, erased.user_id).await?;
            Ok(kept)
        }
        _ => Ok(Vec::new()),
    }
}

/// Safe to do twice: the store knows a payment and a refund by their ids.
async fn tell_store(
    env: &Env,
    event: &Event,
    payment: &PaymentEvent,
    outcome: &PaymentOutcome,
) -> Result<Vec<Statement>> {
    let caller = principal::service("payments");
    let object =
        upstream::object(env, payment.order_id.store_number(), &caller).during(&event.correlation_id).repeatable();
    let _: Order = object.post(&format!("/orders/{}/payment", payment.order_id), outcome).await?;
    Ok(Vec::new())
}
