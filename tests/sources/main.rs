//! What the sources themselves must and must not say (S17, S14): no secret lies in them or in what is built from them, every script
//! is given the secrets that it reads and no others, and the platform calls out from known places only.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod bodies;
mod calls;
mod config;
mod secrets;

use std::path::{Path, PathBuf};

/// Folders that are made, fetched or somebody's own; `.gitignore` names them as well.
const NOT_OURS: &[&str] = &[".git", ".kirana", ".tools", ".wrangler", "build", "node_modules", "target"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of a folder that is part of the project, with its path from the root.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Not what links elsewhere, and not the secrets of whoever develops here.
        if path.is_symlink() || NOT_OURS.contains(&name.as_str()) || name == ".dev.vars" {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() && !name.ends_with(".log") {
            let below = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push((below, std::fs::read(&path).unwrap()));
        }
    }
    found
}

/// The Rust sources of everything that ships, without their tests.
fn shipped() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for group in ["crates", "durable-objects", "queues", "workers"] {
        for (path, bytes) in files(&root().join(group)) {
            if path.ends_with(".rs") && path.contains("/src/") && !path.ends_with("/tests.rs") {
                let text = String::from_utf8(bytes).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((path, code));
            }
        }
    }
    assert!(found.len() > 150, "{} sources", found.len());
    found
}
