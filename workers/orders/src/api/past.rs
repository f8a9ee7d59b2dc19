//! What was ordered, for other workers.

use crate::db;
use axum::extract::State;
use kirana_contracts::order::PastOrder;
use kirana_edge::{Caller, Json, Path, Query, Result};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use worker::Env;

/// Which orders.
#[derive(Debug, Deserialize)]
pub struct PastQuery {
    /// From this moment on, in milliseconds since 1970.
    pub from: i64,
    /// The first moment after them.
    pub until: i64,
    /// After this one.
    #[serde(default)]
    pub after: Option<Id>,
}

/// `GET /internal/stores/{id}/past-orders`: what was ordered and paid at a store, the oldest first, 200 at a time.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn past_orders(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(query): Query<PastQuery>,
) -> Result<Json<Vec<PastOrder>>> {
    caller.require_service()?;
    let (from, until) = (Timestamp::from_millis(query.from), Timestamp::from_millis(query.until));
    let orders = db::paid_between(&env, store, from, until, query.after).await?;
    Ok(Json(orders.iter().map(PastOrder::of).collect()))
}
