//! The rules of payments: pure.

pub mod plan;
pub mod retry;
pub mod signature;
pub mod status;
pub mod step;
