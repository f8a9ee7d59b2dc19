//! `cargo xtask fuzz`: schemathesis, which others wrote, against the served OpenAPI document: no answer is our fault, none is of a
//! status, a type or a shape that the document does not name.

use crate::args::Args;
use crate::build::Finish;
use crate::dev::secrets;
use crate::scripts::root;
use crate::setup;
use crate::ui::{quietly, step};
use crate::{build, demo, runner};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The version that was tried.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Calls that end the caller's own session or rights, and sockets: after them all others would be refused.
const LEFT_OUT: &str = "logout|auth/|/track|/live|rights|users/.id";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Who asks: nobody, and somebody of each kind of the demo chain.
const CALLERS: [&str; 6] = ["nobody", "customer", "staff", "manager", "owner", "admin"];

/// What devices say, by chance, for as long as wanted: see `crates/devices/tests/hub/fuzz.rs`.
fn frames(args: &mut Args) -> Result<ExitCode> {
    let (seconds, seed) =
        (args.number("--seconds")?.unwrap_or(60), args.option("--seed")?.unwrap_or_else(|| "1".into()));
    args.end()?;
    let mut cargo = setup::host_cargo();
    cargo.args([
        "test",
        "--quiet",
        "--release",
        "--package",
        "kirana-devices",
        "--test",
        "hub",
        "--",
        "fuzz::",
        "--nocapture",
    ]);
    cargo.env("KIRANA_FUZZ_SECONDS", seconds.to_string()).env("KIRANA_FUZZ_SEED", seed);
    let status = cargo.status().context("cargo could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The command: `--frames [--seconds 60] [--seed N]` for what devices say; or `[--examples N]` for each call, `[--as <caller>]` instead of everybody one after the other.
///
/// # Errors
/// When the platform or Python is not there, or somebody is none of the callers.
pub fn command(args: &mut Args) -> Result<ExitCode> {
    if args.flag("--frames") {
        return frames(args);
    }
    let examples = args.number("--examples")?.unwrap_or(20);
    let only = args.option("--as")?;
    args.end()?;
    if let Some(unknown) = only.as_deref().filter(|only| !CALLERS.contains(only)) {
        bail!("--as is followed by one of {}, not `{unknown}`", CALLERS.join(", "));
    }
    setup::run()?;
    let program = schemathesis()?;
    build::run(&[], Finish::Optimised)?;
    let platform = Fuzzed::start()?;
    let mut found = false;
    for caller in CALLERS.into_iter().filter(|caller| only.as_deref().is_none_or(|only| only == *caller)) {
        eprintln!("  schemathesis as {caller}");
        let mut command = platform.schemathesis(&program, caller)?;
        command.args(["--phases", "coverage,fuzzing", "--max-examples", &examples.to_string()]);
        found |= !command.status().context("schemathesis could not be started")?.success();
    }
    Ok(if found { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A part of `cargo xtask test`: a few calls of each kind as everybody. Passed over, and said so, where Python cannot be had: it is no
/// part of what a machine needs to build Kirana.
///
/// # Errors
/// With what schemathesis found.
pub fn check() -> Result<()> {
    let program = match schemathesis() {
        Ok(program) => program,
        Err(error) => {
            eprintln!("  schemathesis is passed over: {error:#}");
            return Ok(());
        }
    };
    let platform = Fuzzed::start()?;
    for caller in CALLERS {
        step(&format!("schemathesis as {caller}"), |_| {
            let mut command = platform.schemathesis(&program, caller)?;
            // The same calls each time: what is found here is no matter of luck.
            command.args(["--phases", "fuzzing", "--max-examples", "2", "--seed", "20261126"]);
            quietly(&mut command, "`cargo xtask fuzz` looks longer, and shows what it finds.").map(drop)
        })?;
    }
    Ok(())
}

/// A platform with the demo chain, to be fuzzed.
struct Fuzzed {
    running: runner::Running,
    state: PathBuf,
}

impl Fuzzed {
    fn start() -> Result<Self> {
        let bootstrap = secrets::ensure()?.get("BOOTSTRAP_SECRET").cloned().unwrap_or_default();
        let state = root().join(".kirana/fuzz");
        if state.exists() {
            std::fs::remove_dir_all(&state)?;
        }
        std::fs::create_dir_all(&state)?;
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let running = step("start a platform to be fuzzed", |_| runner::start(port, &state, runner::Limits::Lifted))?;
        step("load the demo chain", |_| demo::load(&running.url, &bootstrap))?;
        Ok(Self { running, state })
    }

    /// schemathesis as this caller, but for how much of it.
    fn schemathesis(&self, program: &Path, caller: &str) -> Result<Command> {
        let mut command = Command::new(program);
        command.arg("run").arg(root().join("workers/gateway/src/openapi.json")).args(["--url", &self.running.url]);
        if caller != "nobody" {
            let mut somebody = demo::api::Api::new(&self.running.url);
            somebody.login(&format!("{caller}@kirana.example"), demo::PASSWORD)?;
            command.args(["-H", &format!("Authorization: Bearer {}", somebody.token().unwrap_or_default())]);
        }
        command.args(["--exclude-path-regex", LEFT_OUT, "--checks", CHECKS, "--workers", "2"]);
        command.current_dir(&self.state);
        Ok(command)
    }
}

/// The program, in an environment of its own.
fn schemathesis() -> Result<PathBuf> {
    Ok(setup::python("schemathesis", &[SCHEMATHESIS])?.join("schemathesis"))
}
