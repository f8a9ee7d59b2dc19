//! Handlers, by resource.

pub mod metrics;
pub mod payments;
pub mod webhooks;
