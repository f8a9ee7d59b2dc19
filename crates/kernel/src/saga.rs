//! The way of an order as a saga: its steps in their order, what ends each, and what undoes it.
//!
//! Stock and the order itself are one transaction in the store, so only money and people need waiting for. Each step waits
//! until somebody does something or its deadline passes; a deadline never waits for a request. The store keeps the deadlines
//! (`store-core`, `orders/saga.rs`), the history of an order is told by these names.

use crate::OrderStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One step of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The stock of every ingredient and the place in a slot are held.
    Reserve,
    /// The money comes in.
    Pay,
    /// The kitchen has it.
    Confirm,
    /// It is made.
    Make,
    /// It is handed over, at the counter or at the customer's place.
    HandOver,
    /// What was paid for an order that was called off goes back.
    GiveBack,
}

/// What happens when a step is not done by its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenLate {
    /// Nothing can be late: the step is done in the command that begins it.
    Never,
    /// The order expires; what was held is free.
    Expire,
    /// Somebody is told; when it stays undone, the order is called off and the money goes back.
    TellThenCancel,
    /// Somebody is told, and told again.
    Tell,
}

impl Step {
    /// The steps of an order that goes well.
    pub const FORWARD: [Self; 5] = [Self::Reserve, Self::Pay, Self::Confirm, Self::Make, Self::HandOver];

    /// Its name in the history and in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::Pay => "pay",
            Self::Confirm => "confirm",
            Self::Make => "make",
            Self::HandOver => "hand_over",
            Self::GiveBack => "give_back",
        }
    }

    /// What an order in this status waits for; `None` when it waits for nothing.
    #[must_use]
    pub const fn awaited(status: OrderStatus) -> Option<Self> {
        match status {
            OrderStatus::Placed => Some(Self::Pay),
            OrderStatus::Confirmed | OrderStatus::Preparing => Some(Self::Make),
            OrderStatus::Ready | OrderStatus::Dispatched => Some(Self::HandOver),
            _ => None,
        }
    }

    /// The status that says that it is done.
    #[must_use]
    pub const fn done_by(self) -> &'static [OrderStatus] {
        match self {
            Self::Reserve => &[OrderStatus::Placed],
            Self::Pay | Self::Confirm => &[OrderStatus::Confirmed],
            Self::Make => &[OrderStatus::Ready],
            Self::HandOver => &[OrderStatus::Collected, OrderStatus::Delivered],
            Self::GiveBack => &[OrderStatus::Refunded],
        }
    }

    /// What a passed deadline does.
    #[must_use]
    pub const fn when_late(self) -> WhenLate {
        match self {
            Self::Reserve | Self::Confirm => WhenLate::Never,
            Self::Pay => WhenLate::Expire,
            Self::Make => WhenLate::TellThenCancel,
            Self::HandOver | Self::GiveBack => WhenLate::Tell,
        }
    }

    /// What undoes it when the order is called off after it; `None` where nothing can.
    #[must_use]
    pub const fn undo(self) -> Option<&'static str> {
        match self {
            Self::Reserve => Some("what was held is free, the place in the slot too"),
            Self::Pay => Some("the money goes back"),
            Self::Confirm => Some("the kitchen's tickets are gone"),
            // What was made was made.
            Self::Make | Self::HandOver | Self::GiveBack => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_that_is_not_handed_over_waits_for_a_step_that_a_status_ends() {
        for status in OrderStatus::ALL {
            let handed_over = matches!(status, OrderStatus::Collected | OrderStatus::Delivered);
            assert_eq!(Step::awaited(status).is_some(), status.is_live() && !handed_over, "{status}");
            let Some(step) = Step::awaited(status) else { continue };
            assert_ne!(step.when_late(), WhenLate::Never, "{status} may wait for ever");
            // From the status it waits in, the table leads to what ends the step.
            let mut reached = vec![status];
            let mut index = 0;
            while let Some(status) = reached.get(index).copied() {
                reached
                    .extend(status.next().iter().filter(|next| !reached.contains(next)).copied().collect::<Vec<_>>());
                index += 1;
            }
            assert!(step.done_by().iter().all(|done| reached.contains(done)), "{status}");
        }
    }

    #[test]
    fn an_undo_stands_for_each_step_before_it_is_made() {
        for step in Step::FORWARD {
            assert_eq!(step.undo().is_some(), step < Step::Make, "{}", step.name());
            assert_eq!(serde_json::to_value(step).unwrap(), step.name());
        }
    }
}
