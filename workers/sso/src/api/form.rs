//! Parameters of a request: of its query, or of its body as a form.

use crate::rules::params::Params;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;
use http::{StatusCode, header};
use kirana_edge::{Problem, refuse_cards_in_form, refuse_cards_in_query};
use std::convert::Infallible;

/// Bytes of a form at most; the gateway lets no more through.
const MAX_FORM: usize = 64 * 1024;

/// The query.
pub struct Asked(pub Params);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        refuse_cards_in_query(query)?;
        Ok(Self(Params::parse(query)))
    }
}

/// A form. What is none is no request of OAuth's, and gets a problem document.
pub struct Form(pub Params);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "the body must be a form: send it with Content-Type: application/x-www-form-urlencoded",
            ));
        }
        let body = axum::body::to_bytes(request.into_body(), MAX_FORM).await.map_err(|_| {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the form is larger than 64 kB")
        })?;
        refuse_cards_in_form(&body)?;
        Ok(Self(Params::parse(&body)))
    }
}

/// The header `authorization`.
pub struct Authorization(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Authorization {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        Ok(Self(value.map(str::to_owned)))
    }
}
