//! Format and clippy, for the host and for WASM; warnings are errors.

use super::Count;
use crate::setup::host_cargo;
use crate::ui::{quietly, step};
use anyhow::Result;

const REMEDY: &str = "Mend what clippy names.";

/// All three; each counts as one check.
pub fn all(count: &mut Count) -> Result<()> {
    count.stage(step("cargo fmt --check", |_| {
        quietly(host_cargo().args(["fmt", "--all", "--check"]), "Run `cargo fmt --all`.")
    }));
    count.stage(step("clippy, for the host", |_| {
        let mut cargo = host_cargo();
        cargo.args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]);
        quietly(&mut cargo, REMEDY)
    }));
    // Lines that are compiled for WASM alone are there only: all others are what the host's run has seen.
    count.stage(step("clippy, for WASM", |_| {
        let mut cargo = host_cargo();
        cargo.args(["clippy", "--target", "wasm32-unknown-unknown", "--quiet", "--package", "kirana-edge"]);
        quietly(cargo.args(["--", "-D", "warnings"]), REMEDY)
    }));
    Ok(())
}
