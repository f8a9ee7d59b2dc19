//! Waiting for a condition, with a deadline instead of a guess.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// Asks until it answers something, or the deadline is over; then says what was waited for, and the last answer.
///
/// # Errors
/// When the deadline is over.
#[allow(clippy::disallowed_methods)] // never runs as WASM
pub fn eventually<T>(what: &str, deadline: Duration, mut ask: impl FnMut() -> Result<T, String>) -> Result<T> {
    let begun = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(last) if begun.elapsed() > deadline => bail!("waited {deadline:?} for {what}; last: {last}"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}
