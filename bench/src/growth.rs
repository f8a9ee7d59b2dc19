//! What an operation costs when a store has had many orders, against what it cost when it had few.

use crate::Bench;
use crate::load::{self, Ask, Caller};
use crate::process;
use crate::world::World;
use anyhow::Result;
use kirana_tests::Client;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// What was measured when a store had so many orders.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Growth {
    /// Orders of the store when it was measured.
    pub orders: u64,
    /// Milliseconds of workerd's processor for an order more, and for a page of the store's list.
    pub order: Option<f64>,
    pub page: Option<f64>,
    /// Milliseconds, p50.
    pub order_p50: f64,
    pub page_p50: f64,
}

/// Grows a new store to a thousand orders and on, tenfold each time; each step is measured.
pub fn measure(bench: &Bench, most: u64) -> Result<()> {
    let world = &bench.world;
    let store = world.chain.open_another("Growing", 1_000_000_000)?;
    let mut placed = 0;
    let mut target = 1_000;
    while target <= most {
        eprintln!("  bench: {target} orders in one store");
        while placed < target {
            // Tokens end after ten minutes, quotes sooner.
            let (guest, order) = (world.greet()?, World::tea(&store).to_string());
            let left = AtomicI64::new(i64::try_from(target - placed)?.min(5_000));
            let place = |caller: &Caller, _: u64| {
                if left.fetch_sub(1, Ordering::Relaxed) > 0 {
                    caller.expect(201, &Ask::post("/api/v1/orders", &order).by(&guest).once(&Client::new_key()))?;
                }
                Ok(())
            };
            let before = left.load(Ordering::Relaxed);
            while left.load(Ordering::Relaxed) > 0 {
                let run = load::closed(world.url(), 8, Duration::from_secs(2), &place)?;
                anyhow::ensure!(run.failed.0 == 0, "{:?}", run.failed.1);
            }
            placed += u64::try_from(before)?;
        }
        placed += step(bench, &store, placed)?;
        target *= 10;
    }
    Ok(())
}

/// Measures once; answers how many orders it placed.
fn step(bench: &Bench, store: &str, orders: u64) -> Result<u64> {
    let world = &bench.world;
    let (guest, wish) = (world.greet()?, World::tea(store).to_string());
    world.chain.admin.get("/api/v1/auth/me")?.expect(200)?;
    let admin = world.chain.admin.token().unwrap_or_default();
    let path = format!("/api/v1/orders?store_id={store}&limit=20");
    let place = |caller: &Caller, _: u64| {
        caller.expect(201, &Ask::post("/api/v1/orders", &wish).by(&guest).once(&Client::new_key())).map(drop)
    };
    let page = |caller: &Caller, _: u64| caller.expect(200, &Ask::get(&path).by(&admin)).map(drop);
    let cost = |act| {
        let before = process::cpu(world.platform.workerd());
        let run = load::closed(world.url(), 8, bench.plan.span, act)?;
        anyhow::ensure!(run.failed.0 == 0, "{:?}", run.failed.1);
        let used = before.zip(process::cpu(world.platform.workerd()));
        let used = used.map(|(before, after)| after.saturating_sub(before).as_secs_f64() * 1_000.0);
        anyhow::Ok((used.map(|used| used / run.latency.len() as f64), run))
    };
    let (order, placed) = cost(&place)?;
    let (list, read) = cost(&page)?;
    let growth = Growth { orders, order, page: list, order_p50: placed.within(0.5), page_p50: read.within(0.5) };
    bench.report.borrow_mut().growth.push(growth);
    Ok(placed.latency.len())
}
