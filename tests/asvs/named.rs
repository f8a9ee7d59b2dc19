//! What a proof may name: a test by its module and name, or a check of `cargo xtask test` by the words that it is announced with.

use std::collections::BTreeSet;
use std::path::Path;

/// What stands in backticks, with braces read as a shell reads them: `a::{b, c}` is two.
pub fn names(proof: &str) -> Vec<String> {
    let mut names = Vec::new();
    for quoted in proof.split('`').skip(1).step_by(2) {
        match quoted.split_once("::{") {
            Some((module, list)) => {
                names.extend(list.trim_end_matches('}').split(',').map(|name| format!("{module}::{}", name.trim())));
            }
            None => names.push(quoted.to_owned()),
        }
    }
    names
}

/// The tests of the tree, each with the words of its path.
pub struct Tests(Vec<(BTreeSet<String>, String)>);

impl Tests {
    /// Every function under `#[test]` in every package.
    pub fn of(root: &Path) -> Self {
        let mut found = Vec::new();
        for group in ["crates", "durable-objects", "queues", "tests", "workers", "xtask"] {
            visit(&root.join(group), &mut |path| {
                let text = std::fs::read_to_string(path).unwrap();
                let below = path.strip_prefix(root).unwrap().with_extension("");
                let words = below.iter().map(|word| word.to_string_lossy().replace('-', "_"));
                let words: BTreeSet<_> = words.chain(["tests".to_owned()]).collect();
                found.extend(tests_in(&text).map(|name| (words.clone(), name)));
            });
        }
        Self(found)
    }

    /// Is there a test of that name, in a file whose path has every word that stands before it?
    pub fn have(&self, name: &str) -> bool {
        let Some((modules, name)) = name.rsplit_once("::") else { return false };
        self.0.iter().any(|(words, test)| test == name && modules.split("::").all(|module| words.contains(module)))
    }
}

fn tests_in(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("#[test]").skip(1).filter_map(|after| {
        let name = after.split_once("fn ")?.1;
        Some(name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
    })
}

fn visit(folder: &Path, seen: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["build", "node_modules", "target"].contains(&name.as_str()) {
            visit(&path, seen);
        } else if name.ends_with(".rs") {
            seen(&path);
        }
    }
}

/// What `cargo xtask test` does beside tests.
pub struct Checks(String);

impl Checks {
    /// Its sources.
    pub fn of(root: &Path) -> Self {
        let mut all = String::new();
        visit(&root.join("xtask/src/test"), &mut |path| all.push_str(&std::fs::read_to_string(path).unwrap()));
        Self(all)
    }

    /// Is a step announced with these words?
    pub fn have(&self, words: &str) -> bool {
        self.0.contains(&format!("step(\"{words}\""))
    }
}

#[test]
fn a_test_is_found_by_its_module_and_a_check_by_its_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (tests, checks) = (Tests::of(root), Checks::of(root));
    assert!(tests.have("asvs::named::a_test_is_found_by_its_module_and_a_check_by_its_words"));
    assert!(!tests.have("sso::named::a_test_is_found_by_its_module_and_a_check_by_its_words"));
    assert!(!tests.have("asvs::named::visit") && !tests.have("visit"), "what is no test proves nothing");
    assert!(checks.have("clippy, and compile the tests") && !checks.have("clippy"));
    assert_eq!(names("`a::b`, and `c::{d, e}`"), ["a::b", "c::d", "c::e"]);
}
