//! Menu boards follow the store's stock and prices, with no person's hand: only the clock moves.

use super::{key, public};
use crate::wanted;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer;
use kirana_tests::{Chain, Platform};
use serde_json::{Value, json};
use tungstenite::Message;

const TEA: &str = "golden-bubble-milk-tea/medium";

fn item<'a>(slide: &'a Value, sku: &str) -> Option<&'a Value> {
    slide["items"].as_array().unwrap().iter().find(|item| item["sku"] == sku)
}

/// Waits for a frame of a type; what it answers to others is said by the second argument.
type Next<'a> = dyn FnMut(&str, &mut dyn FnMut(&Value) -> Option<Value>) -> Value + 'a;

#[test]
fn a_board_strikes_what_is_sold_out_and_shows_new_prices() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("boards").unwrap();
    let chain = Chain::open(&platform, 2).unwrap();
    let made = json!({"store_id": chain.store, "kind": "tv", "name": "Above the counter"});
    let made = chain.manager.post("/api/v1/devices", &made).unwrap().expect(201).unwrap();
    let (id, key) = (made["device"]["id"].as_str().unwrap().to_owned(), key());
    let claim = json!({"code": made["claim"]["code"], "public_key": public(&key)});
    chain.nobody.post("/api/v1/devices/claim", &claim).unwrap().expect(201).unwrap();
    let path = |of: &str| format!("/api/v1/devices/{id}/{of}");
    let (mut socket, _) = tungstenite::connect(chain.nobody.socket_address(&path("connect"))).unwrap();
    let mut next = |kind: &str, answer: &mut dyn FnMut(&Value) -> Option<Value>| loop {
        if let Message::Text(text) = socket.read().unwrap() {
            let frame: Value = serde_json::from_str(text.as_str()).unwrap();
            if let Some(said) = answer(&frame) {
                socket.send(Message::text(said.to_string())).unwrap();
            }
            if frame["type"] == kind {
                return frame;
            }
        }
    };
    next("welcome", &mut |frame| {
        let text = format!("kirana device 1 hello\n{id}\n{}", frame["nonce"].as_str()?);
        let proof = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
        Some(json!({"type": "hello", "v": 1, "proof": proof}))
    });
    let mut reports = |frame: &Value| {
        (frame["type"] == "desired").then(|| json!({"type": "reported", "version": frame["version"], "config": {}}))
    };
    let wrong = json!({"config": {"playlist": [{"type": "film"}]}});
    let refused = chain.manager.put(&path("configuration"), &wrong).unwrap().expect(422).unwrap();
    assert!(refused.to_string().contains("playlist[0]"), "{refused}");
    let playlist = json!([{"type": "menu", "title": "All", "sold_out": "strike"}, {"type": "menu", "title": "There is"},
        {"type": "text", "text": "Welcome"}]);
    chain.manager.put(&path("configuration"), &json!({"config": {"playlist": playlist}})).unwrap().expect(200).unwrap();
    // The list as it was put, and at once what it shows.
    let mut shown = |next: &mut Next<'_>| loop {
        let desired = next("desired", &mut reports);
        let slides = desired["config"]["playlist"].clone();
        if slides[0]["items"].is_array() {
            return slides;
        }
    };
    let slides = shown(&mut next);
    let tea = item(&slides[0], TEA).unwrap();
    assert_eq!((&tea["sold_out"], &tea["name"]), (&json!(false), &json!("Golden Bubble Milk Tea")));
    let price = tea["price"]["amount"].as_i64().unwrap();
    assert!(item(&slides[1], TEA).is_some() && slides[2]["text"] == "Welcome");
    // The last cups go.
    let (_, customer) = chain.customer().unwrap();
    let two = chain.order(&[kirana_tests::chain::golden_bubble(2)]);
    let order = customer.post("/api/v1/orders", &two).unwrap().expect(201).unwrap();
    platform.tick().unwrap();
    let slides = shown(&mut next);
    assert_eq!(item(&slides[0], TEA).unwrap()["sold_out"], true);
    assert!(item(&slides[1], TEA).is_none());
    // They come back, at another price.
    let cancelled = format!("/api/v1/orders/{}/cancel", order["id"].as_str().unwrap());
    customer.post(&cancelled, &json!({"reason": "another day"})).unwrap().expect(200).unwrap();
    let dearer = json!([{"sku": TEA, "price": {"amount": price + 500, "currency": "THB"}}]);
    let overrides = format!("/api/v1/stores/{}/menu/overrides", chain.store);
    let put = chain.manager.put(&overrides, &json!({"overrides": dearer})).unwrap();
    assert!(put.status < 300, "{}", put.body);
    platform.tick().unwrap();
    let slides = shown(&mut next);
    let tea = item(&slides[1], TEA).unwrap();
    assert_eq!((&tea["price"]["amount"], &tea["sold_out"]), (&json!(price + 500), &json!(false)));
    // Nothing happened: nothing is told.
    platform.tick().unwrap();
    let status = chain.manager.get(&path("status")).unwrap().expect(200).unwrap();
    assert_eq!(status["desired"]["playlist"], slides);
    assert_eq!(status["desired_version"], 4);
}
