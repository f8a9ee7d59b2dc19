//! One cargo for all scripts. Always all: the features of shared crates are then the same whatever is asked for, and
//! nothing is compiled twice. What cargo finds fresh costs it a fifth of a second.

use crate::scripts::{self, Script};
use crate::setup;
use crate::ui::{Step, step};
use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A script and the WASM that the compiler made of it.
pub struct Compiled {
    /// Which.
    pub script: Script,
    /// The compiler's output, before wasm-bindgen.
    pub wasm: PathBuf,
}

/// Compiles; what did not is told of in the error that stands beside what did. A fault in other scripts is none here.
pub fn all(chosen: &[Script]) -> Result<(Vec<Compiled>, Result<()>)> {
    let (made, words) = step("compile to WASM", |step| {
        let mut cargo = command()?.spawn().context("cargo could not be started")?;
        let words = listen(&mut cargo)?;
        let made = follow(&mut cargo, step)?;
        cargo.wait()?;
        Ok((made, words.join().unwrap_or_default()))
    })?;
    let found = |script: &Script| made.get(&script.name).map(|wasm| (script.clone(), wasm.clone()));
    let compiled = chosen.iter().filter_map(found).map(|(script, wasm)| Compiled { script, wasm }).collect();
    let failed = chosen.iter().filter(|script| !made.contains_key(&script.name));
    let failed: Vec<_> = failed.map(|script| script.name.as_str()).collect();
    let fault = if failed.is_empty() {
        Ok(())
    } else {
        Err(anyhow!("{}\ndid not compile: {}", words.trim_end(), failed.join(", ")))
    };
    Ok((compiled, fault))
}

/// The flags are those of worker-build with `--panic-unwind`, which then finds its work done.
fn command() -> Result<Command> {
    let mut cargo = setup::nightly_cargo();
    cargo.args(["build", "--lib", "--release", "--keep-going", "--quiet", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["-Z", "build-std=std,panic_unwind", "--message-format", "json-render-diagnostics"]);
    for script in scripts::all()? {
        cargo.args(["--package", &script.name]);
    }
    cargo.env("RUSTFLAGS", "-Cpanic=unwind").env("WASM_BINDGEN_USE_JS_SYS", "1");
    cargo.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(cargo)
}

/// Keeps what the compiler says to people; read beside the messages, so that neither pipe fills up.
fn listen(cargo: &mut Child) -> Result<std::thread::JoinHandle<String>> {
    let mut output = cargo.stderr.take().context("cargo has no standard error")?;
    Ok(std::thread::spawn(move || {
        let mut words = Vec::new();
        let _ = output.read_to_end(&mut words);
        String::from_utf8_lossy(&words).into_owned()
    }))
}

/// Reads cargo's messages: which crate is done, and where the WASM of the scripts is.
fn follow(cargo: &mut Child, step: &Step) -> Result<BTreeMap<String, PathBuf>> {
    let output = cargo.stdout.take().context("cargo has no output")?;
    let (mut made, mut count) = (BTreeMap::new(), 0);
    for line in BufReader::new(output).lines() {
        let Ok(message) = serde_json::from_str::<Value>(&line?) else { continue };
        let (Some("compiler-artifact"), Some(name)) = (message["reason"].as_str(), message["target"]["name"].as_str())
        else {
            continue;
        };
        count += 1;
        step.at(format!("{count} crates, {name}"));
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for wasm in files.filter(|file| file.ends_with(".wasm")) {
            made.insert(name.replace('_', "-"), PathBuf::from(wasm));
        }
    }
    Ok(made)
}
