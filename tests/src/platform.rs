//! The platform in workerd, started, killed and started again.

use crate::{Client, eventually};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Names of every secret that a script may ask for; tests need no others.
const SECRETS: [&str; 11] = [
    "METRICS_TOKEN",
    "INTERNAL_KEY",
    "JWT_SEED",
    "BOOTSTRAP_SECRET",
    "DATA_KEY",
    "DEVICE_SECRET",
    "INDEX_KEY",
    "SANDBOX_WEBHOOK_SECRET",
    "SOCIAL_SECRETS",
    "PROVIDER_SECRETS",
    "GATEWAYS",
];

/// A secret of the platform under test: no secret at all.
pub const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// What tests do without unless they are about it: each login of a manager would take an authenticator app, and what is sent to a
/// subscriber that fails on purpose would be sent again after a minute.
const LENIENT: [(&str, &str); 2] = [("SECOND_FACTOR_FOR", ""), ("RESEND_AFTER_SECONDS", "5")];

/// A running platform with state of its own; ends when dropped.
pub struct Platform {
    runner: Runner,
    port: u16,
    state: PathBuf,
    vars: Vec<String>,
    faults: Option<String>,
    limited: bool,
    scripts: Vec<PathBuf>,
    counted: bool,
    inspected: Option<u16>,
}

/// The process that holds workerd, and what it says.
struct Runner {
    child: Child,
    says: BufReader<ChildStdout>,
    ready_in: Duration,
    /// Its process, where the runner could tell (Linux).
    workerd: Option<u64>,
}

impl Platform {
    /// Starts a platform with fresh state.
    ///
    /// # Errors
    /// When it does not come up; its words are in the state folder.
    pub fn start(name: &str) -> Result<Self> {
        Self::start_with(name, &[])
    }

    /// Starts a platform with fresh state, and variables that have other values than their wrangler.toml gives them.
    ///
    /// # Errors
    /// As [`Platform::start`].
    pub fn start_with(name: &str, vars: &[(&str, &str)]) -> Result<Self> {
        Self::begin(name, vars, false)
    }

    /// The same, with the rate limits that a deployment has: others are without, as one test is a crowd.
    ///
    /// # Errors
    /// As [`Platform::start`].
    pub fn start_limited(name: &str, vars: &[(&str, &str)]) -> Result<Self> {
        Self::begin(name, vars, true)
    }

    /// Starts a platform with fresh state that writes down what would be paid for: see [`Platform::counts`].
    ///
    /// # Errors
    /// As [`Platform::start`].
    pub fn start_counted(name: &str) -> Result<Self> {
        // Nobody fails here, and what waits for a word is paid for.
        let mut platform = Self::begin(name, &[("RESEND_AFTER_SECONDS", "60")], false)?;
        platform.counted = true;
        platform.kill_and_restart()?;
        Ok(platform)
    }

