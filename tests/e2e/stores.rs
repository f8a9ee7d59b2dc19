//! Those who run stores: settings, pauses, people, imports and what others hear of it.

use crate::ordering::drained;
use crate::{shared, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn post(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, body).unwrap();
    assert!(answer.status < 300, "POST {path}: {} {}", answer.status, answer.body);
    answer.body
}

/// Somebody who may log in: the id, and a client that is them, with what they are now.
fn somebody(chain: &Chain, email: &str) -> (String, impl Fn() -> Client) {
    let password = "correct horse battery";
    let user = json!({"email": email, "password": password, "name": "Som", "roles": ["customer"]});
    let user = post(&chain.admin, "/api/v1/users", &user);
    let id = user["id"].as_str().unwrap().to_owned();
    let (nobody, login) = (chain.nobody.clone(), json!({"email": email, "password": password}));
    let again = move || {
        let session = post(&nobody, "/api/v1/auth/login", &login);
        nobody.with_token(session["access_token"].as_str().unwrap())
    };
    (id, again)
}

/// Another franchise with a store and its owner.
fn other_franchise(chain: &Chain, name: &str) -> (String, Client) {
    let franchisee = post(&chain.admin, "/api/v1/franchisees", &json!({"name": name}));
    let mut store = chain.admin.get(&format!("/api/v1/stores/{}", chain.store)).unwrap().expect(200).unwrap();
    store["franchisee_id"] = franchisee["id"].clone();
    store["name"] = name.into();
    let store = post(&chain.admin, "/api/v1/stores", &store)["id"].as_str().unwrap().to_owned();
    let email = format!("owner@{}.example", name.to_lowercase().replace(' ', "-"));
    let owner = json!({"email": email, "password": "correct horse battery", "name": "Somsri", "roles": ["owner"], "franchisee_id": franchisee["id"]});
    post(&chain.admin, "/api/v1/users", &owner);
    let session =
        post(&chain.nobody, "/api/v1/auth/login", &json!({"email": email, "password": "correct horse battery"}));
    (store, chain.nobody.with_token(session["access_token"].as_str().unwrap()))
}

