//! Points, as their owner and the chain see them.

use crate::SOURCE;
use crate::rules::Worth;
use axum::extract::State;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, Query, Result, params};
use kirana_events::Ack;
use kirana_kernel::{Currency, Id, Money, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A points account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Whose.
    pub customer_id: String,
    /// How many.
    pub points: i64,
    /// What they pay for, in the currency that was asked about, rounded down: see `points` in `POST /payments/initiate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Money>,
}

/// In which currency.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorthQuery {
    /// Says what the points are worth in it.
    #[param(example = "THB")]
    pub currency: Option<Currency>,
}

/// The points of a customer: one's own, or for support and admins anybody's.
///
/// # Errors
/// 404 for who has none, or is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/loyalty/customer/{id}", tag = "loyalty", params(("id" = Id, Path, description = "The customer"), WorthQuery),
    responses((status = 200, body = Account), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn account(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<WorthQuery>,
) -> Result<Json<Account>> {
    let unknown = || Problem::not_found("there is no points account of this customer");
    if caller.id != id && !caller.has_any(&[Role::Support, Role::Admin]) {
        return Err(unknown());
    }
    let found: Option<Account> =
        Db::of(&env)?.first("SELECT customer_id, points FROM accounts WHERE customer_id = ?1", params![id]).await?;
    let mut account = found.ok_or_else(unknown)?;
    if let Some(currency) = query.currency {
        account.worth = Some(Worth::of(&env)?.value(account.points, currency));
    }
    Ok(Json(account))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
