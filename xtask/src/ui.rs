//! What the person at the terminal sees: each step, and how long it took.

use anyhow::{Context, Result, bail};
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Runs a step under its name; a running clock on a terminal, a line when it ends.
#[allow(clippy::disallowed_methods)] // this program never runs as WASM
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let done = Arc::new(AtomicBool::new(false));
    let clock = std::io::stderr().is_terminal().then(|| {
        let (done, name) = (done.clone(), name.to_owned());
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                eprint!("\r  {name} … {} s ", begun.elapsed().as_secs());
                let _ = std::io::stderr().flush();
                std::thread::park_timeout(Duration::from_millis(500));
            }
            eprint!("\r\x1b[2K");
        })
    });
    let result = work();
    done.store(true, Ordering::Relaxed);
    if let Some(clock) = clock {
        clock.thread().unpark();
        let _ = clock.join();
    }
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {name} ({:.1} s)", begun.elapsed().as_secs_f64());
    result
}

/// Runs a program to its end. What it printed is shown only when it fails, with the remedy.
pub fn quietly(command: &mut Command, remedy: &str) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{name}` could not be started. {remedy}"))?;
    if !output.status.success() {
        let printed = [output.stdout, output.stderr].concat();
        bail!("`{name}` failed:\n{}\n{remedy}", String::from_utf8_lossy(&printed).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
