//! Swish, by a peer of the tests that speaks as its documents say: a payment request, the payer's phone, callbacks that nobody signed, a
//! refund; in kronor, to the öre.

use super::others::{Heard, peer};
use super::{Shop, amount, total};
use crate::ordering::drained;
use crate::{wait_for_status, wanted};
use kirana_tests::{Chain, eventually};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const PAYEE: &str = "1231181189";
const WORLD: &str = "https://shop.example";

/// How each request stands at Swish, by its instruction.
type Standing = Arc<Mutex<BTreeMap<String, &'static str>>>;

/// What Swish says of a payment request or a refund that it was asked for.
fn told(heard: &[Heard], kind: &str, instruction: &str, status: &str) -> Option<Value> {
    let line = format!("PUT /swish-cpcapi/api/v2/{kind}/{instruction}");
    let (_, asked) = heard.iter().find(|(found, _)| *found == line)?;
    let mut thing = asked.clone();
    thing["id"] = json!(instruction);
    thing["status"] = json!(status);
    // It is sent as a text, and told as a number.
    thing["amount"] = json!(asked["amount"].as_str()?.parse::<f64>().ok()?);
    if kind == "paymentrequests" && status == "PAID" {
        thing["paymentReference"] = json!(format!("REF{instruction}"));
    }
    Some(thing)
}

fn swish(standing: &Standing) -> (String, Arc<Mutex<Vec<Heard>>>) {
    let standing = Arc::clone(standing);
    let (url, heard) = peer(move |line, _, heard| {
        let (method, path) = line.split_once(' ')?;
        let (kind, instruction) = path.strip_prefix("/swish-cpcapi/api/")?.get(3..)?.split_once('/')?;
        let mut all = standing.lock().unwrap();
        match method {
            "PUT" => {
                all.insert(instruction.to_owned(), "CREATED");
                Some(json!({}))
            }
            "PATCH" => {
                all.insert(instruction.to_owned(), "CANCELLED");
                told(heard, kind, instruction, "CANCELLED")
            }
            _ => told(heard, kind, instruction, all.get(instruction)?),
        }
    });
    (format!("{url}/swish-cpcapi"), heard)
}

/// A store in Stockholm with tea at 45 kronor, 12 % of tax in it.
fn in_stockholm(chain: &Chain) -> Chain {
    let menu = json!({"name": "Fika", "currency": "SEK", "modifier_groups": {}, "items": [{"name": "Te", "category": "Te",
        "description": "Varmt", "alcoholic": false, "variants": [{"name": "Kopp", "price": 45, "modifier_groups": []}]}]});
    let menu = chain.admin.post("/api/v1/catalog/import", &menu).unwrap().expect(200).unwrap()["menu_id"].clone();
    let store = json!({"franchisee_id": chain.franchisee, "name": "Slussen", "address": "Götgatan 1", "city": "Stockholm", "country": "SE",
        "position": {"latitude": 59.3195, "longitude": 18.0722}, "time_zone": "Europe/Stockholm", "currency": "SEK",
        "tax": {"name": "VAT", "rate_bp": 1_200, "inclusive": true}, "hours": {"spans": [{"day": 1, "opens": "09:00", "closes": "21:00"}]}});
    let store = chain.admin.post("/api/v1/stores", &store).unwrap().expect(201).unwrap()["id"].clone();
    let store = store.as_str().unwrap().to_owned();
    chain.admin.put(&format!("/api/v1/stores/{store}/menu"), &json!({"menu_id": menu})).unwrap().expect(204).unwrap();
    let goods = json!({"items": [{"sku": "te/kopp", "name": "Te", "unit": "piece"}], "recipes": []});
    chain.admin.put(&format!("/api/v1/inventory/{store}/setup"), &goods).unwrap().expect(204).unwrap();
    let came = json!({"store_id": store, "kind": "receive", "sku": "te/kopp", "quantity": 100, "cost": 1_000});
    chain.admin.post("/api/v1/inventory/stock-movement", &came).unwrap().expect(201).unwrap();
    let [nobody, admin, manager, staff] = [&chain.nobody, &chain.admin, &chain.admin, &chain.admin].map(Clone::clone);
    Chain { nobody, admin, manager, staff, store, franchisee: chain.franchisee.clone(), menu }
}

