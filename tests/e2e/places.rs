//! Warehouses and stores together: goods that go between them, drafts that nobody asked for, and what all of it is worth.

use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn warehouse(chain: &Chain) -> String {
    let body = json!({"name": "Bang Na", "address": "Bang Na-Trat 5, Bangkok", "country": "TH", "currency": "THB"});
    let made = chain.admin.post("/api/v1/warehouses", &body).unwrap().expect(201).unwrap();
    assert_eq!(made["number"], 1);
    made["id"].as_str().unwrap().to_owned()
}

fn list(client: &Client, path: &str) -> Result<Vec<Value>, String> {
    let answer = client.get(path).map_err(|error| error.to_string())?;
    let items = if answer.body["items"].is_array() { &answer.body["items"] } else { &answer.body };
    items.as_array().cloned().ok_or_else(|| answer.body.to_string())
}

#[test]
fn goods_go_from_a_warehouse_to_a_store_and_every_baht_is_somewhere() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("warehouse").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let house = warehouse(&chain);
    let store = chain.store.as_str();
    let bad = json!({"name": "", "address": "x", "country": "Thailand", "currency": "THB"});
    let faults = chain.admin.post("/api/v1/warehouses", &bad).unwrap().expect(422).unwrap();
    let paths: Vec<_> = faults["errors"].as_array().unwrap().iter().map(|fault| fault["path"].clone()).collect();
    assert_eq!(paths, ["name", "country"]);
    assert_eq!(chain.manager.post("/api/v1/warehouses", &bad).unwrap().status, 403);
    assert_eq!(chain.manager.get(&format!("/api/v1/inventory/{house}")).unwrap().status, 404, "not the manager's");

    // Its stock is kept as a store's is.
    let cup = json!({"items": [{"sku": "cup", "name": "Cup 500 ml", "unit": "piece"}], "recipes": []});
    chain.admin.put(&format!("/api/v1/inventory/{house}/setup"), &cup).unwrap().expect(204).unwrap();
    let goods = json!({"store_id": house, "kind": "receive", "sku": "cup", "quantity": 100, "cost": 333, "supplier": "Cups & Co."});
    chain.admin.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap();
    let send = json!({"from_store": house, "to_store": store, "lines": [{"sku": "cup", "quantity": 30}]});
    let key = Client::new_key();
    let transfer = chain.admin.post_with_key("/api/v1/transfers", &key, &send).unwrap().expect(201).unwrap();
    let other = json!({"from_store": house, "to_store": store, "lines": [{"sku": "cup", "quantity": 31}]});
    let reused = chain.admin.post_with_key("/api/v1/transfers", &key, &other).unwrap().expect(422).unwrap();
    assert_eq!(reused["code"], "idempotency_key_reused");
    let arrive = json!({"lines": [{"sku": "cup", "quantity": 30}]});
    let path = format!("/api/v1/transfers/{}/receive", transfer["id"].as_str().unwrap());
    let arrived = chain.manager.post(&path, &arrive).unwrap().expect(200).unwrap();
    assert_eq!(arrived["status"], "received");
    assert_eq!(chain.stock("cup").unwrap(), (40, 40));

    // The copy across places catches up, to the satang: 333 came, 20 were there.
    let cups = |client: &Client| list(client, "/api/v1/inventory/stock?sku=cup");
    eventually("both places in the read model", MINUTE, || {
        let mut found: Vec<_> = cups(&chain.admin)?
            .iter()
            .map(|row| {
                (row["place"].as_str().unwrap_or_default().to_owned(), row["on_hand"].as_i64(), row["value"].as_i64())
            })
            .collect();
        found.sort();
        let expected = vec![("Bang Na".to_owned(), Some(70), Some(234)), ("Siam".to_owned(), Some(40), Some(119))];
        if found == expected { Ok(()) } else { Err(format!("{found:?}")) }
    })
    .unwrap();
    assert_eq!(cups(&chain.manager).unwrap().len(), 1, "the manager sees the own store");
    let (_, customer) = chain.customer().unwrap();
    assert_eq!(customer.get("/api/v1/inventory/stock").unwrap().status, 403);
    let worth = list(&chain.admin, "/api/v1/inventory/valuation?by=sku").unwrap();
    let cups = worth.iter().find(|row| row["key"] == "cup").unwrap();
    assert_eq!((&cups["value"], &cups["count"], &cups["currency"]), (&json!(353), &json!(2), &json!("THB")));
    let worth = list(&chain.admin, "/api/v1/inventory/valuation").unwrap();
    let house_worth = worth.iter().find(|row| row["key"] == json!(house)).unwrap();
    assert_eq!((&house_worth["value"], &house_worth["name"]), (&json!(234), &json!("Bang Na")));

    // Page by page, without a gap and without a double.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/inventory/stock?limit=2{cursor}");
        let page = chain.admin.get(&path).unwrap().expect(200).unwrap();
        seen.extend(page["items"].as_array().unwrap().iter().map(|row| format!("{} {}", row["place_id"], row["sku"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", next.replace(' ', "%20")),
            None => break,
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((once.len(), seen.len()), (7, 7), "six items of the store, one of the warehouse");

    // How far behind it is, each place says itself: nothing, in the end.
    eventually("nothing to wait for", MINUTE, || {
        let fresh = list(&chain.admin, "/api/v1/inventory/freshness")?;
        let behind = |row: &&Value| row["waiting"] != 0 || row["behind_ms"] != 0 || row["heard"] == 0;
        if fresh.len() == 2 && !fresh.iter().any(|row| behind(&row)) { Ok(()) } else { Err(json!(fresh).to_string()) }
    })
    .unwrap();
    let proof = chain.admin.get(&format!("/api/v1/inventory/{house}/journal/proof")).unwrap().expect(200).unwrap();
    assert_eq!(proof["differences"], json!([]));
    chain.check().unwrap();
    chain.check_store(&house).unwrap();
}

/// A warehouse is no store: whoever asks stores for its clock must not stand still over it.
#[test]
fn what_a_warehouse_buys_holds_nobody_up() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("warehouse-buys").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let house = warehouse(&chain);
    let cup = json!({"items": [{"sku": "cup", "name": "Cup 500 ml", "unit": "piece"}], "recipes": []});
    chain.admin.put(&format!("/api/v1/inventory/{house}/setup"), &cup).unwrap().expect(204).unwrap();
    let prices = json!([{"sku": "cup", "pack_size": 50, "min_packs": 1, "pack_price": 1_000}]);
    let supplier = json!({"name": "Cups & Co.", "prices": prices});
    let supplier = chain.admin.post("/api/v1/suppliers", &supplier).unwrap().expect(201).unwrap();
    // News of one source are heard in their order: what the store buys afterwards is counted when the warehouse's was.
    for place in [&house, &chain.store] {
        let order = json!({"store_id": place, "supplier_id": supplier["id"], "lines": [{"sku": "cup", "packs": 1}]});
        let order = chain.admin.post("/api/v1/purchase-orders", &order).unwrap().expect(201).unwrap();
        let path = format!("/api/v1/purchase-orders/{}", order["id"].as_str().unwrap());
        for status in ["approved", "sent"] {
            chain.admin.put(&format!("{path}/status"), &json!({"status": status})).unwrap().expect(200).unwrap();
        }
        let came = json!({"lines": [{"sku": "cup", "quantity": 50}]});
        chain.admin.post(&format!("{path}/receive"), &came).unwrap().expect(200).unwrap();
    }
    eventually("the store's purchase in the figures", MINUTE, || {
        let path = format!("/api/v1/analytics/sales?store_id={}", chain.store);
        let sales = chain.admin.get(&path).map_err(|error| error.to_string())?.body;
        if sales["purchases"][0]["supplier"] == "Cups & Co." { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
    let dead = chain.admin.get("/api/v1/dead-letters").unwrap().expect(200).unwrap();
    assert_eq!(dead["items"], json!([]));
}

#[test]
fn what_runs_low_is_drafted_without_being_asked_and_once() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("reorder").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let store = chain.store.as_str();
    let supplier = |name: &str, prices: Value| {
        chain.admin.post("/api/v1/suppliers", &json!({"name": name, "prices": prices})).unwrap().expect(201).unwrap()
    };
    supplier("Cups & Co.", json!([{"sku": "cup", "pack_size": 50, "min_packs": 2, "pack_price": 1_001}]));
    supplier("Chiang Rai Tea", json!([{"sku": "black-tea", "pack_size": 1_000, "pack_price": 25_000}]));
    let cup = json!({"name": "Cup 500 ml", "unit": "piece", "low_stock_threshold": 5, "cover_days": 7});
    chain.manager.put(&format!("/api/v1/inventory/{store}/cup"), &cup).unwrap().expect(200).unwrap();
    let drafts = || {
        list(&chain.manager, &format!("/api/v1/purchase-orders?store_id={store}")).map(|orders| {
            orders.into_iter().map(|order| (order["automatic"].clone(), order["lines"].clone())).collect::<Vec<_>>()
        })
    };
    // The first look finds nothing sold, and so nothing missing.
    eventually("the store to be known", MINUTE, || {
        let fresh = list(&chain.admin, "/api/v1/inventory/freshness")?;
        if fresh.len() == 1 { Ok(()) } else { Err(json!(fresh).to_string()) }
    })
    .unwrap();
    let sale =
        json!({"key": "a", "seq": 1, "sold_at": "2026-11-20T10:00:00Z", "tender": "cash", "lines": [golden_bubble(6)]});
    let sales = json!({"device_id": "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44", "sales": [sale]});
    chain.staff.post(&format!("/api/v1/stores/{store}/offline-sales"), &sales).unwrap().expect(200).unwrap();
    // Four are left, which is low; at six a day, 38 are missing for the week, and a reserve of five: two packs are the least.
    eventually("the alert", MINUTE, || {
        let low = list(&chain.manager, "/api/v1/inventory/low-stock-alerts")?;
        if low.iter().any(|row| row["sku"] == "cup") { Ok(()) } else { Err(json!(low).to_string()) }
    })
    .unwrap();
    eventually("a draft that nobody asked for", MINUTE, || {
        platform.tick().map_err(|error| error.to_string())?;
        let found = drafts()?;
        let lines = |packs: i64| json!([{"sku": "cup", "pack_size": 50, "packs": packs, "cost": packs * 1_001, "received": 0, "received_cost": 0}]);
        if found == [(json!(true), lines(2))] { Ok(()) } else { Err(format!("{found:?}")) }
    })
    .unwrap();
    for _ in 0..2 {
        platform.tick().unwrap();
    }
    let asked = chain.manager.post("/api/v1/purchase-orders/propose", &json!({"store_id": store})).unwrap();
    assert_eq!(asked.expect(201).unwrap(), json!([]), "what is drafted is on order");
    assert_eq!(drafts().unwrap().len(), 1);

    // What came of it is in the figures: at what it cost, by whom.
    let orders = list(&chain.manager, &format!("/api/v1/purchase-orders?store_id={store}")).unwrap();
    let path = format!("/api/v1/purchase-orders/{}", orders[0]["id"].as_str().unwrap());
    for status in ["approved", "sent"] {
        chain.manager.put(&format!("{path}/status"), &json!({"status": status})).unwrap().expect(200).unwrap();
    }
    let came = json!({"lines": [{"sku": "cup", "quantity": 100}]});
    let key = Client::new_key();
    chain.staff.post_with_key(&format!("{path}/receive"), &key, &came).unwrap().expect(200).unwrap();
    let other = json!({"lines": [{"sku": "cup", "quantity": 99}]});
    let reused = chain.staff.post_with_key(&format!("{path}/receive"), &key, &other).unwrap();
    assert_eq!(reused.expect(422).unwrap()["code"], "idempotency_key_reused");
    eventually("the purchase in the figures", MINUTE, || {
        let path = format!("/api/v1/analytics/sales?store_id={store}");
        let sales = chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        let bought = json!([{"supplier": "Cups & Co.", "cost": 2_002}]);
        if sales["purchases"] == bought { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
    chain.check().unwrap();
}

#[test]
fn a_suppliers_file_becomes_batches_to_the_cent_and_old_ones_are_seen() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("receipts").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let store = chain.store.as_str();
    let path = format!("/api/v1/inventory/{store}/receipts/import");
    let csv = "sku,name,supplier,quantity,cost,expires_at\n\
        gin/750-ml,London Dry 750 ml,Luxco-St Louis,12,144.36,2031-01-01T00:00:00Z\n\
        gin/750-ml,London Dry 750 ml,Luxco-St Louis,1,,\n\
        gin/750-ml,London Dry 750 ml,Luxco-St Louis,5,50.05,\n\
        rum/1000-ml,\"Rum, spiced\",Diageo Americas,6,99.999,\n";
    let key = Client::new_key();
    for _ in 0..2 {
        let report = chain.admin.post_with_key(&path, &key, &json!({"csv": csv})).unwrap().expect(200).unwrap();
        assert_eq!(
            (&report["received"], &report["cost"]["amount"], &report["items_added"]),
            (&json!(2), &json!(19_441), &json!(1))
        );
        let lines: Vec<_> =
            report["faults"].as_array().unwrap().iter().map(|fault| fault["line"].as_i64().unwrap()).collect();
        assert_eq!(lines, [3, 5], "{report}");
    }
    let reused =
        chain.admin.post_with_key(&path, &key, &json!({"csv": "sku,quantity,cost\ngin/750-ml,1,1\n"})).unwrap();
    assert_eq!(reused.expect(422).unwrap()["code"], "idempotency_key_reused");
    assert_eq!(chain.staff.post(&path, &json!({"csv": csv})).unwrap().status, 403);
    let empty = chain.manager.post(&path, &json!({"csv": "a,b\n1,2\n"})).unwrap().expect(200).unwrap();
    assert_eq!((&empty["received"], empty["faults"].as_array().unwrap().len()), (&json!(0), 1));
    let names: Vec<_> =
        list(&chain.admin, "/api/v1/suppliers").unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Luxco-St Louis"]);
    // A sku with a slash is one part of a path.
    let gin = chain.staff.get(&format!("/api/v1/inventory/{store}/gin%2F750-ml")).unwrap().expect(200).unwrap();
    assert_eq!((&gin["on_hand"], &gin["value"]), (&json!(17), &json!(19_441)));
    let batches = list(&chain.staff, &format!("/api/v1/inventory/{store}/batches?sku=gin/750-ml")).unwrap();
    assert_eq!(batches.iter().map(|batch| batch["value"].as_i64().unwrap()).sum::<i64>(), 19_441);

    eventually("the gin by its age", MINUTE, || {
        let aged = list(&chain.manager, &format!("/api/v1/inventory/ageing?by=sku&store_id={store}&sku=gin/750-ml"))?;
        match aged.as_slice() {
            [gin]
                if gin["value"] == 19_441
                    && gin["ages"][0] == json!({"after_days": 0, "up_to_days": 1, "value": 19_441}) =>
            {
                Ok(())
            }
            _ => Err(json!(aged).to_string()),
        }
    })
    .unwrap();
    // Milk that is good for two more days is soon to pass its date.
    let soon = json!({"store_id": store, "kind": "receive", "sku": "milk", "quantity": 500, "cost": 777, "expires_at": in_days(2)});
    chain.staff.post("/api/v1/inventory/stock-movement", &soon).unwrap().expect(201).unwrap();
    eventually("what passes its date soon", MINUTE, || {
        let aged = list(&chain.manager, "/api/v1/inventory/ageing")?;
        let expiring = json!({"within_1_day": 0, "within_3_days": 777, "within_7_days": 777});
        if aged.len() == 1 && aged[0]["expiring"] == expiring { Ok(()) } else { Err(json!(aged).to_string()) }
    })
    .unwrap();
    // The copy can be made anew, and is the same.
    let before = list(&chain.manager, "/api/v1/inventory/valuation").unwrap();
    let copied =
        chain.manager.post(&format!("/api/v1/inventory/{store}/refresh"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(copied["items"], 7);
    assert_eq!(list(&chain.manager, "/api/v1/inventory/valuation").unwrap(), before);
}

#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn in_days(days: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    crate::amend::rfc3339(now + days * 24 * 3_600)
}
