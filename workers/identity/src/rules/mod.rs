//! The rules of identity: pure, but for the random numbers they are given.

pub mod audit;
pub mod common;
pub mod credentials;
pub mod guesses;
pub mod keys;
pub mod leaked;
pub mod password;
pub mod qr;
pub mod sessions;
pub mod tenancy;
pub mod tickets;
pub mod totp;
pub mod words;
