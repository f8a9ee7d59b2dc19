//! Packets.

use crate::property::Properties;

/// Which MQTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 3.1.1: protocol level 4.
    V311,
    /// 5: protocol level 5.
    V5,
}

/// How surely a message is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QoS {
    /// At most once.
    AtMostOnce,
    /// At least once.
    AtLeastOnce,
    /// Exactly once.
    ExactlyOnce,
}

impl QoS {
    /// From its two bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }

    /// Its two bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self as u8
    }
}

/// Somebody wants in.
#[derive(Clone, Debug, PartialEq)]
pub struct Connect {
    /// Which MQTT it speaks.
    pub version: Version,
    /// Begin without what is kept of an earlier connection?
    pub clean: bool,
    /// Seconds of silence after which it is gone, and a half more; 0 for never.
    pub keep_alive: u16,
    /// Of the connection. Empty in 3.1.1.
    pub properties: Properties,
    /// Who it says it is.
    pub client_id: String,
    /// What is said when it is gone without a word.
    pub will: Option<Will>,
    /// Its user.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Vec<u8>>,
}

/// What is said when a client is gone without a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Will {
    /// How surely.
    pub qos: QoS,
    /// And kept?
    pub retain: bool,
    /// Of the will. Empty in 3.1.1.
    pub properties: Properties,
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Publish {
    /// Sent before?
    pub dup: bool,
    /// How surely.
    pub qos: QoS,
    /// Kept for whoever comes later?
    pub retain: bool,
    /// Where.
    pub topic: String,
    /// Its number, unless it goes at most once.
    pub id: Option<u16>,
    /// Of the message. Empty in 3.1.1.
    pub properties: Properties,
    /// What.
    pub payload: Vec<u8>,
}

/// Which of the four acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledge {
    /// PUBACK.
    Publish,
    /// PUBREC.
    Received,
    /// PUBREL.
    Release,
    /// PUBCOMP.
    Complete,
}

/// What somebody wants to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Topics.
    pub filter: String,
    /// How surely at most.
    pub qos: QoS,
    /// Not what it says itself? (5 only.)
    pub no_local: bool,
    /// With the retain flag as it was? (5 only.)
    pub as_published: bool,
    /// What is kept: 0 send it, 1 send it if the subscription is new, 2 do not. (5 only.)
    pub retain_handling: u8,
}

/// A packet.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // as the specification names them
pub enum Packet {
    Connect(Box<Connect>),
    Connack { session_present: bool, code: u8, properties: Properties },
    Publish(Publish),
    Ack { kind: Acknowledge, id: u16, code: u8, properties: Properties },
    Subscribe { id: u16, properties: Properties, filters: Vec<Filter> },
    Suback { id: u16, properties: Properties, codes: Vec<u8> },
    Unsubscribe { id: u16, properties: Properties, filters: Vec<String> },
    Unsuback { id: u16, properties: Properties, codes: Vec<u8> },
    Pingreq,
    Pingresp,
    Disconnect { code: u8, properties: Properties },
    Auth { code: u8, properties: Properties },
}
