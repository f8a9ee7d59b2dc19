//! S20 through the API: what is for adults only, from the menu to the counter. The rule itself is proved in
//! `crates/simulator/tests/proofs/s20_age.rs`.

use crate::{pay, wait_for_status, wanted};
use kirana_tests::{Chain, Client, Platform};
use serde_json::{Value, json};

fn order(customer: &Client, chain: &Chain, lines: &Value) -> kirana_tests::Answer {
    customer.post("/api/v1/orders", &json!({"store_id": chain.store, "lines": lines})).unwrap()
}

fn verify(customer: &Client, document: &str, min_age: u32) {
    let document = json!({"provider": "sandbox", "document": document, "min_age": min_age});
    customer.post("/api/v1/users/customer/age-verify", &document).unwrap().expect(201).unwrap();
}

#[test]
fn wine_is_for_those_who_have_shown_their_age() {
    if !wanted() {
        return;
    }
    // A platform of its own: it changes the menu.
    let platform = Platform::start("age").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let product = json!({"name": "Rice wine", "category": "Wine", "age_restricted": true,
        "variants": [{"name": "bottle", "price": {"amount": 45_000, "currency": "THB"}}]});
    let menu_id = crate::catalog::menu_id(&chain);
    chain
        .admin
        .post("/api/v1/products", &json!({"menu_id": menu_id, "product": product}))
        .unwrap()
        .expect(201)
        .unwrap();
    let item = json!({"items": [{"sku": "rice-wine/bottle", "name": "Rice wine", "unit": "piece"}], "recipes": []});
    let store = chain.store.as_str();
    chain.admin.put(&format!("/api/v1/inventory/{store}/setup"), &item).unwrap().expect(204).unwrap();
    let goods = json!({"store_id": store, "kind": "receive", "sku": "rice-wine/bottle", "quantity": 10, "cost": 1_000});
    chain.staff.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap();
    let wine = json!([{"variant_sku": "rice-wine/bottle", "quantity": 1}]);
    let tea = json!([kirana_tests::chain::golden_bubble(1)]);

    let (_, customer) = chain.customer().unwrap();
    let refused = |answer: kirana_tests::Answer| {
        let problem = answer.expect(409).unwrap();
        assert_eq!((&problem["code"], &problem["min_age"]), (&json!("age_check_required"), &json!(20)), "{problem}");
    };
    refused(order(&customer, &chain, &wine));
    verify(&customer, "doc_age_19", 18);
    refused(order(&customer, &chain, &wine));
    verify(&customer, "doc_age_19", 20);
    refused(order(&customer, &chain, &wine));
    assert_eq!(chain.stock("rice-wine/bottle").unwrap(), (10, 10), "nothing is held for who is refused");

    // An order of tea is no way in: neither by an edit nor by a substitute.
    let placed = order(&customer, &chain, &tea).expect(201).unwrap();
    let path = format!("/api/v1/orders/{}", placed["id"].as_str().unwrap());
    refused(customer.put(&format!("{path}/lines"), &json!({"lines": wine})).unwrap());
    let substitute = chain.staff.post(&format!("{path}/lines/1/substitute"), &json!({"line": wine[0]})).unwrap();
    assert_eq!(substitute.expect(409).unwrap()["code"], "age_check_required");

    verify(&customer, "doc_age_42", 20);
    let placed = order(&customer, &chain, &wine).expect(201).unwrap();
    assert_eq!((&placed["age"]["min_age"], &placed["lines"][0]["age_restricted"]), (&json!(20), &json!(true)));
    let id = placed["id"].as_str().unwrap();
    pay(&customer, id, "tok_success");
    wait_for_status(&customer, id, "confirmed");
    for status in ["preparing", "ready", "collected"] {
        let moved = chain.staff.put(&format!("/api/v1/orders/{id}/status"), &json!({"status": status})).unwrap();
        assert_eq!(moved.expect(200).unwrap()["status"], status);
    }
}

#[test]
fn a_tea_with_something_for_adults_in_it_is_for_adults() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("age-modifier").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let mut menu: Value = serde_json::from_str(include_str!("../../data/menu_boba.json")).unwrap();
    let groups = menu["modifier_groups"].as_object_mut().unwrap();
    let extra = groups.values_mut().find(|group| group["name"] == "Extra toppings").unwrap();
    let jelly = extra["options"].as_array_mut().unwrap().iter_mut().find(|one| one["name"] == "Grass Jelly").unwrap();
    jelly["alcoholic"] = json!(true);
    chain.admin.post("/api/v1/catalog/import", &menu).unwrap().expect(200).unwrap();
    let shown = chain.nobody.get(&format!("/api/v1/stores/{}/menu", chain.store)).unwrap().expect(200).unwrap();
    let groups = shown["modifier_groups"].as_array().unwrap();
    let of = |sku: &str| {
        let mut modifiers = groups.iter().flat_map(|group| group["modifiers"].as_array().unwrap());
        modifiers.find(|one| one["sku"] == sku).unwrap()["age_restricted"].clone()
    };
    assert_eq!(of("extra-toppings/grass-jelly"), json!(true));
    assert!(of("choose-sweetness-level/sugar-50pc").is_null(), "all others are for everybody");

    let (_, customer) = chain.customer().unwrap();
    let with = json!([kirana_tests::chain::golden_bubble(1)]);
    let refused = order(&customer, &chain, &with).expect(409).unwrap();
    assert_eq!((&refused["code"], &refused["min_age"]), (&json!("age_check_required"), &json!(20)), "{refused}");
    let mut without = with.clone();
    without[0]["modifiers"].as_array_mut().unwrap().pop();
    let placed = order(&customer, &chain, &without).expect(201).unwrap();
    let path = format!("/api/v1/orders/{}/lines", placed["id"].as_str().unwrap());
    let refused = customer.put(&path, &json!({"lines": with})).unwrap().expect(409).unwrap();
    assert_eq!(refused["code"], "age_check_required", "an edit is no way in");
    verify(&customer, "doc_age_42", 20);
    let placed = order(&customer, &chain, &with).expect(201).unwrap();
    assert_eq!((&placed["age"]["min_age"], &placed["lines"][0]["age_restricted"]), (&json!(20), &json!(true)));
}
