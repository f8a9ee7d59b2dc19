//! `cargo xtask bench`: how fast Kirana is on this machine, in ratios against the least JavaScript that workerd can run, measured in
//! the same run. Nothing here decides whether a test passes: speed is looked at, behaviour is tested.
#![allow(clippy::disallowed_methods)] // never runs as WASM: it has a clock

mod cold;
mod cost;
mod devices;
mod figures;
mod floor;
mod growth;
mod lag;
mod load;
mod measure;
mod options;
mod prices;
mod process;
mod profile;
mod report;
mod tracking;
mod works;
mod world;

use anyhow::Result;
use floor::Floor;
use kirana_tests::{Client, Platform};
use measure::{Measured, Plan, Row, Work};
use options::Options;
use report::Report;
use std::cell::RefCell;
use world::World;

/// What is measured, on what, and what came of it so far.
pub struct Bench {
    floor: Platform,
    floor_client: Client,
    /// Kirana.
    pub world: World,
    plan: Plan,
    only: Option<String>,
    /// The inspector's port, and whose time is looked into.
    profile: Option<(u16, String)>,
    /// What came of it so far.
    pub report: RefCell<Report>,
}

impl Bench {
    fn floor(&self) -> Measured<'_> {
        Measured { platform: &self.floor, url: self.floor_client.url() }
    }

    fn wanted(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.contains(only))
    }

    fn keep(&self, row: Row) {
        report::print_row(&row);
        self.report.borrow_mut().rows.push(row);
    }

    /// Measures a work, if it is wanted, and prints its line; answers how many were done a second.
    pub fn measure(&self, work: &Work) -> Result<Option<f64>> {
        if !self.wanted(work.name) {
            return Ok(None);
        }
        let ours = Measured { platform: &self.world.platform, url: self.world.url() };
        if let Some((port, scripts)) = &self.profile {
            profile::while_at_work(*port, scripts, self.plan.span, || {
                load::closed(self.world.url(), work.connections, self.plan.span * 2, work.act).map(drop)
            })?;
            return Ok(None);
        }
        let row = measure::measure(&ours, &self.floor(), self.plan, work)?;
        let rate = row.rate;
        self.keep(row);
        Ok(Some(rate))
    }

    /// Measures the floor by itself.
    pub fn floor_alone(&self, shape: Floor, connections: usize) -> Result<()> {
        if self.wanted(shape.name()) && self.profile.is_none() {
            let act = move |caller: &load::Caller, number| shape.act(caller, number);
            let work = Work::of(shape.name(), connections, &act);
            self.keep(measure::measure(&self.floor(), &self.floor(), self.plan, &work)?);
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1).peekable();
    if words.next_if_eq("cost").is_some() {
        return cost::run(words);
    }
    let options = Options::read(words)?;
    let say = |what: &str| eprintln!("  bench: {what}");
    say("the floor");
    let floor = floor::start()?;
    let floor_client = floor.client();
    say("Kirana, with what is in it");
    let world = World::open(say)?;
    if options.wants(&["search"]) {
        say("ten thousand products");
        world.fill_catalogue()?;
    }
    if options.wants(&["locator"]) {
        say("20,480 stores");
        world.fill_map()?;
    }
    say("until everybody has heard of all of it");
    world.rest()?;
    let report = RefCell::new(Report::begin(&options));
    let mut world = world;
    let profile = options.profile.clone().map(|scripts| (profile::PORT, scripts));
    if profile.is_some() {
        world.platform.inspect(profile::PORT)?;
    }
    let (plan, only) = (options.plan, options.only.clone());
    let mut bench = Bench { floor, floor_client, world, plan, only, profile, report };
    report::print_head();
    works::floor(&bench)?;
    works::reads(&bench)?;
    works::before_ordering(&bench)?;
    works::orders(&bench)?;
    works::checkouts(&bench)?;
    if options.wants(&["device frame", "device event"]) {
        devices::measure(&bench)?;
    }
    let rest = options.profile.is_none();
    if rest && options.wants(&["price of"]) {
        prices::measure(&bench)?;
    }
    if rest && options.wants(&["tracking"]) {
        tracking::measure(&bench)?;
    }
    if rest && options.wants(&["lag"]) {
        lag::measure(&bench)?;
    }
    if rest && options.wants(&["growth"]) {
        growth::measure(&bench, options.most_orders)?;
    }
    if rest && options.wants(&["a year of"]) {
        figures::measure(&mut bench)?;
    }
    if rest && options.wants(&["cold"]) {
        cold::measure(&mut bench)?;
    }
    if bench.profile.is_some() {
        return Ok(());
    }
    let report = bench.report.into_inner();
    report.print_rest();
    if let Some(path) = &options.against {
        report.compare(&Report::read(path)?);
    }
    if let Some(path) = &options.json {
        report.write(path)?;
    }
    if let Some(path) = &options.document {
        report.document(path)?;
    }
    Ok(())
}
