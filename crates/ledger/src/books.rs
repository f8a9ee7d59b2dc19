//! Which periods are closed. Nothing is booked into one; what comes late counts in the open period, and says so.

use crate::error::LedgerError;
use crate::report::Period;
use crate::transaction::Transaction;
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// Where the open period begins. Everything before it is closed, for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// The first moment of the open period; none while nothing was ever closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_from: Option<Timestamp>,
}

impl Books {
    /// Is the moment in a closed period?
    #[must_use]
    pub fn is_closed(&self, at: Timestamp) -> bool {
        self.open_from.is_some_and(|open| at < open)
    }

    /// The transaction as it is booked: when it happened, or at the beginning of the open period with a note that tells when.
    #[must_use]
    pub fn book(&self, mut transaction: Transaction) -> Transaction {
        if let Some(open) = self.open_from.filter(|open| transaction.booked_at < *open) {
            let late = format!("came late: happened on {}, in a period that was closed", transaction.occurred_at);
            transaction.note = Some(match transaction.note {
                Some(note) => format!("{note}; {late}"),
                None => late,
            });
            transaction.booked_at = open;
        }
        transaction
    }

    /// Refuses what is booked into a closed period.
    ///
    /// # Errors
    /// [`LedgerError::Closed`].
    pub fn check(&self, transaction: &Transaction) -> Result<(), LedgerError> {
        match self.open_from {
            Some(open_from) if transaction.booked_at < open_from => {
                Err(LedgerError::Closed { id: transaction.id.clone(), at: transaction.booked_at, open_from })
            }
            _ => Ok(()),
        }
    }

    /// Closes a period, and with it everything before.
    ///
    /// # Errors
    /// [`LedgerError::Period`] where it does not begin where the last one ended, or ends before it begins.
    pub fn close(&mut self, period: &Period) -> Result<(), LedgerError> {
        let begins_right = self.open_from.is_none_or(|open| open == period.from);
        if period.from >= period.until || !begins_right {
            let open_from = self.open_from.unwrap_or(period.from);
            return Err(LedgerError::Period { period: period.clone(), open_from });
        }
        self.open_from = Some(period.until);
        Ok(())
    }
}
