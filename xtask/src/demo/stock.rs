//! What a demo store opens with: recipes, stock items, and the first batches of each.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

use super::api::Api;
use super::data;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The opening stock of a store, the same in each.
pub struct Opening {
    setup: Value,
    receipts: Vec<Value>,
}

impl Opening {
    /// From `data/`; batches expire counted from today.
    pub fn read() -> Result<Self> {
        let stock: Value = serde_json::from_str(&data("stock_boba.json")?)?;
        let recipes: Value = serde_json::from_str(&data("recipes_boba.json")?)?;
        let items = stock["items"].as_array().context("stock_boba.json has no items")?;
        let mut receipts = Vec::new();
        let mut bare = Vec::new();
        for item in items {
            let batches = item["opening"].as_array().map(Vec::as_slice).unwrap_or_default();
            for batch in batches {
                let mut receipt = batch.clone();
                if let Some(receipt) = receipt.as_object_mut() {
                    let days = receipt.remove("good_for_days").and_then(|days| days.as_u64());
                    receipt.extend(days.map(|days| ("expires_at".to_owned(), json!(in_days(days)))));
                    let unit_cost = receipt.remove("unit_cost").and_then(|cost| cost.as_i64()).unwrap_or(0);
                    let quantity = receipt.get("quantity").and_then(Value::as_i64).unwrap_or(0);
                    receipt.insert("cost".into(), json!(unit_cost * quantity));
                    receipt.insert("sku".into(), item["sku"].clone());
                    receipt.insert("kind".into(), json!("receive"));
                }
                receipts.push(receipt);
            }
            let mut item = item.clone();
            if let Some(item) = item.as_object_mut() {
                item.remove("opening");
            }
            bare.push(item);
        }
        Ok(Self { setup: json!({"items": bare, "recipes": recipes["recipes"]}), receipts })
    }

    /// Gives it to a store, and looks whether it is there.
    pub fn stock(&self, admin: &Api, store: &str) -> Result<()> {
        give(admin, store, &self.setup, &self.receipts)
    }
}

/// Sets up a store's stock, receives batches, and looks whether it is there.
pub fn give(admin: &Api, store: &str, setup: &Value, receipts: &[Value]) -> Result<()> {
    admin.put(&format!("/api/v1/inventory/{store}/setup"), setup)?;
    for receipt in receipts {
        let mut receipt = receipt.clone();
        if let Some(receipt) = receipt.as_object_mut() {
            receipt.insert("store_id".into(), json!(store));
        }
        admin.post("/api/v1/inventory/stock-movement", &receipt)?;
    }
    let received: i64 = receipts.iter().filter_map(|receipt| receipt["quantity"].as_i64()).sum();
    let there: i64 = levels(admin, store)?.iter().filter_map(|level| level["on_hand"].as_i64()).sum();
    ensure!(there == received, "store {store} received {received} units and says that it has {there}");
    Ok(())
}

/// How each stock item of a store stands.
pub fn levels(admin: &Api, store: &str) -> Result<Vec<Value>> {
    let answer = admin.get(&format!("/api/v1/inventory/{store}"))?;
    let levels = answer.as_array().or_else(|| answer["items"].as_array());
    levels.cloned().with_context(|| format!("the stock of store {store} is no list: {answer}"))
}

/// The end of the day that many days from today, in UTC.
fn in_days(days: u64) -> String {
    let today = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() / 86_400);
    let (year, month, day) = civil(today + days);
    format!("{year:04}-{month:02}-{day:02}T23:59:59.000Z")
}

/// A moment, in seconds since 1970, as the API has it.
pub fn moment(seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let ((year, month, day), rest) = (civil(seconds / 86_400), seconds % 86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// Year, month and day of a day counted from 1970-01-01 (Gregorian; eras of 400 years that begin on a first of March).
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_777), (2026, 11, 20));
        assert_eq!(civil(20_819), (2027, 1, 1));
    }

    #[test]
    fn each_batch_names_its_item() {
        let opening = Opening::read().unwrap();
        assert_eq!(opening.setup["items"].as_array().unwrap().len(), 25);
        assert!(opening.receipts.iter().all(|receipt| receipt["sku"].is_string() && receipt["quantity"].is_u64()));
        assert!(opening.receipts.iter().any(|receipt| receipt["expires_at"].is_string()));
    }
}
