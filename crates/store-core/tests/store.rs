//! A store under a simulated clock: the rules that must hold whatever happens.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use kirana_contracts::order::{Order, OrderLine, OrderModifier, Party, Totals};
use kirana_contracts::store_state::{
    Actor, ChangeStatus, Idempotency, Ingredient, PaymentOutcome, PlaceOrder, Receipt, Recipe, StockItem, StockSetup,
    Unit,
};
use kirana_events::{Ack, Event, Subscriber};
use kirana_kernel::{Currency, Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
use kirana_sql::Native;
use kirana_store_core::{Moment, Refusal, Settings, Store};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(600);

struct Shop {
    store: Store<Native>,
    now: Timestamp,
    count: u64,
}

fn id(n: u8) -> Id {
    Id::new(Timestamp::from_millis(1), [n; 10])
}

fn actor(role: Role) -> Actor {
    Actor { party: Party { id: id(1), name: "Noi".into() }, role }
}

fn baht(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

fn line(variant: &str, quantity: i64, toppings: &[(&str, i64)]) -> OrderLine {
    OrderLine {
        variant_sku: variant.into(),
        product_id: id(2),
        name: variant.into(),
        quantity,
        unit_price: baht(100),
        modifiers: toppings
            .iter()
            .map(|(sku, quantity)| OrderModifier {
                sku: (*sku).into(),
                name: (*sku).into(),
                quantity: *quantity,
                price: baht(0),
            })
            .collect(),
        total: baht(100 * quantity),
    }
}

impl Shop {
    /// Milk tea takes a cup and 30 g of pearls, extra pearls take 20 g; cups and pearls come in two batches.
    fn open(cups: i64, pearls: i64) -> Self {
        let settings =
            Settings { source: "store-7".into(), payment_deadline: DEADLINE, complete_after: Duration::from_secs(900) };
        let store = Store::open(Native::in_memory().unwrap(), settings).unwrap();
        let mut shop = Self { store, now: Timestamp::from_millis(1_763_631_000_000), count: 0 };
        let item = |sku: &str, unit| StockItem { sku: sku.into(), name: sku.into(), unit, low_stock_threshold: 2 };
        let recipe = |sku: &str, parts: &[(&str, i64)]| Recipe {
            sku: sku.into(),
            ingredients: parts
                .iter()
                .map(|(sku, quantity)| Ingredient { sku: (*sku).into(), quantity: *quantity })
                .collect(),
        };
        let setup = StockSetup {
            items: vec![item("cup", Unit::Piece), item("pearls", Unit::G)],
            recipes: vec![
                recipe("milk-tea", &[("cup", 1), ("pearls", 30)]),
                recipe("extra-pearls", &[("pearls", 20)]),
                recipe("no-sugar", &[]),
            ],
        };
        let moment = shop.moment();
        shop.store.setup(moment, &setup).unwrap();
        for (sku, quantity) in
            [("cup", cups / 2), ("cup", cups - cups / 2), ("pearls", pearls / 2), ("pearls", pearls - pearls / 2)]
        {
            if quantity > 0 {
                let receipt = Receipt { sku: sku.into(), quantity, supplier: None, unit_cost: 1, expires_at: None };
                let moment = shop.moment();
                shop.store.receive(moment, &actor(Role::Manager), &receipt).unwrap();
            }
        }
        shop
    }

    fn moment(&mut self) -> Moment {
        self.count += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.count.to_le_bytes());
        seed[8..16].copy_from_slice(&self.count.to_le_bytes());
        Moment { now: self.now, seed, request_id: format!("request-{}", self.count) }
    }

    fn command(key: &str, fingerprint: &str, lines: Vec<OrderLine>) -> PlaceOrder {
        let total: i64 = lines.iter().map(|line| line.total.amount).sum();
        PlaceOrder {
            idempotency: Idempotency { scope: "customer".into(), key: key.into(), fingerprint: fingerprint.into() },
            store_id: id(3),
            store_number: 7,
            day: "2025-11-20".into(),
            customer: Party { id: id(4), name: "Mali".into() },
            lines,
            totals: Totals { subtotal: baht(total), tax: baht(0), tax_inclusive: true, total: baht(total) },
            fulfilment: Fulfilment::Pickup,
            note: None,
            request_id: "r".into(),
        }
    }

    fn place(&mut self, key: &str, lines: Vec<OrderLine>) -> Result<Order, Refusal> {
        let moment = self.moment();
        self.store.place(moment, &Self::command(key, "body", lines)).map(|placed| placed.order)
    }

    fn pay(&mut self, order: &Order) -> Order {
        let outcome = PaymentOutcome::Completed { payment_id: id(9), amount: order.totals.total };
        let moment = self.moment();
        self.store.payment(moment, order.id, &outcome).unwrap()
    }

    fn go(&mut self, order: &Order, role: Role, to: OrderStatus) -> Result<Order, Refusal> {
        let moment = self.moment();
        self.store.change_status(moment, order.id, &actor(role), &ChangeStatus { to, reason: None })
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        let moment = self.moment();
        self.store.run_due(moment).unwrap();
    }

    fn free(&self, sku: &str) -> (i64, i64) {
        let levels = self.store.levels().unwrap();
        let level = levels.iter().find(|level| level.sku == sku).unwrap();
        (level.on_hand, level.available)
    }

    fn check(&self) {
        assert_eq!(self.store.violations(self.now).unwrap(), Vec::<String>::new());
    }
}

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
        // No deadline lies further ahead than this, and every pack is sent again within ten minutes.
        shop.pass(DEADLINE);
        while shop.store.outbox_depth().unwrap() > 0 {
            shop.now = shop.now + Duration::from_secs(600);
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
