//! The rules of identity: pure, but for the random numbers they are given.

pub mod credentials;
pub mod password;
pub mod tenancy;
