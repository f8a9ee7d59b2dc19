//! Programs from pip, each set in an environment of its own. None is needed to build Kirana: they are what others wrote to check with.

use super::{stamp, stamped, tools};
use crate::ui::{quietly, step};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

const REMEDY: &str = "It needs Python 3.10 or newer with venv and pip (Debian, Ubuntu: `apt install python3-venv`).";

/// The folder of the programs of `.tools/<name>`, with these packages (`name==version`) in it.
///
/// # Errors
/// When Python is not there, or what is missing could not be fetched.
pub fn environment(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let home = tools().join(name);
    let (done, wanted) = (home.join("kirana-stamp"), packages.join("\n"));
    if !stamped(&done, wanted.as_bytes()) {
        step(&format!("pip: {}", packages.join(", ")), |_| {
            quietly(Command::new("python3").args(["-m", "venv"]).arg(&home), REMEDY)?;
            // Not its `pip` program, which knows the folder that it was made in, and that may have moved.
            let pip = ["-m", "pip", "install", "--quiet"];
            quietly(Command::new(home.join("bin/python")).args(pip).args(packages), REMEDY)?;
            stamp(&done, wanted.as_bytes())
        })?;
    }
    Ok(home.join("bin"))
}
