//! Protocol 1: JSON texts over a WebSocket, one frame each. Written down as JSON Schema in `docs/devices.md`.
//!
//! The hub begins with a `challenge`; a device answers with `hello` and is `welcome`. Then both speak when they have something to
//! say. What must not be lost goes in `events`, numbered by the device without gaps and acknowledged; a gap is asked for again.

use crate::fault::Fault;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The version of this protocol.
pub const VERSION: u32 = 1;

/// Bytes of one frame at most.
pub const MAX_BYTES: usize = 64 * 1024;

/// Events in one batch at most.
pub const MAX_BATCH: usize = 100;

/// Values in one telemetry frame at most.
pub const MAX_VALUES: usize = 20;

/// The one text of a heartbeat: the runtime answers it with itself while the hub sleeps.
pub const HEARTBEAT: &str = r#"{"type":"heartbeat"}"#;

/// What a device says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromDevice {
    /// Proves who it is.
    Hello(Hello),
    /// It is there.
    Heartbeat {},
    /// What it measured. May be lost.
    Telemetry(Telemetry),
    /// What happened. Is not lost.
    Events(Events),
    /// The configuration that it runs by.
    Reported {
        /// The version of the desired one that it took.
        version: i64,
        /// What it runs by now.
        config: Value,
    },
    /// What became of a command.
    Ack(CommandAck),
    /// What time is it?
    Time {
        /// By the device's own clock: comes back as it was.
        sent: i64,
    },
}

/// The answer to a challenge.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol: 1.
    #[serde(rename = "v")]
    pub version: u32,
    /// The signature over the challenge.
    pub proof: String,
    /// The version of its program.
    #[serde(default)]
    pub firmware: Option<String>,
    /// Seconds between two heartbeats.
    #[serde(default)]
    pub interval: Option<u32>,
    /// Lost its memory: its events count from 1 again.
    #[serde(default)]
    pub reset: bool,
}

/// What a device measured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// When, by the device's clock; now if not given.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// By the name of the value.
    pub values: BTreeMap<String, f64>,
}

/// What happened at a device, in order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// The number of the first, counted by the device from 1.
    pub first: u64,
    /// The events.
    pub events: Vec<DeviceEvent>,
}

/// One thing that happened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceEvent {
    /// When, by the device's clock; now if not given.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// What: see [`crate::kind`].
    #[serde(rename = "type")]
    pub name: String,
    /// More of it.
    #[serde(default)]
    pub data: Option<Value>,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandAck {
    /// The command.
    pub id: Id,
    /// How it stands.
    pub state: AckState,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a command stands, says the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AckState {
    /// It has it, and will do it.
    Accepted,
    /// Done.
    Done,
    /// Tried, and not done.
    Failed,
    /// Not tried.
    Rejected,
}

/// What the hub says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToDevice<'a> {
    /// Who are you?
    Challenge {
        /// The version that the hub speaks.
        v: u32,
        /// The device that this socket is for.
        device: Id,
        /// To be signed: see `docs/devices.md`.
        nonce: &'a str,
        /// The hub's time.
        now: Timestamp,
    },
    /// Let in.
    Welcome {
        /// Seconds between two heartbeats.
        interval: u32,
        /// The number of the last event that the hub has.
        upto: u64,
        /// The configuration that it should run by, unless it does.
        #[serde(skip_serializing_if = "Option::is_none")]
        desired: Option<Desired<'a>>,
        /// How much it may say.
        limits: Limits,
        /// The hub's time.
        now: Timestamp,
    },
    /// There too.
    Heartbeat {},
    /// Events are kept.
    Acked {
        /// Up to this number.
        upto: u64,
    },
    /// Events are missing.
    Resend {
        /// From this number on.
        from: u64,
    },
    /// Run by this.
    Desired(Desired<'a>),
    /// Do this.
    Command(CommandFrame<'a>),
    /// What time it is.
    Time {
        /// As the device said.
        sent: i64,
        /// The hub's time in milliseconds since 1970.
        now: i64,
    },
    /// Too much: what was said last is not kept.
    Slow {
        /// Milliseconds to wait.
        retry_after: u64,
    },
    /// Something was wrong.
    Error(&'a Fault),
}

/// The configuration that a device should run by.
#[derive(Clone, Debug, Serialize)]
pub struct Desired<'a> {
    /// Counts changes.
    pub version: i64,
    /// The whole of it.
    pub config: &'a RawValue,
}

/// A command on its way.
#[derive(Clone, Debug, Serialize)]
pub struct CommandFrame<'a> {
    /// Does the same thing once, however often it comes.
    pub id: Id,
    /// What to do.
    pub name: &'a str,
    /// With what.
    pub args: &'a RawValue,
    /// Not to be begun later.
    pub expires_at: Timestamp,
    /// How often it was sent, this time included.
    pub attempt: u32,
}

/// How much a device may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Bytes of a frame.
    pub bytes: usize,
    /// Events of a batch.
    pub batch: usize,
    /// Frames a second.
    pub rate: u32,
    /// Frames at once.
    pub burst: u32,
}

