//! That somebody is old enough. Who looks at the document is a provider behind a name; the one there is, `sandbox`, looks at
//! nothing and says so. No birth date and no document is kept: only that the check was made, for which age, and until when
//! it is good.

use crate::db::{self, AgeCheck};
use crate::rules::people::{AGE_CHECK_LIFETIME, is_old_enough, sandbox_age_check};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, Json, Path, Problem, Query, Result, clock};
use kirana_kernel::{Id, Timestamp};
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A document to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Who looks at it: `sandbox`.
    pub provider: String,
    /// The provider's reference to the document. The sandbox takes `doc_age_20` for somebody of 20.
    pub document: String,
    /// The age to be shown.
    pub min_age: u32,
}

/// Has a document looked at that shows one's age. Good for a year.
///
/// # Errors
/// 422 for an unknown provider, or what is no document of its.
#[utoipa::path(post, path = "/api/v1/users/customer/age-verify", tag = "customers", request_body = Document,
    responses((status = 201, body = AgeCheck), (status = 422, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn verify(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<Document>,
) -> Result<(StatusCode, Json<AgeCheck>)> {
    if body.provider != "sandbox" {
        return Err(Problem::invalid_field("provider", "expected sandbox: there is no other yet"));
    }
    if !(1..=120).contains(&body.min_age) {
        return Err(Problem::invalid_field("min_age", "expected 1 to 120"));
    }
    if body.document.is_empty() || body.document.len() > 200 {
        return Err(Problem::invalid_field("document", "expected the provider's reference, of 200 characters at most"));
    }
    let (id, now) = (clock::new_id(), clock::now());
    let check = AgeCheck {
        id,
        min_age: body.min_age,
        provider: body.provider,
        passed: sandbox_age_check(&body.document, body.min_age),
        at: now,
        expires_at: now + AGE_CHECK_LIFETIME,
    };
    let place = id.to_string();
    let sealed = vault(&env)?.seal(&body.document, Place("age_checks", "document", &place), clock::random());
    let statement = db::insert_age_check(caller.id, &check, &sealed.map_err(Problem::internal)?);
    Db::of(&env)?.batch(vec![statement]).await?;
    Ok((StatusCode::CREATED, Json(check)))
}

/// One's last age checks, the newest first.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(get, path = "/api/v1/users/customer/age-verify", tag = "customers",
    responses((status = 200, body = Vec<AgeCheck>), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<AgeCheck>>> {
    Ok(Json(db::age_checks(&Db::of(&env)?, caller.id).await?))
}

/// For which age.
#[derive(Debug, Deserialize)]
pub struct Asked {
    min_age: u32,
}

/// Whether somebody is old enough.
#[derive(Debug, Serialize)]
pub struct OldEnough {
    old_enough: bool,
    good_until: Option<Timestamp>,
}

/// `GET /internal/customers/{id}/age`: is somebody so old, as a check that is still good says? And until when it is good.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn old_enough(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
    Query(asked): Query<Asked>,
) -> Result<Json<OldEnough>> {
    caller.require_service()?;
    let now = clock::now();
    let checks = db::age_checks(&Db::of(&env)?, user).await?;
    let good = |check: &&AgeCheck| is_old_enough(check.passed, check.min_age, check.expires_at, asked.min_age, now);
    let good_until = checks.iter().filter(good).map(|check| check.expires_at).max();
    Ok(Json(OldEnough { old_enough: good_until.is_some(), good_until }))
}
