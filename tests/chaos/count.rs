//! The count: what was promised is so, and everything adds up.

use crate::load::{Promised, SENT};
use crate::{CUPS, money};
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Every order that was told of, by its id.
pub type Orders = BTreeMap<String, Value>;

/// Counts all of it.
pub fn all(
    platform: &mut Platform,
    chain: &Chain,
    customer: &Client,
    stores: &[String],
    promised: &Promised,
    faulty: bool,
) {
    // Refunds are events of their own, after those of the stores.
    let history = eventually("every order to be told as it is", Duration::from_secs(120), || {
        platform.tick().map_err(|error| error.to_string())?;
        told(chain, stores, promised)
    })
    .unwrap();
    orders(&history, promised);
    let of_store: Vec<_> = stores.iter().map(|store| journal(chain, store)).collect();
    for (store, journal) in stores.iter().zip(&of_store) {
        stock(store, journal, promised);
    }
    stocktakes(chain, &of_store[0], promised);
    money::adds_up(platform, chain, customer, stores, &history, promised);
    promised.told.iter().for_each(|(device, told)| devices(chain, device, told));
    whole_or_not_at_all(customer, &history, promised);
    // A queue that fails gives whole messages up, with a reason; their sources have sent them again. No event is parked.
    let given_up = |letter: &Value| faulty && letter["seq"] == 0 && letter["reason"].as_str() != Some("");
    let letters = chain.admin.all("/api/v1/dead-letters?limit=100").unwrap();
    let lost: Vec<_> = letters.iter().filter(|letter| !given_up(letter)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// How an order stands.
pub fn status(order: &Value) -> &str {
    order["status"].as_str().unwrap()
}

/// What came for an order, and what went back of it.
pub fn paid(order: &Value) -> (i64, i64) {
    let amount = |field: &str| order["payment"][field]["amount"].as_i64().unwrap();
    (amount("paid"), amount("refunded"))
}

/// Every order as the events told it, once they told all.
fn told(chain: &Chain, stores: &[String], promised: &Promised) -> Result<Orders, String> {
    let mut history = Orders::new();
    for store in stores {
        let page = format!("/api/v1/orders?store_id={store}&limit=100");
        for order in chain.admin.all(&page).map_err(|error| error.to_string())? {
            let id = order["id"].as_str().unwrap().to_owned();
            assert!(history.insert(id, order).is_none(), "an order is there twice");
        }
    }
    for (id, store) in promised.orders.iter().chain(&promised.offline) {
        let order = chain.admin.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap();
        assert_eq!(order["store_id"].as_str(), Some(store.as_str()));
        if history.get(id).is_none_or(|known| known["version"] != order["version"]) {
            return Err(format!("order {id} is {} and told as {:?}", order["status"], history.get(id)));
        }
    }
    for (id, order) in &history {
        let (came, went) = paid(order);
        let closed = matches!(status(order), "cancelled" | "expired" | "refunded");
        let owed = if closed { came } else { promised.refunds.get(id).copied().unwrap_or(0) };
        if went < owed {
            return Err(format!("{} is owed to the customer of {id}, which is {}", owed - went, status(order)));
        }
    }
    Ok(history)
}

fn orders(history: &Orders, promised: &Promised) {
    for (id, order) in history {
        let (came, went) = paid(order);
        let closed = matches!(status(order), "cancelled" | "expired" | "refunded");
        let owed = if closed { came } else { promised.refunds.get(id).copied().unwrap_or(0) };
        assert_eq!(went, owed, "order {id} is {}: each refund once, and no more", status(order));
        if promised.cancelled.contains(id) {
            assert!(matches!(status(order), "cancelled" | "refunded"), "order {id} was called off: {order}");
        }
        if matches!(promised.payments.get(id), Some(&"tok_success" | &"balance")) {
            assert_ne!(status(order), "placed", "order {id} was paid");
        }
        // Whole: a line, a price, and a timeline without gaps, whoever heard of it.
        assert!(order["lines"][0]["total"]["amount"].as_i64() > Some(0), "{order}");
        let versions = order["timeline"].as_array().unwrap().iter().map(|entry| entry["version"].as_u64().unwrap());
        assert!(versions.eq(1..=order["version"].as_u64().unwrap()), "{order}");
    }
    let sold_offline: BTreeSet<_> =
        history.iter().filter(|(_, order)| order["payment"]["tender"] == "cash").map(|(id, _)| id).collect();
    assert_eq!(sold_offline, promised.offline.keys().collect(), "each offline sale once");
}

fn journal(chain: &Chain, store: &str) -> Vec<Value> {
    let proof = chain.admin.get(&format!("/api/v1/inventory/{store}/journal/proof")).unwrap().expect(200).unwrap();
    assert_eq!(proof["differences"], json!([]));
    chain.admin.all(&format!("/api/v1/inventory/{store}/journal?limit=100")).unwrap()
}

/// What the entries of a kind moved, by what they belong to.
fn moved(journal: &[Value], kind: &str, sku: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for entry in journal.iter().filter(|entry| entry["kind"] == kind) {
        let moves = entry["moves"].as_array().unwrap().iter().filter(|part| part["sku"] == sku);
        let sum: i64 = moves.map(|part| part["quantity"].as_i64().unwrap()).sum();
        *sums.entry(entry["reference"].as_str().unwrap_or_default().to_owned()).or_default() += sum;
    }
    sums
}

/// Each receipt once; each transfer left once and came once.
fn stock(store: &str, journal: &[Value], promised: &Promised) {
    let received: i64 = moved(journal, "receive", "cup").values().sum();
    assert_eq!(received, CUPS + promised.received.get(store).copied().unwrap_or(0), "each receipt once");
    let transfers = |own: &dyn Fn(&crate::load::Transfer) -> &String, quantity: i64| -> BTreeMap<String, i64> {
        let mine = promised.transfers.iter().filter(|(_, transfer)| own(transfer) == store);
        mine.map(|(id, _)| (id.clone(), quantity)).collect()
    };
    assert_eq!(moved(journal, "transfer_out", "cup"), transfers(&|transfer| &transfer.from, -SENT));
    assert_eq!(moved(journal, "transfer_in", "cup"), transfers(&|transfer| &transfer.to, SENT));
}

/// Each stocktake that was approved is, and its variance is in the books once.
fn stocktakes(chain: &Chain, journal: &[Value], promised: &Promised) {
    let counted = moved(journal, "count", "syrup");
    for id in &promised.stocktakes {
        let path = format!("/api/v1/stocktakes/{id}?store_id={}", chain.store);
        let stocktake = chain.admin.get(&path).unwrap().expect(200).unwrap();
        assert_eq!(stocktake["status"], "approved");
        let variance = stocktake["lines"][0]["variance"].as_i64().unwrap();
        assert_eq!(counted.get(id).copied().unwrap_or(0), variance, "stocktake {id}");
    }
}

/// What a device told is in its log, once, and so is what nobody knows whether it was heard. A log keeps the newest two hundred lines.
fn devices(chain: &Chain, device: &str, told: &BTreeSet<String>) {
    let mut lines: Vec<Value> = Vec::new();
    loop {
        let before = lines.last().map_or(String::new(), |line| format!("?before={}", line["id"]));
        let page = chain.admin.get(&format!("/api/v1/devices/{device}/logs{before}")).unwrap().expect(200).unwrap();
        let page = page.as_array().unwrap();
        if page.is_empty() {
            break;
        }
        lines.extend(page.iter().cloned());
    }
    let all: Vec<_> = lines.iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect();
    let known: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(known.len(), all.len(), "an event of {device} is there twice");
    if all.len() < 200 {
        let lost: Vec<_> = told.difference(&known).collect();
        assert!(lost.is_empty(), "events of {device} that were acknowledged: {lost:?}");
    }
}

/// An order that nobody heard of is there whole, and the same key leads to it; or it is not there at all.
fn whole_or_not_at_all(customer: &Client, history: &Orders, promised: &Promised) {
    let mut known: BTreeSet<_> = promised.orders.keys().chain(promised.offline.keys()).cloned().collect();
    for (key, body) in &promised.doubtful {
        let answer = customer.post_with_key("/api/v1/orders", key, body).unwrap();
        let replayed = answer.headers.contains_key("idempotent-replayed");
        let id = answer.expect(201).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(history.contains_key(&id), replayed, "order {id} of key {key}");
        if replayed {
            known.insert(id);
        }
    }
    assert_eq!(known, history.keys().cloned().collect(), "every order is somebody's");
}