/// The text of a frame.
#[must_use]
pub fn text(frame: &ToDevice<'_>) -> String {
    // Every frame is a map of plain values: writing one cannot fail.
    serde_json::to_string(frame).unwrap_or_default()
}

/// Reads a frame.
///
/// # Errors
/// The fault to be told.
pub fn read(text: &str) -> Result<FromDevice, Fault> {
    if text.len() > MAX_BYTES {
        return Err(Fault::fatal("too_large", format!("a frame has {MAX_BYTES} bytes at most; got {}", text.len())));
    }
    let frame: FromDevice = serde_json::from_str(text).map_err(|error| Fault::of("malformed", error.to_string()))?;
    match &frame {
        FromDevice::Hello(hello) if hello.version != VERSION => {
            let detail = format!("this hub speaks version {VERSION}; got {}", hello.version);
            return Err(Fault::fatal("unknown_version", detail));
        }
        FromDevice::Telemetry(told) if told.values.is_empty() || told.values.len() > MAX_VALUES => {
            return Err(Fault::of("malformed", format!("values: expected 1 to {MAX_VALUES}")));
        }
        FromDevice::Telemetry(told) if told.values.values().any(|value| !value.is_finite() || value.abs() > 1e9) => {
            return Err(Fault::of("malformed", "values: expected numbers below a thousand million"));
        }
        FromDevice::Events(told) if told.events.is_empty() || told.events.len() > MAX_BATCH => {
            return Err(Fault::of("malformed", format!("events: expected 1 to {MAX_BATCH}")));
        }
        FromDevice::Events(told) if told.first == 0 || told.first > 1 << 50 => {
            return Err(Fault::of("malformed", "first: expected the device's own count, from 1"));
        }
        _ => {}
    }
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_on_the_wire_are_pinned() {
        let id = Id::new(Timestamp::from_millis(1_763_631_000_123), [7; 10]);
        let command = CommandFrame {
            id,
            name: "vend",
            args: serde_json::from_str(r#"{"slot":"A1"}"#).unwrap(),
            expires_at: Timestamp::from_millis(1_763_631_060_000),
            attempt: 1,
        };
        assert_eq!(
            text(&ToDevice::Command(command)),
            concat!(
                r#"{"type":"command","id":"019aa099-6a3b-7707-8707-070707070707","name":"vend","args":{"slot":"A1"},"#,
                r#""expires_at":"2025-11-20T09:31:00.000Z","attempt":1}"#
            )
        );
        assert_eq!(text(&ToDevice::Heartbeat {}), HEARTBEAT);
        assert!(matches!(read(HEARTBEAT), Ok(FromDevice::Heartbeat {})));
        let events = read(r#"{"type":"events","first":3,"events":[{"type":"door_opened","data":{"x":1}}]}"#).unwrap();
        assert!(matches!(events, FromDevice::Events(Events { first: 3, .. })));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let code = |text: &str| read(text).map(|_| "good").unwrap_or_else(|fault| fault.code);
        assert_eq!(code("hello"), "malformed");
        assert_eq!(code(r#"{"type":"nonsense"}"#), "malformed");
        assert_eq!(code(r#"{"type":"hello","v":2,"proof":"x"}"#), "unknown_version");
        assert_eq!(code(r#"{"type":"telemetry","values":{}}"#), "malformed");
        assert_eq!(code(r#"{"type":"telemetry","values":{"t":1e300}}"#), "malformed");
        assert_eq!(code(r#"{"type":"telemetry","values":{"t":"warm"}}"#), "malformed");
        assert_eq!(code(r#"{"type":"events","first":0,"events":[{"type":"x"}]}"#), "malformed");
        assert_eq!(code(&format!(r#"{{"type":"heartbeat","x":"{}"}}"#, "x".repeat(MAX_BYTES))), "too_large");
    }

    proptest! {
        #[test]
        fn nothing_that_a_device_says_is_more_than_refused(text in ".{0,200}") {
            let _ = read(&text);
        }
    }
}
