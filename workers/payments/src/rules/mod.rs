//! The rules of payments: pure.

pub mod card_numbers;
pub mod signature;