fn order(shop: &Shop) -> Value {
    let wish = shop.chain.order(&[json!({"variant_sku": "te/kopp", "quantity": 1})]);
    shop.customer.post("/api/v1/orders", &wish).unwrap().expect(201).unwrap()
}

/// What the payer's phone is asked for, and where Swish tells us what became of it, below our own address.
fn asked(heard: &Mutex<Vec<Heard>>, kind: &str, id: &Value) -> (String, Value, String) {
    let instruction = id.as_str().unwrap().replace('-', "").to_uppercase();
    let line = format!("PUT /swish-cpcapi/api/v2/{kind}/{instruction}");
    let heard = heard.lock().unwrap();
    let all: Vec<_> = heard.iter().filter(|(found, _)| *found == line).collect();
    assert_eq!(all.len(), 1, "{line} is asked for once: {heard:?}");
    let body = all[0].1.clone();
    let back = body["callbackUrl"].as_str().unwrap().strip_prefix(WORLD).unwrap().to_owned();
    (instruction, body, back)
}

/// What of each account in kronor is not zero, by its name up to the store.
fn books(shop: &Shop) -> BTreeMap<String, i64> {
    let ledger = shop.chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let rows = ledger.as_array().unwrap().iter().filter(|row| row["currency"] == "SEK");
    let all: BTreeMap<String, i64> = rows
        .map(|row| (row["account"].as_str().unwrap(), row["balance"].as_i64().unwrap()))
        .map(|(account, balance)| (account.replace(&format!(":{}", shop.chain.store), ""), balance))
        .collect();
    assert_eq!(all.values().sum::<i64>(), 0, "{ledger}");
    all.into_iter().filter(|(_, balance)| *balance != 0).collect()
}

fn become_eventually(shop: &Shop, expected: &[(&str, i64)]) {
    let expected: BTreeMap<_, _> = expected.iter().map(|(name, balance)| ((*name).to_owned(), *balance)).collect();
    eventually("the books to be right", super::MINUTE, || {
        shop.tick();
        let found = books(shop);
        if found == expected { Ok(()) } else { Err(format!("{found:?}\n{expected:?}")) }
    })
    .unwrap();
}

