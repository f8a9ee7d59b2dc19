//! Notices: late, twice, out of order, forged, of the wrong amount (S9); all at once: `storm.rs`.

use super::fake::{Fake, SECRET, intent, notice, now, signature};
use super::forged;
use super::{Shop, amount, stripe, total};
use crate::{wait_for_status, wanted};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn open(name: &str) -> (Fake, Shop) {
    let fake = Fake::start();
    let shop = Shop::open(name, &json!({"stripe": stripe(&fake.url)}));
    (fake, shop)
}

fn about(event: &str, kind: &str, payment: &Value, status: &str) -> Value {
    let (reference, id) = (payment["reference"].as_str().unwrap(), payment["id"].as_str());
    notice(event, kind, &intent(reference, id, amount(&payment["amount"]), status))
}

#[test]
fn forged_notices_change_nothing_and_genuine_ones_once() {
    if !wanted() {
        return;
    }
    let (_fake, shop) = open("gateways-forged");
    let order = shop.order(1);
    let payment = shop.pay(&order, "pm_pending");
    assert_eq!(payment["status"], "pending");
    let genuine = about("evt_1", "succeeded", &payment, "succeeded");
    let (body, time) = (genuine.to_string(), now());
    let header = signature(&body, SECRET, time);
    forged::none_is_believed(&shop, "stripe", &payment);
    assert_eq!(shop.unbelieved("stripe", None), forged::forged("stripe", &payment).len(), "each is in the log");
    let elsewhere = shop.chain.nobody.post("/api/v1/webhooks/paypal", &json!({})).unwrap();
    assert_eq!(elsewhere.status, 404, "not configured");

    // Of other amounts, or in another currency: noted and shown, and nothing more.
    forged::other_money_is_flagged(&shop, "stripe", "SEK");
    let path = format!("/api/v1/payments?store_id={}&flagged=true&status=pending&gateway=stripe", shop.chain.store);
    let flagged = shop.chain.manager.get(&path).unwrap().expect(200).unwrap();
    assert_eq!(flagged["items"].as_array().unwrap().len(), 3, "{flagged}");

    // The genuine one, three times at once; then what is older than it.
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(shop.told(&body, &header), 204));
        }
    });
    for (event, kind, status) in [
        ("evt_3", "processing", "processing"),
        ("evt_4", "requires_action", "requires_action"),
        ("evt_5", "payment_failed", "requires_payment_method"),
        ("evt_6", "canceled", "canceled"),
        ("evt_7", "succeeded", "succeeded"),
    ] {
        assert_eq!(shop.tell(&about(event, kind, &payment, status)), 204, "{kind}");
    }
    assert_eq!(shop.payment(&payment)["status"], "completed");
    let paid = wait_for_status(&shop.customer, order["id"].as_str().unwrap(), "confirmed");
    assert_eq!(paid["payment"]["paid"], order["totals"]["total"]);
    assert_eq!(shop.at_gateways(), total(&order));
}

#[test]
fn a_card_number_is_refused_wherever_it_stands_and_kept_nowhere() {
    if !wanted() {
        return;
    }
    let (_fake, shop) = open("gateways-cards");
    let order = shop.order(1);
    let paid = shop.pay(&order, "pm_card_visa");
    let card = "4000 0566 5566 5556";
    let (spaced, plain) = (json!(card), json!(card.replace(' ', "")));
    for number in [&spaced, &plain, &json!(plain.as_str().unwrap().parse::<i64>().unwrap())] {
        for field in ["token", "return_url", "cancel_url", "capture", "gateway", "nobody_knows_it"] {
            let refused = shop.initiate(&order, &json!({field: number}));
            assert_eq!((refused.status, &refused.body["code"]), (422, &json!("card_number")), "{field}");
            assert!(!refused.text.contains("5556"), "{}", refused.text);
        }
        for (step, body) in [
            ("refund", json!({"reason": number})),
            ("capture", json!({"a": {"b": [number]}})),
            ("void", json!({"note": number})),
        ] {
            assert_eq!(shop.step(&paid, step, &body).expect(422).unwrap()["code"], "card_number", "{step}");
        }
        let back = json!({"payment_id": paid["id"], "razorpay_signature": number});
        let refused = shop.customer.post("/api/v1/payments/verify", &back).unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (422, &json!("card_number")));
    }
    let keyed = json!({"order_id": order["id"], "gateway": "stripe", "token": "pm_card_visa"});
    let refused = shop.customer.post_with_key("/api/v1/payments/initiate", plain.as_str().unwrap(), &keyed).unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (400, &json!("card_number")));
    // Typed into a note, wherever there is one: refused before anything is read of it. Looked for in a search: in no log.
    for (who, path) in [
        (&shop.customer, "/api/v1/orders".to_owned()),
        (&shop.customer, "/api/v1/quotes".to_owned()),
        (&shop.customer, "/api/v1/cart/items".to_owned()),
        (&shop.customer, "/api/v1/gift-cards/redeem".to_owned()),
        (&shop.chain.staff, "/api/v1/inventory/stock-movement".to_owned()),
        (&shop.chain.manager, format!("/api/v1/payments/{}/review", paid["id"].as_str().unwrap())),
    ] {
        let refused = who.post(&path, &json!({"lines": [{"note": spaced}]})).unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (422, &json!("card_number")), "{path}");
        assert!(refused.text.contains("lines[0].note") && !refused.text.contains("5556"), "{}", refused.text);
    }
    shop.chain.nobody.get(&format!("/api/v1/products/search?q={}&limit=many", plain.as_str().unwrap())).unwrap();
    drop(shop);
    let written = written("gateways-cards", &[card, plain.as_str().unwrap()]);
    assert_eq!(written, Vec::<PathBuf>::new(), "everything that the platform has written: databases, objects, logs");
}

/// The files of a platform that ended in which one of these stands.
pub fn written(name: &str, needles: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e").join(name);
    let (mut folders, mut files, mut found) = (vec![root], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map_while(Result::ok) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap_or_default()).into_owned();
            files += 1;
            found.extend(needles.iter().any(|needle| text.contains(needle)).then(|| entry.path()));
        }
    }
    assert!(files > 10, "{files} files");
    found
}
