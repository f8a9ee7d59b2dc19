//! The programs that tests are: compiled all at once, and started from here. Whoever asks cargo for some of them alone has it choose other features for
//! what they share, and compile that once more.

use super::count::Count;
use crate::setup::linting_cargo;
use crate::ui::{Step, step};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The package of the tests that need the platform.
const PLATFORM: &str = "tests";

/// One program.
pub struct Program {
    /// The name of its target, such as `e2e`.
    pub name: String,
    /// The folder of its package, in which cargo would start it.
    package: PathBuf,
    executable: PathBuf,
}

impl Program {
    /// Does it need the platform?
    pub fn needs_platform(&self) -> bool {
        self.package.file_name().is_some_and(|name| name == PLATFORM)
    }

    /// The command that runs its tests, in the place and with what it knows from cargo.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command.arg("--quiet").current_dir(&self.package).env("CARGO_MANIFEST_DIR", &self.package);
        // Where a test panicked is told; where its error was made is pages of nothing.
        command.env("RUST_LIB_BACKTRACE", "0");
        command
    }
}

/// What was compiled.
pub struct Compiled {
    /// The programs of tests, in one order.
    pub programs: Vec<Program>,
    /// Other programs of the project, by name: tests start some of them.
    others: BTreeMap<String, PathBuf>,
    told: BTreeSet<String>,
    success: bool,
}

impl Compiled {
    /// A program of the project, to be started.
    ///
    /// # Errors
    /// When it was not compiled.
    pub fn other(&self, name: &str) -> Result<Command> {
        match self.others.get(name) {
            Some(path) => Ok(Command::new(path)),
            None => bail!("there is no compiled `{name}`; mend what the compiler names"),
        }
    }

    /// That of the platform's tests which has this name.
    ///
    /// # Errors
    /// When it was not compiled.
    pub fn of_platform(&self, name: &str) -> Result<&Program> {
        match self.programs.iter().find(|program| program.needs_platform() && program.name == name) {
            Some(program) => Ok(program),
            None => bail!("tests/ has no compiled `{name}`; mend what the compiler names"),
        }
    }
}

/// Compiles all tests with clippy in the compiler's place, as one check: what clippy reads it has to compile nearly, so once is half the time of twice. What
/// was compiled earlier tells its warnings again.
pub fn all(count: &mut Count, lint: bool) -> Result<Compiled> {
    let mut compiled = step("clippy, and compile the tests", compile)?;
    if compiled.told.is_empty() && compiled.success {
        count.passed += usize::from(lint);
    } else if lint || !compiled.success {
        let told: String = std::mem::take(&mut compiled.told).into_iter().collect();
        count.stage::<()>(Err(anyhow::anyhow!("{}\nMend what clippy names.", told.trim_end())));
    }
    Ok(compiled)
}

fn compile(step: &Step) -> Result<Compiled> {
    let mut cargo = linting_cargo()?;
    cargo.args(["test", "--workspace", "--tests", "--no-run", "--quiet", "--no-fail-fast", "--message-format", "json"]);
    let mut cargo = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
    let output = cargo.stdout.take().context("cargo has no output")?;
    // A library is compiled by itself and with its tests, and told of twice.
    let (mut programs, mut others, mut told, mut crates) = (Vec::new(), BTreeMap::new(), BTreeSet::new(), 0);
    for line in BufReader::new(output).lines() {
        let Ok(message) = serde_json::from_str::<Value>(&line?) else { continue };
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                crates += 1;
                step.at(format!("{crates} crates, {}", message["target"]["name"].as_str().unwrap_or_default()));
                match program(&message) {
                    Some(program) => programs.push(program),
                    None => others.extend(other(&message)),
                }
            }
            Some("compiler-message") => {
                told.insert(message["message"]["rendered"].as_str().unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }
    programs.sort_by(|one: &Program, other| (&one.package, &one.name).cmp(&(&other.package, &other.name)));
    Ok(Compiled { programs, others, told, success: cargo.wait()?.success() })
}

/// The program of tests that a message of cargo's is about, if it is about one.
fn program(message: &Value) -> Option<Program> {
    let executable = message["executable"].as_str().filter(|_| message["profile"]["test"] == true)?;
    let package = Path::new(message["manifest_path"].as_str()?).parent()?;
    let name = message["target"]["name"].as_str()?.to_owned();
    Some(Program { name, package: package.into(), executable: executable.into() })
}

/// The name and place of a program that is none of tests.
fn other(message: &Value) -> Option<(String, PathBuf)> {
    let executable = message["executable"].as_str().filter(|_| message["profile"]["test"] == false)?;
    Some((message["target"]["name"].as_str()?.to_owned(), executable.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_program_of_tests_is_known_by_its_message() {
        let mut message = json!({"executable": "/k/target/debug/deps/e2e-1", "profile": {"test": true},
            "manifest_path": "/k/tests/Cargo.toml", "target": {"name": "e2e"}});
        let found = program(&message).unwrap();
        assert!(found.needs_platform() && found.name == "e2e");
        assert_eq!(found.command().get_current_dir(), Some(Path::new("/k/tests")));
        message["manifest_path"] = json!("/k/crates/kernel/Cargo.toml");
        assert!(!program(&message).unwrap().needs_platform());
        // A program that tests start, such as the simulator.
        message["profile"]["test"] = json!(false);
        assert!(program(&message).is_none());
        assert_eq!(other(&message), Some(("e2e".to_owned(), "/k/target/debug/deps/e2e-1".into())));
        message["executable"] = Value::Null;
        assert!(program(&message).is_none() && other(&message).is_none());
    }
}
