//! Toolchains: a dated nightly for the WASM, the stable of lint and native tests.

use super::{NO_NETWORK, stamp, stamped, tools};
use crate::scripts::root;
use crate::ui::{quietly, step};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The nightly that the WASM is built with: panic=unwind needs a standard library built for it (decision 0002).
pub const NIGHTLY: &str = "nightly-2026-05-20";
const TARGET: &str = "wasm32-unknown-unknown";

/// Installs what is missing: the nightly, and the WASM target and lints of the stable one that rust-toolchain.toml names.
pub fn toolchains() -> Result<()> {
    write_pinned()?;
    let done = tools().join("rust.stamp");
    let wanted = format!("{NIGHTLY} {}", stable_version());
    if stamped(&done, wanted.as_bytes()) {
        return Ok(());
    }
    let remedy = format!("Install rustup (https://rustup.rs). {NO_NETWORK}");
    let install = ["toolchain", "install", "--profile", "minimal", "--no-self-update", "-t", TARGET];
    step(&format!("rustup: {NIGHTLY} with the WASM target and its sources"), |_| {
        quietly(Command::new("rustup").args(install).args(["-c", "rust-src", NIGHTLY]), &remedy)
    })?;
    step("rustup: the WASM target, clippy and rustfmt of the stable toolchain", |_| {
        quietly(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root()), &remedy)?;
        quietly(Command::new("rustup").args(["component", "add", "clippy", "rustfmt"]).current_dir(root()), &remedy)
    })?;
    stamp(&done, wanted.as_bytes())
}

fn stable_version() -> String {
    let version = Command::new("rustc").arg("--version").env_remove("RUSTUP_TOOLCHAIN").current_dir(root()).output();
    version.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The cargo that lints and tests.
pub fn host_cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root()).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// The same with clippy in the compiler's place for the project's own crates. All that tests does so: what is compiled by the compiler itself is kept
/// apart from it, and would be compiled once more.
///
/// # Errors
/// When the compiler cannot be asked where clippy is.
pub fn linting_cargo() -> Result<Command> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "sysroot"]).env_remove("RUSTUP_TOOLCHAIN").current_dir(root());
    let sysroot = quietly(&mut rustc, "Install rustup (https://rustup.rs).")?;
    let mut cargo = host_cargo();
    cargo.env("RUSTC_WORKSPACE_WRAPPER", PathBuf::from(sysroot.trim()).join("bin/clippy-driver"));
    Ok(cargo)
}

/// The cargo that compiles to WASM.
pub fn nightly_cargo() -> Command {
    let mut command = rustup_run(NIGHTLY);
    command.current_dir(root()).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}

fn rustup_run(toolchain: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo"]);
    command
}

/// Where `cargo`, `rustc` and `rustup` stand that worker-build is given: it asks for the nightly of today, and compiles
/// each script on its own. These answer with the pinned nightly, and leave what has been compiled as it is.
pub fn pinned() -> PathBuf {
    tools().join("pinned")
}

fn write_pinned() -> Result<()> {
    let script = format!(
        r#"#!/bin/sh
# worker-build's cargo, rustc and rustup: xtask/src/setup/rust.rs says why.
here=$(dirname "$0"); tool=$(basename "$0")
PATH=$(printf %s "$PATH" | sed "s|$here:||g"); export PATH
for a; do shift; case $a in
  +nightly) a=+{NIGHTLY};; nightly) a={NIGHTLY};; build) [ "$tool" = cargo ] && exit 0;;
esac; set -- "$@" "$a"; done
exec "$tool" "$@"
"#
    );
    for tool in ["cargo", "rustc", "rustup"] {
        let path = pinned().join(tool);
        if stamped(&path, script.as_bytes()) {
            continue;
        }
        stamp(&path, script.as_bytes())?;
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    Ok(())
}
