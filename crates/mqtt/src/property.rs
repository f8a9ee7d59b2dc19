//! Properties of MQTT 5.

use crate::Malformed;
use crate::reader::Reader;

/// A value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // as the specification names them
pub enum Value {
    Byte(u8),
    Two(u16),
    Four(u32),
    Variable(u32),
    Text(String),
    Binary(Vec<u8>),
    Pair(String, String),
}

/// Which property: its identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Property(pub u8);

#[derive(Clone, Copy)]
enum Shape {
    /// 0 or 1.
    Flag,
    Two,
    /// Two bytes, not zero.
    Some2,
    Four,
    /// Four bytes, not zero.
    Some4,
    /// A variable length, not zero.
    SomeVariable,
    Text,
    Binary,
    Pair,
}

/// In which packets a property may be: a bit for each type of packet, and one for wills.
const CONNECT: u32 = 1 << 1;
const CONNACK: u32 = 1 << 2;
const PUBLISH: u32 = 1 << 3;
const ACKS: u32 = 0b1111 << 4;
const SUBSCRIBE: u32 = 1 << 8;
const SUBACK: u32 = 1 << 9;
const UNSUBACK: u32 = 1 << 11;
const DISCONNECT: u32 = 1 << 14;
const AUTH: u32 = 1 << 15;
const WILL: u32 = 1 << 16;
const EVERY: u32 = u32::MAX;

/// Identifier, shape, and where it may be (MQTT 5, table 2-4).
const TABLE: &[(u8, Shape, u32)] = &[
    (0x01, Shape::Flag, PUBLISH | WILL),
    (0x02, Shape::Four, PUBLISH | WILL),
    (0x03, Shape::Text, PUBLISH | WILL),
    (0x08, Shape::Text, PUBLISH | WILL),
    (0x09, Shape::Binary, PUBLISH | WILL),
    (0x0B, Shape::SomeVariable, PUBLISH | SUBSCRIBE),
    (0x11, Shape::Four, CONNECT | CONNACK | DISCONNECT),
    (0x12, Shape::Text, CONNACK),
    (0x13, Shape::Two, CONNACK),
    (0x15, Shape::Text, CONNECT | CONNACK | AUTH),
    (0x16, Shape::Binary, CONNECT | CONNACK | AUTH),
    (0x17, Shape::Flag, CONNECT),
    (0x18, Shape::Four, WILL),
    (0x19, Shape::Flag, CONNECT),
    (0x1A, Shape::Text, CONNACK),
    (0x1C, Shape::Text, CONNACK | DISCONNECT),
    (0x1F, Shape::Text, CONNACK | ACKS | SUBACK | UNSUBACK | DISCONNECT | AUTH),
    (0x21, Shape::Some2, CONNECT | CONNACK),
    (0x22, Shape::Two, CONNECT | CONNACK),
    (0x23, Shape::Some2, PUBLISH),
    (0x24, Shape::Flag, CONNACK),
    (0x25, Shape::Flag, CONNACK),
    (0x26, Shape::Pair, EVERY),
    (0x27, Shape::Some4, CONNECT | CONNACK),
    (0x28, Shape::Flag, CONNACK),
    (0x29, Shape::Flag, CONNACK),
    (0x2A, Shape::Flag, CONNACK),
];

#[allow(missing_docs)] // as the specification names them
impl Property {
    pub const MESSAGE_EXPIRY: Self = Self(0x02);
    pub const SUBSCRIPTION_ID: Self = Self(0x0B);
    pub const SESSION_EXPIRY: Self = Self(0x11);
    pub const ASSIGNED_CLIENT_ID: Self = Self(0x12);
    pub const SERVER_KEEP_ALIVE: Self = Self(0x13);
    pub const AUTHENTICATION_METHOD: Self = Self(0x15);
    pub const WILL_DELAY: Self = Self(0x18);
    pub const REASON: Self = Self(0x1F);
    pub const RECEIVE_MAXIMUM: Self = Self(0x21);
    pub const TOPIC_ALIAS_MAXIMUM: Self = Self(0x22);
    pub const TOPIC_ALIAS: Self = Self(0x23);
    pub const MAXIMUM_QOS: Self = Self(0x24);
    pub const MAXIMUM_PACKET: Self = Self(0x27);
    pub const SUBSCRIPTION_IDS_AVAILABLE: Self = Self(0x29);
    pub const SHARED_AVAILABLE: Self = Self(0x2A);

    fn row(self) -> Option<(Shape, u32)> {
        TABLE.iter().find(|(id, ..)| *id == self.0).map(|(_, shape, places)| (*shape, *places))
    }
}

/// The properties of a packet, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties(pub Vec<(Property, Value)>);

impl Properties {
    /// One more.
    #[must_use]
    pub fn with(mut self, property: Property, value: Value) -> Self {
        self.0.push((property, value));
        self
    }

    fn find(&self, property: Property) -> Option<&Value> {
        self.0.iter().find(|(id, _)| *id == property).map(|(_, value)| value)
    }

    /// A number, of whatever size.
    #[must_use]
    pub fn number(&self, property: Property) -> Option<u32> {
        match self.find(property)? {
            Value::Byte(number) => Some((*number).into()),
            Value::Two(number) => Some((*number).into()),
            Value::Four(number) | Value::Variable(number) => Some(*number),
            _ => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn text(&self, property: Property) -> Option<&str> {
        match self.find(property)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Reads the properties of a packet of this type; `None` for those of a will.
    pub(crate) fn read(reader: &mut Reader<'_>, packet: Option<u8>) -> Result<Self, Malformed> {
        let place = packet.map_or(WILL, |kind| 1 << kind);
        let length = reader.variable()?;
        let mut inner = reader.part(length as usize)?;
        let mut found: Vec<(Property, Value)> = Vec::new();
        while !inner.is_empty() {
            let id = inner.variable()?;
            let property = Property(u8::try_from(id).map_err(|_| Malformed::new("an unknown property"))?);
            let (shape, places) = property.row().ok_or(Malformed::new("an unknown property"))?;
            if places & place == 0 {
                return Err(Malformed::protocol("a property that this packet may not have"));
            }
            // Only pairs may come more than once, and subscription identifiers of messages to clients.
            let many = property.0 == 0x26 || (property == Property::SUBSCRIPTION_ID && place == PUBLISH);
            if !many && found.iter().any(|(known, _)| *known == property) {
                return Err(Malformed::protocol("a property twice"));
            }
            found.push((property, value(&mut inner, shape)?));
        }
        Ok(Self(found))
    }
}

fn value(reader: &mut Reader<'_>, shape: Shape) -> Result<Value, Malformed> {
    let zero = Malformed::protocol("a property that may not be zero is");
    Ok(match shape {
        Shape::Flag => match reader.byte()? {
            flag @ (0 | 1) => Value::Byte(flag),
            _ => return Err(Malformed::protocol("a property is neither 0 nor 1")),
        },
        Shape::Two => Value::Two(reader.two()?),
        Shape::Some2 => Value::Two(Some(reader.two()?).filter(|number| *number != 0).ok_or(zero)?),
        Shape::Four => Value::Four(reader.four()?),
        Shape::Some4 => Value::Four(Some(reader.four()?).filter(|number| *number != 0).ok_or(zero)?),
        Shape::SomeVariable => Value::Variable(Some(reader.variable()?).filter(|number| *number != 0).ok_or(zero)?),
        Shape::Text => Value::Text(reader.text()?),
        Shape::Binary => Value::Binary(reader.binary()?.to_vec()),
        Shape::Pair => Value::Pair(reader.text()?, reader.text()?),
    })
}
