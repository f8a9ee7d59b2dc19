//! `cargo xtask replay`: 1,834 real orders through the public API of a platform, and whether everything adds up afterwards.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

mod after;
mod drive;
mod file;
mod menus;
mod prices;
mod report;
mod shops;

use crate::args::Args;
use crate::build::Finish;
use crate::dev::secrets;
use crate::scripts::root;
use crate::ui::step;
use crate::{build, demo, runner, setup};
use anyhow::{Result, ensure};
use prices::Prices;
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// How it is replayed.
pub struct Options {
    url: Option<String>,
    at_once: usize,
    orders: Option<usize>,
}

impl Options {
    /// From the command line.
    pub fn read(args: &mut Args) -> Result<Self> {
        let url = args.option("--url")?;
        let at_once = args.number("--at-once")?.map_or(8, usize::from);
        let orders = args.number("--orders")?.map(usize::from);
        args.end()?;
        ensure!((1..=64).contains(&at_once), "--at-once is followed by a number of 1 to 64");
        Ok(Self { url, at_once, orders })
    }
}

/// Replays against the platform at `--url`, or against one of its own that it starts and stops.
pub fn run(options: &Options) -> Result<ExitCode> {
    if let Some(url) = &options.url {
        return against(url, options);
    }
    setup::run()?;
    build::run(&[], Finish::Optimised)?;
    secrets::ensure()?;
    let state = root().join(".kirana/replay");
    if state.exists() {
        std::fs::remove_dir_all(&state)?;
    }
    std::fs::create_dir_all(&state)?;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let platform = step("start a platform for the replay", |_| runner::start(port, &state, runner::Limits::Lifted))?;
    against(&platform.url, options)
}

fn against(url: &str, options: &Options) -> Result<ExitCode> {
    let bootstrap = std::env::var("KIRANA_BOOTSTRAP_SECRET").ok();
    let bootstrap = bootstrap.or_else(|| secrets::ensure().ok()?.get("BOOTSTRAP_SECRET").cloned()).unwrap_or_default();
    let mut orders = file::read(&demo::data("orders_chipotle.tsv")?)?;
    let mut prices = Prices::derive(&orders);
    let wanted = options.orders.unwrap_or(orders.len()).min(orders.len());
    orders.truncate(wanted);
    prices.list_of.truncate(wanted);
    let run = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis()).to_string();
    let admin = demo::admin(url, &bootstrap)?;
    let stores = step("open a store for each price list", |_| shops::open(&admin, &orders, &prices))?;
    let begun = Instant::now();
    let outcome = step(&format!("place and pay {wanted} orders"), |step| {
        drive::all(
            &drive::Plan { url, run: &run, stores: &stores, admin: &admin, orders: &orders, prices: &prices },
            options.at_once,
            step,
        )
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = step("wait until every event has arrived", |step| {
        after::settle(&admin, &stores, outcome.accepted, outcome.paying, step)
    })?;
    let adds_up = report::print(&orders, &prices, &outcome, &after, seconds);
    Ok(if adds_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
