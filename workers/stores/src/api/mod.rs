//! Handlers, by resource.

pub mod franchisees;
pub mod stores;
