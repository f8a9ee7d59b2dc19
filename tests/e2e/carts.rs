//! Carts: a guest's becomes a customer's, and an order empties it.

use crate::{shared, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Client, Platform};
use serde_json::{Value, json};

fn item(store: &str, quantity: i64) -> Value {
    json!({"store_id": store, "line": golden_bubble(quantity)})
}

#[test]
fn a_guests_cart_is_merged_at_login_and_ordered() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let first = chain.nobody.post("/api/v1/cart/items", &item(&chain.store, 1)).unwrap();
    let token = first.headers.get("x-cart-token").expect("a guest gets a token").clone();
    assert_eq!(first.expect(200).unwrap()["quote"]["totals"]["total"]["currency"], "THB");
    let guest = chain.nobody.with_header("x-cart-token", &token);
    let cart = guest.post("/api/v1/cart/items", &item(&chain.store, 2)).unwrap().expect(200).unwrap();
    assert_eq!((cart["lines"].as_array().unwrap().len(), &cart["lines"][0]["quantity"]), (1, &json!(3)));

    // Nobody else sees it.
    let other =
        chain.nobody.with_header("x-cart-token", &"0".repeat(64)).get("/api/v1/cart").unwrap().expect(200).unwrap();
    assert_eq!(other["lines"], json!([]));

    let (_, customer) = chain.customer().unwrap();
    customer.post("/api/v1/cart/items", &item(&chain.store, 1)).unwrap().expect(200).unwrap();
    let merged = customer.with_header("x-cart-token", &token).post("/api/v1/cart/merge", &json!({})).unwrap();
    assert_eq!(merged.expect(200).unwrap()["lines"][0]["quantity"], 4);
    assert_eq!(guest.get("/api/v1/cart").unwrap().expect(200).unwrap()["lines"], json!([]), "the guest's is gone");

    let key = Client::new_key();
    let body = json!({"store_id": chain.store, "from_cart": true});
    let order = customer.post_with_key("/api/v1/orders", &key, &body).unwrap().expect(201).unwrap();
    assert_eq!(order["lines"][0]["quantity"], 4);
    assert_eq!(customer.get("/api/v1/cart").unwrap().expect(200).unwrap()["lines"], json!([]));
    // The same call again finds the cart empty, and is still the same order.
    assert_eq!(customer.post_with_key("/api/v1/orders", &key, &body).unwrap().expect(201).unwrap()["id"], order["id"]);
    assert_eq!(customer.post("/api/v1/orders", &body).unwrap().expect(409).unwrap()["code"], "empty_cart");
    // And what was put into the next cart meanwhile stays there.
    customer.post("/api/v1/cart/items", &item(&chain.store, 2)).unwrap().expect(200).unwrap();
    assert_eq!(customer.post_with_key("/api/v1/orders", &key, &body).unwrap().expect(201).unwrap()["id"], order["id"]);
    assert_eq!(customer.get("/api/v1/cart").unwrap().expect(200).unwrap()["lines"][0]["quantity"], 2);
}

#[test]
fn a_cart_takes_no_nonsense() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (_, customer) = chain.customer().unwrap();
    let unknown = json!({"store_id": chain.store, "line": {"variant_sku": "no-such-tea", "quantity": 1}});
    let refused = customer.post("/api/v1/cart/items", &unknown).unwrap().expect(422).unwrap();
    assert_eq!(refused["errors"][0]["path"], "line.variant_sku");
    customer.post("/api/v1/cart/items", &item(&chain.store, 0)).unwrap().expect(422).unwrap();
    customer.post("/api/v1/cart/items", &item("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44", 1)).unwrap().expect(404).unwrap();
    let bad = chain.nobody.with_header("x-cart-token", "mine").get("/api/v1/cart").unwrap();
    assert_eq!(bad.expect(400).unwrap()["code"], "invalid_cart_token");
    let whole = json!({"store_id": chain.store, "lines": [golden_bubble(2)]});
    assert_eq!(customer.put("/api/v1/cart", &whole).unwrap().expect(200).unwrap()["lines"][0]["quantity"], 2);
    customer.send("DELETE", "/api/v1/cart", None, None).unwrap().expect(204).unwrap();
    assert_eq!(customer.get("/api/v1/cart").unwrap().expect(200).unwrap()["store_id"], Value::Null);
    let both = json!({"store_id": chain.store, "from_cart": true, "lines": [golden_bubble(1)]});
    customer.post("/api/v1/orders", &both).unwrap().expect(422).unwrap();
}

#[test]
fn a_cart_outlives_a_restart() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("cart-restart").unwrap();
    let chain = kirana_tests::Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    customer.post("/api/v1/cart/items", &item(&chain.store, 2)).unwrap().expect(200).unwrap();
    platform.kill_and_restart().unwrap();
    assert_eq!(customer.get("/api/v1/cart").unwrap().expect(200).unwrap()["lines"][0]["quantity"], 2);
}
