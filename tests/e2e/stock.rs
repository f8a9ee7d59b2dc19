//! A store's stock through the public API: moved, counted, leased, sold without a line, and proved from its journal.

use crate::{apart, wanted};
use kirana_tests::Client;
use kirana_tests::chain::golden_bubble;
use serde_json::{Value, json};

fn movement(client: &Client, body: &Value) -> kirana_tests::Answer {
    client.post("/api/v1/inventory/stock-movement", body).unwrap()
}

#[test]
fn stock_is_conserved_through_the_api() {
    if !wanted() {
        return;
    }
    let chain = apart(10);
    let store = chain.store.as_str();
    let at = |path: &str| format!("/api/v1/inventory/{store}{path}");

    // Received once, though told twice; expired goods never.
    let key = Client::new_key();
    let cups = json!({"store_id": store, "kind": "receive", "sku": "cup", "quantity": 6, "cost": 30, "lot": "L-7", "tags": ["a", "b", "c"]});
    for _ in 0..2 {
        let moved = chain.staff.post_with_key("/api/v1/inventory/stock-movement", &key, &cups).unwrap();
        assert_eq!(moved.expect(201).unwrap()["level"]["on_hand"], 16);
    }
    let mut expired = cups.clone();
    expired["expires_at"] = json!("2020-01-01T00:00:00Z");
    expired["tags"] = json!([]);
    assert_eq!(movement(&chain.staff, &expired).expect(422).unwrap()["errors"][0]["path"], "expires_at");

    let spoilt = json!({"store_id": store, "kind": "spoil", "sku": "cup", "quantity": 2, "reason": "cracked"});
    assert_eq!(movement(&chain.staff, &spoilt).expect(201).unwrap()["level"]["on_hand"], 14);
    let fixed = chain.manager.put(&at("/cup/adjust"), &json!({"delta": -1, "reason": "one was missing"})).unwrap();
    assert_eq!(fixed.expect(200).unwrap()["level"]["on_hand"], 13);
    assert_eq!(chain.staff.put(&at("/cup/adjust"), &json!({"delta": 1, "reason": "x"})).unwrap().status, 403);
    let reads = json!({"store_id": store, "reads": [{"tag": "a", "direction": "out"}, {"tag": "a", "direction": "out"}, {"tag": "z", "direction": "in"}]});
    let tracked = chain.staff.post("/api/v1/inventory/rfid-track", &reads).unwrap().expect(200).unwrap();
    assert_eq!((&tracked["unknown"], chain.stock("cup").unwrap().0), (&json!(["z"]), 11));

    // What an order holds cannot be spoilt away.
    let (_, customer) = chain.customer().unwrap();
    customer.post("/api/v1/orders", &chain.order(&[golden_bubble(9)])).unwrap().expect(201).unwrap();
    let too_much = json!({"store_id": store, "kind": "spoil", "sku": "cup", "quantity": 3, "reason": "cracked"});
    assert_eq!(movement(&chain.staff, &too_much).expect(409).unwrap()["code"], "held_for_orders");

    // Counted by one, approved by another.
    let of_store = json!({"store_id": store});
    let take = chain.staff.post("/api/v1/stocktakes", &of_store).unwrap().expect(201).unwrap();
    let take = format!("/api/v1/stocktakes/{}", take["id"].as_str().unwrap());
    let counted = json!({"store_id": store, "lines": [{"sku": "cup", "counted": 12}]});
    chain.staff.post(&format!("{take}/lines"), &counted).unwrap().expect(200).unwrap();
    assert_eq!(chain.staff.post(&format!("{take}/approve"), &of_store).unwrap().status, 403);
    let approved = chain.manager.post(&format!("{take}/approve"), &of_store).unwrap().expect(200).unwrap();
    assert_eq!((&approved["status"], &approved["lines"][0]["variance"]), (&json!("approved"), &json!(1)));
    assert_eq!(chain.stock("cup").unwrap(), (12, 3));

    // A lease nobody else can sell from; counters that only grow.
    let device = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";
    let until = "2026-12-31T00:00:00Z";
    let lease = json!({"device_id": device, "until": until, "lines": [{"sku": "cup", "quantity": 2}]});
    let far = chain.manager.post(&at("/leases"), &lease).unwrap();
    assert_eq!(far.expect(422).unwrap()["errors"][0]["path"], "until", "a lease lasts a week at most");

    // Sold without a line: in the books once, what was not there as a variance.
    let sale = json!({"key": "till-1-1", "seq": 1, "sold_at": "2026-11-20T10:00:00Z", "tender": "cash", "lines": [golden_bubble(4)]});
    let batch = json!({"device_id": device, "sales": [sale]});
    let offline = format!("/api/v1/stores/{store}/offline-sales");
    let done = chain.staff.post(&offline, &batch).unwrap().expect(200).unwrap();
    assert_eq!(done[0]["outcome"], "applied_short");
    let again = chain.staff.post(&offline, &batch).unwrap().expect(200).unwrap();
    assert_eq!((&again[0]["outcome"], &again[0]["order_id"]), (&json!("duplicate"), &done[0]["order_id"]));
    assert_eq!(chain.stock("cup").unwrap(), (9, 0));
    let variances = chain.staff.get(&at("/variances")).unwrap().expect(200).unwrap();
    assert_eq!((&variances[0]["sku"], &variances[0]["quantity"]), (&json!("cup"), &json!(1)));
    let number = variances[0]["id"].as_i64().unwrap();
    let found = json!({"resolution": "a cup of our own"});
    chain.manager.post(&at(&format!("/variances/{number}")), &found).unwrap().expect(204).unwrap();

    // The journal says it all, and the books are what it says.
    let journal = chain.manager.get(&at("/journal?limit=100")).unwrap().expect(200).unwrap();
    let kinds: Vec<_> =
        journal["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(&kinds[kinds.len() - 6..], ["receive", "spoil", "adjust", "rfid", "count", "sale"]);
    let proof = chain.manager.get(&at("/journal/proof")).unwrap().expect(200).unwrap();
    assert_eq!((&proof["differences"], proof["entries"].as_u64()), (&json!([]), Some(kinds.len() as u64)));
    // From its end: the same entries the other way round, and no page reads more than itself.
    let mut newest = Vec::new();
    let mut cursor = String::new();
    loop {
        let page =
            chain.manager.get(&at(&format!("/journal?order=newest&limit=4{cursor}"))).unwrap().expect(200).unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty() && items.len() <= 4, "{page}");
        newest.extend(items.iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    newest.reverse();
    assert_eq!(&newest, journal["items"].as_array().unwrap());
    for wrong in ["/journal?order=random", "/journal?order=newest&cursor=first", "/journal?order=newest&limit=0"] {
        chain.manager.get(&at(wrong)).unwrap().expect(400).unwrap();
    }
    let batches = chain.staff.get(&at("/batches?sku=cup")).unwrap().expect(200).unwrap();
    let worth: i64 = batches.as_array().unwrap().iter().map(|batch| batch["value"].as_i64().unwrap()).sum();
    let level = chain.staff.get(&at("/cup")).unwrap().expect(200).unwrap();
    assert_eq!(level["value"].as_i64(), Some(worth));
    chain.check().unwrap();

    // Somebody of another store sees none of it.
    let (_, stranger) = chain.customer().unwrap();
    assert_eq!(stranger.get(&at("/journal")).unwrap().status, 403);
}

#[test]
fn what_is_scanned_is_found_in_its_store() {
    if !wanted() {
        return;
    }
    let chain = apart(10);
    let at = |what: &str| format!("/api/v1/inventory/{}{what}", chain.store);
    let set = |client: &Client, sku: &str, barcodes: Value| {
        client.put(&at(&format!("/{sku}/barcodes")), &json!({"barcodes": barcodes})).unwrap()
    };
    assert_eq!(set(&chain.staff, "cup", json!(["4006381333931"])).status, 403);
    let wrong = set(&chain.manager, "cup", json!(["4006381333931", "9506000134353"])).expect(422).unwrap();
    assert_eq!(wrong["errors"][0]["path"], "barcodes[1]");
    set(&chain.manager, "nothing", json!(["4006381333931"])).expect(404).unwrap();
    let made = set(&chain.manager, "cup", json!(["4006381333931", "9506000134352"])).expect(200).unwrap();
    let cup = |gtin: &str| json!({"gtin": gtin, "sku": "cup"});
    assert_eq!(made, json!([cup("04006381333931"), cup("09506000134352")]));
    assert_eq!(chain.staff.get(&at("/barcodes")).unwrap().expect(200).unwrap(), made);

    // As it is scanned, raw or as it stands under the bars.
    let scan = |client: &Client, code: &str| client.get(&at(&format!("/by-barcode/{code}"))).unwrap();
    let plain = scan(&chain.staff, "4006381333931").expect(200).unwrap();
    assert_eq!(
        (&plain["item"]["sku"], &plain["lot"], &plain["expires_on"]),
        (&json!("cup"), &Value::Null, &Value::Null)
    );
    for code in ["(01)09506000134352(17)261231(10)AB-1%2F2", "10AB-1%2F2%1D010950600013435217261231"] {
        let found = scan(&chain.staff, code).expect(200).unwrap();
        assert_eq!((&found["gtin"], &found["item"]["sku"]), (&json!("09506000134352"), &json!("cup")), "{code}");
        assert_eq!((&found["lot"], &found["expires_on"]), (&json!("AB-1/2"), &json!("2026-12-31")), "{code}");
    }
    assert_eq!(scan(&chain.staff, "9506000134353").expect(422).unwrap()["code"], "invalid_barcode");
    scan(&chain.staff, "036000291452").expect(404).unwrap();

    // On one item of a store, and free again when that has others; another store's are its own.
    let other = chain.manager.get(&at("")).unwrap().expect(200).unwrap();
    let other = other.as_array().unwrap().iter().find(|one| one["sku"] != "cup").unwrap()["sku"].clone();
    let other = other.as_str().unwrap();
    let taken = set(&chain.manager, other, json!(["4006381333931"])).expect(422).unwrap();
    assert!(taken["errors"][0]["message"].as_str().unwrap().contains("cup"), "{taken}");
    set(&chain.manager, "cup", json!([])).expect(200).unwrap();
    set(&chain.manager, other, json!(["4006381333931"])).expect(200).unwrap();
    assert_eq!(scan(&chain.staff, "4006381333931").expect(200).unwrap()["item"]["sku"], other);
    let elsewhere = chain.open_another("Elsewhere", 10).unwrap();
    let foreign = format!("/api/v1/inventory/{elsewhere}/by-barcode/4006381333931");
    chain.staff.get(&foreign).unwrap().expect(404).unwrap();
    chain.admin.get(&foreign).unwrap().expect(404).unwrap();
}
