//! Load on one hub, with the figures of it: how long a command takes until it is acknowledged while a thousand devices speak, what an idle
//! device costs in memory, and what a store's orders feel of a flood on its hub. Run by `cargo xtask devices --load`, which is no part of
//! the tests: figures are of a machine.

use crate::crowd::{Crowd, Pace};
use crate::fleet::claim;
use kirana_tests::{Chain, Platform};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What is asked of a hub.
const MARK: Duration = Duration::from_millis(50);
/// Commands while the hub hears nothing else, and orders of each measurement.
const FEW: usize = 200;
/// How long somebody waits for an acknowledgement: one that takes longer counts as so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Figures of durations.
pub struct Durations(Vec<Duration>);

impl Durations {
    pub fn of(mut all: Vec<Duration>) -> Self {
        all.sort();
        Self(all)
    }

    pub fn at(&self, permille: usize) -> Duration {
        let place = (self.0.len() * permille).div_ceil(1000).clamp(1, self.0.len().max(1)) - 1;
        self.0.get(place).copied().unwrap_or(Duration::ZERO)
    }
}

impl std::fmt::Display for Durations {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let millis = |permille| self.at(permille).as_secs_f64() * 1e3;
        write!(
            to,
            "p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms of {}",
            millis(500),
            millis(990),
            millis(1000),
            self.0.len()
        )
    }
}

fn met(good: bool) -> &'static str {
    if good { "met" } else { "MISSED" }
}

pub fn run(devices: usize, frames: u64, seconds: u64) {
    let platform = Platform::start("fleet-load").unwrap();
    let chain = Chain::open(&platform, 1_000_000).unwrap();
    println!("{}", beside());
    let before = platform.memory().unwrap_or(0);
    let begun = Instant::now();
    let made = claim(&chain, &chain.store, devices);
    println!("{devices} devices registered and claimed in {:.1} s", begun.elapsed().as_secs_f64());
    let registered = platform.memory().unwrap_or(0);
    let begun = Instant::now();
    let crowd = Crowd::connect(&chain, made);
    println!("{devices} connected in {:.1} s", begun.elapsed().as_secs_f64());
    let connected = platform.memory().unwrap_or(0);
    println!(
        "memory of the runtime: {} MB with nothing, {} MB with all registered, {} MB with all connected and idle: {:.1} kB for each idle device",
        before >> 20,
        registered >> 20,
        connected >> 20,
        connected.saturating_sub(registered) as f64 / 1024.0 / devices as f64
    );
    let quiet = commands(&chain, &crowd, FEW, Duration::from_millis(5), Duration::from_secs(30));
    println!("a command to its acknowledgement, idle: {}", quiet.hub);
    println!("  with the caller's way to it and back: {}", quiet.caller);

    let pace = Pace::all(frames as f64 / devices as f64);
    crowd.speak(&pace);
    let (begun, computed) = (Instant::now(), platform.computed());
    let busy = commands(&chain, &crowd, seconds as usize * 25, Duration::from_millis(40), Duration::from_secs(seconds));
    let said = crowd.hush();
    let took = begun.elapsed();
    crowd.all_heard();
    let heard = begun.elapsed();
    let rate = said as f64 / took.as_secs_f64();
    if let (Some(before), Some(after)) = (computed, platform.computed()) {
        let each = (after - before).as_secs_f64() * 1e6 / said as f64;
        println!("the runtime computed {each:.0} µs for each frame, commands and all that follows among it");
    }
    println!(
        "{said} frames in {:.1} s, {rate:.0} a second; the last of them heard {:.2} s later ({})",
        took.as_secs_f64(),
        (heard - took).as_secs_f64(),
        crowd.mix()
    );
    let good = busy.hub.at(990) < MARK && rate >= frames as f64 * 0.95 && heard - took < Duration::from_secs(1);
    println!("a command to its acknowledgement, under that: {}: {}", busy.hub, met(good));
    println!("  with the caller's way to it and back: {}", busy.caller);

    let orders = |what: &str| {
        let (_, customer) = chain.customer().unwrap();
        let line = json!({"variant_sku": "golden-bubble-milk-tea/medium", "quantity": 1, "modifiers": [{"sku": "choose-sweetness-level/sugar-50pc"},
            {"sku": "choose-extra-topping-s-chewy-tea/none"}, {"sku": "extra-toppings/grass-jelly"}]});
        let place = |_| {
            let (begun, order) = (Instant::now(), chain.order(std::slice::from_ref(&line)));
            customer.post("/api/v1/orders", &order).unwrap().expect(201).unwrap();
            let took = begun.elapsed();
            std::thread::sleep(Duration::from_millis(30).saturating_sub(took));
            took
        };
        let all = Durations::of((0..FEW).map(place).collect());
        println!("an order at the same store, {what}: {all}");
        all
    };
    // What is read for the first time is not what an order takes.
    orders("to begin with");
    let quiet = orders("quiet");
    let begun = Instant::now();
    crowd.speak(&Pace::flood(devices / 10, frames as f64 / (devices / 10) as f64));
    let flooded = orders("under a flood on its hub");
    let (said, cut) = (crowd.hush(), crowd.cut());
    let rate = said as f64 / begun.elapsed().as_secs_f64();
    println!(
        "the flood: {rate:.0} frames a second by {} devices; {cut} lines were cut off for it, and came back as often as they were let in",
        devices / 10
    );
    let times = flooded.at(990).as_secs_f64() / quiet.at(990).as_secs_f64();
    println!("orders take {times:.2} times as long at p99: {}", met(times < 2.0));
    println!("{}", beside());
}

