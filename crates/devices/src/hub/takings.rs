//! What machines take: cash and cashless by day, what should lie in the cash box, and whether somebody found that in it; and what is to be
//! brought to their columns.

use super::answer::{CashCount, Restock, RestockSku, RestockSlot, Taken, Takings};
use super::devices::Device;
use super::events::number;
use super::session::Moment;
use super::{Hub, Result};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// How it was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tender {
    /// In coins and notes, into the machine's box.
    Cash,
    /// By card or telephone.
    Cashless,
}

impl<S: Sql> Hub<S> {
    /// A machine has taken money.
    pub(super) fn took(&self, device: Id, tender: Tender, amount: i64, at: Timestamp) -> Result<()> {
        let name = if tender == Tender::Cash { "cash" } else { "cashless" };
        self.sql.run(
            "INSERT INTO takings (device, day, tender, count, amount) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT (device, day, tender) DO UPDATE SET count = count + 1, amount = amount + excluded.amount",
            values![device.to_string(), at.millis().div_euclid(DAY), name, amount],
        )?;
        if tender == Tender::Cash {
            self.sql.run(
                "UPDATE devices SET cash_box = cash_box + ?2 WHERE id = ?1",
                values![device.to_string(), amount],
            )?;
        }
        Ok(())
    }

    /// Is this cash sale new? A machine that lost its memory of what was acknowledged tells it again under the same key.
    pub(super) fn is_new_cash(&self, device: Id, key: &str, moment: &Moment) -> Result<bool> {
        #[derive(Deserialize)]
        struct Known {
            #[allow(dead_code)] // that there is a row is what counts
            at: i64,
        }
        let id = device.to_string();
        let known: Option<Known> =
            self.sql.first("SELECT at FROM cash_keys WHERE device = ?1 AND key = ?2", values![id.as_str(), key])?;
        if known.is_some() {
            return Ok(false);
        }
        self.sql.run(
            "INSERT INTO cash_keys (device, key, at) VALUES (?1, ?2, ?3)",
            values![id, key, moment.now.millis()],
        )?;
        Ok(true)
    }

    /// Somebody emptied the box, or looked into it: what was in it beside what should have been.
    pub(super) fn cash_counted(&self, device: &Device, data: &Value, at: Timestamp, moment: &Moment) -> Result<()> {
        let counted = number(data, "amount", 0, 1_000_000_000)?;
        let left = if data.get("left").is_some() { number(data, "left", 0, counted)? } else { 0 };
        // What was sold in the same breath is in it.
        let expected = self.device(device.id)?.cash_box;
        let id = device.id.to_string();
        self.sql.run(
            "INSERT INTO cash_counts (device, at, expected, counted, left_in) VALUES (?1, ?2, ?3, ?4, ?5)",
            values![id.as_str(), at.millis(), expected, counted, left],
        )?;
        self.sql.run(
            "DELETE FROM cash_counts WHERE device = ?1 AND id <= (SELECT id FROM cash_counts WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET 200)",
            values![id.as_str()],
        )?;
        self.sql.run("UPDATE devices SET cash_box = ?2 WHERE id = ?1", values![id, left])?;
        if counted == expected {
            return Ok(());
        }
        let words = format!("{counted} were in the box, in minor units, and {expected} should have been");
        let data = json!({"expected": expected, "counted": counted, "difference": counted - expected});
        self.tell_fault(device, "cash_differs", &words, Some(data), moment)
    }

    /// What a machine took on each of the last ninety days, and what was found in its box, the newest first.
    ///
    /// # Errors
    /// For a device that is not there, or when the database refuses.
    pub fn takings(&self, id: Id) -> Result<Takings> {
        #[derive(Deserialize)]
        struct Row {
            day: i64,
            cash_count: i64,
            cash: i64,
            cashless_count: i64,
            cashless: i64,
        }
        #[derive(Deserialize)]
        struct Count {
            at: i64,
            expected: i64,
            counted: i64,
            left_in: i64,
        }
        let device = self.device(id)?;
        let days: Vec<Row> = self.sql.query(
            "SELECT day, COALESCE(SUM(count) FILTER (WHERE tender = 'cash'), 0) AS cash_count,
                COALESCE(SUM(amount) FILTER (WHERE tender = 'cash'), 0) AS cash,
                COALESCE(SUM(count) FILTER (WHERE tender = 'cashless'), 0) AS cashless_count,
                COALESCE(SUM(amount) FILTER (WHERE tender = 'cashless'), 0) AS cashless
             FROM takings WHERE device = ?1 GROUP BY day ORDER BY day DESC LIMIT 90",
            values![id.to_string()],
        )?;
        let counts: Vec<Count> = self.sql.query(
            "SELECT at, expected, counted, left_in FROM cash_counts WHERE device = ?1 ORDER BY id DESC LIMIT 100",
            values![id.to_string()],
        )?;
        let day = |row: Row| Taken {
            day: Timestamp::from_millis(row.day * DAY),
            cash_count: row.cash_count,
            cash: row.cash,
            cashless_count: row.cashless_count,
            cashless: row.cashless,
        };
        let count = |row: Count| CashCount {
            at: Timestamp::from_millis(row.at),
            expected: row.expected,
            counted: row.counted,
            difference: row.counted - row.expected,
            left: row.left_in,
        };
        Ok(Takings {
            device_id: id,
            cash_box: device.cash_box,
            days: days.into_iter().map(day).collect(),
            counts: counts.into_iter().map(count).collect(),
        })
    }

    /// What is to be brought to a machine: columns that are not full, those that lack most before others, and how much of what that is.
    ///
    /// # Errors
    /// For a device that is not there, or when the database refuses.
    pub fn restock(&self, id: Id) -> Result<Restock> {
        self.device(id)?;
        let mut skus: BTreeMap<String, i64> = BTreeMap::new();
        let mut slots: Vec<RestockSlot> = Vec::new();
        for slot in self.slots(id)? {
            let missing = (slot.capacity - slot.count).max(0);
            if missing > 0 || slot.blocked {
                *skus.entry(slot.sku.clone()).or_default() += missing;
                slots.push(RestockSlot { slot: slot.slot, sku: slot.sku, missing, blocked: slot.blocked });
            }
        }
        slots.sort_by_key(|slot| (!slot.blocked, std::cmp::Reverse(slot.missing), slot.slot.clone()));
        let skus = skus.into_iter().filter(|(_, missing)| *missing > 0);
        let skus = skus.map(|(sku, missing)| RestockSku { sku, missing }).collect();
        Ok(Restock { device_id: id, slots, skus })
    }
}
