//! The day that is replayed: the burrito shop's orders and the bakery's busiest day, over ten stores. Each order is looked for, put
//! into a cart, priced, placed, paid, made and handed over, as people do it; what is ordered is tea, in the files' numbers of lines.

use super::counts::Counts;
use crate::process;
use anyhow::{Context, Result};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Stores of the chain.
const STORES: usize = 10;
/// Orders under way at once.
const AT_ONCE: usize = 6;

/// A chain of ten stores, counted.
pub struct Day {
    platform: Platform,
    chain: Chain,
    stores: Vec<String>,
}

/// The number of lines of each order of both files.
fn orders() -> Vec<usize> {
    let mut burritos: BTreeMap<u32, usize> = BTreeMap::new();
    for line in include_str!("../../../data/orders_chipotle.tsv").lines().skip(1) {
        if let Some(order) = line.split('\t').next().and_then(|number| number.parse().ok()) {
            *burritos.entry(order).or_default() += 1;
        }
    }
    let mut days: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for line in include_str!("../../../data/sales_bakery.csv").lines().skip(1) {
        let mut fields = line.split(',');
        if let (Some(day), Some(transaction)) = (fields.next(), fields.nth(1)) {
            *days.entry(day).or_default().entry(transaction).or_default() += 1;
        }
    }
    let busiest = days.into_values().max_by_key(BTreeMap::len).unwrap_or_default();
    burritos.into_values().chain(busiest.into_values()).map(|lines| lines.min(20)).collect()
}

impl Day {
    /// Opens the chain.
    pub fn open() -> Result<Self> {
        eprintln!("  cost: ten stores");
        let platform = Platform::start_counted("cost")?;
        let chain = Chain::open(&platform, 1_000_000_000)?;
        let mut stores = vec![chain.store.clone()];
        for number in 1..STORES {
            stores.push(chain.open_another(&format!("Store {number}"), 1_000_000_000)?);
        }
        Ok(Self { platform, chain, stores })
    }

    /// What was counted so far.
    pub fn counts(&self) -> Result<Counts> {
        let counted = self.platform.counts()?;
        let cpu = process::cpu(self.platform.workerd()).unwrap_or_default();
        let log = std::fs::read_to_string(self.platform.state().join("runner.log"))?;
        let lines = log.lines().filter(|line| line.starts_with('{') && !line.starts_with("{\"count\"")).count();
        Ok(Counts::read(&counted, cpu, lines))
    }

    /// What a minute costs in which nobody orders: every cron trigger once.
    pub fn idle(&mut self) -> Result<Counts> {
        self.settled()?;
        let before = self.counts()?;
        self.platform.tick()?;
        Ok(self.counts()?.since(&before))
    }

    /// Replays the day, and waits until everybody has heard of everything; answers the number of orders.
    pub fn replay(&self, most: usize) -> Result<usize> {
        let orders: Vec<_> = orders().into_iter().take(most).collect();
        let (next, begun) = (AtomicUsize::new(0), Instant::now());
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| self.customers(&orders, &next))).collect();
            all.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow::anyhow!("a customer died"))?)
        })?;
        self.settled()?;
        eprintln!("  cost: {} orders in {:.0} s", orders.len(), begun.elapsed().as_secs_f64());
        Ok(orders.len())
    }

    /// Customers, one after another; each orders a handful of times, as regulars do.
    fn customers(&self, orders: &[usize], next: &AtomicUsize) -> Result<()> {
        const EACH: usize = 5;
        loop {
            let (_, customer) = self.chain.customer()?;
            for _ in 0..EACH {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(lines) = orders.get(number) else { return Ok(()) };
                if number.is_multiple_of(200) {
                    eprintln!("  cost: order {number} of {}", orders.len());
                }
                self.order(&customer, &self.stores[number % STORES], *lines)
                    .with_context(|| format!("order {number}"))?;
            }
        }
    }

    /// One order from the menu to the counter.
    fn order(&self, customer: &Client, store: &str, lines: usize) -> Result<()> {
        customer.get("/api/v1/stores/nearby?lat=13.7457&lng=100.5343")?.expect(200)?;
        customer.get(&format!("/api/v1/stores/{store}/menu"))?.expect(200)?;
        for _ in 0..lines.min(3) {
            customer.post("/api/v1/cart/items", &json!({"store_id": store, "line": golden_bubble(1)}))?.expect(200)?;
        }
        let lines: Vec<_> = (0..lines).map(|_| golden_bubble(1)).collect();
        let mut wish = json!({"store_id": store, "lines": lines});
        wish["quote"] = customer.post("/api/v1/quotes", &wish)?.expect(200)?["token"].clone();
        let order = customer.post("/api/v1/orders", &wish)?.expect(201)?;
        let id = order["id"].as_str().context("no id")?.to_owned();
        customer.send("DELETE", "/api/v1/cart", None, None)?;
        let pay = json!({"order_id": id, "gateway": "sandbox", "token": "tok_success"});
        customer.post("/api/v1/payments/initiate", &pay)?.expect(201)?;
        let path = format!("/api/v1/orders/{id}");
        // Looked at once, and told by its socket in life: what the waiting here asks more is a customer who looks again.
        eventually("the order to be confirmed", Duration::from_secs(120), || {
            std::thread::sleep(Duration::from_millis(500));
            let answer =
                customer.get(&path).and_then(|answer| answer.expect(200)).map_err(|error| error.to_string())?;
            if answer["status"] == "confirmed" { Ok(()) } else { Err(answer["status"].to_string()) }
        })?;
        for status in ["preparing", "ready", "collected", "completed"] {
            self.chain
                .admin
                .send("PUT", &format!("{path}/status"), Some(&json!({"status": status}).to_string()), None)?
                .expect(200)?;
        }
        Ok(())
    }

    /// Waits until every store's events have arrived everywhere.
    fn settled(&self) -> Result<()> {
        for store in &self.stores {
            eventually("the events to arrive", Duration::from_secs(180), || match self.chain.check_store(store) {
                Ok(0) => Ok(()),
                Ok(waiting) => Err(format!("{waiting} wait")),
                Err(error) => Err(error.to_string()),
            })?;
        }
        Ok(())
    }
}
