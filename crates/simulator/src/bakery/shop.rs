//! The bakery's store: the core that ships, and a till.

use super::file::Transaction;
use super::goods::{self, Kind};
use super::report::DayReport;
use kirana_contracts::order::{OrderLine, Party, Totals};
use kirana_contracts::stock::{Movement, Receipt, StockSetup, Unit};
use kirana_contracts::store_state::{Actor, ChangeStatus, Idempotency, PaymentOutcome, PlaceOrder};
use kirana_kernel::{Currency, Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
use kirana_sql::Native;
use kirana_store_core::{Moment, Refusal, Settings, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::time::Duration;

/// The number of the store.
const NUMBER: u32 = 1;

/// The store and its books as we keep them ourselves.
pub struct Shop {
    /// The core.
    pub store: Store<Native>,
    /// The clock.
    pub now: Timestamp,
    /// Commands that were given.
    pub commands: u64,
    /// What should be on hand of each stock item by what was delivered, sold and told of as expired.
    pub books: BTreeMap<String, i64>,
    /// How each stock item is kept.
    pub kinds: BTreeMap<String, (Unit, &'static Kind)>,
    /// Names that were seen before.
    known: BTreeSet<String>,
    currency: Currency,
}

/// A fault in words.
pub fn fault(error: impl Display) -> String {
    error.to_string()
}

fn id(kind: u8, number: u32) -> Id {
    let [a, b, c, d] = number.to_be_bytes();
    Id::new(Timestamp::from_millis(1), [kind, a, b, c, d, 0, 0, 0, 0, 0])
}

/// The person at the counter.
pub fn baker() -> Actor {
    Actor { party: Party { id: id(1, 0), name: "baker".into() }, role: Role::Manager }
}

impl Shop {
    /// An empty bakery with its recipes.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(now: Timestamp) -> Result<Self, String> {
        let settings = Settings {
            source: format!("store-{NUMBER}"),
            payment_deadline: Duration::from_secs(900),
            complete_after: Duration::from_secs(900),
            late_after: Duration::from_secs(1_800),
            abandon_after: Duration::from_secs(72 * 3_600),
            resend_after: Duration::from_secs(5),
        };
        let store = Store::open(Native::in_memory().map_err(fault)?, settings).map_err(fault)?;
        let kinds = goods::SUPPLIES.iter().map(|supply| (supply.sku.to_owned(), (supply.unit, &supply.kind))).collect();
        let currency = "GBP".parse().map_err(fault)?;
        let (books, known) = (BTreeMap::new(), BTreeSet::new());
        let mut shop = Self { store, now, commands: 0, books, kinds, known, currency };
        let moment = shop.moment();
        shop.store.setup(moment, &goods::bar()).map_err(fault)?;
        Ok(shop)
    }

    /// The time and the random numbers of the next command: the same in every run.
    pub fn moment(&mut self) -> Moment {
        self.commands += 1;
        let mut random = crate::Random::new(self.commands);
        let mut seed = [0; 32];
        for chunk in seed.chunks_mut(8) {
            chunk.copy_from_slice(&random.bits().to_le_bytes());
        }
        Moment { now: self.now, seed, request_id: String::new() }
    }

    /// Lets time pass: what is due is done at its time, not later.
    ///
    /// # Errors
    /// What failed.
    pub fn pass(&mut self, until: Timestamp) -> Result<(), String> {
        while let Some(due) = self.store.next_timer().map_err(fault)?.filter(|due| *due <= until) {
            self.now = self.now.max(due);
            let moment = self.moment();
            if let Some(refusal) = self.store.run_due(moment).map_err(fault)?.first() {
                return Err(format!("what was due failed: {refusal}"));
            }
        }
        self.now = self.now.max(until);
        Ok(())
    }

    /// Goods come in; answers what they cost.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn receive(&mut self, sku: &str, packs: i64) -> Result<i64, String> {
        let (_, kind) = self.kinds.get(sku).ok_or_else(|| format!("nobody delivers {sku}"))?;
        let (quantity, cost) = (packs * kind.pack, packs * kind.pack_price);
        let midnight = super::midnight(self.now);
        let day = Duration::from_secs(24 * 3_600);
        let expires_at = kind.good_for.map(|days| midnight + day * u32::try_from(days).unwrap_or(u32::MAX));
        let receipt = Receipt {
            sku: sku.into(),
            quantity,
            measure: None,
            cost,
            supplier: Some("bakehouse".into()),
            lot: None,
            expires_at,
            origin: None,
            certification: None,
            reference: None,
            tags: Vec::new(),
        };
        let moment = self.moment();
        self.store.move_stock(moment, &baker(), None, &Movement::Receive(receipt)).map_err(fault)?;
        *self.books.entry(sku.into()).or_default() += quantity;
        Ok(cost)
    }

    /// Fills the bar before the first morning; answers what that cost.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn fill_the_bar(&mut self) -> Result<i64, String> {
        let fill = |supply: &goods::Supply| self.receive(supply.sku, supply.kind.first);
        goods::SUPPLIES.iter().map(fill).sum()
    }

    /// Puts goods on the shelf that were never sold before; answers what they cost.
    ///
    /// # Errors
    /// A name that the table of goods does not have.
    pub fn introduce(&mut self, name: &str) -> Result<i64, String> {
        if !self.known.insert(name.into()) || goods::made(name).is_some() {
            return Ok(0);
        }
        let kind = goods::kind_of(name).ok_or_else(|| format!("the table of goods has no `{name}`"))?;
        let sku = goods::sku(name);
        let setup = StockSetup { items: vec![goods::item(&sku, name, Unit::Piece, kind)], recipes: Vec::new() };
        let moment = self.moment();
        self.store.setup(moment, &setup).map_err(fault)?;
        self.kinds.insert(sku.clone(), (Unit::Piece, kind));
        self.receive(&sku, kind.first)
    }

    /// Serves a customer, who takes what there is: what is refused is left off, a piece at a time.
    ///
    /// # Errors
    /// What no shortage explains.
    pub fn serve(&mut self, transaction: &Transaction, day: &mut DayReport) -> Result<(), String> {
        let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
        for item in &transaction.items {
            *wanted.entry(item).or_default() += 1;
        }
        while wanted.values().any(|pieces| *pieces > 0) {
            let command = self.order(transaction, &day.date, &wanted)?;
            let moment = self.moment();
            match self.store.place(moment, &command) {
                Ok(placed) => {
                    day.sold += wanted.values().sum::<i64>().unsigned_abs();
                    day.revenue += placed.order.totals.total.amount;
                    return self.hand_over(placed.order.id, placed.order.totals.total, &wanted);
                }
                Err(Refusal::OutOfStock(short)) => {
                    let missing: Vec<&str> = short.iter().map(|short| short.sku.as_str()).collect();
                    let without = |name: &str| takes(name).iter().any(|(sku, _)| missing.contains(&sku.as_str()));
                    let refused = wanted.iter_mut().find(|(name, pieces)| **pieces > 0 && without(name));
                    let Some((name, pieces)) = refused else {
                        return Err(format!("{} are short, and nobody wanted them", missing.join(", ")));
                    };
                    *pieces -= 1;
                    day.refused += 1;
                    day.lost += price(name);
                    if !day.ran_out.iter().any(|gone| gone == name) {
                        day.ran_out.push((*name).to_owned());
                    }
                }
                Err(refusal) => return Err(format!("transaction {}: {refusal}", transaction.number)),
            }
        }
        Ok(())
    }

    fn order(&self, transaction: &Transaction, date: &str, wanted: &BTreeMap<&str, i64>) -> Result<PlaceOrder, String> {
        let money = |amount| Money::new(amount, self.currency);
        let lines: Vec<OrderLine> = wanted
            .iter()
            .filter(|(_, pieces)| **pieces > 0)
            .map(|(name, pieces)| OrderLine {
                variant_sku: goods::sku(name),
                product_id: id(2, 0),
                name: (*name).into(),
                quantity: *pieces,
                unit_price: money(price(name)),
                modifiers: Vec::new(),
                total: money(price(name) * pieces),
                discounts: Vec::new(),
                tax_class: "standard".into(),
                cancelled: 0,
                weight: None,
                substitute: None,
                age_restricted: false,
            })
            .collect();
        let idempotency = Idempotency {
            scope: "till".into(),
            key: format!("transaction-{}", transaction.number),
            fingerprint: format!("{wanted:?}"),
        };
        Ok(PlaceOrder {
            idempotency,
            store_id: id(3, 0),
            store_number: NUMBER,
            day: date.into(),
            customer: Party { id: id(4, transaction.number), name: "customer".into() },
            totals: Totals::of(self.currency, 0, true, &lines).map_err(fault)?,
            lines,
            tax_table: None,
            promotions: Vec::new(),
            claim: None,
            fulfilment: Fulfilment::Pickup,
            deliver_to: None,
            note: None,
            table: None,
            pickup_at: None,
            age: None,
            request_id: String::new(),
        })
    }

    /// Paid, made and handed over the counter.
    fn hand_over(&mut self, order: Id, total: Money, sold: &BTreeMap<&str, i64>) -> Result<(), String> {
        let payment_id = id(5, u32::try_from(self.commands).unwrap_or(u32::MAX));
        let moment = self.moment();
        let paid = PaymentOutcome::Completed { payment_id, amount: total };
        self.store.payment(moment, order, &paid).map_err(fault)?;
        for to in [OrderStatus::Preparing, OrderStatus::Ready, OrderStatus::Collected] {
            let moment = self.moment();
            let change = ChangeStatus { to, reason: None, document_seen: false };
            self.store.change_status(moment, order, &baker(), &change).map_err(fault)?;
        }
        for (name, pieces) in sold {
            for (sku, quantity) in takes(name) {
                *self.books.entry(sku).or_default() -= quantity * pieces;
            }
        }
        Ok(())
    }
}

fn price(name: &str) -> i64 {
    goods::made(name).map(|made| made.price).or_else(|| goods::kind_of(name).map(|kind| kind.price)).unwrap_or(0)
}

/// What a piece takes from stock.
fn takes(name: &str) -> Vec<(String, i64)> {
    match goods::made(name) {
        Some(made) => made.takes.iter().map(|(sku, quantity)| ((*sku).to_owned(), *quantity)).collect(),
        None => vec![(goods::sku(name), 1)],
    }
}
