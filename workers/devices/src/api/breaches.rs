//! Cold chains that broke, and what became of the goods.

use crate::db::breaches::{self, Breach};
use axum::extract::State;
use kirana_contracts::stock::{Quarantine, QuarantineOutcome, QuarantineResolution};
use kirana_contracts::store_state::object_name;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, call, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Which breaches.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BreachQuery {
    /// Also those that somebody has looked at?
    pub all: Option<bool>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Cold chains that broke in the caller's stores, the newest first, with the batches that are suspect since.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/devices/breaches", tag = "devices", params(BreachQuery),
    responses((status = 200, body = Page<Breach>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<BreachQuery>,
) -> Result<Json<Page<Breach>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after()?);
    let open = query.all != Some(true);
    let found = breaches::list(&Db::of(&env)?, &caller, open, before, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |breach| breach.id.to_string())))
}

/// What somebody decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreachResolution {
    /// What is to become of the goods.
    pub outcome: QuarantineOutcome,
}

/// Decides on the goods of a breach: they are sold again, or leave the store's books. What is held for orders that were placed before is
/// replaced as far as other goods are there, and else thrown away when its order lets go of it.
///
/// # Errors
/// 404 for what is not the caller's, 409 `resolved` when somebody else has decided, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/breaches/{id}", tag = "devices", params(("id" = Id, Path, description = "The breach")),
    request_body = BreachResolution,
    responses((status = 200, body = Breach), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn resolve(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<BreachResolution>,
) -> Result<Json<Breach>> {
    let db = Db::of(&env)?;
    let breach = breaches::get(&db, id).await?;
    let device = crate::db::own(&db, &caller, breach.device_id)
        .await
        .map_err(|_| Problem::not_found(format!("there is no breach {id}")))?;
    if breach.outcome.is_some() {
        return Err(Problem::conflict("resolved", "somebody has decided on this breach before"));
    }
    let store = call::object(&env, "STORE_STATE", object_name(device.store_number), &caller).repeatable();
    let asked = QuarantineResolution { outcome: body.outcome };
    // The store tells what was decided, whoever was first: what is written down here follows it.
    let told: Quarantine = store.post(&format!("/quarantines/{id}"), &asked).await?;
    let word = if told.outcome == Some(QuarantineOutcome::Spoilt) { "spoilt" } else { "released" };
    if !breaches::resolve(&db, id, word, &caller.name, clock::now()).await? {
        return Err(Problem::conflict("resolved", "somebody has decided on this breach meanwhile"));
    }
    Ok(Json(breaches::get(&db, id).await?))
}
