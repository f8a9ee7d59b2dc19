//! `cargo xtask`: everything that is done with this repository, on a machine with Rust and Node and nothing else.

mod args;
mod bakery;
mod bench;
mod build;
mod demo;
mod dev;
mod fuzz;
mod liquor;
mod replay;
mod runner;
mod scripts;
mod setup;
mod simulate;
mod test;
mod ui;
mod web;
mod wrangler;

use anyhow::{Result, bail};
use args::Args;
use std::process::ExitCode;

const HELP: &str = "cargo xtask <command>

  dev       build, migrate, load the demo chain and serve it   [--port 8787] [--fresh] [--watch]
  test      set up and pass every check and test               [--only lint|native|e2e|web] [--skip-lint] [part of a test's name]
  build     build the scripts to WASM and print their sizes    [--quick] [name ...]
  replay    1,834 real orders through the public API           [--url http://...] [--at-once 8] [--orders N]
  liquor    a day of wholesale liquor sales as receipts of 112 stores, to the cent  [--url http://...]
  openapi   write the gateway's OpenAPI document from the handlers' annotations
  contract  put messages between scripts that are new on record, for later versions to read
  simulate  try to break a store, under a simulated clock      [--seed N] [--seeds N] [--steps 200] [--seconds 30|--hours H] [--sabotage]
  bakery    a real bakery's till over again, planned daily     [--days N] [--json] [--summary]
  chaos     ten stores under load, workerd killed at random    [--rounds 5] [--faults]: queues fail, repeat and reorder as well
  devices   a fleet over real sockets, with lines that break   [--stores 10] [--per-store 20] [--seconds 30] [--seed N]
            --load: a thousand on one hub, and how it bears it [--devices 1000] [--frames 5000] [--seconds 20]
  bench     how fast, beside the least JavaScript that workerd can run  [--only part of a name] [--seconds 5] [--repeats 3]
            [--orders 10000] [--json file] [--against file] [--document docs/performance.md] [--profile script,script]
  cost      what a real day costs at Cloudflare's list prices, by domain and statement   [--orders N]
  fuzz      schemathesis against the served OpenAPI document   [--examples 20] [--as manager]; needs Python
            --frames: what devices say, changed by chance      [--seconds 60] [--seed N]
  screenshots  pictures of every page of the web apps, phone and desk, light and dark, into screenshots/
  setup     fetch the tools into .tools/ and node_modules/
  wrangler  run wrangler on the scripts' files                 dev | deploy <name> | any of its commands

Every command sets up what it needs first. State of the local chain: .kirana/. Remove .tools/ to set up anew.";

fn main() -> ExitCode {
    let mut args = Args::new(std::env::args().skip(1));
    match run(&mut args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &mut Args) -> Result<ExitCode> {
    let Some(command) = args.word() else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    match command.as_str() {
        "dev" => dev::run(&dev::Options::read(args)?)?,
        "test" => return test::run(&test::Options::read(args)?),
        "build" => build::command(args)?,
        "replay" => return replay::run(&replay::Options::read(args)?),
        "liquor" => return liquor::command(args),
        "bench" => return bench::command(args.rest()),
        "cost" => return bench::command(["cost".to_owned()].into_iter().chain(args.rest()).collect()),
        "chaos" => return test::chaos(args),
        "devices" => return test::devices(args),
        "fuzz" => return fuzz::command(args),
        "simulate" => return simulate::command(args),
        "bakery" => return bakery::command(args),
        "openapi" => {
            args.end()?;
            let mut cargo = setup::linting_cargo()?;
            cargo.args(["test", "--quiet", "--workspace", "--test", "openapi"]).env("KIRANA_BLESS", "1");
            ui::quietly(&mut cargo, "Mend what the compiler names.")?;
        }
        "contract" => {
            args.end()?;
            let mut cargo = setup::linting_cargo()?;
            cargo.args(["test", "--quiet", "--workspace", "--test", "contract"]).env("KIRANA_BLESS", "1");
            // The others read what this one writes.
            cargo.args(["--", "all_that_is_written_today_is_on_record"]);
            ui::quietly(&mut cargo, "Mend what the compiler names.")?;
        }
        "setup" => {
            args.end()?;
            setup::run()?;
        }
        "screenshots" => {
            args.end()?;
            setup::run()?;
            build::run(&[], build::Finish::Quick)?;
            web::screenshots()?;
        }
        "wrangler" => return wrangler::command(args),
        "help" | "--help" | "-h" => println!("{HELP}"),
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}
