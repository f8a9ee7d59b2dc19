//! `--watch`: what is saved is rebuilt and put into the running platform.

use crate::build::{self, Finish};
use crate::runner::Running;
use crate::scripts::root;
use crate::ui::step;
use anyhow::Result;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Folders and files that a script, its configuration or its database are made from.
const WATCHED: [&str; 8] =
    ["crates", "d1", "durable-objects", "queues", "web", "workers", "wrangler.toml", "Cargo.toml"];

/// Looks twice a second; ends with the platform.
pub fn run(platform: &mut Running) -> Result<()> {
    println!("Watching {}.", WATCHED.join(", "));
    let mut seen = newest();
    while !platform.ended()? {
        std::thread::sleep(Duration::from_millis(500));
        let now = newest();
        if now == seen {
            continue;
        }
        seen = now;
        let reloaded = build::run(&[], Finish::Quick).and_then(|_| step("reload the platform", |_| platform.reload()));
        if let Err(error) = reloaded {
            eprintln!("{error:#}\n\nThe platform goes on with what it had.");
        }
    }
    Ok(())
}

/// When something was last saved, and how many files there are: what is removed counts too.
fn newest() -> (SystemTime, usize) {
    let mut newest = (SystemTime::UNIX_EPOCH, 0);
    WATCHED.iter().for_each(|name| visit(&root().join(name), &mut newest));
    newest
}

fn visit(path: &Path, newest: &mut (SystemTime, usize)) {
    let Ok(about) = path.metadata() else { return };
    if !about.is_dir() {
        newest.0 = newest.0.max(about.modified().unwrap_or(SystemTime::UNIX_EPOCH));
        newest.1 += 1;
        return;
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !["build", "dist", "node_modules", "schema.ts"].iter().any(|made| name == *made)
            && !name.to_string_lossy().starts_with('.')
        {
            visit(&entry.path(), newest);
        }
    }
}
