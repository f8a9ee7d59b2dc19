//! Keys of integrations: shown once, scoped, never more than their maker, revoked at once.

use super::{account, client, log_in};
use crate::{shared, wanted};
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};
use std::time::Duration;

fn wanted_key(scopes: &[&str]) -> Value {
    let tomorrow = "2027-06-01T00:00:00Z";
    json!({"name": "Till", "role": "manager", "stores": [shared().store], "scopes": scopes, "expires_at": tomorrow})
}

fn make(maker: &Client, scopes: &[&str]) -> (Value, Client) {
    let made = maker.post("/api/v1/api-keys", &wanted_key(scopes)).unwrap().expect(201).unwrap();
    let key = shared().nobody.with_header("x-api-key", made["secret"].as_str().unwrap());
    (made, key)
}

fn until_refused(key: &Client, path: &str) {
    eventually("the key to be refused", Duration::from_secs(10), || {
        let answer = key.get(path).map_err(|error| error.to_string())?;
        if answer.status == 401 { Ok(()) } else { Err(format!("{} {}", answer.status, answer.body)) }
    })
    .unwrap();
}

#[test]
fn a_key_opens_what_its_scopes_say_until_it_is_revoked() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let maker = client(&log_in(&account("maker", &["manager"]), "office"));
    let (made, key) = make(&maker, &["inventory:read", "stores:read"]);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("kk_") && secret.len() == 67 && secret.starts_with(made["hint"].as_str().unwrap()));
    let (stock, tickets) =
        (format!("/api/v1/inventory/{}", chain.store), format!("/api/v1/stores/{}/kitchen/tickets", chain.store));
    for client in [&key, &chain.nobody.with_token(secret)] {
        client.get(&stock).unwrap().expect(200).unwrap();
        client.get(&tickets).unwrap().expect(200).unwrap();
        let refused = client.get("/api/v1/analytics/sales").unwrap().expect(403).unwrap();
        assert_eq!(refused["scope"], "analytics:read");
        let movement = json!({"store_id": chain.store, "sku": "cup", "quantity": 1, "kind": "receive"});
        let refused = client.post("/api/v1/inventory/stock-movement", &movement).unwrap().expect(403).unwrap();
        assert_eq!(refused["scope"], "inventory:write", "reading is not writing");
        for people in ["/api/v1/auth/me", "/api/v1/auth/sessions", "/api/v1/api-keys", "/api/v1/users"] {
            client.get(people).unwrap().expect(403).unwrap();
        }
    }
    let list = maker.get("/api/v1/api-keys").unwrap().expect(200).unwrap();
    assert!(list["items"][0]["last_used_at"].is_string() && list["items"][0]["secret"].is_null(), "{list}");
    let path = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
    chain.manager.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    maker.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    until_refused(&key, &stock);
    assert_eq!(maker.get("/api/v1/api-keys").unwrap().expect(200).unwrap()["items"], json!([]));
}

#[test]
fn a_key_is_in_its_makers_stores_and_no_others() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let foreign = chain.open_another("Foreign to keys", 10).unwrap();
    let (_, key) = make(&chain.manager, &["inventory:read"]);
    key.get(&format!("/api/v1/inventory/{foreign}")).unwrap().expect(404).unwrap();
    let more = |field: &str, value: Value| {
        let mut key = wanted_key(&["inventory:read"]);
        key[field] = value;
        chain.manager.post("/api/v1/api-keys", &key).unwrap().status
    };
    assert_eq!(more("stores", json!([foreign])), 403);
    assert_eq!(more("role", json!("admin")), 403);
    assert_eq!(more("role", json!("service")), 422);
    assert_eq!(more("scopes", json!(["users:write"])), 422);
    assert_eq!(more("maker_id", json!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44")), 422, "no such field");
    for bad in ["kk_", "kk_0000", "x", &format!("kk_{}", "0".repeat(64)), &"k".repeat(4_000)] {
        let answer = chain.nobody.with_header("x-api-key", bad).get(&format!("/api/v1/inventory/{foreign}")).unwrap();
        assert_eq!((answer.status, answer.body["code"].as_str()), (401, Some("unauthenticated")), "{bad}");
    }
}

#[test]
fn a_key_loses_what_its_maker_loses() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let session = log_in(&account("leaving", &["manager"]), "office");
    let (_, key) = make(&client(&session), &["inventory:read"]);
    let stock = format!("/api/v1/inventory/{}", chain.store);
    key.get(&stock).unwrap().expect(200).unwrap();
    let place = format!("/api/v1/stores/{}/staff/{}", chain.store, session["user"]["id"].as_str().unwrap());
    chain.admin.send("DELETE", &place, None, None).unwrap().expect(204).unwrap();
    until_refused(&key, &stock);
}
