//! The books on the real tables, in SQLite as D1 has it: numbers are bound as doubles, a batch is one transaction.

mod closing;
mod disputes;
mod orders;
mod posting;

use kirana_books::stores::Place;
use kirana_contracts::order::{Order, Totals};
use kirana_edge::db::{Statement, Value};
use kirana_events::{Event, EventData, OrderEvent, VERSION};
use kirana_kernel::{Currency, Id, Money, OrderStatus, Timestamp};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;

const MIGRATIONS: [&str; 5] = [
    include_str!("../../../../../d1/migrations/payments/0001_begin.sql"),
    include_str!("../../../../../d1/migrations/payments/0002_order_totals.sql"),
    include_str!("../../../../../d1/migrations/payments/0003_gateways.sql"),
    include_str!("../../../../../d1/migrations/payments/0004_ledger.sql"),
    include_str!("../../../../../d1/migrations/payments/0006_risk.sql"),
];

const NOON: i64 = 1_763_636_400_000;

struct Books(Connection);

impl Books {
    fn open() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            connection.execute_batch(migration).unwrap();
        }
        Self(connection)
    }

    /// Runs a batch: all of it, or nothing and what went wrong.
    fn batch(&self, statements: Vec<Statement>) -> Result<(), String> {
        self.0.execute_batch("BEGIN").unwrap();
        for statement in statements {
            let values = statement.params.into_iter().map(|value| match value {
                Value::Null => Sql::Null,
                #[allow(clippy::cast_precision_loss)] // as D1 does
                Value::Integer(number) => Sql::Real(number as f64),
                Value::Real(number) => Sql::Real(number),
                Value::Text(text) => Sql::Text(text),
            });
            let mut prepared = self.0.prepare(statement.sql).unwrap();
            let mut rows = prepared.query(params_from_iter(values)).unwrap();
            let done = loop {
                match rows.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error.to_string()),
                }
            };
            if let Err(error) = done {
                drop(rows);
                drop(prepared);
                self.0.execute_batch("ROLLBACK").unwrap();
                return Err(error);
            }
        }
        self.0.execute_batch("COMMIT").unwrap();
        self.check();
        Ok(())
    }

    /// Balances are what the lines come to, and sum to zero.
    fn check(&self) {
        let of_lines = self.map(
            "SELECT account, SUM(amount) FROM (SELECT debit AS account, amount FROM ledger_lines
             UNION ALL SELECT credit, -amount FROM ledger_lines) GROUP BY account",
        );
        assert_eq!(of_lines, self.balances());
        assert_eq!(of_lines.values().sum::<i64>(), 0);
    }

    fn map(&self, sql: &str) -> BTreeMap<String, i64> {
        let mut prepared = self.0.prepare(sql).unwrap();
        let rows = prepared.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn balances(&self) -> BTreeMap<String, i64> {
        self.map("SELECT account, balance FROM ledger_balances")
    }

    /// What of the balances is not zero, without whose they are.
    fn short(&self) -> Vec<(String, i64)> {
        let kind = |(account, balance): (String, i64)| (account.split(':').next().unwrap().to_owned(), balance);
        self.balances().into_iter().filter(|(_, balance)| *balance != 0).map(kind).collect()
    }

    fn ids(&self) -> Vec<String> {
        let mut prepared = self.0.prepare("SELECT id FROM ledger_transactions ORDER BY rowid").unwrap();
        let rows = prepared.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

fn id(number: u8) -> Id {
    Id::new(Timestamp::from_millis(NOON), [number; 10])
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(NOON + minutes * 60_000)
}

fn baht(satang: i64) -> Money {
    Money::new(satang, Currency::THB)
}

fn place() -> Place {
    Place { franchisee: id(9), country: "TH".parse().unwrap(), tax: "vat".parse().unwrap() }
}

/// An order of one line at these totals, paid in full and completed a minute after noon.
fn order(totals: Totals) -> Order {
    let (id, total) = (id(1), totals.total);
    let text = serde_json::json!({
        "id": id, "version": 5, "status": "completed", "pickup_number": "A-001", "store_id": self::id(2), "store_number": 1,
        "customer": {"id": id, "name": "Mali"}, "fulfilment": "pickup",
        "lines": [{"variant_sku": "tea", "product_id": id, "name": "Tea", "quantity": 1, "unit_price": totals.subtotal, "modifiers": [],
            "total": totals.subtotal}],
        "totals": totals, "payment": {"paid": total, "refunded": baht(0)}, "placed_at": at(0), "pay_by": at(10),
        "timeline": [{"at": at(1), "version": 5, "from": "collected", "to": "completed", "role": "staff", "actor": {"id": id, "name": "Lek"}}]});
    serde_json::from_value(text).unwrap()
}

/// Seven per cent in the price.
fn with_vat(total: i64) -> Totals {
    let lines: [kirana_contracts::order::OrderLine; 0] = [];
    let empty = Totals::of(Currency::THB, 700, true, &lines).unwrap();
    let tax = (total * 7 * 2 + 107).div_euclid(214);
    Totals { subtotal: baht(total), tax: baht(tax), total: baht(total), ..empty }
}

fn told(order: &Order, minutes: i64, data: fn(OrderEvent) -> EventData) -> Event {
    Event {
        id: id(7),
        version: VERSION,
        occurred_at: at(minutes),
        source: "store-1".into(),
        store_id: Some(order.store_id),
        subject: order.id.to_string(),
        correlation_id: "request".into(),
        causation_id: None,
        data: data(OrderEvent::of(order.clone(), None)),
    }
}

fn apply(books: &Books, event: &Event) {
    books.batch(crate::events::apply(event, Some(&place())).unwrap()).unwrap();
}

fn refund(order: &Order, amount: i64, version: u32) -> Order {
    let mut order = order.clone();
    order.version = version;
    order.payment.refunded = order.payment.refunded.plus(baht(amount)).unwrap();
    if order.payment.refunded == order.payment.paid {
        order.status = OrderStatus::Refunded;
    }
    order
}
