//! An order's way from status to status: who may move it where, and what that does to its stock.

use super::place::offers;
use super::{Saved, age, kitchen, load, note, saga, save_with_entry, slots};
use crate::command::Context;
use crate::stock::hold;
use crate::{Refusal, Result, timers};
use kirana_contracts::order::Order;
use kirana_contracts::store_state::{Actor, ChangeStatus};
use kirana_events::{EventData, OfferEvent, OrderFigures, OrderNews, StockLine, StockLines};
use kirana_kernel::{Id, OrderStatus, Role};
use kirana_sql::Sql;

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
    let mut order = load(context, id)?;
    if change.document_seen && age::hands_over(change.to) {
        age::seen(&mut order, context.now());
    }
    move_by_asking(context, order, change.to, actor, change.reason.clone())
}

/// Moves an order if the table allows it, and the actor may.
pub fn move_by_asking<S: Sql>(
    context: &mut Context<'_, S>,
    order: Order,
    to: OrderStatus,
    actor: &Actor,
    reason: Option<String>,
) -> Result<Order> {
    if order.status == to {
        // Asked twice: it is already there.
        return Ok(order);
    }
    if !order.status.may_become(to) {
        return Err(Refusal::Transition { from: order.status, to });
    }
    if !may_ask(actor.role, order.status, to) {
        let (role, from) = (actor.role.name(), order.status);
        return Err(Refusal::Forbidden(format!("{role} cannot make an order that is {from} {to}")));
    }
    if age::hands_over(to) {
        age::require(&order, context.now())?;
    }
    Ok(advance(context, order, to, actor, reason)?.into_order())
}

/// Moves an order and does what the move means for its stock.
pub fn advance<S: Sql>(
    context: &mut Context<'_, S>,
    order: Order,
    to: OrderStatus,
    actor: &Actor,
    reason: Option<String>,
) -> Result<Saved> {
    advance_from(context, order, to, actor, reason, None)
}

/// The same for an order whose lines or money changed with the move: `before` is what it came to.
pub fn advance_from<S: Sql>(
    context: &mut Context<'_, S>,
    mut order: Order,
    to: OrderStatus,
    actor: &Actor,
    reason: Option<String>,
    before: Option<OrderFigures>,
) -> Result<Saved> {
    let from = order.status;
    let mut entry = None;
    match to {
        OrderStatus::Preparing if from == OrderStatus::Confirmed => {
            entry = hold::issue(context, &order.id.to_string(), &actor.party.name)?;
        }
        OrderStatus::Cancelled | OrderStatus::Expired if from.holds_reservation() => {
            slots::give_back(context, &order)?;
            let parts = hold::release(context, &order.id.to_string())?;
            let lines = parts.into_iter().map(|(_, sku, quantity)| StockLine { sku, quantity }).collect();
            let released = EventData::InventoryReleased(StockLines { order_id: order.id, lines });
            context.emit(order.id.to_string(), Some(order.store_id), released);
            if !order.promotions.is_empty() {
                let released = EventData::OfferReleased(OfferEvent { version: order.version + 1, ..offers(&order) });
                context.emit(order.id.to_string(), Some(order.store_id), released);
            }
        }
        _ => {}
    }
    match to {
        OrderStatus::Confirmed => {
            order.tickets = kitchen::tickets_of(&*kitchen::settings(context.sql, context.memory)?, &order);
        }
        // What the customer did not answer in time is made as it was ordered.
        OrderStatus::Preparing => order.lines.iter_mut().for_each(|line| line.substitute = None),
        OrderStatus::Ready => {
            let now = context.now();
            order.tickets.iter_mut().for_each(|ticket| ticket.bumped_at = ticket.bumped_at.or(Some(now)));
            kitchen::learn(context, &order)?;
        }
        _ => {}
    }
    order.status = to;
    note(&mut order, context.now(), Some(from), actor, reason.clone());
    let reference = order.id.to_string();
    saga::await_step(context, &mut order)?;
    if from == OrderStatus::Placed {
        timers::clear(context.sql, timers::Kind::PayBy, &reference)?;
    }
    if matches!(to, OrderStatus::Collected | OrderStatus::Delivered) {
        timers::set(context.sql, context.now() + context.settings.complete_after, timers::Kind::Complete, &reference)?;
    }
    if from == OrderStatus::Collected || from == OrderStatus::Delivered {
        timers::clear(context.sql, timers::Kind::Complete, &reference)?;
    }
    let saved = save_with_entry(context, order, entry)?;
    context.tell(OrderNews::Became(to), &saved, reason.as_deref(), before.as_ref());
    Ok(saved)
}
