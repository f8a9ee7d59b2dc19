//! The file's sums beside the platform's.

use super::file::Row;
use super::load::Taken;
use crate::demo::api::Api;
use crate::ui::Step;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long the read model may take.
const DEADLINE_SECONDS: u32 = 120;

/// What the platform says afterwards.
pub struct Books {
    /// What each store's stock is worth across stores, in cents, by its id.
    worth: BTreeMap<String, i64>,
    /// The same as each store's own books have it.
    own_worth: BTreeMap<String, i64>,
    /// Bottles on hand.
    bottles: i64,
    /// Stores whose journal does not prove their stock.
    unproved: usize,
    /// Products on the menu, and those of them that only adults may buy.
    products: usize,
    restricted: usize,
    /// Suppliers.
    suppliers: usize,
}

fn list(value: &Value) -> &[Value] {
    value["items"].as_array().or_else(|| value.as_array()).map(Vec::as_slice).unwrap_or_default()
}

/// Asks every store, and the read model once nothing waits for it.
pub fn books(admin: &Api, stores: &BTreeMap<String, String>, step: &Step) -> Result<Books> {
    let (mut own_worth, mut bottles, mut unproved) = (BTreeMap::new(), 0, 0);
    for id in stores.values() {
        settle(admin, id, step)?;
        let levels = admin.get(&format!("/api/v1/inventory/{id}"))?;
        let sum = |field: &str| list(&levels).iter().filter_map(|level| level[field].as_i64()).sum::<i64>();
        own_worth.insert(id.clone(), sum("value"));
        bottles += sum("on_hand");
        let proof = admin.get(&format!("/api/v1/inventory/{id}/journal/proof"))?;
        unproved += usize::from(proof["differences"] != json!([]));
    }
    let valuation = admin.get("/api/v1/inventory/valuation")?;
    let worth = list(&valuation)
        .iter()
        .filter_map(|row| Some((row["key"].as_str()?.to_owned(), row["value"].as_i64()?)))
        .collect();
    let first = stores.values().next().map(String::as_str).unwrap_or_default();
    let menu = admin.get(&format!("/api/v1/stores/{first}/menu"))?;
    let products = menu["products"].as_array().map(Vec::as_slice).unwrap_or_default();
    let suppliers = admin.get("/api/v1/suppliers?limit=100")?;
    Ok(Books {
        worth,
        own_worth,
        bottles,
        unproved,
        products: products.len(),
        restricted: products.iter().filter(|product| product["age_restricted"] == true).count(),
        suppliers: list(&suppliers).len(),
    })
}

fn settle(admin: &Api, store: &str, step: &Step) -> Result<()> {
    for _ in 0..DEADLINE_SECONDS * 4 {
        let fresh = admin.get(&format!("/api/v1/inventory/freshness?store_id={store}"))?;
        let waiting = list(&fresh).first().map_or(1, |row| row["waiting"].as_i64().unwrap_or(1));
        if waiting == 0 {
            return Ok(());
        }
        step.at(format!("{waiting} events of one store wait"));
        std::thread::sleep(Duration::from_millis(250));
    }
    bail!("the read model did not hear of store {store} within {DEADLINE_SECONDS} s")
}

/// Prints both; answers whether they are the same.
pub fn print(rows: &[Row], stores: &BTreeMap<String, String>, taken: &Taken, books: &Books) -> bool {
    let good: Vec<&Row> = rows.iter().filter(|row| row.cents().is_some()).collect();
    let sum: i64 = good.iter().filter_map(|row| row.cents()).sum();
    let mut of_store: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &good {
        *of_store.entry(row.store_number.as_str()).or_default() += row.cents().unwrap_or(0);
    }
    let same = |worth: &BTreeMap<String, i64>| {
        let is = |(number, id): &(&String, &String)| worth.get(*id) == of_store.get(number.as_str());
        stores.iter().filter(is).count()
    };
    let distinct = |of: fn(&Row) -> String| good.iter().map(|row| of(row)).collect::<BTreeSet<_>>().len();
    let bottles: i64 = good.iter().map(|row| row.bottles_sold).sum();
    let vendors = distinct(|row| row.vendor_name.trim().to_owned());
    let products = distinct(|row| super::file::slug(&row.item_description));
    let count = stores.len();
    let lines = [
        (
            "lines taken in as receipts",
            format!("{} of {}", taken.receipts, rows.len()),
            taken.receipts as usize == good.len(),
        ),
        (
            "lines refused: those without a price",
            taken.faults.len().to_string(),
            taken.faults.len() == rows.len() - good.len(),
        ),
        ("what they cost, the file's sum", format!("{}, {}", dollars(taken.cents), dollars(sum)), taken.cents == sum),
        ("bottles on hand, the file's", format!("{}, {bottles}", books.bottles), books.bottles == bottles),
        (
            "stores whose own books have the file's sum",
            format!("{} of {count}", same(&books.own_worth)),
            same(&books.own_worth) == count,
        ),
        (
            "the same in the read model across stores",
            format!("{} of {count}", same(&books.worth)),
            same(&books.worth) == count,
        ),
        (
            "vendors that are suppliers",
            format!("{} of {vendors}", books.suppliers),
            books.suppliers == vendors && taken.suppliers as usize == vendors,
        ),
        (
            "products, all of them for adults only",
            format!("{} of {products}", books.restricted),
            books.restricted == products && books.products == products,
        ),
        (
            "stores whose journal proves their stock",
            format!("{} of {count}", count - books.unproved),
            books.unproved == 0,
        ),
    ];
    println!();
    for (what, value, holds) in &lines {
        println!("  {} {what:<44} {value}", if *holds { "✓" } else { "✗" });
    }
    taken.faults.iter().for_each(|fault| println!("    {fault}"));
    lines.iter().all(|(.., holds)| *holds)
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02} USD", cents / 100, cents % 100)
}
