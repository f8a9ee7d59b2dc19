//! The domain's pure rules.

pub mod admission;
pub mod cart;
pub mod offline;
pub mod zones;
