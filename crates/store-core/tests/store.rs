//! A store under a simulated clock: the rules that must hold whatever happens.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::order::Order;
use kirana_events::{Ack, Event, Subscriber};
use kirana_kernel::{Id, OrderStatus, Role, Timestamp};
use kirana_store_core::Refusal;
use proptest::prelude::*;
use shop::{DEADLINE, Shop, line};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[test]
fn two_hundred_buyers_of_a_hundred_cups() {
    let mut shop = Shop::open(100, 1_000_000);
    let (mut sold, mut refused) = (0, 0);
    for buyer in 0..200 {
        match shop.place(&format!("key-{buyer}"), vec![line("milk-tea", 1, &[])]) {
            Ok(_) => sold += 1,
            Err(Refusal::OutOfStock(short)) => {
                assert_eq!((short[0].sku.as_str(), short[0].wanted, short[0].available), ("cup", 1, 0));
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((sold, refused), (100, 100));
    assert_eq!(shop.free("cup"), (100, 0));
    shop.check();
}

#[test]
fn lines_and_toppings_that_share_an_ingredient_are_summed_first() {
    // 30 + 30 + 20 of 79: each would fit alone.
    let mut shop = Shop::open(10, 79);
    let lines = vec![line("milk-tea", 1, &[]), line("milk-tea", 1, &[("extra-pearls", 1), ("no-sugar", 1)])];
    let refused = shop.place("key", lines.clone()).unwrap_err();
    assert!(
        matches!(&refused, Refusal::OutOfStock(short) if short[0].wanted == 80 && short[0].available == 79),
        "{refused}"
    );
    assert_eq!((shop.free("cup"), shop.free("pearls")), ((10, 10), (79, 79)));
    let mut shop = Shop::open(10, 80);
    shop.place("key", lines).unwrap();
    assert_eq!(shop.free("pearls"), (80, 0));
    shop.check();
}

#[test]
fn one_key_one_order() {
    let mut shop = Shop::open(10, 1_000);
    let first = shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap();
    assert_eq!(shop.place("key", vec![line("milk-tea", 1, &[])]).unwrap(), first);
    assert_eq!(shop.free("cup"), (10, 9));
    let moment = shop.moment();
    let other = Shop::command("key", "another body", vec![line("milk-tea", 2, &[])]);
    assert_eq!(shop.store.place(moment, &other), Err(Refusal::KeyReused));
    shop.check();
}

#[test]
fn what_is_not_paid_in_time_is_free_again() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 2, &[])]).unwrap();
    assert_eq!(shop.store.next_alarm().unwrap(), Some(Timestamp::from_millis(0)), "events wait to be sent");
    shop.pass(DEADLINE - Duration::from_millis(1));
    assert_eq!(shop.store.order(order.id).unwrap().status, OrderStatus::Placed);
    shop.pass(Duration::from_millis(1));
    assert_eq!(shop.store.order(order.id).unwrap().status, OrderStatus::Expired);
    assert_eq!(shop.free("cup"), (10, 10));
    // The money comes after all: noted, nothing is made.
    assert_eq!(shop.pay(&order).status, OrderStatus::Expired);
    shop.check();
}

#[test]
fn a_served_cup() {
    let mut shop = Shop::open(10, 1_000);
    let order = shop.place("key", vec![line("milk-tea", 1, &[("extra-pearls", 1)])]).unwrap();
    assert_eq!(order.pickup_number, "A-001");
    assert!(matches!(shop.go(&order, Role::Staff, OrderStatus::Preparing), Err(Refusal::Transition { .. })));
    assert_eq!(shop.pay(&order).version, 2);
    assert_eq!(shop.pay(&order).version, 2, "paid once");
    assert_eq!(shop.free("cup"), (10, 9));
    assert!(matches!(shop.go(&order, Role::Customer, OrderStatus::Preparing), Err(Refusal::Forbidden(_))));
    shop.go(&order, Role::Staff, OrderStatus::Preparing).unwrap();
    assert_eq!((shop.free("cup"), shop.free("pearls")), ((9, 9), (950, 950)));
    assert!(matches!(shop.go(&order, Role::Customer, OrderStatus::Cancelled), Err(Refusal::Forbidden(_))));
    shop.go(&order, Role::Staff, OrderStatus::Ready).unwrap();
    shop.go(&order, Role::Staff, OrderStatus::Collected).unwrap();
    shop.pass(Duration::from_secs(900));
    assert_eq!(shop.store.order(order.id).unwrap().status, OrderStatus::Completed);
    shop.check();
}

