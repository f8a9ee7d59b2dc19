//! The domain's pure rules.

pub mod ageing;
pub mod purchase;
pub mod receipts;
pub mod reorder;
pub mod transfer;
