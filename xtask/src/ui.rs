//! What the person at the terminal sees: each step, how long it takes, and why it failed.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

use anyhow::{Context, Result, bail};
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A step that is running: what it is at now is shown beside its clock.
#[derive(Clone, Default)]
pub struct Step(Arc<Mutex<String>>);

impl Step {
    /// Says what the step is at.
    pub fn at(&self, what: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = what.into();
    }

    fn now(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Runs a step under its name: a running clock on a terminal, elsewhere a line at its beginning and now and then.
/// A step that ends within a second is told of in one line.
pub fn step<T>(name: &str, work: impl FnOnce(&Step) -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let shown = Step::default();
    let (done, ended) = channel::<()>();
    let clock = {
        let (shown, name) = (shown.clone(), name.to_owned());
        std::thread::spawn(move || tell(&name, &shown, begun, &ended))
    };
    let result = work(&shown);
    drop(done);
    let _ = clock.join();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {name} ({:.1} s)", begun.elapsed().as_secs_f64());
    result
}

fn tell(name: &str, shown: &Step, begun: Instant, ended: &std::sync::mpsc::Receiver<()>) {
    let terminal = std::io::stderr().is_terminal();
    let mut pause = if terminal { Duration::from_millis(300) } else { Duration::from_secs(1) };
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let seconds = begun.elapsed().as_secs();
        let (now, start, end) =
            (shown.now(), if terminal { "\r\x1b[2K" } else { "" }, if terminal { "" } else { "\n" });
        eprint!("{start}  {name} … {seconds} s  {}{end}", now.chars().take(60).collect::<String>());
        let _ = std::io::stderr().flush();
        if !terminal {
            pause = Duration::from_secs(30);
        }
    }
    if terminal {
        eprint!("\r\x1b[2K");
    }
}

/// Runs a program to its end. What it printed is shown only when it fails, with the remedy.
pub fn quietly(command: &mut Command, remedy: &str) -> Result<String> {
    let name = program(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{name}` could not be started. {remedy}"))?;
    if !output.status.success() {
        let printed = [output.stdout, output.stderr].concat();
        bail!("`{name}` failed:\n{}\n{remedy}", String::from_utf8_lossy(&printed).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A program's name as a person knows it: not where it stands.
fn program(command: &Command) -> String {
    let path = std::path::Path::new(command.get_program());
    path.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned()
}
