//! What is said to the hub, and asked of it, by the worker of devices.

use crate::kind::DeviceKind;
use crate::proof::Key;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A device as the registry has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The device.
    pub id: Id,
    /// Its kind.
    pub kind: DeviceKind,
    /// What it is called.
    pub name: String,
    /// Its store.
    pub store_id: Id,
    /// What it proves itself by.
    pub key: Key,
}

/// A command for a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// Its id, made by whoever asks: the same again is the same command.
    pub id: Id,
    /// What to do.
    pub name: String,
    /// With what.
    #[serde(default)]
    pub args: Value,
    /// Seconds until it is not to be begun any more.
    pub ttl: u32,
    /// Who wants it.
    pub by: String,
}

/// A command, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommandView {
    /// The command.
    pub id: Id,
    /// What to do.
    pub name: String,
    /// With what.
    pub args: Value,
    /// `queued`, `sent`, `accepted`, `done`, `failed`, `rejected`, `timed_out` or `expired`.
    pub state: String,
    /// How often it was sent.
    pub attempts: u32,
    /// Who wanted it.
    pub requested_by: String,
    /// When.
    pub created_at: Timestamp,
    /// It is not begun later.
    pub expires_at: Timestamp,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a device stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeviceStatus {
    /// The device.
    pub device_id: Id,
    /// Is it there?
    pub online: bool,
    /// Does it come and go?
    pub flapping: bool,
    /// Since when it has been there, or not; absent before it was ever there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When something came from it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// What it speaks: `protocol-1`, `mqtt-3.1.1` or `mqtt-5`; absent without a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Seconds between its heartbeats.
    pub interval: u32,
    /// The version of its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// The number of its last event that is kept.
    pub events: u64,
    /// Commands that wait for it.
    pub waiting_commands: u32,
    /// The version of the configuration that it should run by.
    pub desired_version: i64,
    /// That configuration.
    pub desired: Value,
    /// The version that it says it runs by.
    pub reported_version: i64,
    /// What it says it runs by.
    pub reported: Value,
    /// What it measured last.
    pub values: Vec<Point>,
    /// Alarms that are on, such as `too_warm`, `cold_chain_breach` or `door_open`.
    pub alarms: Vec<String>,
    /// What is in its columns, where it sells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<SlotView>,
}

/// Five minutes of a measured value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// Which value.
    pub metric: String,
    /// When the five minutes began.
    pub begins: Timestamp,
    /// How often it was measured.
    pub count: i64,
    /// The mean.
    pub mean: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// The last.
    pub last: f64,
}

/// What a device said of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// `error`, `warning` or `info`.
    pub level: String,
    /// What.
    pub text: String,
}

/// A column of a vending machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SlotView {
    /// Its name on the machine.
    pub slot: String,
    /// What it holds.
    pub sku: String,
    /// How many fit in.
    pub capacity: i64,
    /// How many are in it.
    pub count: i64,
    /// Does its motor not turn?
    pub blocked: bool,
}

/// What a machine took on a day. Amounts are in minor units of the store's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// The day, by its beginning (UTC).
    pub day: Timestamp,
    /// Sales for cash.
    pub cash_count: i64,
    /// What they came to.
    pub cash: i64,
    /// Sales by card or telephone that were handed out.
    pub cashless_count: i64,
    /// What they came to.
    pub cashless: i64,
}

/// A look into a machine's cash box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CashCount {
    /// When.
    pub at: Timestamp,
    /// What should have been in it, by what was left in it before and sold for cash since.
    pub expected: i64,
    /// What was in it.
    pub counted: i64,
    /// `counted - expected`.
    pub difference: i64,
    /// What was left in it for change.
    pub left: i64,
}

/// What a machine took, and whether it is in its box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Takings {
    /// The machine.
    pub device_id: Id,
    /// What should be in its box now.
    pub cash_box: i64,
    /// By day, the newest first, ninety at most.
    pub days: Vec<Taken>,
    /// Looks into the box, the newest first, a hundred at most.
    pub counts: Vec<CashCount>,
}

/// A column that wants something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestockSlot {
    /// Its name on the machine.
    pub slot: String,
    /// What it holds.
    pub sku: String,
    /// How many are missing until it is full.
    pub missing: i64,
    /// Its motor did not turn: somebody has to look at it.
    pub blocked: bool,
}

/// How much of something is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestockSku {
    /// What.
    pub sku: String,
    /// How many.
    pub missing: i64,
}

/// What is to be brought to a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Restock {
    /// The machine.
    pub device_id: Id,
    /// Its columns that are not full: those that are blocked first, then those that lack most.
    pub slots: Vec<RestockSlot>,
    /// The same by what is to be brought.
    pub skus: Vec<RestockSku>,
}
