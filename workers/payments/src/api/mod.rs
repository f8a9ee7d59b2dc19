//! Handlers, by resource.

pub mod payments;
pub mod webhooks;
