//! `--profile`: where the time of scripts goes while a work is done, by workerd's own inspector (`bench/profile.mjs`).

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Where the inspector listens.
pub const PORT: u16 = 9_339;

/// Does the work, and looks into scripts meanwhile: names or parts of them, with commas between.
pub fn while_at_work(port: u16, scripts: &str, span: Duration, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("profile.mjs");
    let mut child = Command::new(std::env::var_os("KIRANA_NODE").context("run this through `cargo xtask bench`")?)
        .arg(program)
        .args([port.to_string(), span.as_secs().max(1).to_string()])
        .args(scripts.split(','))
        .spawn()?;
    work()?;
    anyhow::ensure!(child.wait()?.success(), "no profile was made");
    Ok(())
}
