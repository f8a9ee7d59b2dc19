//! The platform under test in real workerd: starting and killing it, asking it, and a chain to test on.

pub mod chain;
pub mod client;
pub mod platform;
pub mod sqlite;
pub mod wait;

pub use chain::Chain;
pub use client::{Answer, Client};
pub use platform::Platform;
pub use wait::eventually;
