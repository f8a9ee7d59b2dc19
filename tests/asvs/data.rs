//! `docs/security/data.md` classes every table of every database.

use super::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const CLASSES: [&str; 6] = ["secret", "personal", "money", "business", "public", "working"];

type Tables = BTreeMap<String, BTreeSet<String>>;

/// The tables that these files leave, one after the other.
fn tables(files: &[PathBuf]) -> BTreeSet<String> {
    let mut have = BTreeSet::new();
    for file in files {
        let sql = std::fs::read_to_string(file).unwrap();
        let plain: String =
            sql.lines().map(|line| format!("{}\n", line.split("--").next().unwrap_or_default())).collect();
        for statement in plain.replace("IF NOT EXISTS ", "").split(';') {
            let words: Vec<&str> = statement
                .split(|mark: char| mark.is_whitespace() || mark == '(')
                .filter(|word| !word.is_empty())
                .collect();
            match words[..] {
                ["CREATE", "TABLE", name, ..] => drop(have.insert(name.to_owned())),
                ["DROP", "TABLE", name, ..] => drop(have.remove(name)),
                ["ALTER", "TABLE", from, "RENAME", "TO", to, ..] => {
                    have.remove(from);
                    have.insert(to.to_owned());
                }
                _ => {}
            }
        }
    }
    have
}

fn files(folder: &Path, begin: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_sql = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(begin) && name.ends_with(".sql")
    };
    let mut files: Vec<_> = entries.filter(is_sql).collect();
    files.sort();
    files
}

fn in_migrations() -> Tables {
    let mut all = Tables::new();
    for entry in std::fs::read_dir(root().join("d1/migrations")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        all.insert(name, tables(&files(&path, "")));
    }
    all.insert("store-state".into(), tables(&files(&root().join("crates/store-core/src/migrations"), "")));
    all.insert("device-hub".into(), tables(&files(&root().join("crates/devices/src/hub"), "schema")));
    all
}

#[test]
fn every_table_has_a_class() {
    let text = std::fs::read_to_string(root().join("docs/security/data.md")).unwrap();
    let mut classed = Tables::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [domain, class, names] = cells[..] else { continue };
        if !CLASSES.contains(&class) {
            continue;
        }
        for name in names.split(", ") {
            assert!(
                classed.entry(domain.to_owned()).or_default().insert(name.to_owned()),
                "{domain}.{name} stands twice"
            );
        }
    }
    assert_eq!(classed, in_migrations());
    for class in CLASSES {
        assert!(text.contains(&format!("\n| {class} | ")), "nothing says what becomes of what is {class}");
    }
}

#[test]
fn every_component_has_its_version_and_checksum() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let crates = lock.split("[[package]]").skip(1).filter(|part| part.contains("\nsource = "));
    let (mut seen, mut wrong) = (0, Vec::new());
    for part in crates {
        seen += 1;
        if !part.contains("\nchecksum = ") || !part.contains("\nversion = ") || !part.contains("\nsource = \"registry+")
        {
            wrong.push(part.to_owned());
        }
    }
    let lock = std::fs::read_to_string(root().join("package-lock.json")).unwrap();
    let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
    for (path, package) in lock["packages"].as_object().unwrap() {
        // The others are our own.
        if path.contains("node_modules/") && package["link"] != true {
            seen += 1;
            if !package["version"].is_string() || !package["integrity"].is_string() {
                wrong.push(path.clone());
            }
        }
    }
    assert!(seen > 500 && wrong.is_empty(), "of {seen}: {wrong:#?}");
}
