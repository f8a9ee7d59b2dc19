//! `cargo xtask liquor`: a day of a state's wholesale liquor sales becomes suppliers, age-restricted products and purchase
//! receipts of 112 stores; and whether every cent of the file is somewhere afterwards.

mod file;
mod load;
mod report;

use crate::args::Args;
use crate::build::Finish;
use crate::dev::secrets;
use crate::scripts::root;
use crate::ui::step;
use crate::{build, demo, runner, setup};
use anyhow::{Result, ensure};
use std::process::ExitCode;

/// The command.
///
/// # Errors
/// When the platform refuses something that the file asks for.
pub fn command(args: &mut Args) -> Result<ExitCode> {
    let url = args.option("--url")?;
    args.end()?;
    let adds_up = match url {
        Some(url) => against(&url)?,
        None => {
            setup::run()?;
            build::run(&[], Finish::Optimised)?;
            secrets::ensure()?;
            on_its_own()?
        }
    };
    Ok(if adds_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same as a check: the platform is built already.
///
/// # Errors
/// When something does not add up.
pub fn check() -> Result<()> {
    ensure!(on_its_own()?, "the import does not add up: `cargo xtask liquor` shows it by itself");
    Ok(())
}

fn on_its_own() -> Result<bool> {
    let state = root().join(".kirana/liquor");
    if state.exists() {
        std::fs::remove_dir_all(&state)?;
    }
    std::fs::create_dir_all(&state)?;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let platform = step("start a platform for the import", |_| runner::start(port, &state, runner::Limits::Lifted))?;
    against(&platform.url)
}

fn against(url: &str) -> Result<bool> {
    let bootstrap = std::env::var("KIRANA_BOOTSTRAP_SECRET").ok();
    let bootstrap = bootstrap.or_else(|| secrets::ensure().ok()?.get("BOOTSTRAP_SECRET").cloned()).unwrap_or_default();
    let rows = file::read(&demo::data("liquor_sales.csv")?)?;
    let admin = demo::admin(url, &bootstrap)?;
    let stores =
        step("open the file's stores, with its products on their menu", |step| load::stores(&admin, &rows, step))?;
    let taken = step("import what each store bought", |step| load::receipts(&admin, &rows, &stores, step))?;
    step("write the vendors' price lists", |step| load::prices(&admin, &rows, step))?;
    let books = step("wait until the read model has heard of it", |step| report::books(&admin, &stores, step))?;
    Ok(report::print(&rows, &stores, &taken, &books))
}
