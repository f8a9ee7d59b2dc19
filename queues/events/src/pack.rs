//! How events travel: the events of a moment in one queue message.

use crate::Subscriber;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;

/// Events in one pack at most.
pub const MAX_PACK_EVENTS: usize = 100;

/// Bytes of event bodies in one pack at most; a queue message holds 128 kB.
pub const MAX_PACK_BYTES: usize = 96 * 1024;

/// Consecutive events of one source for one subscriber, as one queue message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pack {
    /// Who sends: `store-17`, `payments`.
    pub source: String,
    /// Who it is for.
    pub subscriber: Subscriber,
    /// What the source counted as acknowledged when it sent this. It may be ahead of the subscriber's watermark: numbers
    /// that hold nothing for the subscriber are passed over without telling it.
    pub after: u64,
    /// Whoever has applied this pack has everything up to and including this number.
    pub upto: u64,
    /// Sent again by hand from the dead letters: the events were parked, so the watermark says nothing about them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replay: bool,
    /// The events, in the order of their numbers.
    pub events: Vec<PackedEvent>,
}

/// One event and its number at the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PackedEvent {
    /// Its number at the source, counted without gaps.
    pub seq: u64,
    /// The event as it was written, so that neither side parses what it only passes on, and one that this build cannot
    /// read spoils no other. Shared: one event goes to several subscribers.
    pub event: Arc<RawValue>,
}

/// What a subscriber tells the source once its effects are committed. Saying it twice, or late, changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Who has applied.
    pub subscriber: Subscriber,
    /// Everything up to and including this number.
    pub upto: u64,
}

/// When to send an unacknowledged pack again: 5 s, doubled for each attempt, a minute at most. A longer pause would spare a
/// broken subscriber little, and keep one that works again waiting: its orders are at the counter.
#[must_use]
pub fn resend_after(attempts: u32) -> Duration {
    Duration::from_secs((5_u64 << attempts.min(4)).min(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backs_off_to_a_minute() {
        assert_eq!(resend_after(0), Duration::from_secs(5));
        assert_eq!(resend_after(1), Duration::from_secs(10));
        assert_eq!(resend_after(4), Duration::from_secs(60));
        assert_eq!(resend_after(u32::MAX), Duration::from_secs(60));
    }

    #[test]
    fn an_event_travels_untouched() {
        let body = r#"{"type":"FromTheFuture","data":{"x":1.0}}"#;
        let pack = Pack {
            source: "store-1".into(),
            subscriber: Subscriber::Orders,
            after: 4,
            upto: 5,
            replay: false,
            events: vec![PackedEvent { seq: 5, event: RawValue::from_string(body.into()).unwrap().into() }],
        };
        let text = serde_json::to_string(&pack).unwrap();
        assert_eq!(
            text,
            format!(
                r#"{{"source":"store-1","subscriber":"orders","after":4,"upto":5,"events":[{{"seq":5,"event":{body}}}]}}"#
            )
        );
        assert_eq!(serde_json::from_str::<Pack>(&text).unwrap().events[0].event.get(), body);
    }
}
