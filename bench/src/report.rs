//! What is told of a run: a table, JSON, a comparison with an earlier run, and `docs/performance.md`'s figures.

use crate::cold::FirstRequest;
use crate::growth::Growth;
use crate::lag::Lag;
use crate::measure::{Row, Target};
use crate::options::Options;
use crate::tracking::Tracking;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Everything that a run came to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// When: a day.
    pub day: String,
    /// What machine: processors, and what they are.
    pub machine: String,
    /// Seconds of a run, and how often.
    pub seconds: u64,
    pub repeats: usize,
    /// What was measured beside the floor.
    pub rows: Vec<Row>,
    /// Scripts' first requests, and how long the whole platform took to start.
    pub first_requests: Vec<FirstRequest>,
    pub ready_seconds: Option<f64>,
    /// Kilobytes of each script, compressed.
    pub sizes: BTreeMap<String, f64>,
    /// What grew.
    pub growth: Vec<Growth>,
    /// What it is to follow orders.
    #[serde(default)]
    pub tracking: Option<Tracking>,
    /// Who is how far behind.
    pub lags: Vec<Lag>,
}

const HEAD: &str =
    "| work | connections | a second | slowest-fastest | p50 ms | p99 ms | cpu ms | MB | of the floor | target |";
const RULE: &str = "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --- |";

/// The head of the table, on the console.
pub fn print_head() {
    println!("{HEAD}\n{RULE}");
}

/// A line of it.
pub fn print_row(row: &Row) {
    println!("{}", line(row));
    if let Some(failure) = &row.failure {
        println!("  {} failed; the first: {failure}", row.failed);
    }
}

fn optional(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.digits$}"))
}

fn line(row: &Row) -> String {
    let target = match row.target {
        Some(Target::Ratio(least)) => format!("{least} of the floor"),
        Some(Target::Rate(least)) => format!("{least:.0} a second"),
        None => String::new(),
    };
    let verdict = match row.met() {
        Some(true) => "met",
        Some(false) => "missed",
        None => "",
    };
    format!(
        "| {} | {} | {:.0} | {:.0}-{:.0} | {:.2} | {:.2} | {} | {} | {} | {} |",
        row.work,
        row.connections,
        row.rate,
        row.slowest,
        row.fastest,
        row.p50,
        row.p99,
        optional(row.cpu, 2),
        optional(row.memory, 0),
        optional(row.ratio, 2),
        [verdict, &target].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(": "),
    )
}

impl Report {
    /// An empty one.
    pub fn begin(options: &Options) -> Self {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let model = model.map_or("unknown", |(_, model)| model);
        // `cargo xtask bench` has just built the scripts, and says how large they are.
        let sizes = std::env::var("KIRANA_SIZES").unwrap_or_default();
        let sizes = sizes.split(',').filter_map(|pair| {
            let (name, size) = pair.split_once('=')?;
            Some((name.to_owned(), size.parse().ok()?))
        });
        Self {
            day: chrono::Utc::now().format("%Y-%m-%d").to_string(),
            machine: format!("{processors} processors, {model}"),
            seconds: options.plan.span.as_secs(),
            repeats: options.plan.repeats,
            sizes: sizes.collect(),
            ..Self::default()
        }
    }

    /// One that was written.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not what `--json` wrote", path.display()))
    }

    /// Keeps it.
    pub fn write(&self, path: &Path) -> Result<()> {
        std::fs::write(path, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// What stands below the table, on the console.
    pub fn print_rest(&self) {
        print!("{}", self.rest());
    }

    fn rest(&self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = self.write_rest(&mut text);
        text
    }

    fn write_rest(&self, to: &mut String) -> std::fmt::Result {
        if !self.lags.is_empty() {
            writeln!(to, "\n| how far behind an order | median ms | most ms |\n| --- | --: | --: |")?;
            for Lag { of, median, most } in &self.lags {
                writeln!(to, "| {of} | {median:.0} | {most:.0} |")?;
            }
        }
        if let Some(Tracking { sockets, kilobytes, median, p99 }) = &self.tracking {
            let memory = optional(*kilobytes, 1);
            writeln!(
                to,
                "\n{sockets} sockets followed orders, at {memory} kB of workerd's memory each; a bump in the kitchen was told after {median:.0} ms at the median, {p99:.0} ms at p99."
            )?;
        }
        if let Some(first) = self.growth.first() {
            writeln!(
                to,
                "\n| orders in the store | cpu ms of one more | times the first | p50 ms | cpu ms of a page of them | times the first | p50 ms |\n| --: | --: | --: | --: | --: | --: | --: |"
            )?;
            let times = |now: Option<f64>, then: Option<f64>| now.zip(then).map(|(now, then)| now / then);
            for step in &self.growth {
                writeln!(
                    to,
                    "| {} | {} | {} | {:.2} | {} | {} | {:.2} |",
                    step.orders,
                    optional(step.order, 2),
                    optional(times(step.order, first.order), 2),
                    step.order_p50,
                    optional(step.page, 2),
                    optional(times(step.page, first.page), 2),
                    step.page_p50,
                )?;
            }
        }
        if !self.first_requests.is_empty() {
            writeln!(to, "\n| script | first request ms | the same again ms |\n| --- | --: | --: |")?;
            for FirstRequest { script, first, again } in &self.first_requests {
                writeln!(to, "| {script} | {first:.1} | {again:.1} |")?;
            }
        }
        if let Some(ready) = self.ready_seconds {
            writeln!(to, "\nThe whole platform, killed, answered again after {ready:.2} s.")?;
        }
        if !self.sizes.is_empty() {
            writeln!(to, "\n| script | kB compressed |\n| --- | --: |")?;
            for (name, size) in &self.sizes {
                writeln!(to, "| {name} | {size:.0} |")?;
            }
        }
        Ok(())
    }

    /// Prints what is faster and what is slower than it was. Rates move with the machine, ratios with the work.
    pub fn compare(&self, earlier: &Self) {
        println!("\n| against {} | a second | ratio to the floor |\n| --- | --: | --: |", earlier.day);
        for row in &self.rows {
            let then = earlier.rows.iter().find(|then| then.work == row.work && then.connections == row.connections);
            let Some(then) = then else { continue };
            let ratio = row.ratio.zip(then.ratio).map(|(now, then)| now / then);
            println!(
                "| {}, {} connections | {:+.0} % | {} |",
                row.work,
                row.connections,
                (row.rate / then.rate - 1.0) * 100.0,
                ratio.map_or_else(String::new, |ratio| format!("{:+.0} %", (ratio - 1.0) * 100.0)),
            );
        }
    }

    /// Puts the figures into a page between its two marks; what people wrote around them stays.
    pub fn document(&self, path: &Path) -> Result<()> {
        const BEGIN: &str = "<!-- figures: written by `cargo xtask bench --document` -->";
        const END: &str = "<!-- end of figures -->";
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let (before, rest) = text.split_once(BEGIN).with_context(|| format!("{} has no `{BEGIN}`", path.display()))?;
        let (_, after) = rest.split_once(END).with_context(|| format!("{} has no `{END}`", path.display()))?;
        let mut figures = format!(
            "{BEGIN}\n\nMeasured on {}: {}; {} runs of {} s each, the median of them.\n\n{HEAD}\n{RULE}\n",
            self.day, self.machine, self.repeats, self.seconds
        );
        for row in &self.rows {
            writeln!(figures, "{}", line(row))?;
        }
        figures.push_str(&self.rest());
        std::fs::write(path, format!("{before}{figures}\n{END}{after}"))?;
        Ok(())
    }
}
