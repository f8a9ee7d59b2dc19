//! `kirana-simulator [--seed N] [--seeds N] [--steps N] [--seconds S] [--sabotage]`: see `cargo xtask simulate`.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

use kirana_simulator::{Action, Failure, Report, Sabotage, run, run_twice, shrink};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Orders and their JSON are thousands of small things a run, and so are SQLite's pages: this one is quicker with them, for
/// SQLite as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Of so many seeds one is run twice.
const TWICE_EVERY: u64 = 100;

struct Options {
    seed: Option<u64>,
    first: u64,
    steps: usize,
    seeds: u64,
    time: Duration,
    threads: usize,
    sabotage: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        seed: None,
        first: 1,
        steps: 200,
        seeds: u64::MAX,
        time: Duration::from_secs(30),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        sabotage: false,
    };
    let mut timed = false;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--sabotage" {
            options.sabotage = true;
            continue;
        }
        let number = words.next().and_then(|value| value.parse::<u64>().ok());
        let number = number.ok_or_else(|| format!("{word} is followed by a number"))?;
        match word.as_str() {
            "--seed" => options.seed = Some(number),
            "--first" => options.first = number,
            "--seeds" => options.seeds = number,
            "--steps" => options.steps = usize::try_from(number).unwrap_or(usize::MAX),
            "--seconds" | "--hours" => {
                let unit = if word == "--hours" { 3_600 } else { 1 };
                options.time = Duration::from_secs(number.saturating_mul(unit));
                timed = true;
            }
            "--threads" => options.threads = usize::try_from(number).unwrap_or(1).max(1),
            other => return Err(format!("{other} is not known here")),
        }
    }
    if options.seeds < u64::MAX && !timed {
        options.time = Duration::MAX;
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    if options.sabotage {
        return sabotage(&options);
    }
    if let Some(seed) = options.seed {
        return match run(seed, options.steps, Sabotage::None) {
            Ok(report) => {
                println!("seed {seed}: {report:?}");
                ExitCode::SUCCESS
            }
            Err(failure) => tell(seed, options.steps, failure, Sabotage::None),
        };
    }
    search(&options)
}

/// Runs seeds on every processor until the time is over, or one fails.
fn search(options: &Options) -> ExitCode {
    let begun = Instant::now();
    let next = AtomicU64::new(options.first);
    let last = options.first.saturating_add(options.seeds);
    let found: Mutex<Option<(u64, Failure)>> = Mutex::new(None);
    let sum: Mutex<(u64, u64, Report)> = Mutex::default();
    let over = || found.lock().unwrap_or_else(PoisonError::into_inner).is_some() || begun.elapsed() >= options.time;
    std::thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(|| {
                while !over() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= last {
                        return;
                    }
                    let play = if seed % TWICE_EVERY == 1 { run_twice } else { run };
                    match play(seed, options.steps, Sabotage::None) {
                        Ok(report) => {
                            let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                            sum.0 += 1;
                            sum.1 += u64::from(seed % TWICE_EVERY == 1);
                            sum.2.commands += report.commands;
                            sum.2.orders += report.orders;
                            sum.2.crashes += report.crashes;
                            sum.2.events += report.events;
                        }
                        Err(failure) => {
                            *found.lock().unwrap_or_else(PoisonError::into_inner) = Some((seed, failure));
                        }
                    }
                }
            });
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    let (runs, twice, sum) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    #[allow(clippy::cast_precision_loss)] // for people to read
    let pace = sum.commands as f64 / seconds / options.threads as f64;
    println!(
        "{runs} runs of {} steps in {seconds:.1} s on {} threads: {} commands ({pace:.0} a second and core), {} orders, \
         {} crashes, {} events took effect; {twice} runs were done twice and said the same to the byte",
        options.steps, options.threads, sum.commands, sum.orders, sum.crashes, sum.events
    );
    match found.into_inner().unwrap_or_else(PoisonError::into_inner) {
        None => ExitCode::SUCCESS,
        Some((seed, failure)) => tell(seed, options.steps, failure, Sabotage::None),
    }
}

/// Takes each guard away, and looks whether somebody notices within the time.
fn sabotage(options: &Options) -> ExitCode {
    let mut unnoticed = 0;
    for sabotage in Sabotage::all() {
        let begun = Instant::now();
        let found = (options.first..options.first.saturating_add(options.seeds))
            .take_while(|_| begun.elapsed() < options.time)
            .find_map(|seed| Some((seed, run(seed, options.steps, sabotage).err()?)));
        let Some((seed, failure)) = found else {
            unnoticed += 1;
            println!("✗ {sabotage:?}: nobody noticed");
            continue;
        };
        let seconds = begun.elapsed().as_secs_f64();
        let (script, failure) = shrink(&Action::script(seed, options.steps), failure, sabotage);
        println!("✓ {sabotage:?}: seed {seed} after {seconds:.2} s, {} actions: {}", script.len(), failure.wrong);
    }
    if unnoticed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(seed: u64, steps: usize, failure: Failure, sabotage: Sabotage) -> ExitCode {
    println!("seed {seed} fails at step {}: {}\nshrinking ...", failure.step, failure.wrong);
    let (script, failure) = shrink(&Action::script(seed, steps), failure, sabotage);
    println!("{} actions are enough: {}", script.len(), failure.wrong);
    for action in &script {
        println!("  {action:?}");
    }
    println!("again: cargo xtask simulate --seed {seed} --steps {steps}");
    ExitCode::FAILURE
}
