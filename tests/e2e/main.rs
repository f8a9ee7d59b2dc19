//! The platform as its users meet it, in real workerd. Run through `cargo xtask test`, which builds what is tested.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod age;
mod amend;
mod bad_input;
mod carts;
mod catalog;
mod chaos;
mod checkout;
mod commerce_cases;
mod dead_letters;
mod deadline;
mod devices;
mod edge;
mod faults;
mod figures;
mod flags;
mod fuzz;
mod gateway_edge;
mod gateways;
mod gift_cards;
mod headers;
mod identity;
mod invoices;
mod leases;
mod ledger;
mod letters;
mod limits;
mod matrix;
mod menus;
mod metrics;
mod offers;
mod ordering;
mod places;
mod privacy;
mod procurement;
mod risk;
mod security;
mod segments;
mod shopfront;
mod sockets;
mod sso;
mod stock;
mod stores;
mod tenders;
mod views;
mod weighed;
mod zones;

use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

/// One platform and one chain for all tests that do not kill it.
static SHARED: LazyLock<(Mutex<Platform>, Chain)> = LazyLock::new(|| {
    let (gateways, firmware_keys) = (devices::qr::gateways(), devices::fleets::firmware_keys());
    let leaked = identity::leaked::service();
    let vars = [
        ("ALLOWED_ORIGINS", "http://localhost:5173"),
        ("GATEWAYS", gateways.as_str()),
        ("LEAKED_PASSWORDS", leaked.as_str()),
        ("FIRMWARE_KEYS", firmware_keys.as_str()),
    ];
    let platform = Platform::start_with("shared", &vars).expect("the platform starts");
    let chain = Chain::open(&platform, 100_000).expect("the chain opens");
    (Mutex::new(platform), chain)
});

/// Was this started by `cargo xtask test`, which builds first? A plain `cargo test` says so and passes over it.
fn wanted() -> bool {
    let wanted = std::env::var_os("KIRANA_E2E").is_some();
    if !wanted {
        eprintln!("passed over: run `cargo xtask test`, which builds the platform first");
    }
    wanted
}

/// The chain on the shared platform, whose runner ends with this process: its standard input closes.
fn shared() -> &'static Chain {
    &SHARED.1
}

/// A franchisee with a store and people of its own on the shared platform, for tests that look at nothing else: a platform of its own costs a test more than most
/// of them do.
fn apart(cups: i64) -> Chain {
    shared().beside(cups).expect("another franchisee opens a store")
}

/// Lets every cron trigger of the shared platform fire now.
fn tick() {
    SHARED.0.lock().unwrap().tick().unwrap();
}

fn wait_for_status(client: &Client, order: &str, status: &str) -> Value {
    eventually(&format!("order {order} to be {status}"), Duration::from_secs(60), || {
        let answer = client.get(&format!("/api/v1/orders/{order}")).map_err(|error| error.to_string())?;
        if answer.body["status"] == status { Ok(answer.body) } else { Err(answer.body.to_string()) }
    })
    .unwrap()
}

fn pay(client: &Client, order: &str, token: &str) -> Value {
    let payment = json!({"order_id": order, "gateway": "sandbox", "token": token});
    client.post("/api/v1/payments/initiate", &payment).unwrap().expect(201).unwrap()
}

#[test]
fn it_is_healthy_and_describes_itself() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    assert_eq!(nobody.get("/healthz").unwrap().status, 200);
    nobody.get("/readyz").unwrap().expect(200).unwrap();
    let api = nobody.get("/api/v1/openapi.json").unwrap().expect(200).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    assert!(api["paths"]["/api/v1/orders"]["post"]["responses"]["409"].is_object());
    assert!(api["components"]["schemas"]["Order"].is_object());
    // Every public route is described by its handler.
    for route in gateway::routes::ROUTES.iter().filter(|route| route.path.starts_with("/api/")) {
        assert!(
            api["paths"][route.path][route.method.to_lowercase()].is_object(),
            "{} {} is not described",
            route.method,
            route.path
        );
    }
}
