//! What franchisees owe for their sales, by agreement, and what they are paid.

mod agreement;
mod compute;
mod payout;
mod sold;

pub use agreement::{Agreement, AgreementError, Base, Royalty, TaxRate, Tier};
pub use compute::{Band, Exclusion, ExclusionReason, RoyaltyStatement, compute};
pub use payout::{PayoutTerms, payout, store_result};
pub use sold::{Sold, SoldKind};
