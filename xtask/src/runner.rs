//! Starting the local platform: `runner/main.mjs` under a Node that is new enough.

use crate::scripts::{self, root};
use crate::setup;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running platform; it ends when this is dropped, or with this process.
pub struct Running {
    child: Child,
    /// Where it answers.
    pub url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The runner ends when its standard input closes.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Secrets of the local deployment: random, made once, the same value for the same name in every script.
pub fn secrets(state: &Path) -> Result<BTreeMap<String, String>> {
    let path = state.join("secrets.json");
    let mut secrets: BTreeMap<String, String> =
        std::fs::read(&path).ok().map(|bytes| serde_json::from_slice(&bytes)).transpose()?.unwrap_or_default();
    for name in scripts::all()?.into_iter().flat_map(|script| script.secrets) {
        if let std::collections::btree_map::Entry::Vacant(vacant) = secrets.entry(name) {
            vacant.insert(random_hex()?);
        }
    }
    std::fs::create_dir_all(state)?;
    std::fs::write(&path, serde_json::to_vec_pretty(&secrets)?)?;
    Ok(secrets)
}

fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Starts the platform on a port with its state in a folder, and waits until it answers.
pub fn start(port: u16, state: &Path) -> Result<Running> {
    if std::net::TcpListener::bind(("127.0.0.1", port)).is_err() {
        bail!("port {port} is taken: stop what listens there, or choose another with --port");
    }
    secrets(state)?;
    let mut child = Command::new(setup::node()?)
        .arg(root().join("runner/main.mjs"))
        .args(["--port", &port.to_string(), "--state"])
        .arg(state)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the runner could not be started")?;
    let output = child.stdout.take().context("the runner has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    if !line.contains("\"ready\":true") {
        let _ = child.wait();
        bail!("the platform did not start; its words are above and in {}", state.join("runner.log").display());
    }
    Ok(Running { child, url: format!("http://127.0.0.1:{port}") })
}

impl Running {
    /// Waits until the platform ends by itself.
    pub fn wait(&mut self) -> Result<()> {
        // Waiting closes a child's standard input, which is what tells the runner to end: it is held meanwhile.
        let input = self.child.stdin.take();
        self.child.wait()?;
        drop(input);
        Ok(())
    }
}
