//! The floor: the same shapes in the least JavaScript that workerd can run, served by the same runner.

use crate::load::{Ask, Caller};
use anyhow::Result;
use kirana_tests::Platform;
use std::path::Path;

/// What of the floor something is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Floor {
    /// One script that answers "hi".
    Hello,
    /// The same behind a gateway.
    Relay,
    /// Twenty rows from D1 behind a gateway.
    Rows,
    /// An order made durable in one object, behind a gateway and a worker.
    Durable,
}

impl Floor {
    /// All, in reading order.
    pub const ALL: [Self; 4] = [Self::Hello, Self::Relay, Self::Rows, Self::Durable];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hello => "floor: hello",
            Self::Relay => "floor: gateway -> worker",
            Self::Rows => "floor: 20 rows from D1",
            Self::Durable => "floor: durable order",
        }
    }

    /// Does it once.
    pub fn act(self, caller: &Caller, number: u64) -> Result<()> {
        const ORDER: &str = r#"{"quantity":1,"lines":[{"sku":"golden-bubble-milk-tea/medium","quantity":1}]}"#;
        let from = format!("/rows?from={}", number * 37 % 9_900);
        match self {
            Self::Hello => caller.expect(200, &Ask::get("/hello")),
            Self::Relay => caller.expect(200, &Ask::get("/relay")),
            Self::Rows => caller.expect(200, &Ask::get(&from)),
            Self::Durable => caller.expect(201, &Ask::post("/orders", ORDER)),
        }
        .map(drop)
    }
}

/// Starts the floor.
pub fn start() -> Result<Platform> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("floor");
    let scripts = ["front", "relay", "rows", "durable"].map(|name| folder.join(name).join("wrangler.toml"));
    Platform::start_scripts("bench-floor", scripts.to_vec())
}
