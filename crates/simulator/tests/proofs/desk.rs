//! A store behind a desk: its process can die, its clock is ours, and a gateway and a payments worker do their part.

use crate::Proof;
use kirana_contracts::order::{Order, OrderLine, Party, Totals};
use kirana_contracts::stock::{Ingredient, IssuePolicy, Movement, Receipt, Recipe, StockItem, StockSetup, Unit};
use kirana_contracts::store_state::{Actor, ChangeStatus, Idempotency, PaymentOutcome, PlaceOrder};
use kirana_events::{Ack, Event, EventData, Subscriber};
use kirana_kernel::{Currency, Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
use kirana_simulator::faults::{Doom, Mortal};
use kirana_store_core::{Moment, Refusal, Settings, Store};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

pub const DEADLINE: Duration = Duration::from_secs(600);
pub const DAY: Duration = Duration::from_secs(24 * 3_600);

pub struct Desk {
    pub store: Store<Mortal>,
    pub disk: Mortal,
    pub doom: Rc<Doom>,
    pub now: Timestamp,
    count: u64,
    /// What the gateway captured by payment, and gave back by refund, of each order.
    pub captured: BTreeMap<Id, BTreeMap<Id, i64>>,
    pub returned: BTreeMap<Id, i64>,
}

pub fn id(kind: u8, number: u64) -> Id {
    let mut bytes = [kind; 10];
    bytes[2..10].copy_from_slice(&number.to_be_bytes());
    Id::new(Timestamp::from_millis(1), bytes)
}

pub fn baht(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

pub fn actor(role: Role) -> Actor {
    Actor { party: Party { id: id(1, 0), name: "Noi".into() }, role }
}

pub fn line(variant: &str, quantity: i64) -> OrderLine {
    OrderLine {
        variant_sku: variant.into(),
        product_id: id(2, 0),
        name: variant.into(),
        quantity,
        unit_price: baht(100),
        modifiers: Vec::new(),
        total: baht(100 * quantity),
        discounts: Vec::new(),
        tax_class: "standard".into(),
        cancelled: 0,
        weight: None,
        substitute: None,
        age_restricted: false,
    }
}

pub fn totals(lines: &[OrderLine]) -> Totals {
    Totals::of(Currency::THB, 700, true, lines).unwrap()
}

fn settings() -> Settings {
    Settings {
        source: "store-7".into(),
        payment_deadline: DEADLINE,
        complete_after: Duration::from_secs(900),
        late_after: Duration::from_secs(1_800),
        abandon_after: 3 * DAY,
        resend_after: Duration::from_secs(5),
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

pub fn receipt(sku: &str, quantity: i64) -> Receipt {
    Receipt {
        sku: sku.into(),
        quantity,
        measure: None,
        cost: quantity,
        supplier: None,
        lot: None,
        expires_at: None,
        origin: None,
        certification: None,
        reference: None,
        tags: vec![],
    }
}

impl Desk {
    /// A tea takes a cup and 30 g of pearls, a box of two takes two cups and 60 g; so much of both is there.
    pub fn open(cups: i64) -> Self {
        let doom = Rc::new(Doom::default());
        let disk = Mortal::new(doom.clone()).unwrap();
        let store = Store::open(disk.clone(), settings()).unwrap();
        let now = Timestamp::from_millis(1_795_000_000_000);
        let (captured, returned) = (BTreeMap::new(), BTreeMap::new());
        let mut desk = Self { store, disk, doom, now, count: 0, captured, returned };
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
            recipes: vec![recipe("tea", &[("cup", 1), ("pearls", 30)]), recipe("box", &[("cup", 2), ("pearls", 60)])],
        };
        let moment = desk.moment();
        desk.store.setup(moment, &setup).unwrap();
        for (sku, quantity) in [("cup", cups), ("pearls", cups * 30)].into_iter().filter(|_| cups > 0) {
            let moment = desk.moment();
            let movement = Movement::Receive(receipt(sku, quantity));
            desk.store.move_stock(moment, &actor(Role::Manager), None, &movement).unwrap();
        }
        desk
    }

    pub fn moment(&mut self) -> Moment {
        self.count += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.count.to_le_bytes());
        seed[8..16].copy_from_slice(&self.count.to_le_bytes());
        Moment { now: self.now, seed, request_id: String::new() }
    }

    pub fn command(scope: &str, key: &str, lines: Vec<OrderLine>) -> PlaceOrder {
        PlaceOrder {
            idempotency: Idempotency { scope: scope.into(), key: key.into(), fingerprint: format!("{lines:?}") },
            store_id: id(3, 0),
            store_number: 7,
            day: "2026-11-21".into(),
            customer: Party { id: id(4, 0), name: "Mali".into() },
            totals: totals(&lines),
            lines,
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
        self.store.place(moment, &Self::command("buyer", key, lines)).map(|placed| placed.order)
    }

    /// The gateway captures what an order costs, and says so.
    pub fn pay(&mut self, order: Id, payment: Id, amount: i64) -> Result<Order, Refusal> {
        self.captured.entry(order).or_default().insert(payment, amount);
        let moment = self.moment();
        self.store.payment(moment, order, &PaymentOutcome::Completed { payment_id: payment, amount: baht(amount) })
    }

    pub fn go(&mut self, order: Id, to: OrderStatus) -> Result<Order, Refusal> {
        let moment = self.moment();
        self.store.change_status(
            moment,
            order,
            &actor(Role::Staff),
            &ChangeStatus { to, reason: None, document_seen: false },
        )
    }

    /// What is due is done, until nothing is; an alarm whose process dies is run again by the next process.
    pub fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        for _ in 0..200 {
            let moment = self.moment();
            let _ = self.store.run_due(moment);
            self.restart();
            if self.store.next_timer().unwrap().is_none_or(|due| due > self.now) {
                return;
            }
        }
        panic!("what is due is never done");
    }

    /// A new process on what was committed, if the old one died.
    pub fn restart(&mut self) -> bool {
        let died = self.doom.revive();
        if died {
            self.store = Store::open(self.disk.clone(), settings()).unwrap();
        }
        died
    }

    /// What was told since the last call, acknowledged by everybody; payments gives back what is owed, as its worker does.
    pub fn hear(&mut self) -> Vec<EventData> {
        let mut heard = BTreeMap::new();
        for _ in 0..50 {
            if self.store.outbox_depth().unwrap() == 0 {
                break;
            }
            for pack in self.store.packs_due(self.now).unwrap() {
                for packed in &pack.events {
                    let event: Event = serde_json::from_str(packed.event.get()).unwrap();
                    if pack.subscriber == Subscriber::Payments {
                        self.give_back(&event.data);
                    }
                    heard.insert(packed.seq, event.data);
                }
                self.store.acknowledge(Ack { subscriber: pack.subscriber, upto: pack.upto }).unwrap();
            }
            self.now = self.now + Duration::from_secs(1);
        }
        heard.into_values().collect()
    }

    fn give_back(&mut self, event: &EventData) {
        let (order, keep) = match event {
            EventData::OrderCancelled(told) => (&told.order, 0),
            EventData::OrderAmended(told) if told.order.status.is_live() => {
                (&told.order, told.order.totals.total.amount)
            }
            EventData::OrderAmended(told) => (&told.order, 0),
            _ => return,
        };
        let captured: i64 = self.captured.get(&order.id).map_or(0, |payments| payments.values().sum());
        let returned = self.returned.entry(order.id).or_default();
        let owed = captured - *returned - keep;
        if owed > 0 {
            *returned += owed;
            let refund = PaymentOutcome::Refunded { refund_id: id(8, self.count), amount: baht(owed) };
            let (order, moment) = (order.id, self.moment());
            self.store.payment(moment, order, &refund).unwrap();
        }
    }

    /// Quantity and what of it nobody holds.
    pub fn free(&self, sku: &str) -> (i64, i64) {
        let levels = self.store.levels().unwrap();
        let level = levels.iter().find(|level| level.sku == sku).unwrap();
        (level.on_hand, level.available)
    }

    /// All invariants of the store (R3).
    pub fn sound(&self) -> Proof {
        let wrong = self.store.violations().unwrap();
        wrong.first().map_or(Ok(()), |wrong| Err(wrong.clone()))
    }
}
