//! Changes to an order after it was placed: other lines, pieces taken off, weights, substitutes.
//!
//! Stock follows in the same transaction while it is still held; money follows by `OrderAmended`: payments gives back what
//! was paid beyond the new total. A paid order never becomes dearer: the customer did not agree to that.

use super::payment::tell_amended;
use super::place::{offers, sellables_of};
use super::{age, load, note, save};
use crate::command::Context;
use crate::sabotage::{self, Guard};
use crate::stock::{allocate, hold, skus};
use crate::{Refusal, Result};
use kirana_contracts::order::{Order, OrderLine};
use kirana_contracts::store_state::{Actor, Amendment};
use kirana_events::{EventData, OrderFigures};
use kirana_kernel::{Id, Money, OrderStatus, Role};
use kirana_sql::Sql;
use std::collections::BTreeSet;

/// Changes an order.
pub fn amend<S: Sql>(context: &mut Context<'_, S>, id: Id, actor: &Actor, amendment: &Amendment) -> Result<Order> {
    let mut order = load(context, id)?;
    may(actor, &order, amendment)?;
    let before = OrderFigures::from(&order);
    let had_offers = !order.promotions.is_empty();
    let text = match amendment {
        Amendment::Lines { lines, totals, tax_table, promotions, claim, age } => {
            super::claim_holds(*claim, context.now())?;
            order.lines.clone_from(lines);
            order.totals.clone_from(totals);
            order.tax_table.clone_from(tax_table);
            order.promotions.clone_from(promotions);
            order.claim_id = claim.map(|claim| claim.id);
            order.age = age.or(order.age);
            "other lines".to_owned()
        }
        Amendment::CancelItems { line, quantity, reason } => {
            let line = line_of(&mut order, *line)?;
            take_off(line, *quantity)?;
            format!("{quantity} × {} taken off: {}", line.name, crate::stock::reasoned(reason)?)
        }
        Amendment::Weigh { line, grams } => weigh(line_of(&mut order, *line)?, *grams)?,
        Amendment::Propose { line, substitute } => {
            let line = line_of(&mut order, *line)?;
            if line.quantity == 0 {
                return Err(Refusal::Conflict("this line was taken off the order".into()));
            }
            let text = format!("{} instead of {}?", substitute.name, line.name);
            line.substitute = Some(substitute.clone());
            text
        }
        Amendment::Answer { line, accept } => answer(line_of(&mut order, *line)?, *accept)?,
    };
    if !matches!(amendment, Amendment::CancelItems { .. } | Amendment::Weigh { .. }) {
        age::require(&order, context.now())?;
    }
    reprice(&mut order, amendment)?;
    let moves_stock = !matches!(amendment, Amendment::Propose { .. });
    if moves_stock && order.status.holds_reservation() {
        hold_anew(context, &order)?;
    }
    let status = order.status;
    note(&mut order, context.now(), Some(status), actor, Some(text.clone()));
    if order.lines.iter().all(|line| line.quantity == 0) && order.status.may_become(OrderStatus::Cancelled) {
        let reason = Some("nothing is left of it".into());
        let gone = super::advance_from(context, order, OrderStatus::Cancelled, actor, reason, Some(before))?;
        return Ok(gone.into_order());
    }
    let order = save(context, order)?;
    if had_offers || !order.promotions.is_empty() {
        let now = EventData::OfferApplied(offers(&order));
        context.emit(order.id.to_string(), Some(order.store_id), now);
    }
    tell_amended(context, &order, &before, &text);
    Ok(order.into_order())
}

fn may(actor: &Actor, order: &Order, amendment: &Amendment) -> Result<()> {
    let crew =
        matches!(actor.role, Role::Staff | Role::Manager | Role::Owner | Role::Admin | Role::Service | Role::Device);
    let before_making = order.status.holds_reservation();
    let (who, when) = match amendment {
        Amendment::Lines { .. } => (true, before_making),
        Amendment::CancelItems { .. } => (crew || before_making, order.status.is_live()),
        Amendment::Weigh { .. } => (crew, matches!(order.status, OrderStatus::Confirmed | OrderStatus::Preparing)),
        Amendment::Propose { .. } => (crew, before_making),
        Amendment::Answer { .. } => (true, before_making),
    };
    if !who {
        return Err(Refusal::Forbidden(format!("{} cannot change this order that way", actor.role.name())));
    }
    if !when {
        return Err(Refusal::Conflict(format!("the order is {}: it is too late for this change", order.status)));
    }
    Ok(())
}

fn line_of(order: &mut Order, number: usize) -> Result<&mut OrderLine> {
    let count = order.lines.len();
    let line = number.checked_sub(1).and_then(|index| order.lines.get_mut(index));
    line.ok_or_else(|| Refusal::Invalid { path: "line".into(), message: format!("expected 1 to {count}") })
}

fn take_off(line: &mut OrderLine, quantity: i64) -> Result<()> {
    if quantity < 1 || (quantity > line.quantity && !sabotage::on(Guard::CancelOnce)) {
        let message = format!("expected 1 to {}: so many are left of this line", line.quantity);
        return Err(Refusal::Invalid { path: "quantity".into(), message });
    }
    let (before, left) = (line.quantity, line.quantity - quantity);
    line.quantity = left;
    line.cancelled += quantity;
    line.substitute = None;
    // Each piece costs what it cost: also where a substitute was agreed to be cheaper than its price.
    let part = |amount: i64| if before == 0 { 0 } else { (amount * left + before - 1).div_euclid(before) };
    let whole = line.discounts.iter().fold(line.total.amount, |sum, one| sum + one.amount.amount);
    discounted(line, part(whole), whole);
    Ok(())
}

