//! The rules of customers: pure.

pub mod people;
pub mod reviews;
pub mod views;
