//! Ids are UUIDv7 (RFC 9562): unique without asking anybody, and in the order of their making.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Timestamp;

/// How many bits of an order's id name its store.
const STORE_BITS: u32 = 24;

/// A UUIDv7, written in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = "uuid", example = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44")]
pub struct Id(Uuid);

/// The text is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID: expected 36 characters such as 0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44")]
pub struct IdError;

impl Id {
    /// The largest store number an order's id can carry.
    pub const MAX_STORE_NUMBER: u32 = (1 << STORE_BITS) - 1;

    /// A new id made at `now` from ten random bytes.
    #[must_use]
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// A new id of something that lives in one store's Durable Object, such as an order: its last 24 bits are the
    /// store's number, so that whoever holds the id knows which object to ask, without an index to keep.
    #[must_use]
    pub fn in_store(now: Timestamp, random: [u8; 10], store_number: u32) -> Self {
        let [_, high, middle, low] = store_number.to_be_bytes();
        let mut random = random;
        random[7] = high;
        random[8] = middle;
        random[9] = low;
        Self::new(now, random)
    }

    /// When it was made, to the millisecond: the first 48 bits (RFC 9562, section 5.7).
    #[must_use]
    pub fn made_at(&self) -> Timestamp {
        let [a, b, c, d, e, f, ..] = *self.0.as_bytes();
        Timestamp::from_millis(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// The store's number in an id made by [`Id::in_store`]. Of any other id it is a number that no store may have:
    /// the store asked then answers that it does not know the thing.
    #[must_use]
    pub fn store_number(&self) -> u32 {
        let bytes = self.0.as_bytes();
        u32::from_be_bytes([0, bytes[13], bytes[14], bytes[15]])
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self).map_err(|_| IdError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_order_id_carries_its_store(number in 0..=Id::MAX_STORE_NUMBER, random: [u8; 10], millis in 0_i64..4_102_444_800_000) {
            let id = Id::in_store(Timestamp::from_millis(millis), random, number);
            prop_assert_eq!(id.store_number(), number);
            prop_assert_eq!(id.made_at(), Timestamp::from_millis(millis));
            prop_assert_eq!(id.to_string().parse::<Id>(), Ok(id));
            prop_assert_eq!(id.to_string().as_bytes()[14], b'7');
        }
    }

    #[test]
    fn ids_sort_by_their_time() {
        let early = Id::new(Timestamp::from_millis(1_000), [255; 10]);
        let late = Id::new(Timestamp::from_millis(1_001), [0; 10]);
        assert!(early < late);
    }
}
