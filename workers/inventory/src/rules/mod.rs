//! The domain's pure rules.

pub mod purchase;
pub mod reorder;
pub mod transfer;
