//! The tools: the WASM toolchain from rustup, worker-build and wasm-bindgen from crates.io, the rest from npm.
//!
//! All of it lands in git-ignored folders of the project (`.tools/`, `node_modules/`), but for rustup's toolchains.

use crate::scripts::root;
use crate::ui::{quietly, step};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The nightly that the WASM is built with: panic=unwind needs a standard library built for it (decision 0002).
pub const NIGHTLY: &str = "nightly-2026-05-20";
const WORKER_BUILD: &str = "0.8.7";
const NODE: u32 = 22;
const NO_NETWORK: &str =
    "Is there a network? What is missing is fetched once, by the ordinary package clients; run the command again.";

/// Fetches what is missing. Milliseconds when nothing is.
pub fn run() -> Result<()> {
    toolchain()?;
    cargo_tool("worker-build", WORKER_BUILD, true)?;
    cargo_tool("wasm-bindgen-cli", &locked_version("wasm-bindgen")?, false)?;
    npm_packages()?;
    node()?;
    Ok(())
}

fn tools() -> PathBuf {
    root().join(".tools")
}

/// A program that `cargo install` put into `.tools/`.
pub fn cargo_bin(name: &str) -> PathBuf {
    tools().join("cargo/bin").join(name)
}

/// A program of an npm package.
pub fn npm_bin(package: &str, path: &str) -> PathBuf {
    root().join("node_modules").join(package).join(path)
}

/// Where `cargo`, `rustc` and `rustup` stand that take `nightly` for the pinned one: worker-build asks for the unpinned.
pub fn pinned() -> PathBuf {
    tools().join("pinned")
}

fn toolchain() -> Result<()> {
    let stamp = tools().join(format!("{NIGHTLY}.stamp"));
    if stamp.is_file() {
        return Ok(());
    }
    step(&format!("rustup: {NIGHTLY} with the WASM target and its sources"), || {
        let remedy = format!("Install rustup (https://rustup.rs). {NO_NETWORK}");
        quietly(
            Command::new("rustup").args(["toolchain", "install", NIGHTLY, "--profile", "minimal"]).args([
                "-c",
                "rust-src",
                "-t",
                "wasm32-unknown-unknown",
            ]),
            &remedy,
        )?;
        quietly(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]), &remedy)?;
        write_pinned()?;
        std::fs::write(&stamp, "")?;
        Ok(())
    })
}

fn write_pinned() -> Result<()> {
    let script = format!(
        r#"#!/bin/sh
# Takes `nightly` for the nightly that this project pins.
here=$(dirname "$0"); tool=$(basename "$0")
PATH=$(printf %s "$PATH" | sed "s|$here:||g"); export PATH
for a; do shift; case $a in +nightly) a=+{NIGHTLY};; nightly) a={NIGHTLY};; esac; set -- "$@" "$a"; done
exec "$tool" "$@"
"#
    );
    std::fs::create_dir_all(pinned())?;
    for tool in ["cargo", "rustc", "rustup"] {
        let path = pinned().join(tool);
        std::fs::write(&path, &script)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

fn cargo_tool(name: &str, version: &str, locked: bool) -> Result<()> {
    let stamp = tools().join(format!("{name}-{version}.stamp"));
    if stamp.is_file() {
        return Ok(());
    }
    step(&format!("cargo install {name} {version} (a few minutes, once)"), || {
        let mut command = Command::new("cargo");
        command.args(["install", name, "--version", version, "--root"]).arg(tools().join("cargo"));
        if locked {
            command.arg("--locked");
        }
        quietly(&mut command, NO_NETWORK)?;
        std::fs::write(&stamp, "")?;
        Ok(())
    })
}

/// The version of a crate in Cargo.lock: wasm-bindgen's program must be that of its library.
fn locked_version(name: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock"))?;
    let mut lines = lock.lines();
    let wanted = format!("name = \"{name}\"");
    lines.find(|line| *line == wanted);
    let version = lines.next().and_then(|line| line.strip_prefix("version = \""));
    version
        .and_then(|version| version.strip_suffix('"'))
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock does not name {name}"))
}

fn npm_packages() -> Result<()> {
    let stamp = root().join("node_modules/.kirana-stamp");
    let lock = std::fs::read(root().join("package-lock.json"))?;
    if std::fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(());
    }
    step("npm: wrangler, workerd, wasm-opt, esbuild", || {
        let remedy = format!("Install Node and npm (https://nodejs.org). {NO_NETWORK}");
        quietly(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(root()), &remedy)?;
        std::fs::write(&stamp, &lock)?;
        Ok(())
    })
}

/// A Node that wrangler runs on: the installed one, or one from npm when that is older.
pub fn node() -> Result<PathBuf> {
    let version = quietly(Command::new("node").arg("--version"), "Install Node (https://nodejs.org).")?;
    let major: u32 = version.trim_start_matches('v').split('.').next().unwrap_or_default().parse().unwrap_or(0);
    if major >= NODE {
        return Ok("node".into());
    }
    let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", "x86_64") => "darwin-x64",
        (os, arch) => bail!(
            "Node {} is too old and there is none to fetch for {os} on {arch}: install Node {NODE}",
            version.trim()
        ),
    };
    let package = format!("node-{platform}");
    let program = tools().join("node/node_modules").join(&package).join("bin/node");
    if !program.is_file() {
        step(&format!("npm: Node {NODE}, as the installed one is {}", version.trim()), || {
            let mut command = Command::new("npm");
            command.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(tools().join("node"));
            quietly(command.arg(format!("{package}@{NODE}")), NO_NETWORK)
        })?;
    }
    Ok(program)
}
