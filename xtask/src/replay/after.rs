//! What must be so when the last order is in: events delivered, nothing dead, nothing oversold, every order known to history.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

use super::drive::amount;
use crate::demo::api::Api;
use crate::demo::stock;
use crate::ui::Step;
use anyhow::Result;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long the events may take to be delivered after the last order; they take a second or two.
const DEADLINE: Duration = Duration::from_secs(180);

/// How the stores stand.
#[derive(Default)]
pub struct After {
    /// Events that somebody has not acknowledged.
    pub undelivered: u64,
    /// Invariants that do not hold, in words.
    pub violations: Vec<String>,
    /// Pieces that could still be sold.
    pub available: i64,
    /// Orders in the history across stores.
    pub orders: usize,
    /// Those of them that are paid.
    pub confirmed: usize,
    /// Cents that were captured for them.
    pub captured: i64,
    /// Dead letters.
    pub dead: usize,
}

impl After {
    fn settled(&self, accepted: usize, paying: usize) -> bool {
        self.undelivered == 0 && self.orders == accepted && self.confirmed == paying
    }
}

/// Waits until everything has arrived everywhere, or the deadline; answers how it then stands.
pub fn settle(admin: &Api, stores: &[String], accepted: usize, paying: usize, step: &Step) -> Result<After> {
    let begun = Instant::now();
    loop {
        let mut after = look(admin, stores)?;
        if after.settled(accepted, paying) || begun.elapsed() > DEADLINE {
            after.dead = list(admin, "/api/v1/dead-letters?limit=100")?.len();
            return Ok(after);
        }
        step.at(format!("{} events under way, {} of {paying} orders paid", after.undelivered, after.confirmed));
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn look(admin: &Api, stores: &[String]) -> Result<After> {
    let mut after = After::default();
    for store in stores {
        let invariants = admin.get(&format!("/api/v1/inventory/{store}/invariants"))?;
        after.undelivered += invariants["outbox_depth"].as_u64().unwrap_or(u64::MAX / 8);
        let violations = invariants["violations"].as_array().map(Vec::as_slice).unwrap_or_default();
        after.violations.extend(violations.iter().map(Value::to_string));
        let levels = stock::levels(admin, store)?;
        after.available += levels.iter().filter_map(|level| level["available"].as_i64()).sum::<i64>();
        for order in list(admin, &format!("/api/v1/orders?store_id={store}&limit=100"))? {
            after.orders += 1;
            after.confirmed += usize::from(order["status"] == "confirmed");
            after.captured += amount(&order["payment"]["paid"]);
        }
    }
    Ok(after)
}

/// Every page of a list; `path` has a query already.
fn list(admin: &Api, path: &str) -> Result<Vec<Value>> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("{path}{cursor}"))?;
        all.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}