    /// Starts it again with workerd's inspector on a port, for `bench/profile.mjs`.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn inspect(&mut self, port: u16) -> Result<()> {
        self.inspected = Some(port);
        self.kill_and_restart()
    }

    /// What would be paid for, a line for each event of a script that ended: see `runner/count/inside.mjs`.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn counts(&self) -> Result<Vec<Value>> {
        self.log("{\"count\":")
    }

    fn log(&self, begin: &str) -> Result<Vec<Value>> {
        let log = std::fs::read_to_string(self.state.join("runner.log"))?;
        let lines = log.lines().filter(|line| line.starts_with(begin));
        Ok(lines.filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Starts other scripts than Kirana's, with fresh state: the wrangler.toml of each, the one that the port leads to first.
    ///
    /// # Errors
    /// As [`Platform::start`].
    pub fn start_scripts(name: &str, scripts: Vec<PathBuf>) -> Result<Self> {
        Self::begin_with(name, Vec::new(), false, scripts)
    }

    fn begin(name: &str, vars: &[(&str, &str)], limited: bool) -> Result<Self> {
        let secrets = SECRETS.iter().map(|name| (*name, SECRET));
        let lenient = LENIENT.into_iter().filter(|(name, _)| !vars.iter().any(|(given, _)| given == name));
        let vars =
            secrets.chain(lenient).chain(vars.iter().copied()).map(|(name, value)| format!("{name}={value}")).collect();
        Self::begin_with(name, vars, limited, configs()?)
    }

    fn begin_with(name: &str, vars: Vec<String>, limited: bool, scripts: Vec<PathBuf>) -> Result<Self> {
        let root = root()?;
        let state = root.join("target/e2e").join(name);
        if state.exists() {
            std::fs::remove_dir_all(&state)?;
        }
        std::fs::create_dir_all(&state)?;
        let port = free_port()?;
        let how = How { vars: &vars, faults: None, limited, scripts: &scripts, counted: false, inspected: None };
        let runner = spawn(&root, &state, port, &how)?;
        Ok(Self { runner, port, state, vars, faults: None, limited, scripts, counted: false, inspected: None })
    }

    /// A client that is nobody yet.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.port))
    }

    /// Kills workerd and all around it at once, in the middle of whatever it does, and starts it again on the same state.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn kill_and_restart(&mut self) -> Result<()> {
        self.kill_then(|_| Ok(()))
    }

    /// Kills workerd alone, in the middle of whatever it does; whoever keeps it starts it again (`runner/main.mjs`). Waits until it
    /// answers; [`Platform::ready_in`] tells how long that took.
    ///
    /// # Errors
    /// When it does not come up again, or nobody knows which process it is.
    #[allow(clippy::disallowed_methods)] // never runs as WASM
    pub fn kill_workerd(&mut self) -> Result<()> {
        let workerd = self.runner.workerd.context("nobody knows which process workerd is")?;
        let begun = Instant::now();
        Command::new("kill").args(["-KILL", &workerd.to_string()]).status()?;
        let mut line = String::new();
        self.runner.says.read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).with_context(|| format!("the runner said: {line}"))?;
        if said["again"] != true {
            bail!("the runner said: {line}");
        }
        self.runner.workerd = said["workerd_pid"].as_u64();
        self.client().get("/healthz")?.expect(200)?;
        self.runner.ready_in = begun.elapsed();
        Ok(())
    }

    /// As [`Platform::kill_and_restart`], with something done to the folder of its state while nothing runs.
    ///
    /// # Errors
    /// As [`Platform::kill_and_restart`], or what that something failed with.
    pub fn kill_then(&mut self, meanwhile: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        self.kill()?;
        meanwhile(&self.state)?;
        let root = root()?;
        let how = How {
            vars: &self.vars,
            faults: self.faults.as_deref(),
            limited: self.limited,
            scripts: &self.scripts,
            counted: self.counted,
            inspected: self.inspected,
        };
        self.runner = spawn(&root, &self.state, self.port, &how)?;
        Ok(())
    }

    /// How much memory the runtime uses, in bytes; nothing where that cannot be known.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.runner.workerd?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    }

    /// How long the runtime has computed so far; nothing where that cannot be known.
    #[must_use]
    pub fn computed(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.runner.workerd?)).ok()?;
        // Behind the name, which may have anything in it: fields 14 and 15, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }

    /// How long the last start took, from nothing at all to a platform that answers, migrations among it.
    #[must_use]
    pub const fn ready_in(&self) -> Duration {
        self.runner.ready_in
    }

    /// The number of workerd's process; none where the system does not tell.
    #[must_use]
    pub const fn workerd(&self) -> Option<u64> {
        self.runner.workerd
    }

    /// Where its state is kept.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The same, in a world where queues, databases and objects fail as `faults` says, or in a good one: see
    /// `runner/faults/around.mjs`.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn restart_in(&mut self, faults: Option<&str>) -> Result<()> {
        self.faults = faults.map(str::to_owned);
        self.kill_and_restart()
    }

    /// What the faults and the calls between scripts wrote down, since the first start.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn faults(&self) -> Result<Vec<Value>> {
        self.log("{\"fault\":")
    }

    /// Lets every cron trigger fire now.
    ///
    /// # Errors
    /// When the runner is gone.
    pub fn tick(&mut self) -> Result<()> {
        writeln!(self.runner.child.stdin.as_mut().context("no input")?, "tick")?;
        let mut line = String::new();
        self.runner.says.read_line(&mut line)?;
        if line.contains("\"ticked\":true") { Ok(()) } else { bail!("the runner said: {line}") }
    }

    /// The same, with other values for some variables.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn restart_with(&mut self, vars: &[(&str, &str)]) -> Result<()> {
        for (name, value) in vars {
            self.vars.retain(|pair| !pair.starts_with(&format!("{name}=")));
            self.vars.push(format!("{name}={value}"));
        }
        self.kill_and_restart()
    }

    fn kill(&mut self) -> Result<()> {
        // The whole process group: the runner and its workerd.
        Command::new("kill").args(["-KILL", "--", &format!("-{}", self.runner.child.id())]).status()?;
        self.runner.child.wait()?;
        // workerd lives on for a moment after its runner: whoever starts next must not speak to it.
        eventually("the killed platform to be gone", Duration::from_secs(30), || {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(_) => Err("it still answers".into()),
                Err(_) => Ok(()),
            }
        })
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// A port below those that the system gives to whoever calls out: one of those could be taken by another test's call while this
/// platform is killed and started again.
fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 18_000;
    const COUNT: u16 = 12_000;
    let begin = u16::try_from(std::process::id() * 97 % u32::from(COUNT))?;
    let tries = (0..COUNT).map(|_| FIRST + (begin + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT);
    let mut free = tries.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().context("no port is free")
}

