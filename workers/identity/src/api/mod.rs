//! Handlers, by resource.

pub mod auth;
pub mod keys;
pub mod users;
