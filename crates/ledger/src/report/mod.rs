//! Reports: folds over transactions, so that everybody who has them comes to the same figures.

mod closing;
mod statement;
mod trial;

pub use closing::closing_events;
pub use statement::{Statement, StatementLine, order_balance, statement};
pub use trial::{TrialBalance, TrialRow, trial_balance};

use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stretch of time with a name, such as a month: from its first moment until before `until`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Period {
    /// Its name, such as `2026-11`.
    pub name: String,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Period {
    /// Is the moment in it?
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}
