//! What the stores worker asks: who works in a store, and to note who does. It alone knows whose a store is, and decides.

use crate::{db, rules::credentials, staff};
use axum::extract::State;
use kirana_contracts::staff::{Candidate, Reassignment, StaffMember};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result};
use kirana_kernel::Id;
use serde::Deserialize;
use worker::Env;

/// Somebody, by one of these.
#[derive(Debug, Deserialize)]
pub struct Who {
    user_id: Option<Id>,
    email: Option<String>,
}

/// `POST /internal/candidates`: the user of an id or an address.
///
/// # Errors
/// 403 for all but workers, 404.
#[worker::send]
pub async fn candidate(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(who): Json<Who>,
) -> Result<Json<Candidate>> {
    caller.require_service()?;
    let db = Db::of(&env)?;
    let user = match (who.user_id, who.email) {
        (Some(id), _) => db::by_id(&db, id).await?,
        (None, Some(email)) => db::by_email(&db, &credentials::normal_email(&email)).await?.map(|found| found.user),
        (None, None) => None,
    };
    let user = user.ok_or_else(|| Problem::not_found("there is no such user"))?;
    Ok(Json(Candidate { user_id: user.id, roles: user.roles, stores: user.stores }))
}

/// `POST /internal/reassignments`: other roles and stores for a user.
///
/// # Errors
/// 403 for all but workers, 409 `user_changed`.
#[worker::send]
pub async fn reassign(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(change): Json<Reassignment>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    staff::reassign(&Db::of(&env)?, &change).await?;
    Ok(Json(true))
}

/// `GET /internal/stores/{id}/staff`: who works in a store.
///
/// # Errors
/// 403 for all but workers, 400 for a page that is none.
#[worker::send]
pub async fn of_store(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StaffMember>>> {
    caller.require_service()?;
    let limit = page.limit()?;
    let found = staff::of_store(&Db::of(&env)?, store, page.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |member| member.user_id.to_string())))
}
