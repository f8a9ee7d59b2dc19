//! Moving an order along, and calling it off.

use crate::upstream;
use axum::extract::State;
use kirana_contracts::order::Order;
use kirana_contracts::store_state::ChangeStatus;
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result};
use kirana_kernel::{Id, OrderStatus};
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// Where an order should go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusRequest {
    /// The next status.
    pub status: OrderStatus,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// Whoever hands it over has seen a document that says its customer is old enough for it.
    #[serde(default)]
    pub document_seen: bool,
}

/// Why an order is called off.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Passes a change on to the order's store, as this caller.
///
/// # Errors
/// 404 for what is not the caller's, 403 for what its role may not, 409 `invalid_transition`.
pub async fn change(
    env: &Env,
    caller: &Principal,
    request_id: &RequestId,
    id: Id,
    change: ChangeStatus,
) -> Result<Order> {
    if change.reason.as_ref().is_some_and(|reason| reason.chars().count() > 500) {
        return Err(Problem::invalid_field("reason", "expected 500 characters at most"));
    }
    upstream::order(env, id, caller).await?;
    let object = upstream::object(env, id.store_number(), caller).during(&request_id.0);
    object.post(&format!("/orders/{id}/status"), &change).await
}

/// Moves an order to its next status.
///
/// # Errors
/// 403, 404, 409 `invalid_transition` with what is allowed, `age_check_required` for what is for adults only and nobody has checked.
#[utoipa::path(put, path = "/api/v1/orders/{id}/status", tag = "orders", params(("id" = Id, Path, description = "The order")),
    request_body = StatusRequest,
    responses((status = 200, body = Order), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change_status(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<StatusRequest>,
) -> Result<Json<Order>> {
    let StatusRequest { status: to, reason, document_seen } = body;
    let wanted = ChangeStatus { to, reason, document_seen };
    Ok(Json(change(&env, &caller, &request_id, id, wanted).await?))
}

/// Calls an order off. A customer may until the kitchen begins; what was paid is given back.
///
/// # Errors
/// 403, 404, 409 `invalid_transition`.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", tag = "orders", params(("id" = Id, Path, description = "The order")),
    request_body = CancelRequest,
    responses((status = 200, body = Order), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn cancel(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<CancelRequest>,
) -> Result<Json<Order>> {
    let off = ChangeStatus { to: OrderStatus::Cancelled, reason: body.reason, document_seen: false };
    Ok(Json(change(&env, &caller, &request_id, id, off).await?))
}
