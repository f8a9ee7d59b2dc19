//! R10: deadlines. A thousand holds end in time, though the process dies and three of ten tries fail; a handler that is called twice
//! frees nothing twice; what keeps failing stays due.

use crate::desk::{Desk, line};
use crate::{Proof, ensure, prove};
use kirana_contracts::store_state::PaymentOutcome;
use kirana_kernel::OrderStatus;
use kirana_simulator::Random;
use kirana_store_core::sabotage::Guard;
use std::time::Duration;

const ORDERS: usize = 1_000;

fn all_end_in_time() -> Proof {
    let mut desk = Desk::open(2_000);
    let mut random = Random::new(10);
    let mut orders = Vec::new();
    for number in 0..ORDERS {
        let order = desk.place(&format!("key-{number}"), vec![line("tea", 1)]).unwrap();
        orders.push(order.id);
        // They end one to five seconds after each other.
        desk.now = desk.now + Duration::from_millis(4);
    }
    let opened = desk.free("cup");
    ensure(opened == (2_000, 1_000), || format!("{opened:?} when all hold"))?;
    // To where the first ends, then second by second.
    desk.now = desk.store.next_timer().unwrap().unwrap();
    for second in 0..12 {
        // An object's alarm comes again at once while something is due: here eight times a second, with no regard to that. Three
        // times in ten its process dies on the way.
        for _ in 0..8 {
            if random.below(10) < 3 {
                desk.doom.after(u32::try_from(random.below(400)).unwrap());
            }
            let moment = desk.moment();
            let _ = desk.store.run_due(moment);
            desk.restart();
        }
        desk.sound()?;
        let late = orders
            .iter()
            .map(|order| desk.store.order(*order).unwrap())
            .find(|order| order.status == OrderStatus::Placed && desk.now.since(order.pay_by) > Duration::from_secs(3));
        if let Some(order) = late {
            return Err(format!(
                "second {second}: order {} was to be paid by {} and still holds",
                order.id, order.pay_by
            ));
        }
        desk.now = desk.now + Duration::from_secs(1);
    }
    ensure(desk.free("cup") == (2_000, 2_000), || format!("{:?} at the end", desk.free("cup")))?;
    let events = desk.hear();
    let released = events.iter().filter(|event| event.type_name() == "OrderCancelled").count();
    ensure(released == ORDERS, || format!("{released} of {ORDERS} were told to be over"))
}

#[test]
fn a_thousand_holds_end_in_time_and_once() {
    prove(all_end_in_time, &[Guard::PaymentDeadline, Guard::ReleaseOfHeldStock]);
}

/// A hold that the customer's bank keeps busy is extended, but not for ever.
fn extended_but_not_for_ever() -> Proof {
    let mut desk = Desk::open(10);
    let order = desk.place("key", vec![line("tea", 1)]).unwrap();
    for _ in 0..100 {
        desk.pass(Duration::from_secs(300));
        let moment = desk.moment();
        let _ = desk.store.payment(moment, order.id, &PaymentOutcome::Pending { payment_id: crate::desk::id(9, 1) });
        let order = desk.store.order(order.id).unwrap();
        let held = desk.now.since(order.placed_at);
        let placed = order.status == OrderStatus::Placed;
        ensure(placed || held >= Duration::from_secs(1_800), || format!("it ended after {held:?}, while being paid"))?;
        if !placed {
            return ensure(desk.free("cup") == (10, 10), || "it ended and holds its cup".into());
        }
    }
    Err("it is held for ever".into())
}

#[test]
fn a_payment_under_way_extends_the_hold_to_a_limit() {
    prove(extended_but_not_for_ever, &[Guard::PaymentDeadline]);
}

/// Twenty alarms in a row whose process dies: the twenty-first finds everything still due.
#[test]
fn what_failed_twenty_times_is_still_due() {
    let mut desk = Desk::open(10);
    let order = desk.place("key", vec![line("tea", 1)]).unwrap();
    desk.now = order.pay_by;
    for failure in 0..20 {
        desk.doom.after(failure % 4);
        let moment = desk.moment();
        let _ = desk.store.run_due(moment);
        assert!(desk.restart());
        assert!(desk.store.next_alarm().unwrap().is_some(), "something is always armed");
    }
    desk.pass(Duration::from_secs(120));
    assert_eq!(desk.store.order(order.id).unwrap().status, OrderStatus::Expired);
    desk.sound().unwrap();
}
