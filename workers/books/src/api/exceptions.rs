//! What does not agree with gateways' reports, and what somebody decided about it.

use axum::extract::State;
use kirana_books::exceptions::{self, KeptException};
use kirana_books::{name, post};
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{Caller, Json, Page, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::Role;
use kirana_ledger::reconcile::Resolution;
use kirana_ledger::{BusinessEvent, What};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Which exceptions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExceptionQuery {
    /// `open`, which counts if not given, or `resolved`.
    #[param(example = "open")]
    pub status: Option<String>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What does not agree with gateways' reports, by id.
///
/// # Errors
/// 400 `invalid_query`, 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/payments/exceptions", tag = "books", params(ExceptionQuery),
    responses((status = 200, body = Page<KeptException>), (status = 400, body = Problem), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<ExceptionQuery>,
) -> Result<Json<Page<KeptException>>> {
    caller.require(&[Role::Admin])?;
    let status = query.status.as_deref().unwrap_or("open");
    if !matches!(status, "open" | "resolved") {
        return Err(Problem::bad_request("invalid_query", "status: expected open or resolved"));
    }
    let limit = kirana_edge::PageQuery { limit: query.limit, cursor: None }.limit()?;
    let found = exceptions::list(&Db::of(&env)?, status, query.cursor.as_deref(), limit + 1).await?;
    Ok(Json(Page::of(found, limit, |kept| kept.exception.id.clone())))
}

/// What was decided about an exception.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionResolution {
    /// What is done: one of those that the exception names.
    pub resolution: Resolution,
    /// Why, for whoever asks later: 1 to 1000 characters.
    #[schema(min_length = 1, max_length = 1000, example = "The gateway confirmed it by mail.")]
    pub note: String,
}

/// Says what is done about an exception, once. Accepting a difference posts it; everything else is done elsewhere, and the note says where.
///
/// # Errors
/// 404 for one that is not there, 409 `resolved` for one that is decided otherwise, 422 `invalid_body` for a resolution that its kind does not have.
#[utoipa::path(put, path = "/api/v1/payments/exceptions/{id}", tag = "books", params(("id" = String, Path, description = "The exception, percent-encoded")),
    request_body = ExceptionResolution,
    responses((status = 200, body = KeptException), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn resolve(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<String>,
    Json(body): Json<ExceptionResolution>,
) -> Result<Json<KeptException>> {
    caller.require(&[Role::Admin])?;
    let note = body.note.trim();
    if note.is_empty() || note.chars().count() > 1_000 {
        return Err(Problem::invalid_field("note", "expected 1 to 1000 characters"));
    }
    let (db, now) = (Db::of(&env)?, clock::now());
    let unknown = || Problem::not_found("there is no such exception");
    let kept = exceptions::by_id(&db, &id).await?.ok_or_else(unknown)?;
    let word = |resolution: &Resolution| {
        Ok::<_, Problem>(serde_json::to_value(resolution)?.as_str().unwrap_or_default().to_owned())
    };
    if !kept.exception.resolutions.contains(&body.resolution) {
        let all = kept.exception.resolutions.iter().map(word).collect::<Result<Vec<_>>>()?.join(", ");
        return Err(Problem::invalid_field("resolution", format!("expected one of {all}")));
    }
    let mut statements = exceptions::resolve(&id, &word(&body.resolution)?, note, &caller.id.to_string(), now);
    if body.resolution == Resolution::AcceptDifference {
        for difference in &kept.exception.differences {
            let what = What::DifferenceAccepted { gateway: name(&kept.gateway)?, amount: *difference };
            let key = format!("{id}/{}", difference.currency);
            statements.extend(post(&BusinessEvent { key, at: now, order: None, what })?);
        }
    }
    if kept.resolution.is_none() {
        let entry = Entry {
            action: "ledger_exception.resolved",
            object: id.clone(),
            reason: Some(note),
            before: Some(serde_json::to_string(&kept.exception)?),
            after: Some(serde_json::to_string(&body.resolution)?),
        };
        audit::note(&env, "books", &caller, &request_id, entry).await?;
    }
    match db.batch(statements).await {
        Ok(_) => {}
        Err(error) if required_change_missing(&error) => {
            let same = kept.resolution == Some(body.resolution) && kept.note.as_deref() == Some(note);
            if !same {
                return Err(Problem::conflict("resolved", "it is resolved already: what was decided stays"));
            }
        }
        Err(error) => return Err(error.into()),
    }
    exceptions::by_id(&db, &id).await?.map(Json).ok_or_else(unknown)
}
