//! The web apps: built when what they are made of has changed, checked, and tried in a browser against the platform.

use crate::scripts::root;
use crate::test::Count;
use crate::ui::{quietly, step};
use crate::{demo, dev, runner, setup};
use anyhow::{Context, Result, bail};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The apps there are, by their folder in `web/`.
const APPS: [&str; 2] = ["storefront", "dashboard"];

const REMEDY: &str = "Mend what it names.";

/// Builds the apps into `web/dist`, where the gateway's wrangler.toml says its files are; at once when nothing has changed.
pub fn build() -> Result<()> {
    let done = root().join("web/dist");
    let stamp = root().join("target/web.stamp");
    let made_of = fingerprint()?;
    if std::fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == made_of) && done.join("_headers").is_file() {
        return Ok(());
    }
    step("build the web apps", |step| {
        for app in APPS.into_iter().filter(|app| root().join("web").join(app).join("index.html").is_file()) {
            step.at(app);
            quietly(npm()?.args(["run", "--silent", "build", "--workspace", &format!("@kirana/{app}")]), REMEDY)?;
        }
        quietly(Command::new(setup::node()?).arg(root().join("web/assemble.mjs")), REMEDY)
    })?;
    std::fs::create_dir_all(root().join("target"))?;
    std::fs::write(&stamp, made_of)?;
    Ok(())
}

/// Style and types: a check each.
pub fn lint(count: &mut Count) -> Result<()> {
    count.stage(step("biome, for the web apps", |_| {
        let biome = root().join("node_modules/@biomejs/biome/bin/biome");
        let mut check = Command::new(setup::node()?);
        check.arg(biome).args(["ci", "web", "--error-on-warnings"]).current_dir(root());
        quietly(&mut check, "Run `npx biome check --write web`, and mend what is left.")
    }));
    count.stage(step("types of the web apps", |_| {
        quietly(npm()?.args(["run", "--silent", "check", "--workspaces", "--if-present"]), REMEDY)
    }));
    Ok(())
}

/// The apps' own logic: vitest, a check for each workspace.
pub fn logic(count: &mut Count) -> Result<()> {
    for part in ["api"].into_iter().chain(APPS).filter(|part| has_tests(part)) {
        count.stage(step(&format!("vitest, web/{part}"), |_| {
            quietly(npm()?.args(["run", "--silent", "test", "--workspace", &format!("@kirana/{part}")]), REMEDY)
        }));
    }
    Ok(())
}

fn has_tests(part: &str) -> bool {
    std::fs::read_to_string(root().join("web").join(part).join("package.json"))
        .is_ok_and(|text| text.contains("\"test\":"))
}

/// Where tests in a browser are: the storefront's and what all share, then the dashboard's, which fill the chain with a life of some weeks.
const IN_A_BROWSER: [(&str, &str); 2] = [("storefront", "web/e2e"), ("dashboard", "web/dashboard/tests/e2e")];

/// Every `*.test.mjs` there in a browser; each file is a check. Each app has a platform with the demo chain of its own, so that both are tried at
/// once: a browser waits more than it computes.
pub fn browser(count: &mut Count) -> Result<()> {
    let ports = free_ports(IN_A_BROWSER.len())?;
    let counts = std::thread::scope(|scope| {
        let mut ports = ports.into_iter();
        let apps = IN_A_BROWSER.map(|(app, folder)| {
            let port = ports.next().unwrap_or_default();
            scope.spawn(move || browser_of(app, folder, port))
        });
        apps.map(|app| app.join().unwrap_or_else(|_| bail!("a thread that tried a web app died")))
    });
    for one in counts {
        count.add_all(&one?);
    }
    Ok(())
}

/// So many ports that nobody listens at: all are held until the last is found, or the second could be the first again.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    let held: Vec<_> = (0..count).map(|_| std::net::TcpListener::bind(("127.0.0.1", 0))).collect::<Result<_, _>>()?;
    held.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

fn browser_of(app: &str, folder: &str, port: u16) -> Result<Count> {
    let mut count = Count::default();
    let served = step(&format!("serve the demo chain to a browser, for the {app}"), |_| Served::start(app, port));
    let Some(served) = count.take(served) else { return Ok(count) };
    let mut tests: Vec<_> = std::fs::read_dir(root().join(folder))?.flatten().map(|entry| entry.path()).collect();
    tests.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    tests.sort();
    for path in tests {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        count.stage_twice(|| {
            step(&format!("browser: {folder}/{name}"), |_| {
                let mut test = served.node()?;
                quietly(test.arg("--test").arg(&path), "The storefront's page as it was is in target/web-e2e/.")
            })
        });
    }
    Ok(count)
}

/// `cargo xtask screenshots`: every page, on a phone and a desk, light and dark.
pub fn screenshots() -> Result<()> {
    let served = step("serve the demo chain to a browser", |_| Served::start("screenshots", free_ports(1)?[0]))?;
    step("take pictures of every page into screenshots/", |_| {
        for script in ["web/e2e/screenshots.mjs", "web/dashboard/tests/screenshots.mjs"] {
            quietly(served.node()?.arg(root().join(script)), REMEDY)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// A platform with the demo chain and the web apps, and the browser to look at them with.
struct Served {
    platform: runner::Running,
    browser: PathBuf,
    chain: serde_json::Value,
}

impl Served {
    /// With a state that is named after what it is for.
    fn start(name: &str, port: u16) -> Result<Self> {
        let browser = setup::browser()?;
        let secrets = dev::secrets::ensure()?;
        let state = root().join("target/web-e2e").join(name);
        if state.exists() {
            std::fs::remove_dir_all(&state)?;
        }
        std::fs::create_dir_all(&state)?;
        let platform = runner::start(port, &state, runner::Limits::Lifted)?;
        let bootstrap = secrets.get("BOOTSTRAP_SECRET").cloned().unwrap_or_default();
        let chain = demo::load(&platform.url, &bootstrap)?;
        Ok(Self { platform, browser, chain })
    }

    /// Node, told where the platform and the browser are.
    fn node(&self) -> Result<Command> {
        let mut node = Command::new(setup::node()?);
        node.current_dir(root()).env("KIRANA_URL", &self.platform.url).env("KIRANA_BROWSER", &self.browser);
        node.env("KIRANA_STORE", self.chain["store_id"].as_str().unwrap_or_default());
        Ok(node)
    }
}

/// npm at the root, with the Node that is new enough first in its way.
fn npm() -> Result<Command> {
    let mut npm = Command::new("npm");
    npm.current_dir(root());
    let node = setup::node()?;
    if let Some(folder) = node.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path)))
            .context("the path of the tools has a separator in it")?;
        npm.env("PATH", path);
    }
    Ok(npm)
}

/// Of everything that the apps are made of: their sources, the API's document, and the packages.
fn fingerprint() -> Result<String> {
    let mut files = Vec::new();
    sources(&root().join("web"), &mut files)?;
    files.extend(["package-lock.json", "workers/gateway/src/openapi.json"].map(|name| root().join(name)));
    files.sort();
    let mut hasher = std::hash::DefaultHasher::new();
    for path in files {
        path.hash(&mut hasher);
        std::fs::read(&path).with_context(|| format!("{} is gone", path.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !["dist", "node_modules", "e2e"].contains(&name.as_str()) {
                sources(&path, found)?;
            }
        } else if name != "schema.ts" {
            found.push(path);
        }
    }
    Ok(())
}
