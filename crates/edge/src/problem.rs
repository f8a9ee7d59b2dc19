//! Errors as the world sees them: RFC 9457 problem documents with a stable `code`.

use crate::outage::Outage;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::panic::Location;
use utoipa::ToSchema;

/// What a handler answers: the thing, or a problem.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// What went wrong, and what would be right (RFC 9457).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where this code is explained, relative to the API's root.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#out_of_stock")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable and machine-readable; never changes its meaning.
    #[schema(example = "out_of_stock")]
    pub code: String,
    /// For people: what was wrong with this request, and what would be right.
    pub detail: String,
    /// The fields at fault, where fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// More about this code, such as the items that are short.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The way to the field, such as `lines[0].modifiers[1].sku`.
    pub path: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl Problem {
    /// A problem with `status`, a stable `code` and a `detail` for people.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/docs/problems#{code}"),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
        }
    }

    /// 400: the request itself is malformed.
    #[must_use]
    pub fn bad_request(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: nobody knows who is asking.
    #[must_use]
    pub fn unauthorized(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403: known, but may not do this kind of thing. For things of another tenant answer [`Problem::not_found`].
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: no such thing, or not for this caller to know of.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 409: the state of things does not allow it now.
    #[must_use]
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: well-formed, but it makes no sense here.
    #[must_use]
    pub fn unprocessable(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 422 `invalid_body`: one field is at fault.
    #[must_use]
    pub fn invalid_field(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { path: path.into(), message: message.into() }])
    }

    /// 422 `invalid_body`: these fields are at fault.
    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.path.is_empty() => one.message.clone(),
            [one] => format!("{}: {}", one.path, one.message),
            many => format!("{} fields are invalid", many.len()),
        };
        Self { errors, ..Self::unprocessable("invalid_body", detail) }
    }

    /// 500: our fault. What happened is logged with the place in the code, and not told.
    #[track_caller]
    #[must_use]
    pub fn internal(error: impl std::fmt::Display) -> Self {
        crate::log::error("internal error", &[("error", &error.to_string()), ("at", &place(Location::caller()))]);
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed on our side. Nothing half-done was kept; the same request may be sent again.",
        )
    }

    /// 503: an upstream does not answer now.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    /// Seconds after which the same may be asked again: as the problem says, or one for what is not available now.
    fn retry_after(&self) -> Option<u32> {
        let said = self.extensions.get("retry_after").and_then(Value::as_u64).and_then(|said| u32::try_from(said).ok());
        said.or_else(|| (self.status == StatusCode::SERVICE_UNAVAILABLE.as_u16()).then_some(1))
    }

    /// The same problem with one more member.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(key.into(), value.into());
        self
    }

    /// Its status for HTTP.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// As the answer of a Durable Object, which speaks `worker`'s own types.
    ///
    /// # Errors
    /// When the runtime refuses to make a response.
    pub fn into_worker_response(self) -> worker::Result<worker::Response> {
        let response = worker::Response::from_json(&self)?.with_status(self.status);
        response.headers().set(CODE_HEADER, &self.code)?;
        response.headers().set("content-type", "application/problem+json")?;
        if let Some(seconds) = self.retry_after() {
            response.headers().set("retry-after", &seconds.to_string())?;
        }
        Ok(response)
    }
}

fn place(location: &Location<'_>) -> String {
    format!("{}:{}", location.file(), location.line())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, axum::Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Ok(code) = HeaderValue::from_str(&self.code) {
            response.headers_mut().insert(CODE_HEADER, code);
        }
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Where a problem's code stands between scripts: the gateway writes it into the line of the request and takes it away.
pub const CODE_HEADER: &str = "problem-code";

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}: {}", self.status, self.code, self.detail)
    }
}

impl std::error::Error for Problem {}

macro_rules! internal {
    ($($error:ty),+) => {
        $(impl From<$error> for Problem {
            #[track_caller]
            fn from(error: $error) -> Self {
                Self::internal(error)
            }
        })+
    };
}

impl From<worker::Error> for Problem {
    /// A fault on the way is 503: what was asked for may be right, and may even be done. All else is our fault.
    #[track_caller]
    fn from(error: worker::Error) -> Self {
        let Some(outage) = Outage::of(&error) else { return Self::internal(error) };
        crate::log::error(
            "something does not answer",
            &[("outage", &format!("{outage:?}")), ("error", &error.to_string()), ("at", &place(Location::caller()))],
        );
        Self::unavailable(
            "Something that this needs did not answer. What was asked for was done whole or not at all: send the same \
             request again, with the same Idempotency-Key if it has one.",
        )
    }
}

internal!(serde_json::Error, kirana_kernel::MoneyError, http::Error, worker::kv::KvError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_problem_document() {
        let problem = Problem::conflict("out_of_stock", "no pearls are left").with("short", vec!["pearls"]);
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            serde_json::json!({
                "type": "/docs/problems#out_of_stock", "title": "Conflict", "status": 409,
                "code": "out_of_stock", "detail": "no pearls are left", "short": ["pearls"],
            })
        );
        assert!(!problem.clone().into_response().headers().contains_key("retry-after"));
        assert_eq!(Problem::unavailable("later").into_response().headers()["retry-after"], "1");
        let back: Problem = serde_json::from_value(serde_json::to_value(&problem).unwrap()).unwrap();
        assert_eq!(back, problem);
    }
}
