//! How large the scripts are, as they would be sent.

use crate::scripts::Script;
use anyhow::{Context, Result, bail};
use std::io::Write;

/// No script may be larger, gzipped.
const MAX_GZIPPED: usize = 500_000;

/// Raw and gzipped bytes of one script: its WASM and its JavaScript.
fn of(script: &Script) -> Result<(usize, usize)> {
    let (mut raw, mut gzipped) = (0, 0);
    for file in ["index_bg.wasm", "index.js"] {
        let path = script.folder.join("build").join(file);
        let bytes = std::fs::read(&path).with_context(|| format!("{} was not built", script.name))?;
        raw += bytes.len();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&bytes)?;
        gzipped += encoder.finish()?.len();
    }
    Ok((raw, gzipped))
}

/// Prints the table, and fails as [`check`] does.
pub fn print(scripts: &[Script]) -> Result<()> {
    println!("{:<18} {:>9} {:>9}", "script", "raw kB", "gzip kB");
    for script in scripts {
        let (raw, gzipped) = of(script)?;
        println!("{:<18} {:>9} {:>9}", script.name, kilo(raw), kilo(gzipped));
    }
    check(scripts)
}

/// Fails when a script is too large.
pub fn check(scripts: &[Script]) -> Result<()> {
    let mut large = Vec::new();
    for script in scripts {
        let (_, gzipped) = of(script)?;
        if gzipped > MAX_GZIPPED {
            large.push(format!("{} ({} kB)", script.name, kilo(gzipped)));
        }
    }
    if large.is_empty() { Ok(()) } else { bail!("above {} kB gzipped: {}", kilo(MAX_GZIPPED), large.join(", ")) }
}

/// Kilobytes with one decimal.
fn kilo(bytes: usize) -> String {
    format!("{}.{}", bytes / 1_000, bytes % 1_000 / 100)
}
