//! The hub's database, watched: which devices are known in memory, and whether a write asks for something to be done afterwards.
//!
//! The object is the only process that writes its tables. A device that speaks often is read once, until something is written of it; what a
//! transaction that failed has read is forgotten. Every statement that writes devices has the device's id as its first value; one that has
//! not makes everything be forgotten.

use super::devices::Device;
use kirana_sql::{Sql, SqlError, Value};
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Devices in memory at most: then all of them are forgotten and read anew.
const MOST: usize = 5_000;

/// A database that is watched.
pub struct Watched<S> {
    sql: S,
    known: RefCell<HashMap<String, Device>>,
    stirred: Cell<bool>,
    /// A transaction runs; one that panicked never came to its end.
    running: Cell<bool>,
}

impl<S> Watched<S> {
    pub fn new(sql: S) -> Self {
        // What was left undone by whoever was here before is to be done.
        Self { sql, known: RefCell::default(), stirred: Cell::new(true), running: Cell::new(false) }
    }

    /// A device, if it was read and not written since.
    pub fn known(&self, id: &str) -> Option<Device> {
        self.known.borrow().get(id).cloned()
    }

    /// Something of a device, if it was read and not written since: without a copy of all of it.
    pub fn peek<T>(&self, id: &str, look: impl FnOnce(&Device) -> T) -> Option<T> {
        self.known.borrow().get(id).map(look)
    }

    /// A device as it was just read.
    pub fn learn(&self, id: String, device: &Device) {
        let mut known = self.known.borrow_mut();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(id, device.clone());
    }

    /// Writes of a device what is known of it afterwards, so that it needs not be read again.
    pub fn run_known(
        &self,
        id: &str,
        (sql, values): (&str, &[Value]),
        change: impl FnOnce(&mut Device),
    ) -> Result<(), SqlError>
    where
        S: Sql,
    {
        if let Some(device) = self.known.borrow_mut().get_mut(id) {
            // Should the transaction fail, all is forgotten.
            change(device);
            return self.sql.run(sql, values);
        }
        self.run(sql, values)
    }

    /// What is known of a device changes; it is written later, by [`Watched::run_as_known`].
    pub fn change_known(&self, id: &str, change: impl FnOnce(&mut Device)) {
        if let Some(device) = self.known.borrow_mut().get_mut(id) {
            change(device);
        }
    }

    /// Writes of devices what is known of them already.
    pub fn run_as_known(&self, sql: &str, values: &[Value]) -> Result<(), SqlError>
    where
        S: Sql,
    {
        self.sql.run(sql, values)
    }

    /// Something is to be done afterwards.
    pub fn stir(&self) {
        self.stirred.set(true);
    }

    /// Is anything to be done since the last time that this was asked: events to be sent, calls to be made, times that are due?
    pub fn take_stirred(&self) -> bool {
        self.stirred.replace(false)
    }

    fn notice(&self, sql: &str, values: &[Value]) {
        match table(sql) {
            "devices" => {
                match values.first() {
                    Some(Value::Text(id)) => drop(self.known.borrow_mut().remove(id)),
                    _ => self.known.borrow_mut().clear(),
                }
                if sql.contains("offline_due") || sql.contains("flapping") {
                    self.stir();
                }
            }
            // What is written into these is looked at when somebody asks for it.
            "series" | "logs" | "tags" | "slots" | "takings" | "cash_keys" | "cash_counts" | "retained"
            | "inflight" => {}
            _ => self.stir(),
        }
    }
}

/// The table that a statement writes.
fn table(sql: &str) -> &str {
    let mut words = sql.split_ascii_whitespace();
    match words.next() {
        Some("UPDATE") => words.next(),
        Some("DELETE") => words.nth(1),
        Some("INSERT") => words.find(|word| *word == "INTO").and_then(|_| words.next()),
        _ => None,
    }
    .unwrap_or_default()
}

impl<S: Sql> Sql for Watched<S> {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.sql.query(sql, values)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        self.notice(sql, values);
        self.sql.run(sql, values)
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.running.replace(true) {
            self.known.borrow_mut().clear();
        }
        let done = self.sql.transaction(work);
        self.running.set(false);
        if done.is_err() {
            self.known.borrow_mut().clear();
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_statement_names_its_table() {
        assert_eq!(table("UPDATE devices SET upto = 0 WHERE id = ?1"), "devices");
        assert_eq!(table("INSERT OR REPLACE INTO sales (device) VALUES (?1)"), "sales");
        assert_eq!(table("DELETE FROM outbox WHERE seq <= 4"), "outbox");
        assert_eq!(table("SELECT * FROM devices"), "");
    }
}
