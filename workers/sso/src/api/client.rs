//! Clients that speak for themselves: which one asks, and how it is refused.

use crate::api::form::Authorization;
use crate::db::clients;
use crate::rules::client::Client;
use crate::rules::client_auth::{check, shown};
use crate::rules::fault::{Fault, INVALID_CLIENT};
use crate::rules::params::Params;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kirana_edge::Problem;
use kirana_edge::db::Db;

/// Why a client gets nothing: as RFC 6749 says it, or as the platform does when the fault is ours.
#[derive(Debug)]
pub enum Refusal {
    /// The client's fault.
    Fault(Fault),
    /// Ours.
    Problem(Box<Problem>),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let fault = match self {
            Self::Problem(problem) => return problem.into_response(),
            Self::Fault(fault) => fault,
        };
        let unknown = fault.error == INVALID_CLIENT.error;
        let status = if unknown { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let mut response = (status, kirana_edge::Json(fault)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if unknown {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"kirana\""));
        }
        response
    }
}

/// The client that asks, which has proved itself as it can.
///
/// # Errors
/// `invalid_client`, `invalid_request`, or ours when the database refuses.
pub async fn authenticate(db: &Db, authorization: &Authorization, form: &Params) -> Result<Client, Refusal> {
    let shown = shown(authorization.0.as_deref(), form)?;
    let id = shown.id.parse().map_err(|_| INVALID_CLIENT)?;
    let kept = clients::by_id(db, id).await?.ok_or(INVALID_CLIENT)?;
    check(&kept, &shown)?;
    Ok(kept.client)
}
