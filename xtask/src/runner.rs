//! The local platform: `runner/main.mjs` under a Node that is new enough.

use crate::scripts::{self, root};
use crate::setup;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long the platform may take to answer; it takes two seconds.
const DEADLINE: Duration = Duration::from_secs(120);

/// A running platform; it ends when this is dropped, or with this process.
pub struct Running {
    child: Child,
    says: Receiver<String>,
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

/// Whether callers may do as much as a deployment lets them, or a thousand times that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// As deployed.
    Deployed,
    /// One caller is a whole chain.
    Lifted,
}

/// Starts the platform on a port with its state in a folder, and waits until it answers.
pub fn start(port: u16, state: &Path, limits: Limits) -> Result<Running> {
    if std::net::TcpListener::bind(("127.0.0.1", port)).is_err() {
        bail!("port {port} is taken: stop what listens there, or choose another with --port");
    }
    let mut command = Command::new(setup::node()?);
    command.arg(root().join("runner/main.mjs")).args(["--port", &port.to_string(), "--state"]).arg(state);
    command.arg("--web");
    command.args((limits == Limits::Lifted).then_some("--unlimited"));
    // The demo chain's people log in with the password that the console prints.
    command.args(["--var", "SECOND_FACTOR_FOR=", "--var", "CHAIN_WORDS="]);
    command.args(scripts::all()?.iter().map(|script| &script.config)).current_dir(root());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("the runner could not be started")?;
    let output = child.stdout.take().context("the runner has no output")?;
    let (say, says) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(std::io::Result::ok);
        for line in lines.take_while(|line| say.send(line.clone()).is_ok()) {
            drop(line);
        }
    });
    let mut running = Running { child, says, url: format!("http://127.0.0.1:{port}") };
    running
        .hear("ready")
        .with_context(|| format!("the platform did not start; see {}", state.join("runner.log").display()))?;
    Ok(running)
}

impl Running {
    /// Puts the scripts that have been rebuilt into the running platform.
    pub fn reload(&mut self) -> Result<()> {
        let input = self.child.stdin.as_mut().context("the runner has no input")?;
        writeln!(input, "reload")?;
        self.hear("reloaded")
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits until the platform ends by itself.
    pub fn wait(&mut self) -> Result<()> {
        // Waiting closes a child's standard input, which is what tells the runner to end: it is held meanwhile.
        let input = self.child.stdin.take();
        self.child.wait()?;
        drop(input);
        Ok(())
    }

    /// Waits for an answer of the runner's. That workerd died and serves again is none.
    fn hear(&mut self, word: &str) -> Result<()> {
        loop {
            let line = self.says.recv_timeout(DEADLINE).context("the runner said nothing; its words may be above")?;
            let said: serde_json::Value =
                serde_json::from_str(&line).with_context(|| format!("the runner said: {line}"))?;
            if said[word] == true {
                return Ok(());
            }
            if said["again"] != true {
                bail!("{}", said["error"].as_str().unwrap_or(&line));
            }
        }
    }
}