#[test]
fn a_paused_store_takes_no_orders_and_says_why() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("paused").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let store = format!("/api/v1/stores/{}", chain.store);
    let order = |body: &Value| customer.post("/api/v1/orders", body).unwrap();
    let eventually_refused = |body: &Value, code: &str| {
        eventually(code, MINUTE, || {
            let answer = order(body);
            if answer.body["code"] == code { Ok(answer) } else { Err(answer.body.to_string()) }
        })
        .unwrap()
    };
    let cup = chain.order(&[golden_bubble(1)]);

    chain.staff.post(&format!("{store}/pause"), &json!({"reason": " "})).unwrap().expect(422).unwrap();
    let paused = post(&chain.staff, &format!("{store}/pause"), &json!({"reason": "the ice machine is out"}));
    assert_eq!((&paused["paused"], &paused["open_now"]), (&json!(true), &json!(false)));
    let refused = eventually_refused(&cup, "store_paused");
    assert_eq!((refused.status, &refused.body["reason"]), (409, &json!("the ice machine is out")));
    let resumed = post(&chain.staff, &format!("{store}/resume"), &json!({}));
    assert_eq!((&resumed["paused"], &resumed["pause_reason"]), (&json!(false), &Value::Null));
    eventually("an order", MINUTE, || if order(&cup).status == 201 { Ok(()) } else { Err(String::new()) }).unwrap();

    let settings = json!({"fulfilments": ["pickup"], "minimum_order": {"amount": 100_000, "currency": "THB"}});
    chain.staff.put(&format!("{store}/settings"), &settings).unwrap().expect(403).unwrap();
    let set = chain.manager.put(&format!("{store}/settings"), &settings).unwrap().expect(200).unwrap();
    assert_eq!(set["settings"]["fulfilments"], json!(["pickup"]));
    let refused = eventually_refused(&cup, "below_minimum");
    assert_eq!(refused.body["minimum"], json!({"amount": 100_000, "currency": "THB"}));
    let mut delivered = cup.clone();
    delivered["fulfilment"] = "delivery".into();
    assert_eq!(eventually_refused(&delivered, "fulfilment_not_offered").body["offered"], json!(["pickup"]));
    let wrong = json!({"minimum_order": {"amount": 1, "currency": "USD"}});
    chain.manager.put(&format!("{store}/settings"), &wrong).unwrap().expect(422).unwrap();

    // Others hear of a store, and of it only.
    let sales = format!("/api/v1/analytics/sales?store_id={}", chain.store);
    let mut details = chain.manager.get(&store).unwrap().expect(200).unwrap();
    details["name"] = "Siam Square".into();
    details["tax"]["rate_bp"] = 1000.into();
    chain.manager.put(&store, &details).unwrap().expect(200).unwrap();
    eventually("analytics to know the name", MINUTE, || {
        let sales = chain.manager.get(&sales).map_err(|error| error.to_string())?.body;
        if sales["store_name"] == "Siam Square" { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
    eventually("the menu to have the tax", MINUTE, || {
        let menu = chain.nobody.get(&format!("{store}/menu")).map_err(|error| error.to_string())?.body;
        if menu["tax"]["rate_bp"] == 1000 { Ok(()) } else { Err(menu["tax"].to_string()) }
    })
    .unwrap();
    drained(&chain);
    let dead = chain.admin.get("/api/v1/dead-letters").unwrap().expect(200).unwrap();
    assert_eq!(dead["items"], json!([]));
}

#[test]
fn people_get_a_place_and_only_those_who_may_give_it_do() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let staff = format!("/api/v1/stores/{}/staff", chain.store);
    let (id, again) = somebody(chain, "som@example.com");
    let invariants = format!("/api/v1/inventory/{}/invariants", chain.store);
    again().get(&invariants).unwrap().expect(403).unwrap();

    let place = |role: &str| json!({"email": "SOM@example.com ", "role": role});
    chain.staff.post(&staff, &place("staff")).unwrap().expect(403).unwrap();
    chain.manager.post(&staff, &place("manager")).unwrap().expect(403).unwrap();
    chain.manager.post(&staff, &json!({"email": "nobody@example.com", "role": "staff"})).unwrap().expect(404).unwrap();
    chain.manager.post(&staff, &place("admin")).unwrap().expect(422).unwrap();
    for _ in 0..2 {
        chain.manager.post(&staff, &place("staff")).unwrap().expect(204).unwrap();
    }
    again().get(&invariants).unwrap().expect(200).unwrap();

    // An owner of another franchise: sees its own people only, and makes nobody manager of this store.
    let (other, owner) = other_franchise(chain, "Chiang Mai Boba");
    owner.get(&staff).unwrap().expect(404).unwrap();
    owner.post(&staff, &place("staff")).unwrap().expect(404).unwrap();
    let others = format!("/api/v1/stores/{other}/staff");
    assert_eq!(owner.get(&others).unwrap().expect(200).unwrap()["items"], json!([]));
    let refused = owner.post(&others, &place("manager")).unwrap().expect(409).unwrap();
    assert_eq!(refused["code"], "works_elsewhere");
    owner.post(&others, &place("staff")).unwrap().expect(204).unwrap();
    let found = owner.get(&others).unwrap().expect(200).unwrap();
    assert_eq!((&found["items"][0]["user_id"], &found["items"][0]["email"]), (&json!(id), &json!("som@example.com")));
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    chain.manager.get(&others).unwrap().expect(404).unwrap();

    // The store's own list: a page at a time, those who were there from the start too.
    let first = chain.manager.get(&format!("{staff}?limit=1")).unwrap().expect(200).unwrap();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = chain.manager.get(&format!("{staff}?limit=100&cursor={cursor}")).unwrap().expect(200).unwrap();
    let all: Vec<_> = [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
    for email in ["manager@example.com", "staff@example.com", "som@example.com"] {
        assert!(all.iter().any(|member| member["email"] == email), "{email}");
    }
    chain.manager.get(&format!("{staff}?limit=0")).unwrap().expect(400).unwrap();

    let gone = |client: &Client, list: &str| client.send("DELETE", &format!("{list}/{id}"), None, None).unwrap();
    assert_eq!(gone(&owner, &staff).status, 404);
    gone(&chain.manager, &staff).expect(204).unwrap();
    gone(&chain.manager, &staff).expect(404).unwrap();
    again().get(&invariants).unwrap().expect(404).unwrap();
    gone(&owner, &others).expect(204).unwrap();
    again().get(&invariants).unwrap().expect(403).unwrap();
}

#[test]
fn stores_of_the_world_are_imported_and_found() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("world").unwrap();
    let chain = Chain::open(&platform, 1).unwrap();
    let franchisee = post(&chain.admin, "/api/v1/franchisees", &json!({"name": "World"}));
    // Whoever buys there may know who sells; the list of all is the chain's.
    let path = format!("/api/v1/franchisees/{}", franchisee["id"].as_str().unwrap());
    assert_eq!(chain.nobody.get(&path).unwrap().expect(200).unwrap(), franchisee);
    chain.nobody.get(&format!("/api/v1/franchisees/{}", chain.store)).unwrap().expect(404).unwrap();
    chain.manager.get("/api/v1/franchisees").unwrap().expect(403).unwrap();
    let import = |csv: &str| {
        let body = json!({"franchisee_id": franchisee["id"], "csv": csv, "tax": {"name": "VAT", "rate_bp": 0, "inclusive": true}});
        post(&chain.admin, "/api/v1/stores/import", &body)
    };
    let world = include_str!("../../data/stores_world.csv");
    let report = import(world);
    assert_eq!((report["imported"].as_array().unwrap().len(), &report["faults"]), (200, &json!([])));
    assert_eq!(import(world)["known"], 200, "a file sent again makes nothing twice");

    // Every zone of the whole list, under the names that the runtime knows.
    let zones = import(include_str!("../../data/stores_zones.csv"));
    let taken = zones["imported"].as_array().unwrap().len() as u64 + zones["known"].as_u64().unwrap();
    assert_eq!((taken, &zones["faults"]), (100, &json!([])));

    let header = world.lines().next().unwrap();
    let row = |number: &str, latitude: f64, longitude: f64| {
        format!("{number},{number},Licensed,Street,City,1,NZ,,,Pacific/Auckland,{longitude},{latitude}")
    };
    let edges = [row("east", -16.85, 179.97), row("west", -16.43, -179.6), row("pole", 89.95, 180.0)];
    assert_eq!(import(&format!("{header}\n{}\n", edges.join("\n")))["faults"], json!([]));
    let near = |latitude: f64, longitude: f64| -> Vec<String> {
        let path = format!("/api/v1/stores/nearby?lat={latitude}&lng={longitude}&radius_km=80");
        let found = chain.nobody.get(&path).unwrap().expect(200).unwrap();
        found.as_array().unwrap().iter().map(|store| store["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(near(-16.85, 179.97), ["east", "west"]);
    assert_eq!(near(-16.43, -179.6), ["west", "east"]);
    assert_eq!(near(-16.85, -180.0), ["east", "west"]);
    assert_eq!(near(89.99, -10.0), ["pole"]);
    assert_eq!(near(-90.0, 0.0), Vec::<String>::new());

    // Each store was told of once, by its number.
    let stores = chain.admin.get("/api/v1/stores?limit=100").unwrap().expect(200).unwrap();
    let last = stores["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    eventually("analytics to know the names", MINUTE, || {
        let path = format!("/api/v1/analytics/sales?store_id={last}");
        let sales = chain.admin.get(&path).map_err(|error| error.to_string())?.body;
        if sales["store_name"].is_string() { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
    let dead = chain.admin.get("/api/v1/dead-letters").unwrap().expect(200).unwrap();
    assert_eq!(dead["items"], json!([]));
}
