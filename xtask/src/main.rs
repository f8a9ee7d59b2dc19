//! `cargo xtask`: everything that is done with this repository, on a machine with Rust and Node and nothing else.

mod build;
mod demo;
mod dev;
mod runner;
mod scripts;
mod setup;
mod test;
mod ui;

use anyhow::{Result, bail};

const HELP: &str = "cargo xtask <command>

  dev    build, migrate, load the demo chain and serve it    [--port 8787] [--fresh]
  test   set up and pass every test                          [--skip-lint] [--only native|e2e] [filter]
  build  build the scripts to WASM and print their sizes     [name ...]
  setup  fetch the tools into .tools/ and node_modules/

Every command sets up what it needs first. State of the local chain: .kirana/. Remove .tools/ to set up anew.";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Err(error) = run(&args) {
        eprintln!("\nerror: {error:#}");
        std::process::exit(1);
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((command, args)) = args.split_first() else {
        println!("{HELP}");
        return Ok(());
    };
    let flag = |name: &str| args.iter().any(|arg| arg == name);
    let option = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1)).cloned();
    match command.as_str() {
        "dev" => {
            let port = option("--port").map_or(Ok(8787), |port| port.parse())?;
            dev::run(port, flag("--fresh"))
        }
        "test" => test::run(&test::Options {
            lint: !flag("--skip-lint") && option("--only").is_none(),
            native: option("--only").is_none_or(|only| only == "native"),
            e2e: option("--only").is_none_or(|only| only == "e2e"),
            filter: args
                .last()
                .filter(|last| !last.starts_with('-') && option("--only").as_ref() != Some(last))
                .cloned(),
        }),
        "build" => {
            if std::env::var_os("KIRANA_PREBUILT").is_some() {
                // `wrangler deploy --dry-run` runs the build command of each script again; it has just been built.
                return Ok(());
            }
            setup::run()?;
            build::run(args)
        }
        "setup" => setup::run(),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
}
