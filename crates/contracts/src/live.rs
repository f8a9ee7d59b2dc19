//! What goes over the sockets of a live topic.

use crate::order::Order;
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The topic of one order: the name of its live-topic object.
#[must_use]
pub fn order_topic(order: Id) -> String {
    format!("order:{order}")
}

/// The topic of a store's kitchen board.
#[must_use]
pub fn kitchen_topic(store_number: u32) -> String {
    format!("kitchen:{store_number}")
}

/// A message to whoever follows a topic. Versions of one order only grow; what was missed is in the next message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveMessage {
    /// How things stand when the socket opens.
    Snapshot {
        /// The orders that the topic is about.
        orders: Vec<Order>,
    },
    /// An order changed.
    Changed {
        /// The event's type, such as `OrderReady`.
        event: String,
        /// The order after the change.
        order: Box<Order>,
    },
}
