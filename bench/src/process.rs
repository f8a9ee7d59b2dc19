//! What a process used, as Linux tells it. Elsewhere nothing is told, and the table has no such figures.

use std::time::Duration;

/// Ticks of the processor's clock in a second: Linux has told user space a hundred for thirty years, whatever its own.
const TICKS: u64 = 100;

/// The processor's time that it and its threads have used.
pub fn cpu(process: Option<u64>) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process?)).ok()?;
    // The name is in brackets and may hold anything; utime and stime are the 14th and 15th field.
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 1_000 / TICKS))
}

/// Megabytes of memory that it holds now.
pub fn memory(process: Option<u64>) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process?)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1_024.0)
}
