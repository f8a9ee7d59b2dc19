//! The books in D1: what moves money is posted by the rules of `kirana_ledger`, in the batch of the change that caused it.
//!
//! Two workers use it on one database: payments posts what gateways and orders do, books answers for all of it. What a script does
//! not call is not in it. The tables do what `kirana_ledger::Ledger` does in memory: see d1/migrations/payments/0004_ledger.sql. A
//! transaction's id is its primary key. The same event once more writes no row, so nothing moves twice; one that moves other amounts
//! under the same key breaks the key, and its batch with it.

pub mod agreements;
pub mod exceptions;
pub mod gift_cards;
pub mod invoices;
pub mod orders;
pub mod periods;
mod posting;
pub mod read;
pub mod records;
pub mod report_parts;
pub mod riders;
pub mod risk;
pub mod royalties;
pub mod split;
pub mod statements;
pub mod stores;

pub use posting::{Time, below_zero, broken_key, closed, post, post_all, post_at, refused};

use kirana_edge::{Problem, Result};
use kirana_ledger::Name;

/// A name as accounts have it.
///
/// # Errors
/// 422 `not_postable` for a text that is none.
pub fn name(text: &str) -> Result<Name> {
    text.parse().map_err(not_postable)
}

/// Why something cannot be posted, so that a dead letter or an answer says it.
pub fn not_postable(error: impl std::fmt::Display) -> Problem {
    Problem::unprocessable("not_postable", error.to_string())
}
