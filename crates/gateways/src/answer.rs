//! Reading answers: what all gateways have in common.

use crate::outcome::{Doubt, Failure};
use crate::request::Answer;
use serde::de::DeserializeOwned;

/// The body, which must be of this shape.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| Failure::Unknown(Doubt::Unreadable))
}

/// The body, or nothing: for errors, whose status says the most.
pub(crate) fn read_or_default<T: DeserializeOwned + Default>(body: &[u8]) -> T {
    serde_json::from_slice(body).unwrap_or_default()
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
