//! Measuring: a warm-up, then the floor and the work in turn, several times; what is told is the median of these runs.

use crate::floor::Floor;
use crate::load::{self, Act, Run};
use crate::process;
use anyhow::Result;
use kirana_tests::Platform;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// A line of the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// What was done.
    pub work: String,
    /// By so many connections.
    pub connections: usize,
    /// Acts a second: the median of the runs, the slowest and the fastest.
    pub rate: f64,
    pub slowest: f64,
    pub fastest: f64,
    /// Milliseconds, of the run in the middle.
    pub p50: f64,
    pub p99: f64,
    /// Milliseconds of workerd's processor for each act.
    pub cpu: Option<f64>,
    /// Megabytes that workerd held afterwards.
    pub memory: Option<f64>,
    /// What it is compared with, and the ratio of the rates.
    pub floor: Option<String>,
    pub ratio: Option<f64>,
    /// What it should be at least.
    pub target: Option<Target>,
    /// How many failed, and how the first did.
    pub failed: u64,
    pub failure: Option<String>,
}

/// What a work should come to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// So much of what the floor does.
    Ratio(f64),
    /// So many a second.
    Rate(f64),
}

impl Row {
    /// Whether it came to what it should; nothing where nothing was asked.
    pub fn met(&self) -> Option<bool> {
        let enough = match self.target? {
            Target::Ratio(least) => self.ratio? >= least,
            Target::Rate(least) => self.rate >= least,
        };
        Some(enough && self.failed == 0)
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Of one run.
    pub span: Duration,
    /// How often.
    pub repeats: usize,
}

/// What is to be measured.
pub struct Work<'a> {
    /// What is done, for people.
    pub name: &'a str,
    /// By so many connections.
    pub connections: usize,
    /// Once.
    pub act: Act<'a>,
    /// What it is compared with, and what it should come to.
    pub floor: Option<Floor>,
    pub target: Option<Target>,
    /// What is waited for after a run, as part of it.
    pub until: Option<&'a dyn Fn() -> Result<()>>,
    /// How many are due a second, whether they keep up or not; as many as there can be, without.
    pub pace: Option<f64>,
}

impl<'a> Work<'a> {
    /// A work that is compared with nothing.
    pub const fn of(name: &'a str, connections: usize, act: Act<'a>) -> Self {
        Self { name, connections, act, floor: None, target: None, until: None, pace: None }
    }

    /// The same beside what the floor does.
    pub const fn beside(self, floor: Floor) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// The same with what it should come to.
    pub const fn at_least(self, target: Target) -> Self {
        self.wanted(Some(target))
    }

    /// The same with what it should come to, if anything.
    pub const fn wanted(self, target: Option<Target>) -> Self {
        Self { target, ..self }
    }

    /// The same, so many a second.
    pub const fn paced(self, a_second: f64) -> Self {
        Self { pace: Some(a_second), ..self }
    }

    /// The same, done only when this is.
    pub const fn until(self, done: &'a dyn Fn() -> Result<()>) -> Self {
        Self { until: Some(done), ..self }
    }
}

/// A platform, and where it answers.
pub struct Measured<'a> {
    pub platform: &'a Platform,
    pub url: &'a str,
}

/// One run, and the processor's time that workerd used for each act.
fn run(on: &Measured, span: Duration, work: &Work) -> Result<(Run, Option<f64>)> {
    let before = process::cpu(on.platform.workerd());
    let mut run = match work.pace {
        Some(rate) => load::open(on.url, rate, work.connections, span, work.act)?,
        None => load::closed(on.url, work.connections, span, work.act)?,
    };
    if let Some(until) = work.until {
        let waiting = Instant::now();
        until()?;
        run.span += waiting.elapsed();
    }
    let after = process::cpu(on.platform.workerd());
    let acts = (run.latency.len() + run.failed.0).max(1) as f64;
    let cpu = before.zip(after).map(|(before, after)| after.saturating_sub(before).as_secs_f64() * 1_000.0 / acts);
    Ok((run, cpu))
}

/// Measures one work, and the floor beside it.
pub fn measure(ours: &Measured, floor: &Measured, plan: Plan, work: &Work) -> Result<Row> {
    let warm = Duration::from_secs(1).min(plan.span);
    load::closed(ours.url, work.connections, warm, work.act)?;
    let (mut runs, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..plan.repeats {
        if let Some(shape) = work.floor {
            let act = move |caller: &load::Caller, number| shape.act(caller, number);
            floors.push(run(floor, plan.span / 2, &Work::of(shape.name(), work.connections, &act))?.0.rate());
        }
        runs.push(run(ours, plan.span, work)?);
    }
    runs.sort_by(|(a, _), (b, _)| a.rate().total_cmp(&b.rate()));
    floors.sort_by(f64::total_cmp);
    let middle = &runs[runs.len() / 2];
    let failed = runs.iter().map(|(run, _)| run.failed.0).sum();
    let rate = middle.0.rate();
    Ok(Row {
        work: work.name.to_owned(),
        connections: work.connections,
        rate,
        slowest: runs.first().map_or(rate, |(run, _)| run.rate()),
        fastest: runs.last().map_or(rate, |(run, _)| run.rate()),
        p50: middle.0.within(0.5),
        p99: middle.0.within(0.99),
        cpu: middle.1,
        memory: process::memory(ours.platform.workerd()),
        floor: work.floor.map(|shape| shape.name().to_owned()),
        ratio: floors.get(floors.len() / 2).map(|floor| rate / floor),
        target: work.target,
        failed,
        failure: runs.iter().find_map(|(run, _)| run.failed.1.clone()),
    })
}
