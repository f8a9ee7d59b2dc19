//! Cold chains that broke, and what became of the goods.

use crate::db::breaches::{self, Breach};
use axum::extract::State;
use kirana_contracts::store_state::object_name;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, call, clock};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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

/// What is to become of the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They are good: somebody has looked.
    Released,
    /// They are thrown away: what is left of them leaves the books.
    Spoilt,
}

/// What somebody decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreachResolution {
    /// What is to become of the goods.
    pub outcome: Outcome,
}

#[derive(Deserialize)]
struct Batch {
    id: i64,
    on_hand: i64,
    reserved: i64,
}

/// Decides on the goods of a breach. What is thrown away leaves the store's books, as far as it is still there and not held for an order.
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
    if body.outcome == Outcome::Spoilt {
        let store = call::object(&env, "STORE_STATE", object_name(device.store_number), &caller);
        let now: Vec<Batch> = store.get("/batches").await?;
        for suspect in &breach.batches {
            let left =
                now.iter().find(|batch| batch.id == suspect.batch).map_or(0, |batch| batch.on_hand - batch.reserved);
            let quantity = left.min(suspect.quantity);
            if quantity <= 0 {
                continue;
            }
            let spoilt = json!({"kind": "spoil", "sku": suspect.sku, "quantity": quantity, "batch": suspect.batch,
                "reason": format!("cold chain broken: {}", device.name)});
            // Once for this breach, however often somebody decides.
            let _: Value =
                store.with_key(&format!("breach-{id}-{}", suspect.batch)).post("/movements", &spoilt).await?;
        }
    }
    let word = if body.outcome == Outcome::Spoilt { "spoilt" } else { "released" };
    if !breaches::resolve(&db, id, word, &caller.name, clock::now()).await? {
        return Err(Problem::conflict("resolved", "somebody has decided on this breach meanwhile"));
    }
    Ok(Json(breaches::get(&db, id).await?))
}
