//! A shop under a simulated clock, for the tests of the store.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, dead_code)]

use kirana_contracts::order::{Order, OrderLine, OrderModifier, Party, Totals};
use kirana_contracts::stock::{Ingredient, IssuePolicy, Moved, Movement, Receipt, Recipe, StockItem, StockSetup, Unit};
use kirana_contracts::store_state::{Actor, Amendment, ChangeStatus, Idempotency, PaymentOutcome, PlaceOrder};
use kirana_events::{Ack, Event, EventData};
use kirana_kernel::{Currency, Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
use kirana_sql::Native;
use kirana_store_core::{Moment, Refusal, Settings, Store};
use std::time::Duration;

pub const DEADLINE: Duration = Duration::from_secs(600);

pub struct Shop {
    pub store: Store<Native>,
    pub now: Timestamp,
    pub count: u64,
}

pub fn id(n: u8) -> Id {
    Id::new(Timestamp::from_millis(1), [n; 10])
}

pub fn actor(role: Role) -> Actor {
    Actor { party: Party { id: id(1), name: "Noi".into() }, role }
}

pub fn baht(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

pub fn line(variant: &str, quantity: i64, toppings: &[(&str, i64)]) -> OrderLine {
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
        discounts: Vec::new(),
        tax_class: "standard".into(),
        cancelled: 0,
        weight: None,
        substitute: None,
        age_restricted: false,
    }
}

pub fn item(sku: &str, unit: Unit) -> StockItem {
    StockItem {
        sku: sku.into(),
        name: sku.into(),
        unit,
        low_stock_threshold: 2,
        policy: IssuePolicy::Fefo,
        piece_size: None,
        near_expiry_hours: 24,
        cover_days: None,
    }
}

pub fn receipt(sku: &str, quantity: i64, cost: i64) -> Receipt {
    Receipt {
        sku: sku.into(),
        quantity,
        measure: None,
        cost,
        supplier: None,
        lot: None,
        expires_at: None,
        origin: None,
        certification: None,
        reference: None,
        tags: vec![],
    }
}

pub fn totals(lines: &[OrderLine]) -> Totals {
    Totals::of(Currency::THB, 700, true, lines).unwrap()
}

impl Shop {
    /// Milk tea takes a cup and 30 g of pearls, extra pearls take 20 g; cups and pearls come in two batches.
    pub fn open(cups: i64, pearls: i64) -> Self {
        let settings = Settings {
            source: "store-7".into(),
            payment_deadline: DEADLINE,
            complete_after: Duration::from_secs(900),
            late_after: Duration::from_secs(1_800),
            abandon_after: Duration::from_secs(72 * 3_600),
            resend_after: Duration::from_secs(5),
        };
        let store = Store::open(Native::in_memory().unwrap(), settings).unwrap();
        let mut shop = Self { store, now: Timestamp::from_millis(1_763_631_000_000), count: 0 };
        let recipe = |sku: &str, parts: &[(&str, i64)]| Recipe {
            sku: sku.into(),
            ingredients: parts
                .iter()
                .map(|(sku, quantity)| Ingredient {
                    sku: (*sku).into(),
                    quantity: *quantity,
                    measure: None,
                    yield_percent: None,
                })
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
                shop.receive(receipt(sku, quantity, quantity)).unwrap();
            }
        }
        shop
    }

    pub fn moment(&mut self) -> Moment {
        self.count += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.count.to_le_bytes());
        seed[8..16].copy_from_slice(&self.count.to_le_bytes());
        Moment { now: self.now, seed, request_id: format!("request-{}", self.count) }
    }

    pub fn command(key: &str, fingerprint: &str, lines: Vec<OrderLine>) -> PlaceOrder {
        let totals = totals(&lines);
        PlaceOrder {
            idempotency: Idempotency { scope: "customer".into(), key: key.into(), fingerprint: fingerprint.into() },
            store_id: id(3),
            store_number: 7,
            day: "2025-11-20".into(),
            customer: Party { id: id(4), name: "Mali".into() },
            lines,
            totals,
            tax_table: None,
            promotions: Vec::new(),
            claim: None,
            fulfilment: Fulfilment::Pickup,
            note: None,
            table: None,
            deliver_to: None,
            pickup_at: None,
            age: None,
            request_id: "r".into(),
        }
    }

    pub fn place(&mut self, key: &str, lines: Vec<OrderLine>) -> Result<Order, Refusal> {
        let moment = self.moment();
        self.store.place(moment, &Self::command(key, "body", lines)).map(|placed| placed.order)
    }

    pub fn pay(&mut self, order: &Order) -> Order {
        let outcome = PaymentOutcome::Completed { payment_id: id(9), amount: order.totals.total };
        let moment = self.moment();
        self.store.payment(moment, order.id, &outcome).unwrap()
    }

    pub fn go(&mut self, order: &Order, role: Role, to: OrderStatus) -> Result<Order, Refusal> {
        let moment = self.moment();
        self.store.change_status(
            moment,
            order.id,
            &actor(role),
            &ChangeStatus { to, reason: None, document_seen: false },
        )
    }

    pub fn receive(&mut self, receipt: Receipt) -> Result<Moved, Refusal> {
        self.step(Movement::Receive(receipt))
    }

    pub fn step(&mut self, movement: Movement) -> Result<Moved, Refusal> {
        let moment = self.moment();
        self.store.move_stock(moment, &actor(Role::Manager), None, &movement)
    }

    pub fn amend(&mut self, order: &Order, role: Role, amendment: Amendment) -> Result<Order, Refusal> {
        let moment = self.moment();
        self.store.amend(moment, order.id, &actor(role), &amendment)
    }

    /// What was told since the last call, acknowledged by everybody.
    pub fn told(&mut self) -> Vec<EventData> {
        let mut events: std::collections::BTreeMap<u64, EventData> = std::collections::BTreeMap::new();
        while self.store.outbox_depth().unwrap() > 0 {
            for pack in self.store.packs_due(self.now).unwrap() {
                for packed in &pack.events {
                    let event: Event = serde_json::from_str(packed.event.get()).unwrap();
                    events.insert(packed.seq, event.data);
                }
                self.store.acknowledge(Ack { subscriber: pack.subscriber, upto: pack.upto }).unwrap();
            }
        }
        events.into_values().collect()
    }

    pub fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        let moment = self.moment();
        assert_eq!(self.store.run_due(moment).unwrap(), []);
    }

    pub fn free(&self, sku: &str) -> (i64, i64) {
        let levels = self.store.levels().unwrap();
        let level = levels.iter().find(|level| level.sku == sku).unwrap();
        (level.on_hand, level.available)
    }

    pub fn check(&self) {
        assert_eq!(self.store.violations().unwrap(), Vec::<String>::new());
        assert_eq!(self.store.prove_journal().unwrap().differences, Vec::<String>::new());
    }
}
