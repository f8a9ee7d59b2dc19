//! Secrets are given by name, to the scripts that read them.

use super::{files, root, shipped};
use kirana_tests::platform::configs;
use std::collections::BTreeSet;
use std::path::Path;

/// The secrets that a configuration asks for.
fn required(text: &str) -> BTreeSet<String> {
    let list = text.split("[secrets]").nth(1).unwrap_or_default().split(']').next().unwrap_or_default();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The folder with the sources of a configuration's script, from the root.
fn sources_of(config: &Path) -> String {
    let folder = config.parent().unwrap().strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    if folder.is_empty() { "workers/gateway/src/".into() } else { format!("{folder}/src/") }
}

/// The names that a source reads secrets by.
fn read_in(code: &str) -> BTreeSet<String> {
    let named = [".secret(\"", "sealed::key(env, \"", "read_signer(env, \""];
    let names = named.iter().flat_map(|call| code.split(call).skip(1));
    names.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn a_script_is_given_the_secrets_that_it_reads_and_no_others() {
    let sources = shipped();
    for config in configs().unwrap() {
        let (given, folder) = (required(&std::fs::read_to_string(&config).unwrap()), sources_of(&config));
        let mut read: BTreeSet<String> =
            sources.iter().filter(|(path, _)| path.starts_with(&folder)).flat_map(|(_, code)| read_in(code)).collect();
        // What every script verifies its callers with is read in `crates/edge`, and so is what it seals with.
        read.insert("INTERNAL_KEY".into());
        let calls = |name: &str| sources.iter().any(|(path, code)| path.starts_with(&folder) && code.contains(name));
        read.extend(calls("sealed::vault").then(|| "DATA_KEY".to_owned()));
        // A key that changes has another beside it for a while.
        read.retain(|name| !name.ends_with("_PREVIOUS") && !name.ends_with("_NEXT"));
        assert_eq!(given, read, "{}", config.display());
    }
}

#[test]
fn no_configuration_says_a_secret() {
    let mut names = BTreeSet::new();
    for config in configs().unwrap() {
        names.extend(required(&std::fs::read_to_string(&config).unwrap()));
    }
    assert!(names.len() >= 6, "{names:?}");
    for (path, bytes) in files(&root()).into_iter().filter(|(path, _)| path.ends_with("wrangler.toml")) {
        for line in String::from_utf8(bytes).unwrap().lines() {
            let name = line.split('=').next().unwrap_or_default().trim();
            assert!(!names.contains(name), "{path} has a value for {name}: a secret is set with `wrangler secret put`");
        }
    }
}

#[test]
fn every_secret_is_in_the_inventory() {
    let inventory = std::fs::read_to_string(root().join("docs/security/rules.md")).unwrap();
    for config in configs().unwrap() {
        for name in required(&std::fs::read_to_string(&config).unwrap()) {
            let row = inventory.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
            assert!(row.is_some(), "{name} of {} has no row in docs/security/rules.md", config.display());
        }
    }
}
