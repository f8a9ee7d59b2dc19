//! The map of OWASP ASVS 5.0, levels 1 and 2 (S0): every requirement has an answer in `docs/security/asvs/`, and every test that an
//! answer names is there.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod data;
mod figures;
mod named;

use named::{Checks, Tests};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The requirements' numbers by section: those of level 1, a bar, those of level 2. Their words are OWASP's, and stay there.
const IDS: &str = include_str!("ids.txt");

/// One row of the map.
struct Row {
    place: String,
    id: String,
    subject: String,
    answer: String,
    proof: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every id, and its level.
fn ids() -> BTreeMap<String, u8> {
    let mut ids = BTreeMap::new();
    for line in IDS.lines() {
        let (section, numbers) = line.split_once(':').unwrap();
        for (level, numbers) in (1..).zip(numbers.split('|')) {
            for number in numbers.split_whitespace() {
                assert_eq!(ids.insert(format!("{section}.{number}"), level), None, "{section}.{number} stands twice");
            }
        }
    }
    ids
}

/// The rows of every table of the map whose first cell is a number.
fn rows() -> Vec<Row> {
    let mut files: Vec<_> =
        std::fs::read_dir(root().join("docs/security/asvs")).unwrap().collect::<Result<_, _>>().unwrap();
    files.sort_by_key(std::fs::DirEntry::path);
    let mut rows = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        for (number, line) in std::fs::read_to_string(file.path()).unwrap().lines().enumerate() {
            let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
            if !line.starts_with('|') || !cells[0].starts_with(|first: char| first.is_ascii_digit()) {
                continue;
            }
            let place = format!("{name}:{}", number + 1);
            let [id, subject, answer, proof]: [String; 4] =
                cells.try_into().unwrap_or_else(|cells| panic!("{place}: expected four cells: {cells:?}"));
            rows.push(Row { place, id, subject, answer, proof });
        }
    }
    rows
}

#[test]
fn every_requirement_of_levels_1_and_2_has_one_answer() {
    let ids = ids();
    let of_level = |level: u8| ids.values().filter(|of| **of == level).count();
    assert_eq!((of_level(1), of_level(2), ids.len()), (70, 183, 253));
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for row in rows() {
        if !ids.contains_key(&row.id) {
            wrong.push(format!("{}: {} is no requirement of these levels", row.place, row.id));
        }
        if !seen.insert(row.id.clone()) {
            wrong.push(format!("{}: {} is answered twice", row.place, row.id));
        }
        if row.subject.len() < 3 || row.subject.len() > 90 {
            wrong.push(format!("{}: {}: expected a few words on what it is about", row.place, row.id));
        }
        let said = ["met: ", "n/a: ", "open: "].iter().find_map(|kind| row.answer.strip_prefix(kind));
        if said.is_none_or(|said| said.trim().len() < 3) {
            wrong.push(format!("{}: {}: expected met: where, n/a: why or open: what is missing", row.place, row.id));
        }
    }
    wrong.extend(ids.keys().filter(|id| !seen.contains(*id)).map(|id| format!("{id} has no answer")));
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_proof_is_there() {
    let (tests, checks) = (Tests::of(&root()), Checks::of(&root()));
    let mut wrong = Vec::new();
    for row in rows() {
        let names = named::names(&row.proof);
        if names.is_empty() && (row.answer.starts_with("met: ") || row.proof.len() > 1) {
            wrong.push(format!("{}: {} names no proof in backticks", row.place, row.id));
        }
        for name in names.into_iter().filter(|name| !tests.have(name) && !checks.have(name)) {
            wrong.push(format!("{}: {} names {name}, which is no test and no check here", row.place, row.id));
        }
        // What is open may name what there is all the same.
        for name in named::names(&row.answer).into_iter().filter(|name| !is_there(&tests, name)) {
            wrong.push(format!("{}: {} names {name}, which is not there", row.place, row.id));
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// A test that is named, a file that is named, or something that is neither.
fn is_there(tests: &Tests, name: &str) -> bool {
    let file = name.ends_with(".rs") || name.ends_with(".md");
    if name.contains("::") { tests.have(name) } else { !file || root().join(name).is_file() }
}

/// `cargo test -p kirana-tests --test asvs -- --nocapture how_many` says how far the map is.
#[test]
fn how_many_are_met() {
    let (ids, rows) = (ids(), rows());
    for level in [1, 2] {
        let count = |kind: &str| {
            rows.iter().filter(|row| ids.get(&row.id) == Some(&level) && row.answer.starts_with(kind)).count()
        };
        println!("level {level}: {} met, {} not applicable, {} open", count("met: "), count("n/a: "), count("open: "));
    }
}
