//! `wrangler deploy --dry-run`: each script's file and bundle, as wrangler reads them.

use crate::scripts::{self, Script, root};
use crate::ui::{Step, quietly};
use crate::wrangler::wrangler;
use anyhow::{Result, bail};

/// Every script. Two at a time: each is a Node process of some hundred megabytes.
pub fn all(step: &Step) -> Result<()> {
    for pair in scripts::all()?.chunks(2) {
        step.at(&pair[0].name);
        std::thread::scope(|scope| {
            let runs: Vec<_> = pair.iter().map(|script| scope.spawn(|| one(script))).collect();
            runs.into_iter().try_for_each(|run| match run.join() {
                Ok(result) => result,
                Err(_) => bail!("a thread died"),
            })
        })?;
    }
    Ok(())
}

fn one(script: &Script) -> Result<()> {
    let mut command = wrangler()?;
    command.args(["deploy", "--dry-run", "--outdir"]).arg(root().join("target/dry-run").join(&script.name));
    command.arg("-c").arg(&script.config).env("CI", "1");
    quietly(&mut command, &format!("Mend the wrangler.toml of {}.", script.name))?;
    Ok(())
}
