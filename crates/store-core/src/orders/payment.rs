//! What payments tell of an order's money.

use super::status::{advance, advance_from};
use super::{Saved, age, load, platform, remark, saga};
use crate::Result;
use crate::command::Context;
use kirana_contracts::order::{Order, Promise};
use kirana_contracts::store_state::PaymentOutcome;
use kirana_events::{OrderFigures, OrderNews};
use kirana_kernel::{Id, Money, OrderStatus};
use kirana_sql::Sql;

/// How many times its deadline an order is held at most while its payment is under way.
const LONGEST_HOLD: u32 = 3;

/// Records what became of a payment or a refund. The same word twice changes nothing.
pub fn record<S: Sql>(context: &mut Context<'_, S>, id: Id, outcome: &PaymentOutcome) -> Result<Order> {
    let order = load(context, id)?;
    match outcome {
        PaymentOutcome::Completed { payment_id, amount } => completed(context, order, *payment_id, *amount),
        PaymentOutcome::Pending { payment_id } => pending(context, order, *payment_id),
        PaymentOutcome::Promised { payment_id, amount } => promised(context, order, *payment_id, *amount),
        PaymentOutcome::Failed { payment_id, reason } => {
            let text = format!("payment {payment_id} failed: {reason}");
            once(context, order, text, |order, text| {
                order.payment.promised.take_if(|promise| promise.payment_id == *payment_id);
                order.payment.last_failure = Some(text.into());
            })
        }
        PaymentOutcome::Refunded { refund_id, amount } => refunded(context, order, *refund_id, *amount),
    }
}

/// Money came. What is enough confirms the order; what is more than enough goes back, as does what comes too late.
fn completed<S: Sql>(context: &mut Context<'_, S>, mut order: Order, payment: Id, amount: Money) -> Result<Order> {
    if order.payment.payments.contains(&payment) {
        return Ok(order);
    }
    let payments = platform("payments");
    let before = OrderFigures::from(&order);
    order.payment.payment_id = Some(payment);
    order.payment.payments.push(payment);
    order.payment.paid = order.payment.paid.plus(amount)?;
    order.payment.last_failure = None;
    let collected = order.payment.promised.take_if(|promise| promise.payment_id == payment).is_some();
    if order.status != OrderStatus::Placed {
        // It came all the same, so it is counted; payments gives it back, as it knows that the order was called off, or hears
        // that it is paid.
        let text = if collected {
            format!("payment {payment} of {amount} was collected")
        } else {
            format!("payment {payment} of {amount} came while the order was {}", order.status)
        };
        if !order.status.is_live() {
            saga::await_step(context, &mut order)?;
        }
        let order = remark(context, order, &payments, text.clone())?;
        tell_amended(context, &order, &before, &text);
        return Ok(order.into_order());
    }
    if order.amount_open()?.is_zero() && !age::is_met(&order, context.now()) {
        // Payments gives back what came for an order that was called off.
        let reason = Some("the check of the customer's age has ended".into());
        let order = advance_from(context, order, OrderStatus::Cancelled, &payments, reason, Some(before))?;
        return Ok(order.into_order());
    }
    if order.amount_open()?.is_zero() {
        let too_much = order.payment.paid.minus(order.payment.refunded)?.amount > order.totals.total.amount;
        let order = advance(context, order, OrderStatus::Confirmed, &payments, None)?;
        if too_much {
            // All of it was told with the confirmation.
            tell_amended(context, &order, &OrderFigures::from(&*order), "paid more than it costs");
        }
        return Ok(order.into_order());
    }
    let text = format!("payment {payment} of {amount}; {} is still due", order.amount_open()?);
    noted(context, order, before, text)
}

/// Cash is promised for the hand-over. What is enough with what was paid confirms the order; whether it comes, is seen at the door.
fn promised<S: Sql>(context: &mut Context<'_, S>, mut order: Order, payment: Id, amount: Money) -> Result<Order> {
    if order.status != OrderStatus::Placed || order.payment.promised.is_some() || !age::is_met(&order, context.now()) {
        return Ok(order);
    }
    let before = OrderFigures::from(&order);
    order.payment.payment_id = Some(payment);
    order.payment.promised = Some(Promise { payment_id: payment, amount });
    order.payment.last_failure = None;
    let short = order.amount_open()?;
    if !short.is_zero() {
        let text = format!("payment {payment} of {amount} is promised in cash; {short} is still due");
        return noted(context, order, before, text);
    }
    let reason = Some(format!("payment {payment} of {amount} is promised in cash at the hand-over"));
    Ok(advance_from(context, order, OrderStatus::Confirmed, &platform("payments"), reason, Some(before))?.into_order())
}

/// The customer is with the gateway: the hold is extended, but not for ever.
fn pending<S: Sql>(context: &mut Context<'_, S>, mut order: Order, payment: Id) -> Result<Order> {
    let deadline = context.settings.payment_deadline;
    let until = (context.now() + deadline).min(order.placed_at + deadline * LONGEST_HOLD);
    if order.status != OrderStatus::Placed || until <= order.pay_by {
        return Ok(order);
    }
    order.pay_by = until;
    saga::await_step(context, &mut order)?;
    let before = OrderFigures::from(&order);
    noted(context, order, before, format!("payment {payment} is under way; held until {until}"))
}

/// Notes a text and tells of it: who reads the history of orders elsewhere sees the same as the store.
fn noted<S: Sql>(context: &mut Context<'_, S>, order: Order, before: OrderFigures, text: String) -> Result<Order> {
    let order = remark(context, order, &platform("payments"), text.clone())?;
    tell_amended(context, &order, &before, &text);
    Ok(order.into_order())
}

fn refunded<S: Sql>(context: &mut Context<'_, S>, mut order: Order, refund: Id, amount: Money) -> Result<Order> {
    let text = format!("refund {refund} of {amount}");
    if order.timeline.iter().any(|entry| entry.reason.as_deref() == Some(text.as_str())) {
        return Ok(order);
    }
    let before = OrderFigures::from(&order);
    order.payment.refunded = order.payment.refunded.plus(amount)?;
    let whole = order.payment.refunded == order.payment.paid && !order.payment.paid.is_zero();
    let payments = platform("payments");
    if whole && order.status == OrderStatus::Confirmed && order.payment.promised.is_none() {
        // Nobody has begun to make it, and nobody pays for it any more.
        return Ok(
            advance_from(context, order, OrderStatus::Cancelled, &payments, Some(text), Some(before))?.into_order()
        );
    }
    if whole && order.status.may_become(OrderStatus::Refunded) {
        Ok(advance_from(context, order, OrderStatus::Refunded, &payments, Some(text), Some(before))?.into_order())
    } else {
        noted(context, order, before, text)
    }
}

/// Notes a text in the timeline unless it is there.
fn once<S: Sql>(
    context: &mut Context<'_, S>,
    mut order: Order,
    text: String,
    change: impl FnOnce(&mut Order, &str),
) -> Result<Order> {
    if order.timeline.iter().any(|entry| entry.reason.as_deref() == Some(text.as_str())) {
        return Ok(order);
    }
    change(&mut order, &text);
    let before = OrderFigures::from(&order);
    noted(context, order, before, text)
}

/// Tells that what an order costs, or what was paid of it, is another now: payments gives back what is too much.
pub fn tell_amended<S: Sql>(context: &mut Context<'_, S>, order: &Saved, before: &OrderFigures, reason: &str) {
    context.tell(OrderNews::Amended, order, Some(reason), Some(before));
}
