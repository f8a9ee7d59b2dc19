//! MQTT 3.1.1 and 5: packets to and from bytes, and topics. Pure: bytes in, packets out, no I/O and no clock.
//!
//! One set of types for both versions, so that whoever serves them is written once: what only version 5 has is a property or a
//! reason, and left out of what is written for 3.1.1. Decision 26 says why this is not one of the crates that exist; one of them is what
//! the tests compare with.

mod decode;
mod encode;
mod packet;
mod property;
mod reader;
mod topic;

pub use decode::{decode, version_of_connect};
pub use encode::encode;
pub use packet::{Acknowledge, Connect, Filter, Packet, Publish, QoS, Version, Will};
pub use property::{Properties, Property, Value};
pub use topic::{is_filter, is_topic, matches};

/// Reason codes of MQTT 5 that are used here; 3.1.1 has some of them under other numbers, see [`connack_of_311`].
pub mod reason {
    #![allow(missing_docs)] // their names are the specification's
    pub const SUCCESS: u8 = 0x00;
    pub const DISCONNECT_WITH_WILL: u8 = 0x04;
    pub const NO_MATCHING_SUBSCRIBERS: u8 = 0x10;
    pub const NO_SUBSCRIPTION_EXISTED: u8 = 0x11;
    pub const UNSPECIFIED: u8 = 0x80;
    pub const MALFORMED: u8 = 0x81;
    pub const PROTOCOL_ERROR: u8 = 0x82;
    pub const IMPLEMENTATION: u8 = 0x83;
    pub const UNSUPPORTED_VERSION: u8 = 0x84;
    pub const CLIENT_ID_INVALID: u8 = 0x85;
    pub const BAD_CREDENTIALS: u8 = 0x86;
    pub const NOT_AUTHORIZED: u8 = 0x87;
    pub const SERVER_UNAVAILABLE: u8 = 0x88;
    pub const BAD_AUTHENTICATION_METHOD: u8 = 0x8C;
    pub const KEEP_ALIVE_TIMEOUT: u8 = 0x8D;
    pub const SESSION_TAKEN_OVER: u8 = 0x8E;
    pub const TOPIC_FILTER_INVALID: u8 = 0x8F;
    pub const TOPIC_NAME_INVALID: u8 = 0x90;
    pub const RECEIVE_MAXIMUM_EXCEEDED: u8 = 0x93;
    pub const TOPIC_ALIAS_INVALID: u8 = 0x94;
    pub const PACKET_TOO_LARGE: u8 = 0x95;
    pub const MESSAGE_RATE_TOO_HIGH: u8 = 0x96;
    pub const QUOTA_EXCEEDED: u8 = 0x97;
    pub const ADMINISTRATIVE: u8 = 0x98;
    pub const PAYLOAD_INVALID: u8 = 0x99;
    pub const RETAIN_NOT_SUPPORTED: u8 = 0x9A;
    pub const QOS_NOT_SUPPORTED: u8 = 0x9B;
    pub const SHARED_NOT_SUPPORTED: u8 = 0x9E;
}

/// The return code of a CONNACK of MQTT 3.1.1 that says the same as this reason.
#[must_use]
pub const fn connack_of_311(code: u8) -> u8 {
    match code {
        reason::SUCCESS => 0,
        reason::UNSUPPORTED_VERSION => 1,
        reason::CLIENT_ID_INVALID => 2,
        reason::BAD_CREDENTIALS => 4,
        reason::NOT_AUTHORIZED | reason::BAD_AUTHENTICATION_METHOD => 5,
        _ => 3,
    }
}

/// The reason that a return code of a CONNACK of MQTT 3.1.1 stands for; none for one that is reserved.
#[must_use]
pub const fn reason_of_311(code: u8) -> Option<u8> {
    match code {
        0 => Some(reason::SUCCESS),
        1 => Some(reason::UNSUPPORTED_VERSION),
        2 => Some(reason::CLIENT_ID_INVALID),
        3 => Some(reason::SERVER_UNAVAILABLE),
        4 => Some(reason::BAD_CREDENTIALS),
        5 => Some(reason::NOT_AUTHORIZED),
        _ => None,
    }
}

/// Bytes that are no packet, or one that has no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Malformed {
    /// The reason code of MQTT 5 for it.
    pub reason: u8,
    /// What was expected.
    pub what: &'static str,
}

impl Malformed {
    pub(crate) const fn new(what: &'static str) -> Self {
        Self { reason: reason::MALFORMED, what }
    }

    pub(crate) const fn protocol(what: &'static str) -> Self {
        Self { reason: reason::PROTOCOL_ERROR, what }
    }
}