fn root() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests have no root")?;
    Ok(root.to_path_buf())
}

/// Every wrangler.toml of the deployment, the gateway's first.
///
/// # Errors
/// When a folder cannot be read.
pub fn configs() -> Result<Vec<PathBuf>> {
    let root = root()?;
    let mut found = vec![root.join("wrangler.toml")];
    for group in ["durable-objects", "queues", "workers"] {
        let mut folders: Vec<_> =
            std::fs::read_dir(root.join(group))?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        folders.sort();
        found.extend(folders.into_iter().map(|folder| folder.join("wrangler.toml")).filter(|path| path.is_file()));
    }
    Ok(found)
}

/// How a platform is started.
struct How<'a> {
    vars: &'a [String],
    faults: Option<&'a str>,
    limited: bool,
    scripts: &'a [PathBuf],
    counted: bool,
    inspected: Option<u16>,
}

#[allow(clippy::disallowed_methods)] // never runs as WASM
fn spawn(root: &Path, state: &Path, port: u16, how: &How) -> Result<Runner> {
    let log = std::fs::File::options().create(true).append(true).open(state.join("runner.err"))?;
    let begun = Instant::now();
    let mut child = Command::new(std::env::var_os("KIRANA_NODE").context("run these through `cargo xtask test`")?)
        .arg(root.join("runner/main.mjs"))
        .args(["--port", &port.to_string(), "--state"])
        .arg(state)
        .args(how.vars.iter().flat_map(|pair| ["--var", pair]))
        .args(how.faults.iter().flat_map(|faults| ["--faults", faults]))
        .args((!how.limited).then_some("--unlimited"))
        .args(how.counted.then_some("--count"))
        .arg("--migrated")
        .arg(root.join("target/e2e/migrated"))
        .args(how.inspected.iter().flat_map(|port| ["--inspect".to_owned(), port.to_string()]))
        .args(how.scripts)
        .current_dir(root)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()?;
    let mut line = String::new();
    let mut says = BufReader::new(child.stdout.take().context("no output")?);
    says.read_line(&mut line)?;
    let workerd = serde_json::from_str::<Value>(&line).ok().and_then(|said| said["workerd_pid"].as_u64());
    if !line.contains("\"ready\":true") {
        let _ = child.wait();
        let words = std::fs::read_to_string(state.join("runner.err")).unwrap_or_default();
        bail!("the platform did not start:\n{words}");
    }
    Ok(Runner { child, says, ready_in: begun.elapsed(), workerd })
}
