//! `cargo xtask dev`: the demo chain, served.

use crate::scripts::root;
use crate::ui::step;
use crate::{build, demo, runner, setup};
use anyhow::Result;

/// Sets up, builds, serves, and loads the demo chain at the first start.
pub fn run(port: u16, fresh: bool) -> Result<()> {
    setup::run()?;
    build::run(&[])?;
    let home = root().join(".kirana");
    if fresh && home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    let secrets = runner::secrets(&home)?;
    let mut platform = step("start the platform and migrate its databases", || runner::start(port, &home))?;
    let loaded = home.join("demo.json");
    if !loaded.exists() {
        let bootstrap = secrets.get("BOOTSTRAP_SECRET").cloned().unwrap_or_default();
        let chain = step("load the demo chain", || demo::load(&platform.url, &bootstrap))?;
        std::fs::write(&loaded, serde_json::to_vec_pretty(&chain)?)?;
    }
    let chain: serde_json::Value = serde_json::from_slice(&std::fs::read(&loaded)?)?;
    demo::describe(&platform.url, &chain);
    platform.wait()
}
