//! `cargo xtask test`: every check and every test, and the closing line that counts them.

mod count;
mod dry_run;
mod lint;
mod programs;

use crate::args::Args;
use crate::build::Finish;
use crate::scripts::root;
use crate::ui::{quietly, step};
use crate::{bakery, build, dev, fuzz, liquor, setup, simulate, web};
use anyhow::{Context, Result, bail};
pub use count::Count;
use programs::{Compiled, Program};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// What to run.
pub struct Options {
    lint: bool,
    native: bool,
    e2e: bool,
    web: bool,
    filter: Option<String>,
}

impl Options {
    /// From the command line. With a part of a test's name, only tests run.
    pub fn read(args: &mut Args) -> Result<Self> {
        let only = args.option("--only")?;
        if let Some(only) = only.as_deref().filter(|only| !["lint", "native", "e2e", "web"].contains(only)) {
            bail!("--only is followed by lint, native, e2e or web, not `{only}`");
        }
        let skip_lint = args.flag("--skip-lint");
        let filter = args.word();
        args.end()?;
        let wanted = |stage: &str| only.as_deref().is_none_or(|only| only == stage);
        let lint = wanted("lint") && !skip_lint && filter.is_none();
        let web = wanted("web") && filter.is_none();
        Ok(Self { lint, native: wanted("native"), e2e: wanted("e2e"), web, filter })
    }
}

