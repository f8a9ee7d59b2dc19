//! `cargo xtask dev`: the demo chain, served.

pub mod secrets;
mod watch;

use crate::args::Args;
use crate::build::Finish;
use crate::scripts::root;
use crate::ui::step;
use crate::{build, demo, runner, setup};
use anyhow::Result;
use std::path::Path;

/// What the local chain knows, kept between runs; laid out as `wrangler dev --persist-to` does.
pub const STATE: &str = ".kirana/state";

/// How it is served.
pub struct Options {
    port: u16,
    fresh: bool,
    watch: bool,
}

impl Options {
    /// From the command line.
    pub fn read(args: &mut Args) -> Result<Self> {
        let port = args.number("--port")?.unwrap_or(8787);
        let options = Self { port, fresh: args.flag("--fresh"), watch: args.flag("--watch") };
        args.end()?;
        Ok(options)
    }
}

/// Loads the chain's past beside what is served, so that nobody waits for it; once, begun again where it broke off.
fn past(home: &Path, url: &str) {
    let (loaded, url) = (home.join("past.json"), url.to_owned());
    if loaded.exists() {
        return;
    }
    println!("Three weeks of sales are being loaded: the owner's charts fill up within a minute or two.");
    std::thread::spawn(move || match demo::past::load(&url) {
        Ok(sales) => {
            let kept = std::fs::write(&loaded, serde_json::json!({"sales": sales}).to_string());
            println!(
                "✓ {sales} sales of three weeks are loaded{}",
                if kept.is_ok() { "" } else { ", and will be again" }
            );
        }
        Err(error) => eprintln!("✗ the sales of three weeks were not loaded whole: {error:#}; the next start goes on"),
    });
}

/// Sets up, builds, serves, and loads the demo chain at the first start.
pub fn run(options: &Options) -> Result<()> {
    setup::run()?;
    build::run(&[], Finish::Quick)?;
    let (home, state) = (root().join(".kirana"), root().join(STATE));
    if options.fresh && home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    let secrets = secrets::ensure()?;
    std::fs::create_dir_all(&state)?;
    let mut platform = step("start the platform, migrate its databases", |_| {
        runner::start(options.port, &state, runner::Limits::Deployed)
    })?;
    let loaded = home.join("demo.json");
    if !loaded.exists() {
        let bootstrap = secrets.get("BOOTSTRAP_SECRET").cloned().unwrap_or_default();
        let chain = step("load the demo chain", |_| demo::load(&platform.url, &bootstrap))?;
        std::fs::write(&loaded, serde_json::to_vec_pretty(&chain)?)?;
    }
    let chain: serde_json::Value = serde_json::from_slice(&std::fs::read(&loaded)?)?;
    demo::describe(&platform.url, &chain);
    println!(
        "\nWorker logs: {}   Ctrl-C stops; the state stays for the next start.",
        state.join("runner.log").display()
    );
    past(&home, &platform.url);
    if options.watch { watch::run(&mut platform) } else { platform.wait() }
}
