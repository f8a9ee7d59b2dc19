//! `cargo xtask bench`: the scripts are built, then `bench/` measures them.

use crate::build::Finish;
use crate::{build, dev, setup};
use anyhow::{Context, Result};
use std::process::ExitCode;

/// Builds everything, and measures it with the words that follow: see `bench/src/options.rs`.
///
/// # Errors
/// When something does not build.
pub fn command(words: Vec<String>) -> Result<ExitCode> {
    setup::run()?;
    build::run(&[], Finish::Optimised)?;
    dev::secrets::ensure()?;
    let sizes: Vec<_> =
        build::sizes()?.into_iter().map(|(name, bytes)| format!("{name}={:.1}", bytes as f64 / 1_000.0)).collect();
    let mut cargo = setup::host_cargo();
    // The generator shares the machine with what it measures: it is compiled to take little of it.
    cargo.args(["run", "--quiet", "--profile", "simulator", "--package", "kirana-bench", "--"]).args(words);
    cargo.env("KIRANA_NODE", setup::node()?).env("KIRANA_SIZES", sizes.join(","));
    let status = cargo.status().context("cargo could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
