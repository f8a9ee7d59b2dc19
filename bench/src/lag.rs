//! How long it takes until those who hear of an order have heard of it: from the answer to whoever ordered, to what each of them
//! shows to whoever asks. One order at a time: what is measured is the way, not the queue.

use crate::Bench;
use crate::world::World;
use anyhow::{Context, Result};
use kirana_tests::{Client, eventually};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Orders that are followed.
const SAMPLES: usize = 10;

/// How far behind somebody is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lag {
    /// Who heard of it, and of what.
    pub of: String,
    /// Milliseconds.
    pub median: f64,
    pub most: f64,
}

/// The number of orders that today's figures know of.
fn counted(admin: &Client, store: &str) -> Result<i64> {
    let today = chrono::Utc::now() + chrono::Duration::hours(7);
    let day = today.format("%Y-%m-%d");
    let told = admin.get(&format!("/api/v1/analytics/summary?from={day}&to={day}&store_id={store}"))?.expect(200)?;
    Ok(told["totals"].as_array().into_iter().flatten().filter_map(|total| total["placed"].as_i64()).sum())
}

/// Follows orders, one after another, in a store that has no others.
pub fn measure(bench: &Bench) -> Result<()> {
    eprintln!("  bench: how far behind those are who hear of an order");
    let world = &bench.world;
    // What was ordered before is another measurement.
    world.rest()?;
    let admin = &world.chain.admin;
    let store = world.chain.open_another("Followed", 1_000_000)?;
    let names = ["order confirmed: its payment", "figures", "the letter", "stock across stores", "the list of orders"];
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    for number in 0..SAMPLES {
        let email = format!("followed-{number}@example.com");
        let guest = json!({"email": email, "name": "Mali"});
        let session = world.chain.nobody.post("/api/v1/auth/guest", &guest)?.expect(201)?;
        let guest = world.chain.nobody.with_token(session["access_token"].as_str().context("no token")?);
        let before = counted(admin, &store)?;
        let body = json!({"order": World::tea(&store), "payment": {"gateway": "sandbox", "token": "tok_success"}});
        let bought = guest.post("/api/v1/checkout", &body)?.expect(201)?;
        let begun = Instant::now();
        let id = bought["order"]["id"].as_str().context("no id")?.to_owned();
        let seen: [&(dyn Fn() -> Result<bool> + Sync); 5] = [
            &|| Ok(guest.get(&format!("/api/v1/orders/{id}"))?.expect(200)?["status"] == "confirmed"),
            &|| Ok(counted(admin, &store)? > before),
            &|| {
                let letters = admin.get(&format!("/api/v1/notifications/outbox?address={email}"))?.expect(200)?;
                Ok(letters.as_array().is_some_and(|letters| !letters.is_empty()))
            },
            &|| {
                let rows = admin.get(&format!("/api/v1/inventory/stock?sku=cup&store_id={store}"))?.expect(200)?;
                let row = rows["items"].as_array().into_iter().flatten().find(|row| row["store_id"] == json!(store));
                Ok(row.and_then(|row| row["available"].as_i64()) == Some(1_000_000 - i64::try_from(number)? - 1))
            },
            &|| {
                let page = admin.get(&format!("/api/v1/orders?store_id={store}&limit=5"))?.expect(200)?;
                Ok(page["items"].as_array().into_iter().flatten().any(|order: &Value| order["id"] == json!(id)))
            },
        ];
        let lags = std::thread::scope(|scope| {
            let each = names.iter().zip(&seen);
            let all: Vec<_> = each.map(|(name, seen)| scope.spawn(move || when(begun, name, *seen))).collect();
            all.into_iter()
                .map(|one| one.join().map_err(|_| anyhow::anyhow!("a watcher died"))?)
                .collect::<Result<Vec<_>>>()
        })?;
        found.iter_mut().zip(lags).for_each(|(all, lag)| all.push(lag));
    }
    for (of, mut lags) in names.into_iter().zip(found) {
        lags.sort_by(f64::total_cmp);
        let lag = Lag { of: of.to_owned(), median: lags[lags.len() / 2], most: lags[lags.len() - 1] };
        bench.report.borrow_mut().lags.push(lag);
    }
    Ok(())
}

/// Milliseconds until something is seen.
fn when(begun: Instant, name: &str, seen: impl Fn() -> Result<bool>) -> Result<f64> {
    eventually(name, Duration::from_secs(60), || match seen() {
        Ok(true) => Ok(begun.elapsed().as_secs_f64() * 1_000.0),
        Ok(false) => Err("not yet".to_owned()),
        Err(error) => Err(format!("{error:#}")),
    })
}
