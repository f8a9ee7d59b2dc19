//! A socket and who is at its other end: what is written on the socket itself, as the hub may sleep between two frames.

use crate::bucket::Bucket;
use crate::kind::DeviceKind;
use kirana_kernel::{Id, Timestamp};
use kirana_mqtt::Version;
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// When something happens, and random numbers for it.
#[derive(Debug)]
pub struct Moment {
    /// When.
    pub now: Timestamp,
    seed: [u8; 10],
    made: Cell<u8>,
}

impl Moment {
    /// Of these random numbers.
    #[must_use]
    pub const fn new(now: Timestamp, seed: [u8; 10]) -> Self {
        Self { now, seed, made: Cell::new(0) }
    }

    /// True one time in sixteen.
    pub(super) const fn one_in_sixteen(&self) -> bool {
        self.seed[0].is_multiple_of(16)
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Id {
        let mut bytes = self.seed;
        bytes[9] = bytes[9].wrapping_add(self.made.replace(self.made.get().wrapping_add(1)));
        Id::new(self.now, bytes)
    }
}

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// Protocol 1.
    #[serde(rename = "1")]
    Plain,
    /// MQTT, before it said which.
    #[serde(rename = "m")]
    Mqtt,
    /// MQTT 3.1.1.
    #[serde(rename = "4")]
    Mqtt4,
    /// MQTT 5.
    #[serde(rename = "5")]
    Mqtt5,
}

impl Protocol {
    /// Its number in tables.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Plain => 1,
            Self::Mqtt | Self::Mqtt4 => 4,
            Self::Mqtt5 => 5,
        }
    }

    /// The MQTT of a number in tables.
    #[must_use]
    pub const fn version(number: i64) -> Option<Version> {
        match number {
            4 => Some(Version::V311),
            5 => Some(Version::V5),
            _ => None,
        }
    }
}

/// A socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The device that it is for.
    pub device: Id,
    /// Its kind.
    pub kind: DeviceKind,
    /// What it speaks.
    pub protocol: Protocol,
    /// What the device has to sign; gone once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Which connection of the device it is, once it has proved who it is.
    #[serde(default)]
    pub line: i64,
    /// When it was opened.
    pub opened: Timestamp,
    /// When something came last.
    pub heard: Timestamp,
    /// Seconds of silence between two heartbeats; 0 for an MQTT client without keep-alive.
    pub interval: u32,
    /// How much it may still say.
    pub bucket: Bucket,
    /// How many messages an MQTT client takes at once, and how large.
    #[serde(default)]
    pub window: (u16, u32),
    /// Topic, payload, quality and retain flag of the will of an MQTT client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub will: Option<(String, String, u8, bool)>,
    /// It has been said good-bye to: what still comes is not listened to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over: bool,
    /// What came last was passed over: nothing follows from it.
    #[serde(skip)]
    pub ignored: bool,
    /// How long its MQTT session is kept, in seconds.
    #[serde(default)]
    pub kept_for: u32,
}

/// Seconds to prove who one is.
pub const PROVE_WITHIN: u64 = 10;

impl Session {
    /// Has it proved who it is?
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.line > 0
    }

    /// Is this the same as another but for what moves with every frame: when it was heard, and how much it may still say?
    #[must_use]
    pub fn is_as_lasting(&self, other: &Self) -> bool {
        let Self {
            device,
            kind,
            protocol,
            nonce,
            line,
            opened,
            heard: _,
            interval,
            bucket: _,
            window,
            will,
            over,
            ignored: _,
            kept_for,
        } = self;
        (device, kind, protocol, nonce, line, opened)
            == (&other.device, &other.kind, &other.protocol, &other.nonce, &other.line, &other.opened)
            && (interval, window, will, over, kept_for)
                == (&other.interval, &other.window, &other.will, &other.over, &other.kept_for)
    }

    /// When it is cut unless something comes.
    #[must_use]
    pub fn silent_at(&self, heard: Timestamp) -> Option<Timestamp> {
        if !self.is_open() {
            return Some(self.opened + std::time::Duration::from_secs(PROVE_WITHIN));
        }
        // MQTT 5, 3.1.2.10: one and a half times the keep-alive; for protocol 1 two heartbeats.
        let patience = match self.protocol {
            Protocol::Plain => u64::from(self.interval) * 2000,
            _ => u64::from(self.interval) * 1500,
        };
        (patience > 0).then(|| heard + std::time::Duration::from_millis(patience))
    }
}

/// Something to say on a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// A frame of protocol 1.
    Text(String),
    /// A packet of MQTT.
    Bytes(Vec<u8>),
    /// Good-bye, with why.
    Close(u16, String),
}

/// Which socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The one that spoke.
    Here,
    /// That of this device's connection.
    Line(Id, i64),
    /// Every one of this device.
    Every(Id),
    /// The one at this place among those that were seen.
    Seen(usize),
}

/// Things to say, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Where.
    pub to: To,
    /// What.
    pub say: Say,
}

impl Output {
    /// On the socket that spoke.
    #[must_use]
    pub const fn here(say: Say) -> Self {
        Self { to: To::Here, say }
    }

    /// Does it close the socket that spoke?
    #[must_use]
    pub fn is_good_bye(&self) -> bool {
        self.to == To::Here && matches!(self.say, Say::Close(..))
    }
}

/// A socket that is there, and when something came last, a heartbeat that the runtime answered included.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What is written on it.
    pub session: Session,
    /// When something came last.
    pub heard: Timestamp,
}
