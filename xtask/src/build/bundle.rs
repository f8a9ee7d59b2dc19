//! worker-build makes a script of compiled WASM: bindings and shim. Told by a stamp when that WASM is not new.

use super::compile::Compiled;
use super::{Finish, wasm};
use crate::scripts::root;
use crate::setup::{self, npm_bin};
use crate::ui::{Step, quietly, step};
use anyhow::{Context, Result, bail};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

/// Bundles what is new, as many at a time as there are processors; answers the names.
pub fn all(compiled: &[Compiled], finish: Finish) -> Result<Vec<String>> {
    let mut todo = Vec::new();
    for one in compiled {
        let inputs = fingerprint(&one.wasm, finish)?;
        // What is optimised serves a quick build as well.
        let mut good = vec![inputs.clone()];
        if finish == Finish::Quick {
            good.push(fingerprint(&one.wasm, Finish::Optimised)?);
        }
        let done = std::fs::read_to_string(stamp(one)).is_ok_and(|stamped| good.contains(&stamped));
        if !done || !one.script.folder.join("build/index_bg.wasm").is_file() {
            todo.push((one, inputs));
        }
    }
    if todo.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = todo.iter().map(|(one, _)| one.script.name.clone()).collect();
    let queue = Mutex::new(todo.into_iter());
    step(&format!("bundle {}", names.join(", ")), |step| {
        let workers = std::thread::available_parallelism().map_or(2, usize::from).min(names.len());
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&queue, finish, step))).collect();
            threads.into_iter().try_for_each(|thread| match thread.join() {
                Ok(result) => result,
                Err(_) => bail!("a thread of the build died"),
            })
        })
    })?;
    Ok(names)
}

fn work<'a>(queue: &Mutex<impl Iterator<Item = (&'a Compiled, String)>>, finish: Finish, step: &Step) -> Result<()> {
    loop {
        let next = queue.lock().ok().and_then(|mut queue| queue.next());
        let Some((one, inputs)) = next else { return Ok(()) };
        step.at(&one.script.name);
        bundle(one, finish)?;
        std::fs::write(stamp(one), inputs)?;
    }
}

fn bundle(one: &Compiled, finish: Finish) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(setup::pinned()).chain(std::env::split_paths(&path)))?;
    let mut command = Command::new(setup::cargo_bin("worker-build"));
    command.args(["--release", "--panic-unwind", "--no-opt"]);
    command.arg(&one.script.folder).current_dir(root()).env("PATH", path);
    command.env("WASM_BINDGEN_BIN", setup::cargo_bin("wasm-bindgen"));
    command.env("ESBUILD_BIN", npm_bin("esbuild", "bin/esbuild"));
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    quietly(
        &mut command,
        &format!("{} could not be bundled; remove .tools/ to fetch the tools anew.", one.script.name),
    )?;
    if finish == Finish::Optimised {
        let own = [format!("{}::", one.script.name.replace('-', "_")), "kirana_".to_owned()];
        wasm::optimise(&one.script.folder.join("build/index_bg.wasm"), &own)?;
    }
    Ok(())
}

fn stamp(one: &Compiled) -> std::path::PathBuf {
    one.script.folder.join("build/.kirana-stamp")
}

/// What a bundle is made from: the WASM, the tools, and how it is finished.
fn fingerprint(wasm: &Path, finish: Finish) -> Result<String> {
    let mut hasher = std::hash::DefaultHasher::new();
    std::fs::read(wasm).with_context(|| format!("{} is gone", wasm.display()))?.hash(&mut hasher);
    std::fs::read(root().join("package-lock.json"))?.hash(&mut hasher);
    wasm::version().hash(&mut hasher);
    for tool in ["worker-build", "wasm-bindgen"] {
        std::fs::metadata(setup::cargo_bin(tool))?.len().hash(&mut hasher);
    }
    Ok(format!("{:016x}{}", hasher.finish(), if finish == Finish::Quick { " quick" } else { "" }))
}
