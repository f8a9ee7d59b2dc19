//! Menus and stores, as a customer finds them.

use crate::{shared, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::eventually;
use serde_json::{Value, json};

#[test]
fn a_menu_is_one_document_that_browsers_keep() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let path = format!("/api/v1/stores/{}/menu", chain.store);
    let first = chain.nobody.get(&path).unwrap();
    let etag = first.headers["etag"].clone();
    assert_eq!(first.expect(200).unwrap()["products"].as_array().unwrap().len(), 35);
    assert_eq!(chain.nobody.with_header("if-none-match", &etag).get(&path).unwrap().status, 304);
    let found = chain.nobody.get("/api/v1/products/search?q=buble%20milk").unwrap().expect(200).unwrap();
    let names: Vec<_> = found.as_array().unwrap().iter().map(|product| product["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Golden Bubble Milk Tea"), "with a letter missing: {names:?}");
    assert!(
        !chain.nobody.get("/api/v1/products/categories").unwrap().expect(200).unwrap().as_array().unwrap().is_empty()
    );
}

#[test]
fn a_menu_with_faults_is_refused_line_by_line() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let mut menu: Value = serde_json::from_str(include_str!("../../data/menu_boba.json")).unwrap();
    let item = menu["items"][0].clone();
    assert!(item["variations"][0]["price"].is_number() || item["variants"][0]["price"].is_number(), "{item}");
    let variants = if item["variations"].is_array() { "variations" } else { "variants" };
    menu["items"][0][variants][0]["price"] = json!(-5);
    menu["items"][1][variants][0]["modifier_groups"] = json!(["no-such-group"]);
    let refused = chain.admin.post("/api/v1/catalog/import", &menu).unwrap().expect(422).unwrap();
    let paths: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 2, "{refused}");
    assert!(paths[0].ends_with("price") && paths[1].contains("modifier_groups"), "{paths:?}");
}

#[test]
fn stores_are_found_and_know_their_hours() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let near = chain.nobody.get("/api/v1/stores/nearby?lat=13.74&lng=100.53").unwrap().expect(200).unwrap();
    assert!(near.as_array().unwrap().iter().any(|store| store["id"] == chain.store.as_str()), "{near}");
    let far = chain.nobody.get("/api/v1/stores/nearby?lat=59.33&lng=18.06").unwrap().expect(200).unwrap();
    assert_eq!(far, json!([]));
    let store = chain.nobody.get(&format!("/api/v1/stores/{}", chain.store)).unwrap().expect(200).unwrap();
    assert!(store["open_now"].is_boolean());
    let outside = chain.nobody.get("/api/v1/stores/nearby?lat=91&lng=0").unwrap();
    assert!((400..500).contains(&outside.status));
    let csv = "number,name,ownership,street,city,region,country,postcode,phone,timezone,longitude,latitude\n\
        77,Moon,Licensed,x,y,z,TH,,,Asia/Bangkok,100.5,95\n";
    let franchisees = chain.admin.get("/api/v1/franchisees").unwrap().expect(200).unwrap();
    let body = json!({"franchisee_id": franchisees["items"][0]["id"], "csv": csv, "tax": {"name": "VAT", "rate_bp": 700, "inclusive": true}});
    let report = chain.admin.post("/api/v1/stores/import", &body).unwrap();
    let told = report.body.to_string();
    assert!(told.contains("95") && told.contains("\"line\":2"), "{} {told}", report.status);
}

/// Prices that follow what is left of a shelf life: on the menu, and in what is quoted by it; never below their floor.
#[test]
#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn a_price_follows_its_shelf_life_on_the_menu_and_in_quotes() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let store = chain.open_another("Dynamic", 100).unwrap();
    let item = json!({"items": [{"sku": "mango", "name": "Mango", "unit": "piece"}], "recipes": []});
    chain.admin.put(&format!("/api/v1/inventory/{store}/setup"), &item).unwrap().expect(204).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let goods = json!({"store_id": store, "sku": "mango", "quantity": 5, "kind": "receive", "expires_at": crate::amend::rfc3339(now + 60)});
    chain.admin.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap();

    let path = format!("/api/v1/stores/{store}/dynamic-prices");
    let rule = |floor: i64| {
        json!({"prices": [{"variant_sku": "golden-bubble-milk-tea/medium", "stock_sku": "mango", "rule": {
            "floor_bp": floor, "ceiling_bp": 10_000, "fresh_until_bp": 10_000, "last_bp": 0, "demand_bp": 0, "step": 100}}]})
    };
    let wrong = chain.admin.put(&path, &rule(10_001)).unwrap();
    assert_eq!((wrong.status, &wrong.body["errors"][0]["path"]), (422, &json!("prices[0].rule.floor_bp")));
    let variant = || {
        let menu = chain.nobody.get(&format!("/api/v1/stores/{store}/menu")).unwrap().expect(200).unwrap();
        let variants: Vec<_> = menu["products"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|product| product["variants"].as_array().unwrap().clone())
            .collect();
        variants.into_iter().find(|variant| variant["sku"] == "golden-bubble-milk-tea/medium").unwrap()
    };
    let list = variant()["price"]["amount"].as_i64().unwrap();
    let moved = eventually("the price to fall", std::time::Duration::from_secs(30), || {
        chain.admin.put(&path, &rule(9_000)).unwrap().expect(200).unwrap();
        let variant = variant();
        if variant["list_price"].is_object() { Ok(variant) } else { Err(variant.to_string()) }
    })
    .unwrap();
    let price = moved["price"]["amount"].as_i64().unwrap();
    assert!((list * 9 / 10..list).contains(&price) && price % 100 == 0, "{moved}");
    assert_eq!((&moved["list_price"]["amount"], &moved["price_reason"]), (&json!(list), &json!("shelf_life")));
    let (_, customer) = chain.customer().unwrap();
    let ask = json!({"store_id": store, "lines": [golden_bubble(1)]});
    let quoted = eventually("the quote to follow", std::time::Duration::from_secs(30), || {
        let quote = customer.post("/api/v1/quotes", &ask).unwrap().expect(200).unwrap();
        let unit = quote["lines"][0]["unit_price"]["amount"].as_i64().unwrap();
        if unit < list { Ok((unit, quote["explanation"].clone())) } else { Err(quote.to_string()) }
    })
    .unwrap();
    let (quoted, words) = quoted;
    let by_list = "by list: its dynamic price is less now, as little of its shelf life is left";
    let says = |word: &serde_json::Value| word.as_str().is_some_and(|word| word.ends_with(by_list));
    assert!(words.as_array().unwrap().iter().any(says), "{words}");
    assert!(quoted >= list * 9 / 10, "{quoted}");
    chain.admin.put(&path, &json!({"prices": []})).unwrap().expect(200).unwrap();
    eventually("the list price to be back", std::time::Duration::from_secs(30), || {
        let variant = variant();
        let back = variant["price"]["amount"] == list && variant.get("list_price").is_none();
        if back { Ok(()) } else { Err(variant.to_string()) }
    })
    .unwrap();
}