#[derive(Clone, Debug)]
enum Step {
    Place { key: u8, cups: i64, toppings: i64 },
    Pay(u8),
    Move(u8, OrderStatus),
    Wait(u64),
    Deliver { lose_pack: bool, lose_ack: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..20_u8, 1..4_i64, 0..3_i64).prop_map(|(key, cups, toppings)| Step::Place { key, cups, toppings }),
        (0..20_u8).prop_map(Step::Pay),
        (0..20_u8, prop::sample::select(OrderStatus::ALL.to_vec())).prop_map(|(order, to)| Step::Move(order, to)),
        (1..1_000_u64).prop_map(Step::Wait),
        (any::<bool>(), any::<bool>()).prop_map(|(lose_pack, lose_ack)| Step::Deliver { lose_pack, lose_ack }),
    ]
}

/// A subscriber with a watermark, as `kirana_edge::inbox` keeps it.
#[derive(Default)]
struct Inbox {
    watermark: u64,
    applied: Vec<Id>,
}

impl Inbox {
    fn apply(&mut self, pack: &kirana_events::Pack) {
        for packed in pack.events.iter().filter(|packed| packed.seq > self.watermark) {
            self.applied.push(serde_json::from_str::<Event>(packed.event.get()).unwrap().id);
        }
        self.watermark = self.watermark.max(pack.upto);
    }
}

fn deliver(shop: &Shop, inboxes: &mut BTreeMap<Subscriber, Inbox>, lose_pack: bool, lose_ack: bool) -> usize {
    let packs = shop.store.packs_due(shop.now).unwrap();
    for pack in packs.iter().filter(|_| !lose_pack) {
        inboxes.entry(pack.subscriber).or_default().apply(pack);
        if !lose_ack {
            shop.store.acknowledge(Ack { subscriber: pack.subscriber, upto: pack.upto }).unwrap();
        }
    }
    packs.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever comes in whatever order: the invariants hold after every step, and in the end each subscriber has had each
    /// event once, though packs and acknowledgements were lost.
    #[test]
    fn nothing_breaks_a_store(steps in prop::collection::vec(step(), 1..60)) {
        let mut shop = Shop::open(12, 500);
        let mut orders: BTreeMap<u8, Order> = BTreeMap::new();
        let mut inboxes = BTreeMap::new();
        for step in steps {
            match step {
                Step::Place { key, cups, toppings } => {
                    let lines = vec![line("milk-tea", cups, &[("extra-pearls", toppings)])];
                    if let Ok(order) = shop.place(&format!("key-{key}"), lines) {
                        orders.entry(key).or_insert(order);
                    }
                }
                Step::Pay(key) => if let Some(order) = orders.get(&key).cloned() { shop.pay(&order); },
                Step::Move(key, to) => if let Some(order) = orders.get(&key).cloned() { let _ = shop.go(&order, Role::Manager, to); },
                Step::Wait(seconds) => shop.pass(Duration::from_secs(seconds)),
                Step::Deliver { lose_pack, lose_ack } => { deliver(&shop, &mut inboxes, lose_pack, lose_ack); }
            }
            shop.check();
        }
        // No deadline lies further ahead than this, and every pack is sent again within a minute.
        shop.pass(DEADLINE);
        while shop.store.outbox_depth().unwrap() > 0 {
            shop.now = shop.now + Duration::from_secs(60);
            deliver(&shop, &mut inboxes, false, false);
        }
        for (subscriber, inbox) in &inboxes {
            let once: BTreeSet<_> = inbox.applied.iter().collect();
            prop_assert_eq!(once.len(), inbox.applied.len(), "{} had an event twice", subscriber);
        }
        let confirmed = orders.values().filter(|order| shop.store.order(order.id).unwrap().timeline.iter().any(|entry| entry.to == OrderStatus::Confirmed)).count();
        let heard = inboxes.get(&Subscriber::Live).map_or(0, |inbox| inbox.applied.len());
        prop_assert!(heard >= orders.len() + confirmed, "{} events of {} orders", heard, orders.len());
        shop.check();
    }
}
