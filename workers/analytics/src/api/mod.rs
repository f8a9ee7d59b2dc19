//! Handlers, by resource.

pub mod sales;
pub mod summary;
