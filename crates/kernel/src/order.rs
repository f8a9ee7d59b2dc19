//! The states of an order, and the one table of how it may move between them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// How the customer gets the goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Fetched at the counter.
    #[default]
    Pickup,
    /// Eaten at the store.
    DineIn,
    /// Brought by a rider.
    Delivery,
    /// Handed out by a machine.
    Vending,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Accepted, its stock reserved until the deadline; not paid yet. (Seeds: CREATED, pending.)
    Placed,
    /// Paid; the kitchen may begin. (Seeds: PAID.)
    Confirmed,
    /// Being made; its stock is used up. (Seeds: PACKED, processing.)
    Preparing,
    /// Waiting on the counter.
    Ready,
    /// Handed to the customer at the store.
    Collected,
    /// On its way with a rider. (Seeds: SHIPPED.)
    Dispatched,
    /// Handed to the customer at their place. (Seeds: DELIVERED.)
    Delivered,
    /// Done; nothing follows but a refund.
    Completed,
    /// Called off by somebody; its stock is free again if it was not used.
    Cancelled,
    /// Not paid by the deadline; its stock is free again.
    Expired,
    /// Everything paid was given back.
    Refunded,
}

/// The text is no order status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an order status: expected placed, confirmed, preparing, ready, collected, dispatched, delivered, completed, cancelled, expired or refunded"
)]
pub struct StatusError;

impl OrderStatus {
    /// Every status, in the order of an order's life.
    pub const ALL: [Self; 11] = [
        Self::Placed,
        Self::Confirmed,
        Self::Preparing,
        Self::Ready,
        Self::Collected,
        Self::Dispatched,
        Self::Delivered,
        Self::Completed,
        Self::Cancelled,
        Self::Expired,
        Self::Refunded,
    ];

    /// Its name in tables, events and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Confirmed => "confirmed",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Collected => "collected",
            Self::Dispatched => "dispatched",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
        }
    }

    /// Where an order may go from here: the whole table.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Placed => &[Self::Confirmed, Self::Cancelled, Self::Expired],
            Self::Confirmed => &[Self::Preparing, Self::Cancelled],
            Self::Preparing => &[Self::Ready, Self::Cancelled],
            Self::Ready => &[Self::Preparing, Self::Collected, Self::Dispatched, Self::Cancelled],
            Self::Dispatched => &[Self::Delivered, Self::Ready, Self::Cancelled],
            Self::Collected | Self::Delivered => &[Self::Completed],
            Self::Completed | Self::Cancelled => &[Self::Refunded],
            Self::Expired | Self::Refunded => &[],
        }
    }

    /// Is nothing left to do but to give money back?
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Expired | Self::Refunded)
    }

    /// May an order go from here to `next`?
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Is there still something to do for this order?
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Completed | Self::Cancelled | Self::Expired | Self::Refunded)
    }

    /// Does the order hold stock that is not used up yet?
    #[must_use]
    pub const fn holds_reservation(self) -> bool {
        matches!(self, Self::Placed | Self::Confirmed)
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for OrderStatus {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(StatusError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_can_be_reached_and_named() {
        let mut reached = vec![OrderStatus::Placed];
        let mut index = 0;
        while let Some(status) = reached.get(index) {
            for next in status.next() {
                if !reached.contains(next) {
                    reached.push(*next);
                }
            }
            index += 1;
        }
        for status in OrderStatus::ALL {
            assert!(reached.contains(&status), "{status} cannot be reached");
            assert_eq!(status.name().parse(), Ok(status));
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
        }
    }

    #[test]
    fn only_unfinished_orders_are_live() {
        for status in OrderStatus::ALL {
            let only_refund_follows = status.next().iter().all(|next| *next == OrderStatus::Refunded);
            assert_eq!(status.is_live(), !only_refund_follows, "{status}");
        }
    }
}
