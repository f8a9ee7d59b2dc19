//! The tools: the WASM toolchain from rustup, worker-build and wasm-bindgen by cargo, the rest by npm.
//!
//! All of it lands in git-ignored folders of the project (`.tools/`, `node_modules/`), but for rustup's toolchains.

mod browser;
mod crates;
mod npm;
mod python;
mod rust;

pub use browser::browser;
pub use npm::{bin as npm_bin, node};
pub use python::environment as python;
pub use rust::{host_cargo, linting_cargo, nightly_cargo, pinned};

use crate::scripts::root;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// What to do when something could not be fetched.
const NO_NETWORK: &str =
    "Is there a network? What is missing is fetched once, by the ordinary package clients; run the command again.";

/// Fetches what is missing. Milliseconds when nothing is.
pub fn run() -> Result<()> {
    fetched()?;
    programs()
}

/// The toolchains, and what comes from npm.
pub fn fetched() -> Result<()> {
    rust::toolchains()?;
    npm::packages()?;
    npm::node()?;
    Ok(())
}

/// The programs that make a script of WASM: minutes to compile, the first time.
pub fn programs() -> Result<()> {
    crates::programs()
}

/// The git-ignored folder of the tools.
fn tools() -> PathBuf {
    root().join(".tools")
}

/// A program that `cargo install` put into `.tools/`.
pub fn cargo_bin(name: &str) -> PathBuf {
    tools().join("cargo/bin").join(name)
}

/// Whether a stamp says that this very thing has been done.
fn stamped(stamp: &Path, what: &[u8]) -> bool {
    std::fs::read(stamp).is_ok_and(|found| found == what)
}

/// Says so, for the next time.
fn stamp(stamp: &Path, what: &[u8]) -> Result<()> {
    std::fs::create_dir_all(stamp.parent().unwrap_or(Path::new(".")))?;
    std::fs::write(stamp, what)?;
    Ok(())
}
