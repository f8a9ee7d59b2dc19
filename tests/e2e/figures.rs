//! What owners read: days by the store's own clock, stores together, and orders found again.
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use crate::amend::rfc3339;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

/// The day and the hour in Bangkok now, seven hours ahead all year.
fn bangkok() -> (String, i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 7 * 3_600;
    (rfc3339(now)[..10].to_owned(), i64::try_from(now / 3_600 % 24).unwrap())
}

fn owner(chain: &Chain, email: &str, franchisee: &Value) -> Client {
    let user = json!({"email": email, "password": "correct horse battery", "name": "Somchai", "roles": ["owner"], "franchisee_id": franchisee});
    chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    let login = json!({"email": email, "password": "correct horse battery"});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    chain.nobody.with_login(session["access_token"].as_str().unwrap(), email, "correct horse battery")
}

/// Orders cups at a store and pays them.
fn sell(chain: &Chain, customer: &Client, store: &str, cups: i64, fulfilment: &str) -> String {
    let mut body = chain.order(&[golden_bubble(cups)]);
    body["store_id"] = json!(store);
    body["fulfilment"] = json!(fulfilment);
    if fulfilment == "dine_in" {
        body["table"] = json!("4");
    }
    let order = customer.post("/api/v1/orders", &body).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap().to_owned();
    pay(customer, &id, "tok_success");
    wait_for_status(customer, &id, "confirmed");
    id
}

#[test]
fn an_owner_reads_all_stores_by_their_own_clocks() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("summary").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let second = chain.open_another("Thong Lo", 100).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let first_order = sell(&chain, &customer, &chain.store, 1, "pickup");
    sell(&chain, &customer, &second, 2, "pickup");
    for status in ["preparing", "ready", "preparing", "ready"] {
        let to = json!({"status": status});
        chain.manager.put(&format!("/api/v1/orders/{first_order}/status"), &to).unwrap().expect(200).unwrap();
    }
    let ours = owner(&chain, "ours@example.com", &chain.franchisee);
    let (day, hour) = bangkok();
    let path = format!("/api/v1/analytics/summary?from={day}&to={day}");
    let summary = eventually("both sales", MINUTE, || {
        let summary =
            ours.get(&path).map_err(|error| error.to_string())?.expect(200).map_err(|error| error.to_string())?;
        let today = &summary["days"][0];
        let right = today["paid"] == 2 && today["revenue"] == 3 * TEA && today["made"] == 1;
        if right { Ok(summary) } else { Err(summary.to_string()) }
    })
    .unwrap();
    assert_eq!(summary["days"][0]["day"], day, "a day in Bangkok");
    let stores: Vec<_> =
        summary["stores"].as_array().unwrap().iter().map(|one| (&one["name"], &one["revenue"])).collect();
    assert_eq!(stores, [(&json!("Thong Lo"), &json!(2 * TEA)), (&json!("Siam"), &json!(TEA))]);
    let hours = summary["hours"].as_array().unwrap();
    assert_eq!(hours.iter().map(|one| one["revenue"].as_i64().unwrap()).sum::<i64>(), 3 * TEA);
    assert!(hours.iter().all(|one| (hour - one["hour"].as_i64().unwrap()).abs() <= 1), "{hour}: {hours:?}");
    assert_eq!(summary["benchmark"], json!([]), "two stores would tell of each other");
    // Of six stores that are all one's own there is nothing to be told, and nothing that would tell of others; the chain hears of all.
    for name in ["Ari", "Bang Na", "Chatuchak", "Din Daeng"] {
        let store = chain.open_another(name, 100).unwrap();
        sell(&chain, &customer, &store, 1, "pickup");
    }
    let stores = eventually("a benchmark of six stores", MINUTE, || {
        let all = chain.admin.get(&path).map_err(|error| error.to_string())?.body;
        let stores = all["benchmark"][0]["stores"].as_i64().unwrap_or_default();
        if stores == 6 { Ok(stores) } else { Err(all["benchmark"].to_string()) }
    });
    assert_eq!((stores.unwrap(), &ours.get(&path).unwrap().body["benchmark"]), (6, &json!([])));
    let other =
        chain.admin.post("/api/v1/franchisees", &json!({"name": "Chiang Mai Boba"})).unwrap().expect(201).unwrap();
    let theirs = owner(&chain, "theirs@example.com", &other["id"]);
    let told = theirs.get(&path).unwrap().expect(200).unwrap();
    assert_eq!((&told["benchmark"][0]["stores"], told["stores"].as_array().unwrap().len()), (&json!(6), 0));

    // One store; a manager's own; nobody else's.
    let one = |who: &Client| who.get(&format!("{path}&store_id={second}")).unwrap();
    assert_eq!(one(&ours).expect(200).unwrap()["days"][0]["revenue"], 2 * TEA);
    assert_eq!(one(&chain.manager).status, 404);
    assert_eq!(chain.manager.get(&path).unwrap().expect(200).unwrap()["days"][0]["revenue"], TEA);
    assert_eq!(one(&theirs).status, 404);
    let asked =
        |who: &Client| who.get(&format!("{path}&franchisee_id={}", chain.franchisee.as_str().unwrap())).unwrap();
    assert_eq!((asked(&theirs).status, asked(&chain.admin).status), (404, 200));
    for wrong in ["?from=today&to=today", "?from=2026-11-26", ""] {
        assert_eq!(ours.get(&format!("/api/v1/analytics/summary{wrong}")).unwrap().status, 400, "{wrong}");
    }
}

