//! `cargo xtask simulate`: the store's core under every fault there is, as fast as the processors allow.

use crate::args::Args;
use crate::setup;
use crate::ui::{quietly, step};
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};

/// Runs the simulator with the words that it is given.
pub fn command(args: &mut Args) -> Result<ExitCode> {
    let status = program()?.args(args.rest()).status().context("the simulator could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A short run as one check, and another that takes each guard away and must notice; by the program that was compiled with the tests.
pub fn check(program: impl Fn() -> Result<Command>) -> [Result<()>; 2] {
    let run = |args: &[&str]| {
        let mut simulator = program()?;
        let said =
            quietly(simulator.args(args), "A run is a seed: `cargo xtask simulate --seed <it>` shows it again.")?;
        println!("{}", said.trim_end());
        Ok(())
    };
    [
        step("simulate for 30 s: crashes, lost packs, late payments, offline tills", |_| run(&["--seconds", "30"])),
        step("simulate with each guard taken away: somebody must notice", |_| run(&["--sabotage", "--seconds", "90"])),
    ]
}

fn program() -> Result<Command> {
    let mut cargo = setup::host_cargo();
    cargo.args(["build", "--quiet", "--profile", "simulator", "--package", "kirana-simulator"]);
    quietly(&mut cargo, "Mend what the compiler names.")?;
    Ok(Command::new(crate::scripts::root().join("target/simulator/kirana-simulator")))
}
