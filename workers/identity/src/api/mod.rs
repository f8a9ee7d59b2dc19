//! Handlers, by resource.

pub mod auth;
pub mod keys;
pub mod staff;
pub mod users;
