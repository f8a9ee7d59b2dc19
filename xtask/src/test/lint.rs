//! Format. Clippy reads everything while the tests are compiled: `programs.rs`.

use super::Count;
use crate::setup::host_cargo;
use crate::ui::{quietly, step};

/// One check.
pub fn format(count: &mut Count) {
    count.stage(step("cargo fmt --check", |_| {
        quietly(host_cargo().args(["fmt", "--all", "--check"]), "Run `cargo fmt --all`.")
    }));
}