struct Commanded {
    /// By the hub's own clock, from when it took the command to when it took the acknowledgement.
    hub: Durations,
    /// From the caller's request until its answer, and the acknowledgement.
    caller: Durations,
}

/// Gives commands to one device after the other, so many or for so long.
fn commands(chain: &Chain, crowd: &Crowd, count: usize, pause: Duration, most: Duration) -> Commanded {
    let (mut given, mut caller, all) = (Vec::new(), Vec::new(), Instant::now());
    for turn in 0..count {
        let id = crowd.id(turn * 7919);
        let begun = Instant::now();
        let command = json!({"name": "identify", "ttl": 60});
        let made = chain.admin.post(&format!("/api/v1/devices/{id}/command"), &command).unwrap().expect(201).unwrap();
        let command = made["id"].as_str().unwrap().to_owned();
        let at = crowd.acknowledged(&command, PATIENCE);
        caller.push(at.map_or(PATIENCE, |at| at.saturating_duration_since(begun)));
        given.push((id, command));
        std::thread::sleep(pause.saturating_sub(begun.elapsed()));
        if all.elapsed() > most {
            break;
        }
    }
    let took = |(id, command): &(String, String)| {
        let all = chain.admin.get(&format!("/api/v1/devices/{id}/commands")).unwrap().expect(200).unwrap();
        let one = all.as_array().unwrap().iter().find(|one| one["id"] == command.as_str()).unwrap().clone();
        if one["state"] != "done" {
            return PATIENCE;
        }
        let at = |field: &str| millis(&one[field]);
        Duration::from_millis(at("finished_at").saturating_sub(at("created_at")))
    };
    Commanded { hub: Durations::of(given.iter().map(took).collect()), caller: Durations::of(caller) }
}

/// The milliseconds of a moment, within its day: both of a command lie in one.
fn millis(time: &Value) -> u64 {
    let text = time.as_str().unwrap();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u64>().ok()).unwrap_or(0);
    let fraction = text.get(20..).unwrap_or("").trim_end_matches('Z');
    let fraction = format!("{fraction:0<3}")[..3].parse::<u64>().unwrap_or(0);
    ((number(11, 13) * 60 + number(14, 16)) * 60 + number(17, 19)) * 1000 + fraction
}

/// What else the machine does: figures mean nothing without it.
fn beside() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("this machine: {cores} cores, load {}", load.split(' ').take(3).collect::<Vec<_>>().join(" "))
}