/// What a line costs by its list price has changed: each promotion takes its part of it still, rounded down, so that list,
/// discounts and total agree to the minor unit.
fn discounted(line: &mut OrderLine, list: i64, before: i64) {
    let part = |amount: i64| {
        if before == 0 { 0 } else { i128::from(amount) * i128::from(list) / i128::from(before) }
    };
    let mut total = list;
    for one in &mut line.discounts {
        one.amount.amount = i64::try_from(part(one.amount.amount)).unwrap_or(0);
        total -= one.amount.amount;
    }
    line.discounts.retain(|one| one.amount.amount > 0);
    line.total = Money::new(total, line.total.currency);
}

fn weigh(line: &mut OrderLine, grams: i64) -> Result<String> {
    let Some(weight) = &mut line.weight else {
        return Err(Refusal::Invalid { path: "line".into(), message: "this line is not sold by weight".into() });
    };
    let most = kirana_contracts::order::Weight { final_grams: None, ..weight.clone() }.grams_held();
    if !(1..=most).contains(&grams) {
        return Err(Refusal::Invalid {
            path: "grams".into(),
            message: format!(
                "expected 1 to {most}: the customer agreed to {} g and {most} g are held",
                weight.estimated_grams
            ),
        });
    }
    weight.final_grams = Some(grams);
    Ok(format!("{} weighs {grams} g", line.name))
}

fn answer(line: &mut OrderLine, accept: bool) -> Result<String> {
    let Some(substitute) = line.substitute.take() else {
        return Err(Refusal::Conflict("nothing was proposed for this line, or it was answered".into()));
    };
    if !accept {
        let text = format!("no {} instead of {}", substitute.name, line.name);
        take_off(line, line.quantity)?;
        return Ok(text);
    }
    let text = format!("{} instead of {}", substitute.name, line.name);
    let (price, cancelled) = (line.total, line.cancelled);
    *line = *substitute;
    line.cancelled = cancelled;
    // The store had to substitute: the customer pays what was agreed, or less.
    line.total = cheaper(line.price()?, price);
    Ok(text)
}

fn cheaper(one: Money, other: Money) -> Money {
    if one.amount <= other.amount { one } else { other }
}

/// Lines, then the whole. What a line was agreed to cost in a substitution stays.
fn reprice(order: &mut Order, amendment: &Amendment) -> Result<()> {
    if let Amendment::Weigh { line, .. } = amendment {
        let line = line_of(order, *line)?;
        let before = line.discounts.iter().fold(line.total.amount, |sum, one| sum + one.amount.amount);
        let list = line.price()?.amount.min(before);
        discounted(line, list, before);
    }
    if !matches!(amendment, Amendment::Lines { .. }) {
        order.totals = kirana_pricing::retotal(&order.totals, order.tax_table.as_ref(), &order.lines)?;
        promotions_of_lines(order);
    }
    let kept = order.payment.paid.minus(order.payment.refunded)?;
    let kept = order.payment.promised.map_or(Ok(kept), |promise| kept.plus(promise.amount))?;
    if order.status != OrderStatus::Placed && order.totals.total.amount > kept.amount {
        return Err(Refusal::Conflict(format!(
            "it would cost {}, and {kept} is paid or promised: order what is missing by itself",
            order.totals.total
        )));
    }
    promise_less(order)
}

/// Cash that is promised for the hand-over is never more than is still open then: whoever brings the order collects so much. Payments
/// hears of the change, and asks for as much.
fn promise_less(order: &mut Order) -> Result<()> {
    let kept = order.payment.paid.minus(order.payment.refunded)?;
    let open = order.totals.total.minus(kept)?.amount;
    if order.status != OrderStatus::Placed {
        if let Some(promise) = &mut order.payment.promised {
            promise.amount.amount = promise.amount.amount.min(open.max(0));
        }
        order.payment.promised.take_if(|promise| promise.amount.is_zero());
    }
    Ok(())
}

/// What promotions took off the whole is what they take off its lines. One that has nothing left to take stays: it was used.
fn promotions_of_lines(order: &mut Order) {
    let lines = &order.lines;
    for promotion in &mut order.promotions {
        let of = lines.iter().flat_map(|line| &line.discounts).filter(|one| one.promotion_id == promotion.promotion_id);
        promotion.amount.amount = of.map(|one| one.amount.amount).sum();
    }
}

/// Frees what the order held and holds what it needs now: refused whole when that is not there.
fn hold_anew<S: Sql>(context: &mut Context<'_, S>, order: &Order) -> Result<()> {
    let owner = order.id.to_string();
    let before = hold::let_go(context.sql, &owner)?;
    let demand = allocate::demand_of(context.sql, context.memory, &sellables_of(&order.lines))?;
    let parts = allocate::allocate(context, context.now(), &demand)?;
    hold::hold(context, &owner, &parts)?;
    let mut touched: BTreeSet<String> = skus(&before).into_iter().collect();
    touched.extend(skus(&parts));
    let touched: Vec<String> = touched.into_iter().collect();
    let batches: Vec<i64> = before.iter().map(|(batch, _, _)| *batch).collect();
    crate::stock::expiry::discard(context, &batches)?;
    crate::stock::changed(context, &touched)
}
