//! A browser for the tests of the web apps: an installed one of Chromium's kin, or Debian's.

use super::NO_NETWORK;
use crate::ui::{quietly, step};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
];

/// Where it is installed when it is not in the path.
const PLACES: [&str; 6] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "/opt/google/chrome/chrome",
];

const REMEDY: &str = "The web apps are tested in a browser: install Chromium, Chrome or Edge (Debian: `apt install chromium`), \
                      or say where one is with KIRANA_BROWSER.";

/// The browser: the one that `KIRANA_BROWSER` names, an installed one, or Debian's, which whoever may install it has installed here.
///
/// # Errors
/// When there is none and none may be installed.
pub fn browser() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("KIRANA_BROWSER") {
        return Ok(named.into());
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    if !may_install() {
        bail!("{REMEDY}");
    }
    step("apt: chromium", |_| {
        let mut apt = Command::new("apt-get");
        apt.args(["install", "--yes", "--no-install-recommends", "chromium"]).env("DEBIAN_FRONTEND", "noninteractive");
        // The list of packages may be as old as the machine.
        quietly(Command::new("apt-get").arg("update"), NO_NETWORK)?;
        quietly(&mut apt, NO_NETWORK)
    })?;
    match installed() {
        Some(found) => Ok(found),
        None => bail!("{REMEDY}"),
    }
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    in_path.chain(PLACES.map(PathBuf::from)).find(|place| place.is_file())
}

/// Debian's tools, and who may use them.
fn may_install() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0");
    root && PathBuf::from("/usr/bin/apt-get").is_file()
}
