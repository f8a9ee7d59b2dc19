//! Moments: milliseconds since 1970 UTC inside, RFC 3339 outside.

mod text;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;
use utoipa::ToSchema;

/// A moment, to the millisecond. In JSON an RFC 3339 text in UTC, in tables a whole number of milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-20T09:30:00.000Z")]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, as JWTs count them.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The same moment for calendar work; the epoch when it is out of the calendar's range.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(duration)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match text::write(self.0).as_ref().map(|text| std::str::from_utf8(text)) {
            Some(Ok(text)) => formatter.write_str(text),
            _ => formatter.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Without a detour over formatting: an order has a dozen of them.
        match text::write(self.0).as_ref().map(|text| std::str::from_utf8(text)) {
            Some(Ok(text)) => serializer.serialize_str(text),
            _ => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

/// Reads a moment out of a text without keeping a copy of it.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Timestamp;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an RFC 3339 time such as 2026-11-20T09:30:00.000Z")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        if let Some(millis) = text::read(text.as_bytes()) {
            return Ok(Timestamp(millis));
        }
        DateTime::parse_from_rfc3339(text)
            .map(|moment| Timestamp(moment.timestamp_millis()))
            .map_err(|_| E::custom("not an RFC 3339 time such as 2026-11-20T09:30:00.000Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_rfc_3339_outside() {
        let moment = Timestamp::from_millis(1_763_631_000_123);
        let text = serde_json::to_string(&moment).unwrap();
        assert_eq!(text, "\"2025-11-20T09:30:00.123Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), moment);
        let shifted: Timestamp = serde_json::from_str("\"2025-11-20T16:30:00.123+07:00\"").unwrap();
        assert_eq!(shifted, moment);
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
        assert!(serde_json::from_str::<Timestamp>("7").is_err());
    }

    #[test]
    fn the_calendar_is_chronos() {
        // Every day from 1968 to 2110, at ever another time of day, and the ends of what has four digits.
        let days = (-700_i64..51_000).map(|day| day * 86_400_000 + (day * 7_654_321).rem_euclid(86_400_000));
        for millis in days.chain([-62_167_219_200_000, -62_167_219_200_001, 253_402_300_799_999, 253_402_300_800_000]) {
            let moment = Timestamp::from_millis(millis);
            let text = moment.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
            assert_eq!(moment.to_string(), text);
            if text.len() == 24 {
                assert_eq!(serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).ok(), Some(moment), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "2026-02-29T00:00:00.000Z",
            "2026-13-01T00:00:00.000Z",
            "2026-00-10T00:00:00.000Z",
            "2026-01-00T00:00:00.000Z",
            "2026-01-01T24:00:00.000Z",
            "2026-01-01T00:60:00.000Z",
            "2026-01-01T00:00:61.000Z",
            "2026-01-01T00:00:0a.000Z",
            "2026-01-01T00:00:00.0000",
            "",
        ] {
            assert!(serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).is_err(), "{text}");
        }
        let leap: Timestamp = serde_json::from_str("\"2024-02-29T23:59:59.999Z\"").unwrap();
        assert_eq!(leap.to_string(), "2024-02-29T23:59:59.999Z");
    }
}