#[test]
fn swish_asks_the_payers_phone_and_what_it_tells_is_looked_up() {
    if !wanted() {
        return;
    }
    let standing = Standing::default();
    let (base, heard) = swish(&standing);
    let account = json!({"base": base, "payee": PAYEE, "live": false});
    let mut shop = Shop::open_with("gateways-swish", &json!({"swish": account}), &[("PUBLIC_URL", WORLD)]);
    shop.chain = in_stockholm(&shop.chain);
    let stands = |instruction: &str, status| standing.lock().unwrap().insert(instruction.to_owned(), status);
    let says =
        |kind: &str, instruction: &str, status: &str| told(&heard.lock().unwrap(), kind, instruction, status).unwrap();
    let call_back = |path: &str, body: &Value| shop.chain.nobody.post(path, body).unwrap().status;
    let initiate =
        |order: &Value| shop.initiate(order, &json!({"gateway": "swish", "token": "46701234567"})).expect(201).unwrap();

    // The phone rings. Nothing is paid by it, nor by whoever only says so.
    let tea = order(&shop);
    assert_eq!(tea["totals"]["total"], json!({"amount": 4_500, "currency": "SEK"}));
    let payment = initiate(&tea);
    assert_eq!((&payment["status"], &payment["action"]), (&json!("requires_action"), &json!({"kind": "wait"})));
    let (instruction, body, back) = asked(&heard, "paymentrequests", &payment["id"]);
    let money = [&body["amount"], &body["currency"], &body["payeeAlias"], &body["payerAlias"]];
    assert_eq!(money, [&json!("45.00"), &json!("SEK"), &json!(PAYEE), &json!("46701234567")]);
    let paid = says("paymentrequests", &instruction, "PAID");
    let (path, _) = back.split_once('?').unwrap();
    assert_eq!([path, &format!("{path}?key=guessed")].map(|path| call_back(path, &paid)), [404, 404]);
    assert_eq!(call_back(&back, &paid), 204, "whoever knows the address is heard, and Swish is asked");
    assert_eq!(shop.payment(&payment)["status"], "requires_action");
    assert_eq!(books(&shop), BTreeMap::new());

    // The payer says yes. Told twice, it is paid once.
    stands(&instruction, "PAID");
    for _ in 0..2 {
        assert_eq!(call_back(&back, &paid), 204);
    }
    let payment = shop.until_status(&payment, "completed");
    assert_eq!((&payment["captured"], &payment["flag"]), (&tea["totals"]["total"], &Value::Null));
    let id = tea["id"].as_str().unwrap();
    wait_for_status(&shop.customer, id, "confirmed");
    become_eventually(&shop, &[("deposits", -4_500), ("gateway:swish", 4_500)]);
    for status in ["preparing", "ready", "collected", "completed"] {
        let to = json!({"status": status});
        shop.chain.manager.put(&format!("/api/v1/orders/{id}/status"), &to).unwrap().expect(200).unwrap();
    }
    drained(&shop.chain);
    // 45.00 with 12 % in it: 45 * 12 / 112 = 4.821.
    become_eventually(&shop, &[("gateway:swish", 4_500), ("sales", -4_018), ("tax:SE/vat", -482)]);

    // Ten kronor go back, of the payment that Swish named. On their way they are not there yet.
    shop.step(&payment, "refund", &json!({"amount": 1_000, "reason": "it was cold"})).expect(202).unwrap();
    let path = format!("/api/v1/payments/refunds?store_id={}", shop.chain.store);
    let refund = eventually("the refund to be asked for", super::MINUTE, || {
        shop.tick();
        let refund = shop.chain.manager.get(&path).unwrap().expect(200).unwrap()["items"][0].clone();
        if refund["status"] == "pending" { Ok(refund) } else { Err(refund.to_string()) }
    })
    .unwrap();
    let (returned, body, back) = asked(&heard, "refunds", &refund["id"]);
    let money = [&body["amount"], &body["payerAlias"], &body["originalPaymentReference"]];
    assert_eq!(money, [&json!("10.00"), &json!(PAYEE), &json!(format!("REF{instruction}"))]);
    stands(&returned, "DEBITED");
    assert_eq!(call_back(&back, &says("refunds", &returned, "DEBITED")), 204);
    shop.tick();
    assert_eq!(amount(&shop.payment(&payment)["refunded"]), 0);
    stands(&returned, "PAID");
    assert_eq!(call_back(&back, &says("refunds", &returned, "PAID")), 204);
    shop.until(&payment, "ten kronor to be back", |payment| amount(&payment["refunded"]) == 1_000);
    // Each part is less by its share, rounded down, and sales have the rest.
    become_eventually(&shop, &[("gateway:swish", 3_500), ("sales", -3_126), ("tax:SE/vat", -374)]);

    called_off(&shop, &heard, &initiate(&order(&shop)));
    let trial = shop.chain.admin.get("/api/v1/ledger/trial-balance").unwrap().expect(200).unwrap();
    let kronor = trial["rows"].as_array().unwrap().iter().filter(|row| row["currency"] == "SEK");
    let (debits, credits) = kronor.fold((0, 0), |(debits, credits), row| {
        (debits + row["debits"].as_i64().unwrap(), credits + row["credits"].as_i64().unwrap())
    });
    assert_eq!((debits, debits > total(&tea)), (credits, true), "{trial}");
}

/// Called off while the phone rings: it stops ringing, and nothing is taken.
fn called_off(shop: &Shop, heard: &Mutex<Vec<Heard>>, payment: &Value) {
    let path = format!("/api/v1/orders/{}/cancel", payment["order_id"].as_str().unwrap());
    shop.customer.post(&path, &json!({})).unwrap().expect(200).unwrap();
    let ended = shop.until_status(payment, "cancelled");
    let instruction = payment["id"].as_str().unwrap().replace('-', "").to_uppercase();
    let line = format!("PATCH /swish-cpcapi/api/v1/paymentrequests/{instruction}");
    assert!(heard.lock().unwrap().iter().any(|(found, _)| *found == line), "Swish is told");
    assert_eq!((amount(&ended["captured"]), books(shop).get("gateway:swish")), (0, Some(&3_500)));
}
