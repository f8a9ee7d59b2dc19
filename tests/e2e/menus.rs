//! Menus and stores, as a customer finds them.

use crate::{shared, wanted};
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
