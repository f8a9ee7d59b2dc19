//! The catalogue of every event: what can happen ([`EventData`]), who hears of it ([`Subscriber`]), and how events
//! travel ([`Pack`]).
//!
//! A source (a store's Durable Object, or a worker with a database) writes an event into its outbox in the transaction
//! of the change itself. Its relay sends each subscriber, in order, what that subscriber has not acknowledged: one pack
//! in flight at a time, again after a while until the subscriber says that the effects are committed. The subscriber
//! keeps a watermark per source, so that a pack that arrives twice changes nothing the second time.

mod data;
mod news;
mod pack;
mod subscriber;

pub use data::{
    CampaignEvent, CustomerRegistered, DeliveryZoneEvent, DeviceEvent, EventData, Expiry, Letter, LineFigures,
    LoginFailed, MAX_LAYERS, OfferEvent, OrderEvent, OrderFigures, PaymentEvent, PersonEvent, PointsEvent, PriceChange,
    ProductEvent, PurchaseOrderEvent, SessionRevoked, StaffAdded, StockEvent, StockLayer, StockLevel, StockLine,
    StockLines, StoreEvent, StoreStatus, UserEvent, VarianceEvent,
};
pub use news::{OrderNews, OrderTold};
pub use pack::{Ack, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, resend_after};
pub use subscriber::Subscriber;

use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;

/// The version of the envelope and of every payload in this build. A payload that changes its meaning gets a new event type.
pub const VERSION: u32 = 1;

/// Something that happened, in the envelope that every event shares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Unique for ever.
    pub id: Id,
    /// Version of the payload's shape.
    pub version: u32,
    /// When it happened at its source.
    pub occurred_at: Timestamp,
    /// Who says so: `store-17`, `payments`, `identity`.
    pub source: String,
    /// The store it happened in, if in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<Id>,
    /// What it happened to: an order's, payment's or customer's id, or a sku.
    pub subject: String,
    /// The request that began it all: the `x-request-id` of the gateway.
    pub correlation_id: String,
    /// The event that caused this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Id>,
    /// What happened: `type` and `data`.
    #[serde(flatten)]
    pub data: EventData,
}

/// How the payload of a type of event is read: see [`reads!`].
pub type ReadData = fn(&str, &str) -> Result<EventData, serde_json::Error>;

/// A [`ReadData`] that knows these types of events. A worker that reads all of them has the code for all of them in its script.
#[macro_export]
macro_rules! reads {
    ($($name:ident),+ $(,)?) => {
        |event_type, payload| match event_type {
            $(stringify!($name) => $crate::payload(payload).map($crate::EventData::$name),)+
            other => Err($crate::unknown(other)),
        }
    };
}

/// A payload from its JSON text.
///
/// # Errors
/// For a payload that is none of its type.
pub fn payload<T: de::DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// There is no such type of event, or nobody reads it here.
#[must_use]
pub fn unknown(event_type: &str) -> serde_json::Error {
    de::Error::custom(format!("the event type {event_type} is not known here"))
}

impl Event {
    /// Reads an event of one of the types that `data` knows.
    ///
    /// # Errors
    /// For what is no event, and for a type that is not known.
    pub fn read(text: &str, data: ReadData) -> Result<Self, serde_json::Error> {
        Envelope::deserialize(&mut serde_json::Deserializer::from_str(text))?.opened(data)
    }
}

/// An event whose payload is kept as text until its type is known: reading a flattened enum would go through a buffer, with code of its own
/// for every payload.
#[derive(Deserialize)]
struct Envelope {
    id: Id,
    version: u32,
    occurred_at: Timestamp,
    source: String,
    store_id: Option<Id>,
    subject: String,
    correlation_id: String,
    causation_id: Option<Id>,
    #[serde(rename = "type")]
    event_type: String,
    data: Box<RawValue>,
}

impl Envelope {
    fn opened(self, data: ReadData) -> Result<Event, serde_json::Error> {
        Ok(Event {
            data: data(&self.event_type, self.data.get())?,
            id: self.id,
            version: self.version,
            occurred_at: self.occurred_at,
            source: self.source,
            store_id: self.store_id,
            subject: self.subject,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
        })
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Envelope::deserialize(deserializer)?.opened(EventData::read).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::{Currency, Money};

    #[test]
    fn the_envelope_on_the_wire_is_pinned() {
        let event = Event {
            id: Id::new(Timestamp::from_millis(1_763_631_000_123), [7; 10]),
            version: VERSION,
            occurred_at: Timestamp::from_millis(1_763_631_000_123),
            source: "loyalty".into(),
            store_id: None,
            subject: "customer-1".into(),
            correlation_id: "request-1".into(),
            causation_id: None,
            data: EventData::PointsEarned(PointsEvent {
                customer_id: Id::new(Timestamp::from_millis(1), [1; 10]),
                order_id: None,
                points: 4,
                value: Some(Money::new(4500, Currency::THB)),
            }),
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"id":"019aa099-6a3b-7707-8707-070707070707","version":1,"occurred_at":"2025-11-20T09:30:00.123Z","#,
                r#""source":"loyalty","subject":"customer-1","correlation_id":"request-1","type":"PointsEarned","data":"#,
                r#"{"customer_id":"00000000-0001-7101-8101-010101010101","points":4,"value":{"amount":4500,"currency":"THB"}}}"#
            )
        );
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
