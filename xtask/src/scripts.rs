//! The scripts of the deployment, as their wrangler.toml files describe them: the only description there is.

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

/// Every script, the gateway (the root's wrangler.toml) first.
pub fn all() -> Result<Vec<Script>> {
    let mut configs = Vec::new();
    find(&root(), 0, &mut configs)?;
    configs.iter().map(|config| read(config)).collect()
}

/// Files first, so that the root's comes before those below; folders by name, so that the order is always the same.
fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let config = folder.join("wrangler.toml");
    if config.is_file() {
        found.push(config);
    }
    if depth == 2 {
        return Ok(());
    }
    let mut folders: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for below in folders {
        let name = below.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') && name != "node_modules" && name != "target" {
            find(&below, depth + 1, found)?;
        }
    }
    Ok(())
}

fn read(config: &Path) -> Result<Script> {
    let table = table(config)?;
    let main = table.get("main").and_then(|main| main.as_str());
    let main = main.with_context(|| format!("{} has no `main`", config.display()))?;
    let folder = config.parent().unwrap_or(Path::new(".")).join(main.trim_end_matches("build/index.js"));
    let manifest = self::table(&folder.join("Cargo.toml"))?;
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    let name = name.with_context(|| format!("{} has a Cargo.toml with no name", folder.display()))?.to_owned();
    let secrets = table.get("secrets").and_then(|secrets| secrets.get("required")).and_then(|list| list.as_array());
    let secrets = secrets.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    Ok(Script { name, config: config.to_path_buf(), folder, secrets })
}

fn table(path: &Path) -> Result<toml::Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", path.display()))
}
