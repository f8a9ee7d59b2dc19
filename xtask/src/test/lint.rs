//! Format, and clippy while the tests are compiled; warnings are errors.

use super::Count;
use crate::setup::{host_cargo, linting_cargo};
use crate::ui::{Step, quietly, step};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// Both; each counts as one check.
pub fn all(count: &mut Count) -> Result<()> {
    count.stage(step("cargo fmt --check", |_| {
        quietly(host_cargo().args(["fmt", "--all", "--check"]), "Run `cargo fmt --all`.")
    }));
    count.stage(step("clippy, and compile the tests", compiled));
    Ok(())
}

/// Compiles every test with clippy in the compiler's place: what clippy reads it has to compile nearly, so once is half the time of twice. What was
/// compiled earlier tells its warnings again.
fn compiled(step: &Step) -> Result<()> {
    let mut cargo = linting_cargo()?;
    cargo.args(["test", "--workspace", "--tests", "--no-run", "--quiet", "--message-format", "json"]);
    let mut cargo = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
    let output = cargo.stdout.take().context("cargo has no output")?;
    // A library is compiled by itself and with its tests, and told of twice.
    let (mut told, mut crates) = (BTreeSet::new(), 0);
    for line in BufReader::new(output).lines() {
        let Ok(message) = serde_json::from_str::<Value>(&line?) else { continue };
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                crates += 1;
                step.at(format!("{crates} crates, {}", message["target"]["name"].as_str().unwrap_or_default()));
            }
            Some("compiler-message") => {
                told.insert(message["message"]["rendered"].as_str().unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }
    let success = cargo.wait()?.success();
    if !told.is_empty() || !success {
        bail!("{}\nMend what clippy names.", told.into_iter().collect::<String>().trim_end());
    }
    Ok(())
}
