//! Why a command is refused.

use kirana_kernel::{Id, MoneyError, OrderStatus, Timestamp};
use kirana_sql::SqlError;
use serde::Serialize;

/// A stock item of which there is not enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// The stock item.
    pub sku: String,
    /// What the whole order needs of it.
    pub wanted: i64,
    /// What is free.
    pub available: i64,
}

/// Why a command is refused. Nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not enough of these.
    #[error("not enough is left of {}", .0.iter().map(|short| short.sku.as_str()).collect::<Vec<_>>().join(", "))]
    OutOfStock(Vec<Shortage>),
    /// These are sold nowhere in this store: no recipe, no stock item.
    #[error("this store does not stock {}", .0.join(", "))]
    NotStocked(Vec<String>),
    /// The idempotency key was used with another body.
    #[error("this Idempotency-Key was used for another request; use a new one for each intention")]
    KeyReused,
    /// There is no such order in this store.
    #[error("there is no order {0}")]
    UnknownOrder(Id),
    /// There is no such stock item in this store.
    #[error("there is no stock item {0}")]
    UnknownItem(String),
    /// The order cannot go there from where it is.
    #[error("an order that is {from} cannot become {to}; it can become {}", .from.next().iter().map(|next| next.name()).collect::<Vec<_>>().join(", "))]
    Transition {
        /// Where it is.
        from: OrderStatus,
        /// Where it should go.
        to: OrderStatus,
    },
    /// The actor may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// A field makes no sense.
    #[error("{path}: {message}")]
    Invalid {
        /// The way to the field.
        path: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// More is taken out than is free: the rest is held for orders or leases.
    #[error(
        "only {available} of {sku} are free, {wanted} were to go: the others are held for orders or leases; finish or cancel those first"
    )]
    Held {
        /// The stock item.
        sku: String,
        /// What was to be taken out.
        wanted: i64,
        /// What is free.
        available: i64,
    },
    /// No place is left in the slot.
    #[error("the slot at {slot} is full; the next with a place begins at {next}")]
    SlotFull {
        /// The slot.
        slot: Timestamp,
        /// The next one with a place.
        next: Timestamp,
    },
    /// Something of it is for adults only, and nobody has checked that the customer is one, or it was too long ago.
    #[error("something of this order is for adults only: the customer has to prove their age first")]
    AgeNotProved,
    /// There is no such document in this store.
    #[error("{0}")]
    UnknownDocument(String),
    /// It cannot be done as things stand.
    #[error("{0}")]
    Conflict(String),
    /// Our own fault.
    #[error("{0}")]
    Fault(String),
}

impl From<SqlError> for Refusal {
    fn from(error: SqlError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Self {
        Self::Fault(error.to_string())
    }
}
