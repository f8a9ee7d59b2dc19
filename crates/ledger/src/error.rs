//! What is wrong with an event or a transaction, and what would be right.

use crate::account::Account;
use crate::report::Period;
use kirana_kernel::{Currency, Money, MoneyError, Timestamp};

/// Why something was not posted. Nothing is posted in part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// An amount has the wrong sign.
    #[error("{what} is {found}: expected {expected}")]
    Amount {
        /// Which amount.
        what: &'static str,
        /// What it is.
        found: Money,
        /// What it should be, such as `more than zero`.
        expected: &'static str,
    },
    /// Parts do not come to their sum.
    #[error("the parts of {what} come to {found}: expected {expected}")]
    Sum {
        /// Of what.
        what: &'static str,
        /// What they come to.
        found: Money,
        /// What is said to be the sum.
        expected: Money,
    },
    /// Two currencies in one transaction.
    #[error("{what} is in {found}: expected {expected}, as the first amount of {id}")]
    Currency {
        /// The transaction.
        id: String,
        /// Which amount.
        what: &'static str,
        /// Its currency.
        found: Currency,
        /// That of the others.
        expected: Currency,
    },
    /// A line from an account to itself.
    #[error("a line of {id} debits and credits {account}: expected two accounts")]
    SameAccount {
        /// The transaction.
        id: String,
        /// The account.
        account: Account,
    },
    /// A transaction without lines, or without the key that makes its id.
    #[error("{id} has no {missing}: expected {expected}")]
    Incomplete {
        /// The transaction.
        id: String,
        /// What is not there.
        missing: &'static str,
        /// What should be.
        expected: &'static str,
    },
    /// The same id with other content.
    #[error("{id} was posted before with other content: expected the same, or a reversal and a new event")]
    Conflict {
        /// The transaction.
        id: String,
    },
    /// An account would fall below zero.
    #[error("{account} holds {balance} and {id} takes {takes}: expected no more than it holds")]
    BelowZero {
        /// The transaction.
        id: String,
        /// The account.
        account: Account,
        /// What it holds, from its natural side.
        balance: Money,
        /// What would be taken.
        takes: Money,
    },
    /// The period is closed.
    #[error("{id} is booked on {at}, and everything before {open_from} is closed: expected a time from then on")]
    Closed {
        /// The transaction.
        id: String,
        /// When it is booked.
        at: Timestamp,
        /// Where the open period begins.
        open_from: Timestamp,
    },
    /// A period that cannot be closed next.
    #[error(
        "{} is from {} until {}: expected a period that begins at {open_from} and ends after it",
        period.name, period.from, period.until
    )]
    Period {
        /// The period.
        period: Period,
        /// Where the next one begins.
        open_from: Timestamp,
    },
    /// Only what is posted and is no reversal can be reversed.
    #[error("{id} cannot be reversed: expected a posted transaction that is no reversal itself")]
    NotReversible {
        /// The transaction.
        id: String,
    },
    /// A sum is beyond what is exact.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
