//! The first request that a fresh isolate of each script answers: asked through the gateway, which is warm by then.

use crate::Bench;
use crate::load::{Ask, Caller};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// How long a script took to answer for the first time, and how long for the same again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FirstRequest {
    /// The script.
    pub script: String,
    /// Milliseconds.
    pub first: f64,
    pub again: f64,
}

/// What each script is asked for; `{store}` is a store.
const ASKED: [(&str, &str); 16] = [
    ("gateway", "/healthz"),
    ("identity", "/api/v1/auth/me"),
    ("customers", "/api/v1/users/customer/age-verify"),
    ("stores", "/api/v1/stores/{store}"),
    ("catalog", "/api/v1/stores/{store}/menu"),
    ("pricing", "/api/v1/campaigns"),
    ("orders", "/api/v1/orders?store_id={store}"),
    ("payments", "/api/v1/payments/gateways"),
    ("books", "/api/v1/reconciliations"),
    ("inventory and store-state", "/api/v1/inventory/{store}"),
    ("inventory", "/api/v1/inventory/stock"),
    ("analytics", "/api/v1/analytics/summary"),
    ("notifications", "/api/v1/notifications/outbox?address=nobody@example.com"),
    ("devices", "/api/v1/devices"),
    ("dead-letters", "/api/v1/dead-letters"),
    ("sso", "/.well-known/openid-configuration"),
];

/// Kills the platform, and asks what is left of it.
pub fn measure(bench: &mut Bench) -> Result<()> {
    bench.world.chain.admin.get("/api/v1/auth/me")?.expect(200)?;
    let token = bench.world.chain.admin.token().context("no token")?;
    bench.world.platform.kill_and_restart()?;
    let ready = bench.world.platform.ready_in();
    let caller = Caller::new(bench.world.url());
    let mut found = Vec::new();
    for (script, path) in ASKED {
        let path = path.replace("{store}", &bench.world.chain.store);
        let ask = || {
            let begun = Instant::now();
            let (status, body) = caller.ask(&Ask::get(&path).by(&token))?;
            anyhow::ensure!(status < 400, "{path}: {status} {body:.200}");
            anyhow::Ok(begun.elapsed().as_secs_f64() * 1_000.0)
        };
        let (first, again) = (ask()?, ask()?);
        found.push(FirstRequest { script: script.to_owned(), first, again });
    }
    let mut report = bench.report.borrow_mut();
    report.first_requests = found;
    report.ready_seconds = Some(ready.as_secs_f64());
    drop(report);
    Ok(())
}
