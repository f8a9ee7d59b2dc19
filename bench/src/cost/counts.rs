//! What was counted: how much of what, by script and by what was asked.

use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// The script that plays a payment provider in tests and demos: what it asks is no part of the bill.
const STAND_IN: &str = "sandbox-gateway";

/// A kind of what is billed, such as `d1_written`; the script; and what it asked.
type Key = (String, String, String);

/// Everything that was counted until some moment.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    amounts: BTreeMap<Key, f64>,
    /// Bytes of each script's database.
    pub sizes: BTreeMap<String, f64>,
    /// Processor's time of workerd.
    pub cpu: Duration,
    /// Lines that scripts wrote to the log.
    pub log_lines: f64,
}

impl Counts {
    /// Adds what the runner wrote down.
    pub fn read(lines: &[Value], cpu: Duration, log_lines: usize) -> Self {
        let mut counts = Self { cpu, log_lines: log_lines as f64, ..Self::default() };
        for line in lines.iter().map(|line| &line["count"]) {
            let script = line["script"].as_str().unwrap_or_default().trim_start_matches("kirana-").to_owned();
            if script == STAND_IN {
                continue;
            }
            for (kind, of) in line["of"].as_object().into_iter().flatten() {
                for (what, amount) in of.as_object().into_iter().flatten() {
                    let key = (kind.clone(), script.clone(), what.clone());
                    *counts.amounts.entry(key).or_default() += amount.as_f64().unwrap_or_default();
                }
            }
            if let Some(size) = line["size"].as_f64() {
                counts.sizes.insert(script, size);
            }
        }
        counts
    }

    /// What came since an earlier moment.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut counts = self.clone();
        for (key, amount) in &earlier.amounts {
            *counts.amounts.entry(key.clone()).or_default() -= amount;
        }
        for (script, size) in &earlier.sizes {
            *counts.sizes.entry(script.clone()).or_default() -= size;
        }
        counts.cpu = self.cpu.saturating_sub(earlier.cpu);
        counts.log_lines -= earlier.log_lines;
        counts
    }

    /// How much of a kind, by script.
    pub fn by_script(&self, kind: &str) -> BTreeMap<&str, f64> {
        let mut sums = BTreeMap::new();
        for ((of, script, _), amount) in &self.amounts {
            if of == kind {
                *sums.entry(script.as_str()).or_default() += amount;
            }
        }
        sums
    }

    /// How often an event of this name happened, by script.
    pub fn events(&self, name: &str) -> BTreeMap<&str, f64> {
        let of = self.amounts.iter().filter(|((kind, _, what), _)| kind == "event" && what == name);
        of.map(|((_, script, _), amount)| (script.as_str(), *amount)).collect()
    }

    /// Prints the statements that read and write the most rows.
    pub fn print_dearest(&self, orders: usize, most: usize) {
        for (title, kinds) in [("read", ["d1_read", "object_read"]), ("written", ["d1_written", "object_written"])] {
            let mut all: Vec<_> =
                self.amounts.iter().filter(|((kind, _, _), _)| kinds.contains(&kind.as_str())).collect();
            all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            println!("\n| rows {title} an order | script | statement |\n| --: | --- | --- |");
            for ((_, script, statement), amount) in all.into_iter().take(most) {
                println!("| {:.2} | {script} | {statement:.100} |", amount / orders as f64);
            }
        }
    }
}
