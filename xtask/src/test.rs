//! `cargo xtask test`: every test, and the closing line that counts them.

use crate::scripts::{self, root};
use crate::ui::{quietly, step};
use crate::{build, setup};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Which stages to run.
pub struct Options {
    /// Format and clippy.
    pub lint: bool,
    /// Native tests.
    pub native: bool,
    /// Tests against the platform in workerd.
    pub e2e: bool,
    /// Only tests whose name contains this.
    pub filter: Option<String>,
}

#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Runs the stages; the last line is `N passed, N failed, N skipped`.
pub fn run(options: &Options) -> Result<()> {
    setup::run()?;
    let mut count = Count::default();
    if options.lint {
        lint()?;
    }
    if options.native {
        eprintln!("native tests");
        let mut command = Command::new("cargo");
        command.args(["test", "--workspace", "--quiet", "--exclude", "kirana-tests"]);
        cargo_test(command, options, &mut count)?;
    }
    if options.e2e {
        build::run(&[])?;
        if options.filter.is_none() {
            step("wrangler deploy --dry-run of every script", dry_run)?;
        }
        eprintln!("tests against the platform in workerd");
        let mut command = Command::new("cargo");
        command
            .args(["test", "--package", "kirana-tests"])
            .env("KIRANA_E2E", "1")
            .env("KIRANA_NODE", setup::node()?)
            .env("KIRANA_ROOT", root());
        cargo_test(command, options, &mut count)?;
    }
    println!("{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped);
    if count.failed > 0 { bail!("{} tests failed", count.failed) } else { Ok(()) }
}

fn lint() -> Result<()> {
    step("cargo fmt --check", || {
        quietly(Command::new("cargo").args(["fmt", "--all", "--check"]).current_dir(root()), "Run `cargo fmt --all`.")
    })?;
    step("clippy, for the host", || {
        let mut command = Command::new("cargo");
        command.args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]).current_dir(root());
        quietly(&mut command, "Mend what clippy names.")
    })?;
    step("clippy, for WASM", || {
        let mut command = Command::new("cargo");
        command.args(["clippy", "--target", "wasm32-unknown-unknown", "--quiet"]).current_dir(root());
        for script in scripts::all()? {
            command.args(["--package", &script.name]);
        }
        quietly(command.args(["--", "-D", "warnings"]), "Mend what clippy names.")
    })?;
    Ok(())
}

fn dry_run() -> Result<()> {
    let node = setup::node()?;
    let wrangler = setup::npm_bin("wrangler", "bin/wrangler.js");
    let scripts = scripts::all()?;
    // Two at a time: each is a Node process of some hundred megabytes.
    for pair in scripts.chunks(2) {
        std::thread::scope(|scope| {
            let runs: Vec<_> = pair
                .iter()
                .map(|script| {
                    let (node, wrangler) = (&node, &wrangler);
                    scope.spawn(move || {
                        let out = root().join("target/dry-run").join(&script.name);
                        let mut command = Command::new(node);
                        command
                            .arg(wrangler)
                            .args(["deploy", "--dry-run", "--outdir"])
                            .arg(out)
                            .arg("-c")
                            .arg(&script.config);
                        command
                            .current_dir(root())
                            .env("KIRANA_PREBUILT", "1")
                            .env("WRANGLER_SEND_METRICS", "false")
                            .env("CI", "1");
                        quietly(&mut command, &format!("Mend {}.", script.config.display()))
                    })
                })
                .collect();
            runs.into_iter().try_for_each(|run| match run.join() {
                Ok(result) => result.map(|_| ()),
                Err(_) => bail!("a thread died"),
            })
        })?;
    }
    Ok(())
}

/// Runs cargo test with its output shown, and adds up its result lines.
fn cargo_test(mut command: Command, options: &Options, count: &mut Count) -> Result<()> {
    command.arg("--no-fail-fast");
    if let Some(filter) = &options.filter {
        command.arg("--").arg(filter);
    }
    let mut child = command.current_dir(root()).stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut seen = false;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        let Some(results) = line.strip_prefix("test result: ") else { continue };
        seen = true;
        for part in results.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<usize>().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => count.passed += number,
                Some("failed") => count.failed += number,
                Some("ignored") => count.skipped += number,
                _ => {}
            }
        }
    }
    let status = child.wait()?;
    if !status.success() && (count.failed == 0 || !seen) {
        bail!("cargo test did not run its tests to the end; its words are above");
    }
    Ok(())
}
