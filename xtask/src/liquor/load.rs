//! The file on the platform: stores, a menu of what they sell, what they bought, and from whom at which price.

use super::file::{Row, cents, slug};
use crate::demo::api::{Api, id_of};
use crate::ui::Step;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Whose stores these are, and what their menu is called.
const CHAIN: &str = "Iowa liquor retailers";

/// What was taken in.
#[derive(Default)]
pub struct Taken {
    /// Lines that became receipts.
    pub receipts: i64,
    /// What they cost, in cents.
    pub cents: i64,
    /// Suppliers that were made of vendors.
    pub suppliers: i64,
    /// Lines that were not taken, with the store's number.
    pub faults: Vec<String>,
}

/// Opens a store for each number of the file, with everything that the file knows on its menu; answers their ids by number.
pub fn stores(admin: &Api, rows: &[Row], step: &Step) -> Result<BTreeMap<String, String>> {
    let menu = admin.post("/api/v1/catalog/import", &menu(rows)).context("the menu was not taken")?;
    let made =
        admin.post("/api/v1/franchisees", &json!({"name": CHAIN})).context("once for each platform: start over")?;
    let franchisee = id_of(&made)?;
    let of_number: BTreeMap<&str, &Row> = rows.iter().map(|row| (row.store_number.as_str(), row)).collect();
    let mut stores = BTreeMap::new();
    for (number, row) in &of_number {
        let id = id_of(&admin.post("/api/v1/stores", &store(row, &franchisee))?)?;
        admin.put(&format!("/api/v1/stores/{id}/menu"), &json!({"menu_id": menu["menu_id"]}))?;
        stores.insert((*number).to_owned(), id);
        step.at(format!("{} of {}", stores.len(), of_number.len()));
    }
    Ok(stores)
}

fn store(row: &Row, franchisee: &str) -> Value {
    let spans: Vec<_> = (1..=7).map(|day| json!({"day": day, "opens": "08:00", "closes": "22:00"})).collect();
    json!({
        "franchisee_id": franchisee,
        "name": row.store_name,
        "address": "not in the file",
        "city": row.city,
        "country": "US",
        // The middle of the state: the file has no positions.
        "position": {"latitude": 41.878, "longitude": -93.098},
        "time_zone": "America/Chicago",
        "currency": "USD",
        "tax": {"name": "Sales tax", "rate_bp": 600, "inclusive": false},
        "hours": {"spans": spans},
    })
}

/// Every item as a variant of a product that only adults may buy; at what the stores paid for a bottle, as the file knows no
/// other price.
fn menu(rows: &[Row]) -> Value {
    let mut products: BTreeMap<String, (&Row, BTreeMap<String, &Row>)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.cents().is_some()) {
        let product = products.entry(slug(&row.item_description)).or_insert((row, BTreeMap::new()));
        product.1.insert(row.variant(), row);
    }
    let items: Vec<Value> = products
        .values()
        .map(|(product, variants)| {
            let price = |row: &Row| row.state_bottle_retail.parse::<serde_json::Number>().ok();
            let variants: Vec<_> =
                variants.iter().map(|(name, row)| json!({"name": name, "price": price(row)})).collect();
            let category = if product.category_name.is_empty() { "Other" } else { &product.category_name };
            json!({"name": product.item_description, "category": category, "alcoholic": true, "variants": variants})
        })
        .collect();
    json!({"name": CHAIN, "currency": "USD", "modifier_groups": Map::new(), "items": items})
}

/// Imports each store's purchases.
pub fn receipts(admin: &Api, rows: &[Row], stores: &BTreeMap<String, String>, step: &Step) -> Result<Taken> {
    let mut taken = Taken::default();
    for (done, (number, id)) in stores.iter().enumerate() {
        step.at(format!("{done} of {} stores, {} receipts", stores.len(), taken.receipts));
        let bought: Vec<&Row> = rows.iter().filter(|row| row.store_number == *number).collect();
        for (part, lines) in bought.chunks(500).enumerate() {
            let path = format!("/api/v1/inventory/{id}/receipts/import");
            let key = format!("liquor-{number}-{part}-of-the-day");
            let answer = admin.call("POST", &path, Some(&json!({"csv": csv(lines)?})), Some(&key))?;
            anyhow::ensure!(answer.ok(), "store {number}: {answer}");
            let report = answer.body;
            taken.receipts += report["received"].as_i64().unwrap_or(0);
            taken.cents += report["cost"]["amount"].as_i64().unwrap_or(0);
            taken.suppliers += report["suppliers_added"].as_i64().unwrap_or(0);
            for fault in report["faults"].as_array().map(Vec::as_slice).unwrap_or_default() {
                taken.faults.push(format!("store {number}, line {}: {}", fault["line"], fault["message"]));
            }
        }
    }
    Ok(taken)
}

/// Purchases as the platform's import takes them.
fn csv(rows: &[&Row]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["sku", "name", "unit", "supplier", "quantity", "cost", "reference"])?;
    for row in rows {
        let name = format!("{}, {} ml", row.item_description, row.bottle_volume_ml);
        let quantity = row.bottles_sold.to_string();
        let reference = format!("item {}", row.item_number);
        writer.write_record([
            &row.sku(),
            &name,
            "piece",
            &row.vendor_name,
            &quantity,
            &row.sale_dollars,
            &reference,
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// Gives each vendor its price list: packs, as the file sells them.
pub fn prices(admin: &Api, rows: &[Row], step: &Step) -> Result<()> {
    let mut of_vendor: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for row in rows {
        let Some(bottle) = cents(&row.state_bottle_retail) else { continue };
        let price = json!({"sku": row.sku(), "pack_size": row.pack, "pack_price": bottle * row.pack});
        of_vendor.entry(row.vendor_name.trim()).or_default().insert(row.sku(), price);
    }
    let mut cursor = String::new();
    let mut seen = BTreeSet::new();
    loop {
        let page = admin.get(&format!("/api/v1/suppliers?limit=100{cursor}"))?;
        for supplier in page["items"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let name = supplier["name"].as_str().unwrap_or_default();
            let Some(prices) = of_vendor.get(name) else { continue };
            seen.insert(name.to_owned());
            step.at(format!("{} of {}", seen.len(), of_vendor.len()));
            let list = json!({"name": name, "prices": prices.values().collect::<Vec<_>>()});
            admin.put(&format!("/api/v1/suppliers/{}", id_of(supplier)?), &list)?;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
