//! Double entry for a chain of shops: accounts, posting rules, statements, royalties, and reconciliation with gateways.
//!
//! Pure: no I/O, no clock. Business events go in ([`BusinessEvent`]), transactions come out ([`rules::transaction`]); whoever stores
//! them asks [`guard`] and [`Books`] first. All amounts are whole minor units. docs/ledger.md has the chart, the table of rules and
//! what to do about exceptions; decision 0024 says why it is as it is.

pub mod account;
mod books;
mod error;
mod event;
mod guard;
mod ledger;
mod name;
mod rate;
pub mod reconcile;
pub mod report;
pub mod royalty;
pub mod rules;
mod transaction;

pub use account::{Account, AccountType};
pub use books::Books;
pub use error::LedgerError;
pub use event::{BusinessEvent, ClosingBalance, Split, TaxShare, Tender, What};
pub use guard::{changes, guard, is_guarded};
pub use ledger::{Ledger, Posted};
pub use name::{Name, NameError, TaxName};
pub use rate::Rate;
pub use report::{Period, statement, trial_balance};
pub use transaction::{Entry, Line, Transaction};
