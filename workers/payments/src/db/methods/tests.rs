//! Kept methods on the real tables, in SQLite as D1 has it: numbers are bound as doubles.

use super::*;
use kirana_edge::db::Value;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

struct Tables(Connection);

impl Tables {
    fn open() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(include_str!("../../../../../d1/migrations/payments/0009_payment_methods.sql"))
            .unwrap();
        Self(connection)
    }

    fn run(&self, statements: impl IntoIterator<Item = Statement>) -> usize {
        let run = |statement: Statement| {
            let values = statement.params.into_iter().map(|value| match value {
                Value::Null => Sql::Null,
                #[allow(clippy::cast_precision_loss)] // as D1 does
                Value::Integer(number) => Sql::Real(number as f64),
                Value::Real(number) => Sql::Real(number),
                Value::Text(text) => Sql::Text(text),
            });
            self.0.execute(statement.sql, params_from_iter(values)).unwrap()
        };
        statements.into_iter().map(run).sum()
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let mut prepared = self.0.prepare(sql).unwrap();
        let rows = prepared.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        rows.map(|text| text.unwrap().unwrap_or_default()).collect()
    }

    fn to_forget(&self) -> Vec<String> {
        self.texts(
            "SELECT reference FROM payment_customers WHERE forget_at IS NOT NULL
             UNION ALL SELECT reference FROM payment_methods WHERE forget_at IS NOT NULL",
        )
    }
}

fn id(last: u8) -> Id {
    format!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e{last:02x}").parse().unwrap()
}

fn card(reference: &str, year: u16) -> SavedMethod {
    let (brand, last4) = ("visa".to_owned(), "4242".to_owned());
    SavedMethod { reference: reference.into(), brand, last4, expires: (year, 4) }
}

#[test]
fn a_method_is_kept_once_and_removed_by_its_owner_alone() {
    let tables = Tables::open();
    let (mine, other) = (id(1), id(2));
    assert_eq!(tables.run([keep(id(10), mine, &card("pm_1", 2030), NOW)]), 0, "whom Stripe does not know");
    tables.run([note_keeper(mine, "cus_1", NOW), note_keeper(mine, "cus_2", NOW)]);
    assert_eq!(tables.texts("SELECT reference FROM payment_customers"), ["cus_1"], "the first stays");
    tables.run([keep(id(10), mine, &card("pm_1", 2030), NOW), keep(id(11), mine, &card("pm_1", 2031), NOW)]);
    let kept = "SELECT id || ' ' || expires_year FROM payment_methods";
    assert_eq!(tables.texts(kept), [format!("{} 2031", id(10))], "the same with its new date");
    assert_eq!(tables.run([remove(other, id(10), NOW)]), 0);
    assert_eq!((tables.run([remove(mine, id(10), NOW)]), tables.run([remove(mine, id(10), NOW)])), (1, 0), "once");
    tables.run([keep(id(12), mine, &card("pm_1", 2031), NOW)]);
    assert_eq!(tables.to_forget(), ["pm_1"], "listing it does not bring it back");
    tables.run([drop_method("pm_1")]);
    assert!(tables.texts(kept).is_empty());
}

#[test]
fn who_is_erased_is_forgotten_at_stripe_also_when_they_were_made_meanwhile() {
    let tables = Tables::open();
    let (early, late) = (id(1), id(2));
    tables.run([note_keeper(early, "cus_1", NOW), keep(id(10), early, &card("pm_1", 2030), NOW)]);
    for who in [early, late] {
        tables.run(erase(who, NOW));
    }
    assert!(tables.texts("SELECT id FROM payment_methods").is_empty());
    assert_eq!(tables.to_forget(), ["cus_1"]);
    tables.run([note_keeper(late, "cus_2", NOW), keep(id(11), late, &card("pm_2", 2030), NOW)]);
    assert!(tables.texts("SELECT id FROM payment_methods").is_empty(), "nothing is kept of them again");
    assert_eq!(tables.to_forget(), ["cus_1", "cus_2"]);
    for reference in ["cus_1", "cus_2"] {
        tables.run(forgotten(reference));
    }
    assert!(tables.to_forget().is_empty());
    assert_eq!(tables.texts("SELECT reference FROM payment_customers"), ["", ""]);
}
