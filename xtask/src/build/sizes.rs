//! How large the scripts are, as they would be sent.

use crate::scripts::Script;
use anyhow::{Context, Result, bail};
use std::io::Write;

/// No script may be larger, gzipped.
const MAX_GZIPPED: usize = 500_000;

/// But these, each with its own limit: payments reads what five gateways write, orders has the pricing engine in it, books hear of risks and
/// riders beside the ledger, identity knows three thousand passwords, pricing explains itself; all five are to be split. Documents carries fonts
/// of three scripts and what shapes them.
const LARGER: [(&str, usize); 6] = [
    ("books", 555_000),
    ("documents", 700_000),
    ("identity", 515_000),
    ("orders", 545_000),
    ("payments", 635_000),
    ("pricing", 525_000),
];

fn limit(script: &str) -> usize {
    LARGER.into_iter().find(|(name, _)| *name == script).map_or(MAX_GZIPPED, |(_, limit)| limit)
}

/// Bytes of one script: its WASM and its JavaScript.
pub struct Size {
    /// The script.
    pub name: String,
    raw: usize,
    /// What is sent.
    pub gzipped: usize,
}

/// Measures what has been built.
pub fn of(scripts: &[Script]) -> Result<Vec<Size>> {
    scripts.iter().map(measure).collect()
}

fn measure(script: &Script) -> Result<Size> {
    let mut size = Size { name: script.name.clone(), raw: 0, gzipped: 0 };
    for file in ["index_bg.wasm", "index.js"] {
        let path = script.folder.join("build").join(file);
        let bytes = std::fs::read(&path).with_context(|| format!("{} was not built", script.name))?;
        size.raw += bytes.len();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&bytes)?;
        size.gzipped += encoder.finish()?.len();
    }
    Ok(size)
}

/// Prints them as a table.
pub fn print(sizes: &[Size]) {
    println!("{:<18} {:>9} {:>9}", "script", "raw kB", "gzip kB");
    for Size { name, raw, gzipped } in sizes {
        println!("{name:<18} {:>9} {:>9}", kilo(*raw), kilo(*gzipped));
    }
}

/// Fails when a script is too large.
pub fn check(sizes: &[Size]) -> Result<()> {
    let large = sizes.iter().filter(|size| size.gzipped > limit(&size.name));
    let words = |size: &Size| {
        format!("{} has {} kB, its limit is {} kB", size.name, kilo(size.gzipped), kilo(limit(&size.name)))
    };
    let large: Vec<_> = large.map(words).collect();
    if large.is_empty() { Ok(()) } else { bail!("too large gzipped: {}", large.join("; ")) }
}

/// Kilobytes with one decimal.
fn kilo(bytes: usize) -> String {
    format!("{}.{}", bytes / 1_000, bytes % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_on_gzipped_bytes() {
        let size = |name: &str, gzipped| Size { name: name.to_owned(), raw: 2_000_000, gzipped };
        assert!(check(&[size("orders", MAX_GZIPPED)]).is_ok());
        let error = check(&[size("orders", 499_000), size("stores", 500_123), size("payments", 501_000)]).unwrap_err();
        assert_eq!(error.to_string(), "too large gzipped: stores has 500.1 kB, its limit is 500.0 kB");
    }
}
