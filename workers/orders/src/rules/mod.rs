//! The domain's pure rules.

pub mod cart;
pub mod offline;
