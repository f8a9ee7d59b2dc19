//! `cargo xtask fuzz`: schemathesis, which others wrote, against the served OpenAPI document: no answer is our fault, none is of a
//! status, a type or a shape that the document does not name.

use crate::args::Args;
use crate::build::Finish;
use crate::dev::secrets;
use crate::scripts::root;
use crate::setup;
use crate::ui::{quietly, step};
use crate::{build, demo, runner};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The version that was tried.
const SCHEMATHESIS: &str = "4.32.5";

/// Calls that end the caller's own session or rights, and sockets: after them all others would be refused.
const LEFT_OUT: &str = "logout|auth/|/track|/live|rights|users/.id";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// The command: `[--examples N]` for each call, as the chain's admin.
///
/// # Errors
/// When the platform or Python is not there.
pub fn command(args: &mut Args) -> Result<ExitCode> {
    let examples = args.number("--examples")?.unwrap_or(20);
    args.end()?;
    setup::run()?;
    let program = schemathesis()?;
    build::run(&[], Finish::Optimised)?;
    let bootstrap = secrets::ensure()?.get("BOOTSTRAP_SECRET").cloned().unwrap_or_default();
    let state = root().join(".kirana/fuzz");
    if state.exists() {
        std::fs::remove_dir_all(&state)?;
    }
    std::fs::create_dir_all(&state)?;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let platform = step("start a platform to be fuzzed", |_| runner::start(port, &state, runner::Limits::Lifted))?;
    let admin = demo::admin(&platform.url, &bootstrap)?;
    let mut command = Command::new(program);
    command.arg("run").arg(root().join("workers/gateway/src/openapi.json")).args(["--url", &platform.url]);
    command.args(["-H", &format!("Authorization: Bearer {}", admin.token().unwrap_or_default())]);
    command.args(["--exclude-path-regex", LEFT_OUT, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"]);
    command.args(["--max-examples", &examples.to_string(), "--workers", "2"]).current_dir(&state);
    let status = command.status().context("schemathesis could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The program, in an environment of its own.
fn schemathesis() -> Result<PathBuf> {
    let home = root().join(".tools/schemathesis");
    let program = home.join("bin/schemathesis");
    if !program.is_file() {
        step(&format!("pip: schemathesis {SCHEMATHESIS}"), |_| {
            let remedy =
                "It needs Python 3.10 or newer with venv and pip (Debian, Ubuntu: `apt install python3-venv`).";
            quietly(Command::new("python3").args(["-m", "venv"]).arg(&home), remedy)?;
            let package = format!("schemathesis=={SCHEMATHESIS}");
            quietly(Command::new(home.join("bin/pip")).args(["install", "--quiet", &package]), remedy).map(drop)
        })?;
    }
    Ok(program)
}
