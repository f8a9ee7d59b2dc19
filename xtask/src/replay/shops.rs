//! The burrito chain on the platform: a store for each price list, with its menu and exactly the stock that its orders need.

use super::file::Order;
use super::menus::{self, Menu};
use super::prices::{LISTS, Prices};
use crate::demo::api::{Api, id_of};
use crate::demo::stock;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who owns the stores.
const FRANCHISEE: &str = "Burrito Replay";

/// Opens a store for each price list; answers their ids.
///
/// The stock is each sku itself, in pieces, as many as the file sells: what is sold twice is refused, and when every order is
/// taken nothing is left.
pub fn open(admin: &Api, orders: &[Order], prices: &Prices) -> Result<Vec<String>> {
    let franchisee = franchisee(admin)?;
    (0..LISTS.len())
        .map(|list| {
            let menu = menus::menu(list, orders, prices);
            let imported = admin.post("/api/v1/catalog/import", &menu.document)?;
            let store = id_of(&admin.post("/api/v1/stores", &store(&menu, &franchisee))?)?;
            admin.put(&format!("/api/v1/stores/{store}/menu"), &json!({"menu_id": imported["menu_id"]}))?;
            let (setup, receipts) = needed(list, &menu, orders, prices);
            stock::give(admin, &store, &setup, &receipts)?;
            Ok(store)
        })
        .collect()
}

fn franchisee(admin: &Api) -> Result<String> {
    let made = admin.call("POST", "/api/v1/franchisees", Some(&json!({"name": FRANCHISEE})), None)?;
    if made.ok() {
        return id_of(&made.body);
    }
    // A replay before this one made it.
    let page = admin.get("/api/v1/franchisees?limit=100")?;
    let all = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let known = all.iter().find(|franchisee| franchisee["name"] == FRANCHISEE);
    id_of(known.with_context(|| format!("the franchisee could not be made: {made}"))?)
}

fn store(menu: &Menu, franchisee: &str) -> Value {
    let spans: Vec<_> = (1..=7).map(|day| json!({"day": day, "opens": "10:45", "closes": "22:00"})).collect();
    json!({
        "franchisee_id": franchisee,
        "name": menu.name,
        "address": "not in the file",
        "city": "not in the file",
        "country": "US",
        "position": {"latitude": 39.74, "longitude": -104.99},
        "time_zone": "America/Denver",
        "currency": "USD",
        // The file's prices are before tax, and its sum is what is compared with.
        "tax": {"name": "Sales tax, left out", "rate_bp": 0, "inclusive": true},
        "hours": {"spans": spans},
    })
}

/// Stock items for all skus of the menu, and a receipt of as many of each as the file sells.
fn needed(list: usize, menu: &Menu, orders: &[Order], prices: &Prices) -> (Value, Vec<Value>) {
    let mut pieces: BTreeMap<String, i64> = BTreeMap::new();
    for (order, _) in orders.iter().zip(&prices.list_of).filter(|(_, of)| **of == list) {
        for line in &order.lines {
            let request = menus::request(list, line, prices);
            let modifiers = request["modifiers"].as_array().map(Vec::as_slice).unwrap_or_default();
            let skus = modifiers.iter().map(|modifier| &modifier["sku"]).chain([&request["variant_sku"]]);
            for sku in skus.filter_map(Value::as_str) {
                *pieces.entry(sku.to_owned()).or_default() += line.quantity;
            }
        }
    }
    let items: Vec<_> = menu.skus.iter().map(|sku| json!({"sku": sku, "name": sku, "unit": "piece"})).collect();
    let receipts = pieces
        .into_iter()
        .map(|(sku, quantity)| {
            json!({"sku": sku, "kind": "receive", "quantity": quantity, "cost": 0, "supplier": "as many as the file sells"})
        })
        .collect();
    (json!({"items": items, "recipes": []}), receipts)
}
