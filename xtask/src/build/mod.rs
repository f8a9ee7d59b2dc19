//! Scripts to WASM: all compiled in one go, each bundled when its WASM has changed, and their sizes.

mod bundle;
mod compile;
mod order;
mod sizes;
mod wasm;

use crate::args::Args;
use crate::scripts::{self, Script};
use crate::{setup, web};
use anyhow::{Result, bail};

/// Set for a wrangler that we start: its build commands then do nothing, as all has just been built.
pub const PREBUILT: &str = "KIRANA_PREBUILT";

/// How much is done to the WASM after it is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// wasm-opt has been over it: what is tested and deployed.
    Optimised,
    /// As the compiler left it: some seconds less for each script.
    Quick,
}

/// `cargo xtask build`.
pub fn command(args: &mut Args) -> Result<()> {
    let finish = if args.flag("--quick") { Finish::Quick } else { Finish::Optimised };
    let names = args.words()?;
    if std::env::var_os(PREBUILT).is_some() {
        return Ok(());
    }
    setup::run()?;
    let chosen = chosen(&names)?;
    make(&chosen, finish)?;
    let sizes = sizes::of(&chosen)?;
    sizes::print(&sizes);
    // The limit is on what is sent.
    if finish == Finish::Optimised { sizes::check(&sizes) } else { Ok(()) }
}

/// Builds the scripts of these names, or all, as far as they have changed; answers the names of those that had.
pub fn run(names: &[String], finish: Finish) -> Result<Vec<String>> {
    let chosen = chosen(names)?;
    let rebuilt = make(&chosen, finish)?;
    if finish == Finish::Optimised {
        sizes::check(&sizes::of(&chosen)?)?;
    }
    Ok(rebuilt)
}

/// Bytes of each script as it is sent, compressed.
pub fn sizes() -> Result<Vec<(String, usize)>> {
    Ok(sizes::of(&scripts::all()?)?.into_iter().map(|size| (size.name, size.gzipped)).collect())
}

fn make(chosen: &[Script], finish: Finish) -> Result<Vec<String>> {
    // The gateway is deployed with the web apps' files.
    if chosen.iter().any(|script| script.name == "gateway") {
        web::build()?;
    }
    let (compiled, fault) = compile::all(chosen)?;
    let rebuilt = bundle::all(&compiled, finish)?;
    fault?;
    Ok(rebuilt)
}

fn chosen(names: &[String]) -> Result<Vec<Script>> {
    let all = scripts::all()?;
    if let Some(name) = names.iter().find(|name| !all.iter().any(|script| script.name == **name)) {
        let known: Vec<_> = all.iter().map(|script| script.name.as_str()).collect();
        bail!("there is no script `{name}`; there are {}", known.join(", "));
    }
    Ok(all.into_iter().filter(|script| names.is_empty() || names.contains(&script.name)).collect())
}
