//! The rules of identity: pure, but for the random numbers they are given.

pub mod common;
pub mod credentials;
pub mod password;
pub mod secrets;
pub mod sessions;
pub mod tenancy;
pub mod tickets;
