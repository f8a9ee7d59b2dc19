//! R5: the last units. A thousand buyers, exactly as many orders as there is stock; a joint demand counts as one.

use crate::desk::{Desk, line};
use crate::{Proof, ensure, prove};
use kirana_contracts::store_state::Amendment;
use kirana_kernel::Role;
use kirana_store_core::Refusal;
use kirana_store_core::sabotage::Guard;

fn buyers(cups: i64) -> Proof {
    let mut desk = Desk::open(cups);
    let mut sold = 0;
    for buyer in 0..1_000 {
        match desk.place(&format!("buyer-{buyer}"), vec![line("tea", 1)]) {
            Ok(_) => sold += 1,
            Err(Refusal::OutOfStock(_)) => {}
            // Without the check the database's own refuses: nothing is sold that is not there, but nobody is told why.
            Err(other) => return Err(format!("buyer {buyer}: {other}")),
        }
    }
    ensure(sold == cups, || format!("{sold} of {cups} cups were sold"))?;
    desk.sound()
}

#[test]
fn a_thousand_buyers_of_one_seven_and_fifty_cups() {
    prove(|| [1, 7, 50].into_iter().try_for_each(buyers), &[Guard::ReservationCheck]);
}

/// A box and a tea take three cups together; two are there. Each alone would fit.
fn shared_ingredient() -> Proof {
    let mut desk = Desk::open(2);
    for lines in [vec![line("box", 1), line("tea", 1)], vec![line("tea", 1), line("tea", 2)]] {
        match desk.place("joint", lines) {
            Err(Refusal::OutOfStock(short)) => {
                ensure(short[0].wanted == 3 && short[0].available == 2, || format!("{short:?}"))?;
            }
            other => return Err(format!("expected out of stock, got {other:?}")),
        }
    }
    ensure(desk.free("cup") == (2, 2), || "something is held".into())?;
    desk.place("fits", vec![line("tea", 1), line("tea", 1)]).map_err(|refusal| refusal.to_string())?;
    desk.sound()
}

#[test]
fn lines_and_bundles_that_share_an_ingredient_are_one_demand() {
    prove(shared_ingredient, &[Guard::ReservationCheck]);
}

/// The same pieces cannot be taken off twice: what goes back is never more than what was paid.
fn taken_off_twice() -> Proof {
    let mut desk = Desk::open(10);
    let order = desk.place("key", vec![line("tea", 1), line("tea", 1)]).unwrap();
    desk.pay(order.id, crate::desk::id(9, 1), 200).unwrap();
    let take = Amendment::CancelItems { line: 1, quantity: 1, reason: "spilt".into() };
    for _ in 0..2 {
        let moment = desk.moment();
        let _ = desk.store.amend(moment, order.id, &crate::desk::actor(Role::Staff), &take);
        desk.sound()?;
    }
    desk.hear();
    let returned = desk.returned.get(&order.id).copied().unwrap_or(0);
    ensure(returned == 100, || format!("{returned} went back for one of two teas"))?;
    desk.sound()
}

#[test]
fn a_refund_twice_is_one_refund() {
    prove(taken_off_twice, &[Guard::CancelOnce]);
}
