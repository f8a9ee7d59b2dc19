//! Programs that cargo installs: worker-build, and the wasm-bindgen that belongs to the library's version.

use super::{NO_NETWORK, cargo_bin, stamp, stamped, tools};
use crate::scripts::root;
use crate::ui::{quietly, step};
use anyhow::{Context, Result};
use std::process::Command;

const WORKER_BUILD: &str = "0.8.7";

/// Installs what is missing of them.
pub fn programs() -> Result<()> {
    // It only starts other programs: not a function of it is worth optimising.
    install("worker-build", WORKER_BUILD, "worker-build", "0", true)?;
    // Without its lock file: that names a crate version which is gone.
    install("wasm-bindgen-cli", &locked_version("wasm-bindgen")?, "wasm-bindgen", "1", false)?;
    // What both were compiled in: some hundred megabytes.
    let scratch = tools().join("cargo-target");
    if scratch.exists() {
        std::fs::remove_dir_all(scratch)?;
    }
    Ok(())
}

fn install(package: &str, version: &str, program: &str, opt_level: &str, locked: bool) -> Result<()> {
    let done = tools().join(format!("{package}.stamp"));
    if cargo_bin(program).is_file() && stamped(&done, version.as_bytes()) {
        return Ok(());
    }
    let mut command = Command::new("cargo");
    command.args(["install", package, "--version", version, "--force", "--root"]).arg(tools().join("cargo"));
    command.args(if locked { &["--locked"][..] } else { &[] });
    // They run for seconds and compile for minutes: the compiler's time counts.
    command.env("CARGO_TARGET_DIR", tools().join("cargo-target")).env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level);
    command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command.current_dir(std::env::temp_dir()).env_remove("RUSTFLAGS");
    step(&format!("cargo install {package} {version} (some minutes, once)"), |_| {
        quietly(
            &mut command,
            &format!(
                "On Linux worker-build needs a C compiler, pkg-config and OpenSSL's headers \
                 (Debian, Ubuntu: `apt install build-essential pkg-config libssl-dev`). {NO_NETWORK}"
            ),
        )
    })?;
    stamp(&done, version.as_bytes())
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
