//! A JSON body without a card number in it: what every handler of payments takes instead of [`Json`].

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use kirana_edge::card_numbers::find_in_body;
use kirana_edge::{Json, Problem};
use serde::de::DeserializeOwned;

/// Bytes of a body at most; the gateway's own limit is this too.
const MAX_BODY: usize = 64 * 1024;

/// A body that holds no card number, read, and as it came.
pub struct Clean<T> {
    /// What it says.
    pub value: T,
    /// Its bytes.
    pub bytes: Bytes,
}

/// The refusal of a card number. Where it stood is told, never what it was.
pub use kirana_edge::card_number as refused;

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Clean<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| {
            let detail = format!("the body is larger than {MAX_BODY} bytes");
            Problem::new(http::StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
        })?;
        if let Some(place) = find_in_body(&bytes) {
            return Err(refused(&place));
        }
        let request = Request::from_parts(parts, Body::from(bytes.clone()));
        let Json(value) = Json::<T>::from_request(request, state).await?;
        Ok(Self { value, bytes })
    }
}
