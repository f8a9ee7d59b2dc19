//! Points, as their owner and the chain see them.

use crate::SOURCE;
use axum::extract::State;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, Result, params};
use kirana_events::Ack;
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A points account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Whose.
    pub customer_id: String,
    /// How many.
    pub points: i64,
}

/// The points of a customer: one's own, or for support and admins anybody's.
///
/// # Errors
/// 404 for who has none, or is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/loyalty/customer/{id}", tag = "loyalty", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = Account), (status = 404, body = Problem)))]
#[worker::send]
pub async fn account(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Account>> {
    let unknown = || Problem::not_found("there is no points account of this customer");
    if caller.id != id && !caller.has_any(&[Role::Support, Role::Admin]) {
        return Err(unknown());
    }
    let found =
        Db::of(&env)?.first("SELECT customer_id, points FROM accounts WHERE customer_id = ?1", params![id]).await?;
    found.map(Json).ok_or_else(unknown)
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
