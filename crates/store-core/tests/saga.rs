//! The steps of an order: each has a deadline that needs no request, and the history tells how each stands.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::order::Order;
use kirana_contracts::store_state::PaymentOutcome;
use kirana_contracts::story::StepState::{self, Ahead, Done, GivenUp, Undone, Waiting};
use kirana_events::EventData;
use kirana_kernel::{OrderStatus, Role, Step};
use shop::{Shop, baht, id, line};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn states(order: &Order) -> Vec<StepState> {
    order.history().steps.iter().map(|report| report.state).collect()
}

fn overdue(shop: &mut Shop) -> Vec<String> {
    let late = |event| match event {
        EventData::OrderOverdue(event) => event.reason,
        _ => None,
    };
    shop.told().into_iter().filter_map(late).collect()
}

#[test]
fn the_history_tells_how_each_step_stands() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    assert_eq!(states(&order), [Done, Waiting, Ahead, Ahead, Ahead]);
    assert_eq!(order.history().steps[1].due_at, Some(order.pay_by));
    let order = shop.pay(&order);
    assert_eq!(states(&order), [Done, Done, Done, Waiting, Ahead]);
    let due = order.promised_at.unwrap() + Duration::from_secs(1_800);
    assert_eq!(order.history().steps[3].due_at, Some(due));
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    let order = shop.go(&order, Role::Staff, OrderStatus::Ready).unwrap();
    assert_eq!(states(&order), [Done, Done, Done, Done, Waiting]);
    let order = shop.go(&order, Role::Staff, OrderStatus::Collected).unwrap();
    assert_eq!((states(&order), order.due_at), (vec![Done; 5], None));
}

#[test]
fn what_is_called_off_is_undone_and_the_money_goes_back() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    let order = shop.pay(&order);
    let order = shop.go(&order, Role::Customer, OrderStatus::Cancelled).unwrap();
    assert_eq!(states(&order), [Undone, Done, Undone, GivenUp, GivenUp, Waiting]);
    let back = PaymentOutcome::Refunded { refund_id: id(11), amount: order.payment.paid };
    let moment = shop.moment();
    let order = shop.store.payment(moment, order.id, &back).unwrap();
    assert_eq!(order.status, OrderStatus::Refunded);
    assert_eq!(states(&order), [Undone, Undone, Undone, GivenUp, GivenUp, Done]);
    let expired = shop.place("another", vec![line("milk-tea", 1, &[])]).unwrap();
    shop.pass(HOUR);
    let expired = shop.store.order(expired.id).unwrap();
    assert_eq!(states(&expired), [Undone, GivenUp, GivenUp, GivenUp, GivenUp]);
    assert_eq!(expired.history().steps[1].note.as_deref(), Some("not paid in time"));
    shop.check();
}

#[test]
fn what_nobody_makes_is_told_of_and_called_off_in_the_end() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    shop.pay(&order);
    shop.pass(HOUR);
    assert_eq!(overdue(&mut shop), ["make"]);
    shop.pass(HOUR);
    assert_eq!(overdue(&mut shop), Vec::<String>::new(), "once a day is enough");
    shop.pass(24 * HOUR);
    assert_eq!(overdue(&mut shop), ["make"]);
    assert_eq!(shop.free("cup"), (10, 9), "it is still held");
    shop.pass(72 * HOUR);
    let order = shop.store.order(order.id).unwrap();
    assert_eq!(order.status, OrderStatus::Cancelled);
    assert_eq!(shop.free("cup"), (10, 10), "and free again, with no request");
    shop.check();
    // Its money does not come back: payments is told again, and so is somebody.
    shop.told();
    shop.pass(HOUR);
    let told = shop.told();
    assert!(told.iter().any(|event| matches!(event, EventData::OrderAmended(told) if told.order.id == order.id)));
    assert!(told.iter().any(|event| matches!(event, EventData::OrderOverdue(_))));
    let back = PaymentOutcome::Refunded { refund_id: id(11), amount: order.payment.paid };
    let moment = shop.moment();
    shop.store.payment(moment, order.id, &back).unwrap();
    shop.told();
    shop.pass(1_000 * HOUR);
    assert_eq!(overdue(&mut shop), Vec::<String>::new(), "what is done is late no more");
    assert_eq!(shop.store.next_timer().unwrap(), None, "nothing is due any more");
}

#[test]
fn what_nobody_fetches_is_told_of_ever_more_seldom_and_stays() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    let order = shop.pay(&order);
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    shop.go(&order, Role::Staff, OrderStatus::Ready).unwrap();
    let mut count = 0;
    for _ in 0..120 {
        shop.pass(24 * HOUR);
        count += overdue(&mut shop).len();
    }
    assert!((3..=9).contains(&count), "told {count} times in 120 days");
    let order = shop.store.order(order.id).unwrap();
    assert_eq!((order.status, states(&order)[4]), (OrderStatus::Ready, Waiting));
    assert!(
        order
            .timeline
            .iter()
            .any(|entry| entry.reason.as_deref().is_some_and(|text| text.starts_with("hand_over is late")))
    );
}

#[test]
fn one_look_finds_all_that_are_late_and_leaves_the_rest() {
    let mut shop = Shop::open(1_000, 100_000);
    let late: Vec<_> = (0..50)
        .map(|number| {
            let order = shop.place(&format!("late-{number}"), vec![line("milk-tea", 1, &[])]).unwrap();
            let outcome = PaymentOutcome::Completed { payment_id: id(9), amount: order.totals.total };
            let moment = shop.moment();
            shop.store.payment(moment, order.id, &outcome).unwrap()
        })
        .collect();
    shop.told();
    let last = late.iter().filter_map(|order| order.due_at).max().unwrap();
    shop.now = last;
    let mut told = Vec::new();
    while shop.store.next_timer().unwrap().is_some_and(|due| due <= shop.now + Duration::from_secs(2)) {
        shop.pass(Duration::from_secs(2));
        told.extend(overdue(&mut shop));
    }
    assert_eq!(told, vec!["make"; 50]);
    assert!(late.iter().all(|order| shop.store.order(order.id).unwrap().due_at.unwrap() > shop.now));
}

#[test]
fn money_that_comes_after_the_end_has_a_deadline_to_go_back() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    shop.pass(HOUR);
    shop.told();
    let late = PaymentOutcome::Completed { payment_id: id(9), amount: baht(100) };
    let moment = shop.moment();
    let order = shop.store.payment(moment, order.id, &late).unwrap();
    assert_eq!(order.status, OrderStatus::Expired);
    let steps = order.history().steps;
    assert_eq!((steps[5].step, steps[5].state, steps[5].due_at), (Step::GiveBack, Waiting, order.due_at));
    assert!(order.due_at.is_some());
    shop.pass(HOUR);
    assert_eq!(overdue(&mut shop), ["give_back"]);
}
