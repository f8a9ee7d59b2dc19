//! What is measured against the floor: reads, then orders, then whole checkouts.

use crate::Bench;
use crate::floor::Floor;
use crate::load::{Ask, Caller};
use crate::measure::{Target, Work};
use crate::world::World;
use anyhow::{Context, Result};
use kirana_tests::Client;
use serde_json::{Value, json};
use std::sync::Mutex;

/// The least that the floor's connections are measured with.
const SOME: usize = 8;

fn json(text: &str) -> Result<Value> {
    Ok(serde_json::from_str(text)?)
}

fn id(text: &str) -> Result<String> {
    Ok(json(text)?["id"].as_str().context("no id")?.to_owned())
}

/// The floor itself.
pub fn floor(bench: &Bench) -> Result<()> {
    for shape in Floor::ALL {
        bench.floor_alone(shape, SOME)?;
    }
    Ok(())
}

/// What browsers ask for.
pub fn reads(bench: &Bench) -> Result<()> {
    let store = bench.world.chain.store.clone();
    let menu = format!("/api/v1/stores/{store}/menu");
    let answer = bench.world.chain.nobody.get(&menu)?;
    let tag = answer.headers.get("etag").context("a menu has no ETag")?.clone();
    let cached = |caller: &Caller, _: u64| caller.expect(200, &Ask::get(&menu)).map(drop);
    let unchanged = |caller: &Caller, _: u64| {
        let ask = Ask { header: Some(("if-none-match", &tag)), ..Ask::get(&menu) };
        caller.expect(304, &ask).map(drop)
    };
    bench.measure(
        &Work::of("menu, unchanged (ETag)", SOME, &unchanged).beside(Floor::Relay).at_least(Target::Ratio(0.8)),
    )?;
    bench
        .measure(&Work::of("menu, from the cache", SOME, &cached).beside(Floor::Relay).at_least(Target::Ratio(0.8)))?;

    // A parameter that nobody knows makes it another address to the cache, and the same to the worker.
    let asked = std::sync::atomic::AtomicU64::new(0);
    let fresh = |caller: &Caller, _: u64| {
        let path = format!("{menu}?of={}", asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        caller.expect(200, &Ask::get(&path)).map(drop)
    };
    bench.measure(&Work::of("menu, from D1", SOME, &fresh).beside(Floor::Rows))?;

    let words = ["mango", "taro bun", "matcha", "ginger", "coconut cake", "lychee juice", "rose", "sesame noodles"];
    let search = |caller: &Caller, number: u64| {
        let path = format!(
            "/api/v1/products/search?q={}&n={number}",
            words[number as usize % words.len()].replace(' ', "%20")
        );
        caller.expect(200, &Ask::get(&path)).map(drop)
    };
    bench.measure(
        &Work::of("product search, 10,000 products", SOME, &search).beside(Floor::Rows).at_least(Target::Ratio(0.5)),
    )?;

    let nearby = |caller: &Caller, number: u64| {
        let (lat, lng) = (13.0 + (number % 97) as f64 * 0.02, 100.0 + (number % 89) as f64 * 0.02);
        let path = format!("/api/v1/stores/nearby?lat={lat}&lng={lng}&radius_km=50");
        caller.expect(200, &Ask::get(&path)).map(drop)
    };
    bench.measure(
        &Work::of("store locator, 20,480 stores", SOME, &nearby).beside(Floor::Rows).at_least(Target::Ratio(0.5)),
    )?;
    Ok(())
}

/// Who somebody is, and what something costs.
pub fn before_ordering(bench: &Bench) -> Result<()> {
    let login = json!({"email": "manager@example.com", "password": "correct horse battery"}).to_string();
    let log_in = |caller: &Caller, _: u64| caller.expect(200, &Ask::post("/api/v1/auth/login", &login)).map(drop);
    bench.measure(&Work::of("login (Argon2id)", 2, &log_in))?;
    let (guest, wish) = (bench.world.greet()?, World::tea(&bench.world.chain.store).to_string());
    let quote = |caller: &Caller, _: u64| caller.expect(200, &Ask::post("/api/v1/quotes", &wish).by(&guest)).map(drop);
    bench.measure(&Work::of("quote, signed", SOME, &quote).beside(Floor::Relay))?;
    Ok(())
}

/// Orders that are accepted: authenticated, idempotent, at a signed price, with their recipe's stock held and their event kept.
pub fn orders(bench: &Bench) -> Result<()> {
    for connections in [1, SOME, 32] {
        let guest = bench.world.greet()?;
        let order = bench.world.quoted(&guest, &bench.world.chain.store)?;
        let place = |caller: &Caller, _: u64| {
            caller.expect(201, &Ask::post("/api/v1/orders", &order).by(&guest).once(&Client::new_key())).map(drop)
        };
        let least = (connections == SOME).then_some(Target::Ratio(0.6));
        bench.measure(
            &Work::of("order accepted, one store", connections, &place).beside(Floor::Durable).wanted(least),
        )?;
    }
    let guest = bench.world.greet()?;
    let orders = bench.world.stores.iter().map(|store| bench.world.quoted(&guest, store));
    let orders: Vec<_> = orders.collect::<Result<_>>()?;
    let place = |caller: &Caller, number: u64| {
        let order = &orders[number as usize % orders.len()];
        caller.expect(201, &Ask::post("/api/v1/orders", order).by(&guest).once(&Client::new_key())).map(drop)
    };
    bench.measure(&Work::of("order accepted, twenty stores", 32, &place).beside(Floor::Durable))?;
    Ok(())
}

/// From a cart to an order that is paid; over twenty stores, as a chain's customers are.
pub fn checkouts(bench: &Bench) -> Result<()> {
    let (guest, stores, last) = (bench.world.greet()?, &bench.world.stores, Mutex::new(String::new()));
    let confirmed = |guest: &str| {
        let order = last.lock().map_err(|_| anyhow::anyhow!("a caller died"))?.clone();
        bench.world.confirmed(guest, &order)
    };
    let done = || confirmed(&guest);
    let separate = |caller: &Caller, number: u64| {
        let store = &stores[number as usize % stores.len()];
        // A cart of its own for each of them, as each is somebody else.
        let line = World::tea(store);
        let item = json!({"store_id": store, "line": line["lines"][0]}).to_string();
        caller.expect(200, &Ask::post("/api/v1/cart/items", &item))?;
        let quote = json(&caller.expect(200, &Ask::post("/api/v1/quotes", &line.to_string()).by(&guest))?)?;
        let mut wish = line;
        wish["quote"] = quote["token"].clone();
        let (key, wish) = (Client::new_key(), wish.to_string());
        let order = id(&caller.expect(201, &Ask::post("/api/v1/orders", &wish).by(&guest).once(&key))?)?;
        let pay = json!({"order_id": order, "gateway": "sandbox", "token": "tok_success"}).to_string();
        caller.expect(201, &Ask::post("/api/v1/payments/initiate", &pay).by(&guest).once(&key))?;
        *last.lock().map_err(|_| anyhow::anyhow!("a caller died"))? = order;
        Ok(())
    };
    bench.measure(
        &Work::of("checkout: cart, quote, order, pay", SOME, &separate).at_least(Target::Rate(150.0)).until(&done),
    )?;
    let guest = bench.world.greet()?;
    let done = || confirmed(&guest);
    let at_once = |caller: &Caller, number: u64| {
        let store = &stores[number as usize % stores.len()];
        let body =
            json!({"order": World::tea(store), "payment": {"gateway": "sandbox", "token": "tok_success"}}).to_string();
        let bought =
            json(&caller.expect(201, &Ask::post("/api/v1/checkout", &body).by(&guest).once(&Client::new_key()))?)?;
        anyhow::ensure!(bought["payment"].is_object(), "not paid: {}", bought["payment_problem"]);
        bought["order"]["id"]
            .as_str()
            .context("no id")?
            .clone_into(&mut *last.lock().map_err(|_| anyhow::anyhow!("a caller died"))?);
        Ok(())
    };
    let work = Work::of("checkout in one call", SOME, &at_once).at_least(Target::Rate(300.0)).until(&done);
    if let Some(rate) = bench.measure(&work)? {
        let half = Work::of("checkout in one call, half as many, as they come", 32, &at_once).paced(rate / 2.0);
        bench.measure(&half)?;
    }
    Ok(())
}
