//! Secrets of the local deployment: random, made once, in the git-ignored `.dev.vars` beside each wrangler.toml, where
//! wrangler and the runner look for them. A name that several scripts declare has one value.

use crate::scripts;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Makes what is missing of the secrets that the scripts declare; answers all of them.
pub fn ensure() -> Result<BTreeMap<String, String>> {
    let scripts = scripts::all()?;
    let vars = |config: &Path| config.with_file_name(".dev.vars");
    let mut secrets = BTreeMap::new();
    for script in &scripts {
        secrets.extend(read(&vars(&script.config)));
    }
    for script in scripts.iter().filter(|script| !script.secrets.is_empty()) {
        let path = vars(&script.config);
        let has = read(&path);
        let mut text = std::fs::read_to_string(&path).unwrap_or_default();
        for name in &script.secrets {
            if !secrets.contains_key(name) {
                secrets.insert(name.clone(), random_hex()?);
            }
            if !has.contains_key(name) {
                text.push_str(&format!("{name}={}\n", secrets[name]));
            }
        }
        if has.len() < read_text(&text).len() {
            std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        }
    }
    Ok(secrets)
}

fn read(path: &Path) -> BTreeMap<String, String> {
    read_text(&std::fs::read_to_string(path).unwrap_or_default())
}

fn read_text(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().trim_matches('"').to_owned())).collect()
}

/// 32 random bytes.
fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("this machine has no /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
