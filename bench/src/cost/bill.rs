//! From what was counted to dollars.

use super::counts::Counts;
use serde::Deserialize;
use std::collections::BTreeMap;

const PRICES: &str = include_str!("prices.json");

#[derive(Deserialize)]
struct Prices {
    as_of: String,
    plan: String,
    per_million: BTreeMap<String, f64>,
}

/// What is billed, in reading order: the name of its price, and words for people.
pub const KINDS: [(&str, &str); 10] = [
    ("request", "requests, consumers and cron triggers"),
    ("cpu_millisecond", "processor, ms"),
    ("object_request", "requests to objects"),
    ("object_gigabyte_second", "objects awake, GB-s"),
    ("object_row_read", "rows read in objects"),
    ("object_row_written", "rows written in objects"),
    ("d1_row_read", "rows read in D1"),
    ("d1_row_written", "rows written in D1"),
    ("queue_operation", "operations of queues"),
    ("log_line", "lines of logs"),
];

/// Amounts by kind and script.
pub struct Bill {
    prices: Prices,
    amounts: BTreeMap<&'static str, BTreeMap<String, f64>>,
}

impl Bill {
    /// What the counts come to.
    pub fn of(counts: &Counts) -> Self {
        // The file is part of the program: it is what it is.
        let prices = serde_json::from_str(PRICES).unwrap_or_else(|_| Prices {
            as_of: "no prices".to_owned(),
            plan: String::new(),
            per_million: BTreeMap::new(),
        });
        let mut bill = Self { prices, amounts: BTreeMap::new() };
        for (event, kind) in [
            ("queue", "request"),
            ("scheduled", "request"),
            ("object fetch", "object_request"),
            ("object alarm", "object_request"),
        ] {
            bill.add(kind, counts.events(event), 1.0);
        }
        // Calls between scripts cost nothing: what comes in is billed once.
        let public = counts.events("fetch").remove("gateway").unwrap_or_default();
        bill.add("request", BTreeMap::from([("gateway", public)]), 1.0);
        // Twenty messages of a socket are one request.
        bill.add("object_request", counts.events("object message"), 0.05);
        bill.add("object_gigabyte_second", counts.by_script("object_ms"), 0.128 / 1_000.0);
        for (kind, price) in [
            ("object_read", "object_row_read"),
            ("object_written", "object_row_written"),
            ("d1_read", "d1_row_read"),
            ("d1_written", "d1_row_written"),
            ("queue_sent", "queue_operation"),
        ] {
            bill.add(price, counts.by_script(kind), 1.0);
        }
        // What is delivered is read, and deleted.
        bill.add("queue_operation", counts.by_script("queue_read"), 2.0);
        let cpu = counts.cpu.as_secs_f64() * 1_000.0;
        bill.add("cpu_millisecond", BTreeMap::from([("all scripts", cpu)]), 1.0);
        bill.add("log_line", BTreeMap::from([("all scripts", counts.log_lines)]), 1.0);
        bill
    }

    fn add(&mut self, kind: &'static str, amounts: BTreeMap<&str, f64>, times: f64) {
        let of = self.amounts.entry(kind).or_default();
        for (script, amount) in amounts {
            *of.entry(script.to_owned()).or_default() += amount * times;
        }
    }

    /// How much of a kind.
    pub fn amount(&self, kind: &str) -> f64 {
        self.amounts.get(kind).into_iter().flat_map(BTreeMap::values).sum()
    }

    fn price(&self, kind: &str) -> f64 {
        self.prices.per_million.get(kind).copied().unwrap_or(f64::NAN) / 1_000_000.0
    }

    /// All of it, in dollars.
    pub fn dollars(&self) -> f64 {
        KINDS.iter().map(|(kind, _)| self.amount(kind) * self.price(kind)).sum()
    }

    /// Prints it by kind and by script, for a million orders.
    pub fn print(&self, orders: usize) {
        let million = 1_000_000.0 / orders as f64;
        println!("{} orders; {} of {}", orders, self.prices.plan, self.prices.as_of);
        println!("\n| what | an order | dollars a million orders |\n| --- | --: | --: |");
        for (kind, words) in KINDS {
            let amount = self.amount(kind);
            println!("| {words} | {:.2} | {:.2} |", amount / orders as f64, amount * self.price(kind) * million);
        }
        let all = self.dollars() * million;
        println!("| **all** | | **{all:.2}** ({}: under 40) |", if all < 40.0 { "met" } else { "missed" });
        let mut scripts: BTreeMap<&str, f64> = BTreeMap::new();
        for (kind, of) in &self.amounts {
            for (script, amount) in of {
                *scripts.entry(script).or_default() += amount * self.price(kind) * million;
            }
        }
        let mut scripts: Vec<_> = scripts.into_iter().collect();
        scripts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        println!("\n| script | dollars a million orders |\n| --- | --: |");
        for (script, dollars) in scripts {
            println!("| {script} | {dollars:.2} |");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn everything_has_its_price_and_calls_between_scripts_have_none() {
        let lines = [
            json!({"count": {"script": "kirana-gateway", "of": {"event": {"fetch": 2}}}}),
            json!({"count": {"script": "kirana-orders", "of": {"event": {"fetch": 5}, "d1_written": {"INSERT": 3}, "queue_sent": {"Q": 1}}}}),
            json!({"count": {"script": "kirana-analytics", "of": {"event": {"queue": 1}, "queue_read": {"q": 1}}}}),
        ];
        let bill = Bill::of(&Counts::read(&lines, Duration::from_millis(500), 10));
        assert_eq!(bill.amount("request"), 3.0);
        assert_eq!(bill.amount("queue_operation"), 3.0);
        assert_eq!(bill.amount("d1_row_written"), 3.0);
        let dollars = 3.0 * 0.3 + 500.0 * 0.02 + 3.0 * 1.0 + 3.0 * 0.4 + 10.0 * 0.6;
        assert!((bill.dollars() * 1_000_000.0 - dollars).abs() < 1e-9, "{}", bill.dollars());
        assert!(KINDS.iter().all(|(kind, _)| bill.price(kind) > 0.0));
    }
}