/// Runs the stages; a failed one counts as a failed test, and those that do not need it go on. The last line is the sum.
pub fn run(options: &Options) -> Result<ExitCode> {
    setup::fetched()?;
    let mut count = Count::default();
    let compiled = std::thread::scope(|scope| {
        // The first time, what bundles scripts is compiled while others look at what needs none.
        let tools = scope.spawn(setup::programs);
        if options.lint {
            lint::format(&mut count);
        }
        let mut compiled = None;
        if options.lint || options.native || options.e2e {
            compiled = Some(programs::all(&mut count, options.lint)?);
        }
        if options.web {
            web::lint(&mut count)?;
            web::logic(&mut count)?;
        }
        if let Some(compiled) = compiled.as_ref().filter(|_| options.native) {
            native(options, compiled, &mut count)?;
        }
        tools.join().unwrap_or_else(|_| bail!("a thread of the set-up died"))?;
        Ok::<_, anyhow::Error>(compiled)
    })?;
    if let Some(compiled) = compiled.as_ref().filter(|_| options.e2e) {
        e2e(options, compiled, &mut count)?;
    }
    if options.web && count.stage(build::run(&[], Finish::Optimised)) {
        dev::secrets::ensure()?;
        web::browser(&mut count)?;
    }
    println!("{count}");
    Ok(if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn native(options: &Options, compiled: &Compiled, count: &mut Count) -> Result<()> {
    eprintln!("  native tests");
    for program in compiled.programs.iter().filter(|program| !program.needs_platform()) {
        let mut command = program.command();
        command.args(&options.filter);
        count::run(command, count)?;
    }
    if options.filter.is_none() {
        for check in simulate::check(|| compiled.other("kirana-simulator")) {
            count.stage(check);
        }
        count.stage(bakery::check(|| compiled.other("kirana-bakery")));
    }
    Ok(())
}

fn e2e(options: &Options, compiled: &Compiled, count: &mut Count) -> Result<()> {
    if !count.stage(build::run(&[], Finish::Optimised)) {
        return Ok(());
    }
    dev::secrets::ensure()?;
    if let Some(filter) = &options.filter {
        for program in compiled.programs.iter().filter(|program| program.needs_platform()) {
            let mut command = on_platform(program)?;
            command.arg(filter);
            count::run(command, count)?;
        }
        return Ok(());
    }
    count.stage(step("wrangler deploy --dry-run of every script", dry_run::all));
    count.stage(step("migrations of D1, stopped after each of their statements", |_| {
        quietly(
            Command::new(setup::node()?).args(["--test", "runner/*.test.mjs"]).current_dir(root()),
            "See runner/migrate.mjs.",
        )
    }));
    let python = peers();
    eprintln!("  end-to-end tests against the platform in workerd, with five rounds of chaos beside them");
    // Both wait for their platforms more than they compute.
    let mut chaos = on_platform(compiled.of_platform("chaos")?)?;
    chaos.env("KIRANA_CHAOS_ROUNDS", "5");
    let chaos = count::spawn(chaos)?;
    for name in ["e2e", "asvs", "events", "fleet", "gateways", "openapi", "papers", "sources"] {
        let tests = || {
            let mut tests = on_platform(compiled.of_platform(name)?)?;
            tests.envs(python.iter().map(|python| ("KIRANA_PAHO", python)));
            tests.args(CROWDS.into_iter().flat_map(|name| ["--skip", name]));
            Ok(tests)
        };
        count::run_twice(tests, count)?;
    }
    chaos.count(count)?;
    eprintln!("  end-to-end tests that are a crowd each, one after the other");
    for name in CROWDS {
        let crowd = || {
            let mut crowd = on_platform(compiled.of_platform("e2e")?)?;
            crowd.env("RUST_TEST_THREADS", "1").arg(name);
            Ok(crowd)
        };
        count::run_twice(crowd, count)?;
    }
    count.stage(liquor::check());
    count.stage(fuzz::check());
    Ok(())
}

/// Tests that keep both processors busy for as long as they run: beside others, those would wait for them past their deadlines.
const CROWDS: [&str; 2] =
    ["case_1_two_hundred_checkouts_of_the_last_unit", "r7_five_hundred_payments_are_told_of_three_times_in_any_order"];

/// What others wrote in Python to speak with: a server that answers as Stripe does, a client of Swish, one of MQTT, a reader of PDF. Where Python cannot be
/// had those tests are passed over, and say so: it is no part of what a machine needs to build Kirana.
fn peers() -> Option<PathBuf> {
    let packages = ["localstripe==1.15.10", "swish==1.7.1", "paho-mqtt==2.1.0", "pypdf==7.1.1"];
    match setup::python("gateways", &packages) {
        Ok(programs) => Some(programs.join("python")),
        Err(error) => {
            eprintln!("  {} are passed over: {error:#}", packages.join(", "));
            None
        }
    }
}

/// The command of a program that needs the platform.
fn on_platform(program: &Program) -> Result<Command> {
    let mut command = program.command();
    command.env("KIRANA_E2E", "1").env("KIRANA_NODE", setup::node()?).env("RUST_TEST_THREADS", "6");
    Ok(command)
}

/// What `cargo xtask chaos --faults` puts between the scripts and their queues: see `runner/faults/around.mjs`.
const FAULTS: &str = "consumer=0.3,duplicate=3,delay=2,at_once=1,retries=3";

/// `cargo xtask devices`: a fleet of devices over real sockets; with `--load` a thousand of them on one hub, and how it bears that.
///
/// # Errors
/// When the platform does not build, or something is lost.
pub fn devices(args: &mut Args) -> Result<ExitCode> {
    let load = args.flag("--load");
    let asked: &[(&str, &str, u16)] = if load {
        &[("--devices", "DEVICES", 1_000), ("--frames", "FRAMES", 5_000), ("--seconds", "SECONDS", 20)]
    } else {
        &[("--stores", "STORES", 10), ("--per-store", "EACH", 20), ("--seconds", "SECONDS", 30), ("--seed", "SEED", 1)]
    };
    let mut vars = Vec::new();
    for (flag, name, otherwise) in asked {
        vars.push((format!("KIRANA_FLEET_{name}"), args.number(flag)?.unwrap_or(*otherwise).to_string()));
    }
    if load {
        vars.push(("KIRANA_FLEET_LOAD".into(), "1".into()));
    }
    args.end()?;
    setup::run()?;
    build::run(&[], Finish::Optimised)?;
    dev::secrets::ensure()?;
    let mut cargo = setup::linting_cargo()?;
    cargo.args(["test", "--quiet", "--workspace", "--test", "fleet", "--"]);
    cargo.args([if load { "load_on_one_hub" } else { "a_fleet_loses_nothing" }, "--nocapture"]);
    cargo.env("KIRANA_E2E", "1").env("KIRANA_NODE", setup::node()?).envs(vars);
    let status = cargo.status().context("cargo could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `cargo xtask chaos`: the same test that is part of `cargo xtask test`, for as many rounds as wanted.
pub fn chaos(args: &mut Args) -> Result<ExitCode> {
    let rounds = args.number("--rounds")?.unwrap_or(5);
    let faults = args.flag("--faults");
    args.end()?;
    setup::run()?;
    build::run(&[], Finish::Optimised)?;
    dev::secrets::ensure()?;
    let mut cargo = setup::linting_cargo()?;
    cargo.args(["test", "--quiet", "--workspace", "--test", "chaos", "--", "--nocapture"]);
    cargo.env("KIRANA_E2E", "1").env("KIRANA_NODE", setup::node()?).env("KIRANA_CHAOS_ROUNDS", rounds.to_string());
    if faults {
        cargo.env("KIRANA_CHAOS_FAULTS", FAULTS);
    }
    let status = cargo.status().context("cargo could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
