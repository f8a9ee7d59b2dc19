//! S20: what only adults may buy goes to nobody without a check that is good at that moment, whichever way it is asked for.

use crate::desk::{DAY, DEADLINE, Desk, actor, id, line};
use crate::{Proof, ensure, prove};
use kirana_contracts::order::{AgeProof, Order, OrderLine, Totals};
use kirana_contracts::store_state::{Amendment, ChangeStatus};
use kirana_kernel::{OrderStatus, Role};
use kirana_store_core::Refusal;
use kirana_store_core::sabotage::Guard;
use std::time::Duration;

fn wine() -> OrderLine {
    OrderLine { age_restricted: true, ..line("tea", 1) }
}

/// An order of these lines, with a check that is good for so long.
fn place(desk: &mut Desk, key: &str, lines: Vec<OrderLine>, good_for: Option<Duration>) -> Result<Order, Refusal> {
    let moment = desk.moment();
    let age = good_for.map(|time| AgeProof { min_age: 20, good_until: desk.now + time });
    let command = kirana_contracts::store_state::PlaceOrder { age, ..Desk::command("buyer", key, lines) };
    desk.store.place(moment, &command).map(|placed| placed.order)
}

fn refused<T: std::fmt::Debug>(way: &str, answer: Result<T, Refusal>) -> Proof {
    ensure(matches!(answer, Err(Refusal::AgeNotProved)), || format!("{way}: {answer:?}"))
}

fn nothing_is_held_without_a_check() -> Proof {
    let mut desk = Desk::open(10);
    refused("no check", place(&mut desk, "none", vec![line("tea", 1), wine()], None))?;
    refused("a check that has ended", place(&mut desk, "old", vec![wine()], Some(Duration::ZERO)))?;
    ensure(desk.free("cup") == (10, 10), || "something is held for a refused order".into())?;
    place(&mut desk, "good", vec![wine()], Some(DAY)).map_err(|refusal| refusal.to_string())?;
    place(&mut desk, "tea", vec![line("tea", 1)], None).map_err(|refusal| refusal.to_string())?;
    desk.sound()
}

fn no_change_brings_it_in() -> Proof {
    let mut desk = Desk::open(10);
    let order = place(&mut desk, "tea", vec![line("tea", 1)], None).unwrap();
    let lines = vec![wine()];
    let totals = Totals::of(order.totals.total.currency, 700, true, &lines).unwrap();
    let moment = desk.moment();
    let edit = Amendment::Lines {
        lines,
        totals: Box::new(totals),
        tax_table: None,
        promotions: Vec::new(),
        claim: None,
        age: None,
    };
    refused("an edit", desk.store.amend(moment, order.id, &actor(Role::Customer), &edit))?;
    let moment = desk.moment();
    let substitute = Amendment::Propose { line: 1, substitute: Box::new(wine()) };
    refused("a substitute", desk.store.amend(moment, order.id, &actor(Role::Staff), &substitute))?;
    ensure(desk.store.order(order.id).unwrap() == order, || "a refused change left something".into())?;
    // And where it was allowed once, the answer is looked at again.
    let other = place(&mut desk, "wine", vec![wine()], Some(Duration::from_secs(60))).unwrap();
    let moment = desk.moment();
    desk.store.amend(moment, other.id, &actor(Role::Staff), &substitute).unwrap();
    desk.now = desk.now + Duration::from_secs(61);
    let moment = desk.moment();
    let accept = Amendment::Answer { line: 1, accept: true };
    refused("an answer", desk.store.amend(moment, other.id, &actor(Role::Customer), &accept))?;
    desk.sound()
}

/// The check ends while the customer pays: nothing is made, and the money goes back.
fn no_money_is_kept_for_it() -> Proof {
    let mut desk = Desk::open(10);
    let order = place(&mut desk, "wine", vec![wine()], Some(Duration::from_secs(60))).unwrap();
    desk.now = desk.now + Duration::from_secs(61);
    let paid = desk.pay(order.id, id(5, 1), order.totals.total.amount).map_err(|refusal| refusal.to_string())?;
    ensure(paid.status == OrderStatus::Cancelled, || format!("paid without a check: {}", paid.status))?;
    desk.hear();
    let after = desk.store.order(order.id).unwrap();
    ensure(after.payment.refunded == after.payment.paid, || format!("{} is kept", after.payment.paid))?;
    ensure(desk.free("cup") == (10, 10), || "its stock is still held".into())?;
    desk.sound()
}

/// Staff hands nothing over either, unless they have looked at a document; then the order says until when that is good.
fn nobody_hands_it_over() -> Proof {
    let mut desk = Desk::open(10);
    let order = place(&mut desk, "wine", vec![wine()], Some(DEADLINE / 2)).unwrap();
    desk.pay(order.id, id(5, 1), order.totals.total.amount).map_err(|refusal| refusal.to_string())?;
    for to in [OrderStatus::Preparing, OrderStatus::Ready] {
        desk.go(order.id, to).map_err(|refusal| refusal.to_string())?;
    }
    desk.now = desk.now + DEADLINE;
    refused("collected", desk.go(order.id, OrderStatus::Collected))?;
    desk.go(order.id, OrderStatus::Dispatched).map_err(|refusal| refusal.to_string())?;
    refused("delivered", desk.go(order.id, OrderStatus::Delivered))?;
    let moment = desk.moment();
    let seen = ChangeStatus { to: OrderStatus::Delivered, reason: None, document_seen: true };
    let order = desk.store.change_status(moment, order.id, &actor(Role::Rider), &seen).unwrap();
    ensure(order.age.is_some_and(|proof| proof.good_until > desk.now), || "nobody has looked".into())?;
    desk.sound()
}

#[test]
fn without_a_check_nothing_is_held_changed_paid_or_handed_over() {
    for proof in
        [nothing_is_held_without_a_check, no_change_brings_it_in, no_money_is_kept_for_it, nobody_hands_it_over]
    {
        prove(proof, &[Guard::AgeCheck]);
    }
}