#[test]
fn an_order_is_found_by_what_people_remember_of_it() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("found-orders").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (_, mali) = chain.customer().unwrap();
    let begun = rfc3339(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    let here = sell(&chain, &mali, &chain.store, 1, "dine_in");
    let away = sell(&chain, &mali, &chain.store, 2, "pickup");
    chain
        .manager
        .put(&format!("/api/v1/orders/{away}/status"), &json!({"status": "preparing"}))
        .unwrap()
        .expect(200)
        .unwrap();
    let found = |who: &Client, query: &str| {
        let path = format!("/api/v1/orders?store_id={}{query}", chain.store);
        let answer = who.get(&path).unwrap().expect(200).unwrap();
        answer["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    eventually("both in the history", MINUTE, || match found(&chain.manager, "&status=preparing") {
        items if items.len() == 1 => Ok(()),
        items => Err(format!("{items:?}")),
    })
    .unwrap();
    let both = vec![away.clone(), here.clone()];
    for (query, expected) in [
        ("", &both),
        ("&status=confirmed,preparing", &both),
        ("&status=confirmed", &vec![here.clone()]),
        ("&fulfilment=dine_in", &vec![here.clone()]),
        ("&q=a-001", &vec![]),
        ("&q=A-001", &vec![here.clone()]),
        ("&q=mAl", &both),
        ("&q=nobody", &vec![]),
        ("&q=Mali&fulfilment=pickup", &vec![away.clone()]),
        ("&from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z", &vec![]),
        (&format!("&from={begun}"), &both),
        (&format!("&until={begun}"), &vec![]),
    ] {
        assert_eq!(found(&chain.manager, query), *expected, "{query}");
    }
    // A customer's own, by number.
    let own = mali.get("/api/v1/orders?q=A-002").unwrap().expect(200).unwrap();
    assert_eq!(own["items"][0]["id"], away);
    for wrong in ["&status=eaten", "&status=", "&fulfilment=mail", "&from=yesterday"] {
        let path = format!("/api/v1/orders?store_id={}{wrong}", chain.store);
        assert_eq!(chain.manager.get(&path).unwrap().status, 400, "{wrong}");
    }
    // Support reads a customer's, and nobody else does.
    let hers = format!("/api/v1/orders?customer_id={}", own["items"][0]["customer"]["id"].as_str().unwrap());
    assert_eq!(chain.admin.get(&hers).unwrap().expect(200).unwrap()["items"].as_array().unwrap().len(), 2);
    assert_eq!((mali.get(&hers).unwrap().status, chain.manager.get(&hers).unwrap().status), (200, 403));
    // What can be paid with, for whoever has not signed in yet.
    let gateways = chain.nobody.get("/api/v1/payments/gateways").unwrap().expect(200).unwrap();
    assert_eq!(
        gateways,
        json!([{"name": "gift_balance", "moves_money": true}, {"name": "points", "moves_money": true}, {"name": "sandbox", "moves_money": false}])
    );
}
