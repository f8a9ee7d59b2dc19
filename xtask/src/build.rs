//! Scripts to WASM, and their sizes.

use crate::scripts::{self, Script, root};
use crate::setup;
use crate::ui::{quietly, step};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// No script may be larger, gzipped.
const MAX_GZIPPED: usize = 500_000;

/// Builds the scripts of these names, or all, and prints their sizes.
pub fn run(names: &[String]) -> Result<()> {
    let scripts: Vec<_> =
        scripts::all()?.into_iter().filter(|script| names.is_empty() || names.contains(&script.name)).collect();
    if scripts.len() < names.len() {
        bail!("there is a script among {names:?} that no wrangler.toml describes");
    }
    scripts.iter().try_for_each(build)?;
    sizes(&scripts)
}

fn build(script: &Script) -> Result<()> {
    let stamp = script.folder.join("build/.kirana-stamp");
    let inputs = fingerprint(script)?;
    if std::fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == inputs) {
        return Ok(());
    }
    step(&format!("{} to WASM", script.name), || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(setup::pinned()).chain(std::env::split_paths(&path)))?;
        let mut command = Command::new(setup::cargo_bin("worker-build"));
        command
            .args(["--release", "--panic-unwind"])
            .arg(&script.folder)
            .current_dir(root())
            .env("PATH", path)
            .env("WASM_BINDGEN_BIN", setup::cargo_bin("wasm-bindgen"))
            .env("WASM_OPT_BIN", setup::npm_bin("binaryen", "bin/wasm-opt"))
            .env("ESBUILD_BIN", setup::npm_bin("esbuild", "bin/esbuild"))
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO");
        quietly(&mut command, "The compiler's words are above.")?;
        strip_names(&script.folder.join("build"))?;
        std::fs::write(&stamp, &inputs)?;
        Ok(())
    })
}

/// Takes the functions' names out of the WASM, a quarter of it; they stay beside it in `index_bg.debug.wasm`, for whoever
/// reads a stack trace. Panics name their file and line without them.
fn strip_names(build: &Path) -> Result<()> {
    let path = build.join("index_bg.wasm");
    let wasm = std::fs::read(&path)?;
    let (header, mut rest) = wasm.split_at_checked(8).context("the WASM is cut off")?;
    let mut stripped = header.to_vec();
    while let Some((&kind, after)) = rest.split_first() {
        let (length, body) = leb128(after).context("the WASM is cut off")?;
        let whole = rest.len() - body.len() + length;
        let (section, next) = rest.split_at_checked(whole).context("the WASM is cut off")?;
        let is_names = kind == 0 && leb128(body).is_some_and(|(length, name)| name.get(..length) == Some(b"name"));
        if !is_names {
            stripped.extend_from_slice(section);
        }
        rest = next;
    }
    std::fs::rename(&path, build.join("index_bg.debug.wasm"))?;
    std::fs::write(&path, stripped)?;
    Ok(())
}

/// An unsigned LEB128 number, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[index + 1..]));
        }
    }
    None
}

/// What a script is made from: its sources, those of the crates it depends on, and the versions of all others.
fn fingerprint(script: &Script) -> Result<String> {
    let mut crates = BTreeSet::new();
    collect_crates(&script.folder.canonicalize()?, &mut crates)?;
    let mut hasher = std::hash::DefaultHasher::new();
    setup::NIGHTLY.hash(&mut hasher);
    for file in ["Cargo.toml", "Cargo.lock"] {
        std::fs::read(root().join(file))?.hash(&mut hasher);
    }
    for folder in &crates {
        std::fs::read(folder.join("Cargo.toml"))?.hash(&mut hasher);
        hash_sources(&folder.join("src"), &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The folder of a crate and those of the workspace's crates it depends on.
fn collect_crates(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    if !found.insert(folder.to_path_buf()) {
        return Ok(());
    }
    let workspace: toml::Table = std::fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let table: toml::Table = std::fs::read_to_string(folder.join("Cargo.toml"))?.parse()?;
    let shared = workspace.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    for name in table.get("dependencies").and_then(|list| list.as_table()).into_iter().flat_map(|list| list.keys()) {
        let path = shared.and_then(|shared| shared.get(name)).and_then(|dependency| dependency.get("path"));
        if let Some(path) = path.and_then(|path| path.as_str()) {
            collect_crates(&root().join(path).canonicalize()?, found)?;
        }
    }
    Ok(())
}

fn hash_sources(folder: &Path, hasher: &mut impl Hasher) -> Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            hash_sources(&entry.path(), hasher)?;
        } else {
            entry.file_name().hash(hasher);
            std::fs::read(entry.path())?.hash(hasher);
        }
    }
    Ok(())
}

fn sizes(scripts: &[Script]) -> Result<()> {
    let mut too_large = Vec::new();
    println!("{:<18} {:>9} {:>9}", "script", "raw kB", "gzip kB");
    for script in scripts {
        let (mut raw, mut gzipped) = (0, 0);
        for file in ["index_bg.wasm", "index.js"] {
            let bytes = std::fs::read(script.folder.join("build").join(file))
                .with_context(|| format!("{} was not built", script.name))?;
            raw += bytes.len();
            gzipped += gzip(&bytes)?;
        }
        println!("{:<18} {:>9.1} {:>9.1}", script.name, kilo(raw), kilo(gzipped));
        if gzipped > MAX_GZIPPED {
            too_large.push(script.name.as_str());
        }
    }
    if !too_large.is_empty() {
        bail!("above {MAX_GZIPPED} bytes gzipped: {}", too_large.join(", "));
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // for people to read
fn kilo(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_wasm_are_read() {
        assert_eq!(leb128(&[0xE5, 0x8E, 0x26, 7]), Some((624_485, &[7][..])));
        assert_eq!(leb128(&[0x80]), None);
    }
}
