//! Handlers, by resource.

pub mod checkout;
pub mod clean;
pub mod methods;
pub mod metrics;
pub mod payments;
pub mod refunds;
pub mod steps;
pub mod webhooks;
