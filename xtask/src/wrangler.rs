//! Wrangler on the same files, under a Node that is new enough.

use crate::args::Args;
use crate::scripts::{self, root};
use crate::{build, dev, setup};
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};

/// A wrangler process from the root of the repository, where its build commands expect to be run.
pub fn wrangler() -> Result<Command> {
    let mut command = Command::new(setup::node()?);
    command.arg(setup::npm_bin("wrangler", "bin/wrangler.js")).current_dir(root());
    // The scripts have just been built: the build commands of their files need not do it again, each on its own.
    command.env("WRANGLER_SEND_METRICS", "false").env(build::PREBUILT, "1");
    Ok(command)
}

/// `cargo xtask wrangler …`: `dev` is given all scripts and the state of `cargo xtask dev`, `deploy <name>` that script's file.
pub fn command(args: &mut Args) -> Result<ExitCode> {
    setup::run()?;
    let mut words = args.rest();
    let mut command = wrangler()?;
    let scripts = scripts::all()?;
    match words.first().map(String::as_str) {
        Some("dev") => {
            build::run(&[], build::Finish::Optimised)?;
            dev::secrets::ensure()?;
            command.args(&words).arg("--persist-to").arg(root().join(dev::STATE));
            for script in &scripts {
                command.arg("-c").arg(&script.config);
            }
        }
        Some("deploy") if words.get(1).is_some_and(|name| scripts.iter().any(|script| script.name == *name)) => {
            let name = words.remove(1);
            build::run(std::slice::from_ref(&name), build::Finish::Optimised)?;
            let script = scripts.iter().find(|script| script.name == name).context("no such script")?;
            command.args(&words).arg("-c").arg(&script.config);
        }
        _ => {
            command.args(&words);
        }
    }
    let status = command.status().context("wrangler could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
