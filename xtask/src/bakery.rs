//! `cargo xtask bakery`: five months of a real bakery's till over again, on the store's core under a simulated clock.

use crate::args::Args;
use crate::scripts::root;
use crate::setup;
use crate::ui::{quietly, step};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Replays the till's file with the words that it is given.
pub fn command(args: &mut Args) -> Result<ExitCode> {
    let mut cargo = setup::host_cargo();
    cargo.args(["build", "--quiet", "--profile", "simulator", "--package", "kirana-simulator"]);
    quietly(&mut cargo, "Mend what the compiler names.")?;
    let mut bakery = Command::new(root().join("target/simulator/kirana-bakery"));
    let status = bakery.arg(file()).args(args.rest()).status().context("the bakery could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The whole file as one check, by the program that was compiled with the tests: every day is proved, or it fails.
pub fn check(program: impl Fn() -> Result<Command>) -> Result<()> {
    step("a bakery's 9,531 transactions over again, every day proved", |_| {
        let said = quietly(program()?.arg(file()).arg("--summary"), "`cargo xtask bakery` tells of each day.")?;
        println!("{}", said.trim_end());
        Ok(())
    })
}

/// The till's file.
fn file() -> PathBuf {
    root().join("data/sales_bakery.csv")
}
