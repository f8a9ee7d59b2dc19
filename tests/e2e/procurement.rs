//! From what is missing to what came: suppliers, purchase orders, transfers between stores.

use crate::{apart, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform};
use serde_json::{Value, json};

#[test]
fn what_is_missing_is_ordered_received_and_paid_for_to_the_cent() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("procurement").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let store = chain.store.as_str();
    let supplier = |name: &str, price: i64| {
        let body = json!({"name": name, "certifications": ["Thai FDA 10-1-00001"],
            "prices": [{"sku": "cup", "pack_size": 50, "min_packs": 2, "pack_price": price}]});
        chain.admin.post("/api/v1/suppliers", &body).unwrap()
    };
    let dear = supplier("Dear Cups", 1_003).expect(201).unwrap();
    supplier("Cheap Cups", 1_001).expect(201).unwrap();
    assert_eq!(supplier("Cheap Cups", 1).expect(409).unwrap()["code"], "name_taken");
    assert_eq!(chain.manager.post("/api/v1/suppliers", &json!({"name": "Mine"})).unwrap().status, 403);

    // Cups are to last five days; two were sold today, so two are missing beyond the eight that are left, and a reserve of five.
    let cup = json!({"name": "Cup 500 ml", "unit": "piece", "low_stock_threshold": 5, "cover_days": 5});
    chain.manager.put(&format!("/api/v1/inventory/{store}/cup"), &cup).unwrap().expect(200).unwrap();
    let device = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";
    let sale =
        json!({"key": "a", "seq": 1, "sold_at": "2026-11-20T10:00:00Z", "tender": "cash", "lines": [golden_bubble(2)]});
    let sales = json!({"device_id": device, "sales": [sale]});
    chain.staff.post(&format!("/api/v1/stores/{store}/offline-sales"), &sales).unwrap().expect(200).unwrap();
    let of_store = json!({"store_id": store});
    let propose = || chain.manager.post("/api/v1/purchase-orders/propose", &of_store).unwrap().expect(201).unwrap();
    let drafts = propose();
    assert_eq!(drafts.as_array().unwrap().len(), 1);
    let draft = &drafts[0];
    assert_eq!(
        (&draft["supplier"], &draft["lines"][0]["packs"], &draft["lines"][0]["cost"]),
        (&json!("Cheap Cups"), &json!(2), &json!(2_002))
    );
    assert_eq!(propose(), json!([]), "what is on order is not ordered again");

    let path = format!("/api/v1/purchase-orders/{}", draft["id"].as_str().unwrap());
    let came = json!({"lines": [{"sku": "cup", "quantity": 33, "lot": "L-1"}]});
    let key = Client::new_key();
    let early = chain.staff.post_with_key(&format!("{path}/receive"), &key, &came).unwrap();
    assert_eq!(early.expect(409).unwrap()["code"], "invalid_transition");
    for status in ["approved", "sent"] {
        chain.manager.put(&format!("{path}/status"), &json!({"status": status})).unwrap().expect(200).unwrap();
    }
    for _ in 0..2 {
        let order = chain.staff.post_with_key(&format!("{path}/receive"), &key, &came).unwrap().expect(200).unwrap();
        assert_eq!(order["lines"][0]["received"], 33, "told twice, come once");
    }
    let too_much = json!({"lines": [{"sku": "cup", "quantity": 68}]});
    chain.staff.post(&format!("{path}/receive"), &too_much).unwrap().expect(422).unwrap();
    let rest = json!({"lines": [{"sku": "cup", "quantity": 67}]});
    let order = chain.staff.post(&format!("{path}/receive"), &rest).unwrap().expect(200).unwrap();
    assert_eq!((&order["status"], &order["lines"][0]["received_cost"]), (&json!("received"), &json!(2_002)));
    assert_eq!(chain.stock("cup").unwrap().0, 108);
    let batches = chain.staff.get(&format!("/api/v1/inventory/{store}/batches?sku=cup")).unwrap().expect(200).unwrap();
    let worth: i64 = batches.as_array().unwrap().iter().map(|batch| batch["value"].as_i64().unwrap()).sum();
    assert_eq!(worth, 16 + 2_002, "eight at two, and what the order cost");

    // By hand, from a price list; and nobody else's store.
    let own = json!({"store_id": store, "supplier_id": dear["id"], "lines": [{"sku": "cup", "packs": 1}]});
    let refused = chain.manager.post("/api/v1/purchase-orders", &own).unwrap().expect(422).unwrap();
    assert_eq!(refused["errors"][0]["path"], "lines[0].packs");
    let (_, customer) = chain.customer().unwrap();
    assert_eq!(customer.get(&path).unwrap().status, 403);
    chain.check().unwrap();
}

#[test]
fn a_transfer_arrives_in_parts_and_the_rest_is_lost() {
    if !wanted() {
        return;
    }
    let chain = apart(10);
    let other = chain.open_another("Thonglor", 10).unwrap();
    let cups = |store: &str| -> (i64, i64) {
        let level = chain.admin.get(&format!("/api/v1/inventory/{store}/cup")).unwrap().expect(200).unwrap();
        (level["on_hand"].as_i64().unwrap(), level["value"].as_i64().unwrap())
    };
    let send = json!({"from_store": chain.store, "to_store": other, "lines": [{"sku": "cup", "quantity": 7}]});
    let key = Client::new_key();
    let transfer = chain.manager.post_with_key("/api/v1/transfers", &key, &send).unwrap().expect(201).unwrap();
    let again = chain.manager.post_with_key("/api/v1/transfers", &key, &send).unwrap().expect(201).unwrap();
    assert_eq!(again["id"], transfer["id"], "one key, one transfer");
    assert_eq!((cups(&chain.store), cups(&other)), ((3, 6), (10, 20)));
    let too_many = json!({"from_store": chain.store, "to_store": other, "lines": [{"sku": "cup", "quantity": 4}]});
    assert_eq!(
        chain.manager.post("/api/v1/transfers", &too_many).unwrap().expect(409).unwrap()["code"],
        "out_of_stock"
    );

    let path = format!("/api/v1/transfers/{}", transfer["id"].as_str().unwrap());
    let arrive = json!({"lines": [{"sku": "cup", "quantity": 5}]});
    assert_eq!(chain.manager.post(&format!("{path}/receive"), &arrive).unwrap().status, 404, "not the manager's store");
    let key = Client::new_key();
    for _ in 0..2 {
        let seen = chain.admin.post_with_key(&format!("{path}/receive"), &key, &arrive).unwrap().expect(200).unwrap();
        assert_eq!(seen["under_way"][0]["quantity"], 2);
    }
    assert_eq!(cups(&other), (15, 30));
    let closed = chain.manager.post(&format!("{path}/close"), &json!({"reason": "fell off the van"})).unwrap();
    let closed = closed.expect(200).unwrap();
    assert_eq!(
        (&closed["status"], &closed["lost"][0]["quantity"], &closed["under_way"]),
        (&json!("closed"), &json!(2), &json!([]))
    );
    assert_eq!(chain.admin.post(&format!("{path}/receive"), &arrive).unwrap().status, 409);
    let listed: Value =
        chain.manager.get(&format!("/api/v1/transfers?store_id={}", chain.store)).unwrap().expect(200).unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "what was refused left no paper");
}
