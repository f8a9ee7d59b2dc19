//! What goes over the sockets of a live topic.

use crate::order::Order;
use kirana_kernel::{Id, Timestamp};
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

/// The topic of a store's devices: who is there, and what is wrong.
#[must_use]
pub fn devices_topic(store: Id) -> String {
    format!("{DEVICES}{store}")
}

/// How the topics of devices begin: they have no orders.
pub const DEVICES: &str = "devices:";

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
    /// A device is there, is gone, or is in trouble.
    Device {
        /// The event's type, such as `DeviceOffline`.
        event: String,
        /// Which, and what is to be said of it.
        device: DeviceNews,
    },
}

/// What is told of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceNews {
    /// The device.
    pub device_id: Id,
    /// What it is called.
    pub name: String,
    /// Is it there? Absent where that is as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
    /// What is wrong, for programs; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The same for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}
