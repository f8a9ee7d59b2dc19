//! Extractors like axum's that fail with a [`Problem`] naming the field.

use crate::card_numbers::{contains_network_card, find_card_in_body, find_card_in_form};
use crate::json_path::path_at;
use crate::{FieldError, Problem};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that a worker takes as one JSON body; the gateway's limits per route are at or below it.
const MAX_BODY: usize = 1024 * 1024;

/// A JSON body, in or out.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        written(serde_json::to_vec(&self.0))
    }
}

fn written(body: serde_json::Result<Vec<u8>>) -> Response {
    match body {
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// JSON that is passed on as it came from another worker or object, unread: it was written by us, and reading it only to write it
/// again costs time with every call, and code for every type.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct RawJson(Box<serde_json::value::RawValue>);

impl IntoResponse for RawJson {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], String::from(Box::<str>::from(self.0))).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        parse_json(&json_body(request).await?).map(Self)
    }
}

/// The body of a request that says it is JSON. Not generic, as the rest of reading it: each kind of body would cost a script
/// some kilobytes.
async fn json_body(request: Request) -> Result<Bytes, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
    });
    if !is_json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the body must be JSON: send it with Content-Type: application/json",
        ));
    }
    let body = axum::body::to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("the body is larger than {MAX_BODY} bytes"),
        )
    })?;
    refuse_cards(&body)?;
    Ok(body)
}

/// Refuses a body with a card's number in it, before anything is read of it. What is taken as [`Json`] is refused so by itself.
///
/// # Errors
/// 422 `card_number`.
pub fn refuse_cards(body: &[u8]) -> Result<(), Problem> {
    find_card_in_body(body).map_or(Ok(()), |place| Err(card_number(&place)))
}

/// Refuses a form with a card's number in it.
///
/// # Errors
/// 422 `card_number`.
pub fn refuse_cards_in_form(form: &[u8]) -> Result<(), Problem> {
    find_card_in_form(form).map_or(Ok(()), |place| Err(card_number(&place)))
}

/// The same of a query, which a route without a body has too: there what is wrong with a request is 400. What is taken as [`Query`] is refused
/// so by itself.
///
/// # Errors
/// 400 `card_number`.
pub fn refuse_cards_in_query(query: &[u8]) -> Result<(), Problem> {
    find_card_in_form(query).map_or(Ok(()), |place| Err(card_number_outside(&place)))
}

/// Headers of callers that are kept: what a command is repeated by, and what somebody's session is called by.
const KEPT_HEADERS: [&str; 2] = ["idempotency-key", "user-agent"];

/// Refuses a request with a card's number in a header that is kept.
pub(crate) fn refuse_cards_in_headers(headers: &http::HeaderMap) -> Result<(), Problem> {
    let holds =
        |name: &&str| headers.get(*name).and_then(|value| value.to_str().ok()).is_some_and(contains_network_card);
    KEPT_HEADERS.into_iter().find(holds).map_or(Ok(()), |name| Err(card_number_outside(name)))
}

/// The refusal of a card number in a body. Where it stood is told, never what it was.
#[must_use]
pub fn card_number(place: &str) -> Problem {
    Problem::unprocessable("card_number", never_sent(place))
}

/// The same of what is no body: a query, a header.
fn card_number_outside(place: &str) -> Problem {
    Problem::bad_request("card_number", never_sent(place))
}

fn never_sent(place: &str) -> String {
    format!("{place}: card numbers are never sent here; send the gateway's token of the card")
}

/// Parses a JSON body; a fault names the way to its field.
///
/// # Errors
/// 400 `malformed_json` for what is no JSON, 422 `invalid_body` for what has not the expected shape.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // As text: bytes would be read by code of their own for each type.
    let text = std::str::from_utf8(body).map_err(|error| malformed(&error))?;
    serde_json::from_str(text).map_err(|error| body_fault(text, &error))
}

fn malformed(error: &dyn std::fmt::Display) -> Problem {
    Problem::bad_request("malformed_json", format!("the body is not JSON: {error}"))
}

fn body_fault(text: &str, error: &serde_json::Error) -> Problem {
    if error.is_data() {
        let path = path_at(text, error.line(), error.column());
        Problem::invalid_fields(vec![FieldError { path, message: error.to_string() }])
    } else {
        malformed(error)
    }
}

/// The query string.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        refuse_cards_in_query(query.as_bytes())?;
        let pairs = serde_urlencoded::Deserializer::new(form_pairs(query));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| {
            let path = error.path().to_string();
            let message = error.inner().to_string();
            let detail = if path == "." { message.clone() } else { format!("{path}: {message}") };
            let mut problem = Problem::bad_request("invalid_query", detail);
            problem.errors.push(FieldError { path, message });
            problem
        })
    }
}

fn form_pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// The variable parts of the path.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            // A path whose id cannot be an id names nothing that exists.
            .map_err(|rejection| Problem::not_found(rejection.body_text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Body {
        #[allow(dead_code)]
        lines: Vec<Line>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Line {
        #[allow(dead_code)]
        quantity: u32,
    }

    /// A card's number in each place that a request has, and what is answered: nothing of it is read further.
    #[test]
    fn a_card_is_refused_in_every_place() {
        const CARD: &str = "4242 4242 4242 4242";
        let refused = |result: Result<(), Problem>, status: u16| {
            let problem = result.unwrap_err();
            assert_eq!((problem.status, problem.code.as_str()), (status, "card_number"));
            assert!(!problem.to_string().contains("4242"), "{problem}");
        };
        refused(refuse_cards(format!("{{\"a\":\"{CARD}\"}}").as_bytes()), 422);
        for form in [format!("a=1&q={}", CARD.replace(' ', "+")), format!("q={}", CARD.replace(' ', "%20"))] {
            refused(refuse_cards_in_form(form.as_bytes()), 422);
            refused(refuse_cards_in_query(form.as_bytes()), 400);
        }
        for name in KEPT_HEADERS {
            let header = |value: &str| http::HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            refused(refuse_cards_in_headers(&header(CARD)), 400);
            refuse_cards_in_headers(&header("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44")).unwrap();
        }
        refuse_cards_in_headers(&http::HeaderMap::new()).unwrap();
        refuse_cards_in_query(b"from=1795717464001&lat=13.7457&code=4006381330060").unwrap();
        // A number with a fraction of as many digits as a card's, some of which pass Luhn's check.
        refuse_cards_in_query(b"q=-2.4846103165961196e%2B18&r=-6.479000578962072e%2B16&s=1.4242424242424242E-7")
            .unwrap();
    }

    #[test]
    fn a_fault_names_its_field() {
        let problem = parse_json::<Body>(br#"{"lines":[{"quantity":1},{"quantity":"two"}]}"#).unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_body"));
        assert_eq!(problem.errors[0].path, "lines[1].quantity");
        assert_eq!(parse_json::<Body>(b"{").unwrap_err().code, "malformed_json");
        assert_eq!(parse_json::<Body>(br#"{"lines":[]} x"#).unwrap_err().code, "malformed_json");
    }
}
