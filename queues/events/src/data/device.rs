//! What is told of devices.

use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A device, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceEvent {
    /// The device.
    pub device_id: Id,
    /// Its kind, such as `fridge`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What is wrong, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The same for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// More of it; of what was received the events, each with `number`, `type`, `at` and `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl DeviceEvent {
    /// That a device is, and no more.
    #[must_use]
    pub fn of(device_id: Id, kind: &str, name: &str, at: Timestamp) -> Self {
        Self { device_id, kind: kind.into(), name: name.into(), at, code: None, detail: None, data: None }
    }
}
