//! Reading answers: what all gateways have in common.

use crate::outcome::{Doubt, Failure};
use crate::request::Answer;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// JSON of this shape. A field that is null is one that is not there: gateways write either, and change their mind.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(body).ok()?;
    drop_nulls(&mut value);
    serde_json::from_value(value).ok()
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// The body, which must be of this shape.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    json(body).ok_or(Failure::Unknown(Doubt::Unreadable))
}

/// The body, or nothing: for errors, whose status says the most.
pub(crate) fn read_or_default<T: DeserializeOwned + Default>(body: &[u8]) -> T {
    json(body).unwrap_or_default()
}

/// What a status says by itself when nobody knows what happened; none when the body has to tell.
pub(crate) fn doubt(answer: &Answer<'_>) -> Option<Doubt> {
    match answer.status {
        401 | 403 => Some(Doubt::Credentials),
        408 | 425 => Some(Doubt::NoAnswer),
        409 => Some(Doubt::InFlight),
        429 => {
            let seconds = answer.headers.get("retry-after").and_then(|value| value.trim().parse().ok());
            Some(Doubt::Busy { retry_after: seconds })
        }
        400..=499 => None,
        other => Some(Doubt::Fault(other)),
    }
}
