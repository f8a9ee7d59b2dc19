//! The scripts of the deployment, as their wrangler.toml files describe them.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// One script: a wrangler.toml and the crate it is built from.
#[derive(Clone, Debug)]
pub struct Script {
    /// The crate's name, such as `orders`; the script is called `kirana-orders`.
    pub name: String,
    /// Its wrangler.toml.
    pub config: PathBuf,
    /// Its crate's folder.
    pub folder: PathBuf,
    /// The secrets it must have.
    pub secrets: Vec<String>,
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Every script, the gateway first.
pub fn all() -> Result<Vec<Script>> {
    let root = root();
    let mut configs = vec![root.join("wrangler.toml")];
    for group in ["durable-objects", "queues", "workers"] {
        let mut found: Vec<_> = std::fs::read_dir(root.join(group))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path().join("wrangler.toml")))
            .filter(|config| config.is_file())
            .collect();
        found.sort();
        configs.extend(found);
    }
    configs.iter().map(|config| read(config)).collect()
}

fn read(config: &Path) -> Result<Script> {
    let text = std::fs::read_to_string(config)?;
    let table: toml::Table = text.parse().with_context(|| format!("{} is not TOML", config.display()))?;
    let text_of = |key: &str| table.get(key).and_then(|value| value.as_str());
    let main = text_of("main").with_context(|| format!("{} has no `main`", config.display()))?;
    let folder = config.parent().unwrap_or(Path::new(".")).join(main.trim_end_matches("build/index.js"));
    let name = text_of("name").unwrap_or_default().trim_start_matches("kirana-").to_owned();
    let secrets = table.get("secrets").and_then(|secrets| secrets.get("required")).and_then(|list| list.as_array());
    let secrets = secrets.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    Ok(Script { name, config: config.to_path_buf(), folder, secrets })
}
