//! The kitchen's queue of tickets.

use crate::api::life::change;
use crate::upstream;
use axum::extract::State;
use kirana_contracts::order::Order;
use kirana_edge::{Caller, Json, Path, Problem, RequestId, Result};
use kirana_kernel::{Id, OrderStatus};
use worker::Env;

/// What the kitchen has to do with, the longest waiting first.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/kitchen/tickets", tag = "kitchen", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<Order>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn tickets(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
) -> Result<Json<Vec<Order>>> {
    let store = upstream::own_store(&env, store, &caller).await?;
    Ok(Json(upstream::object(&env, store.number, &caller).get("/tickets").await?))
}

/// One step on: a confirmed order is being made, one that was being made is ready.
///
/// # Errors
/// 404 for what is not the caller's, 409 `invalid_transition`.
#[utoipa::path(post, path = "/api/v1/stores/{id}/kitchen/tickets/{order_id}/bump", tag = "kitchen",
    params(("id" = Id, Path, description = "The store"), ("order_id" = Id, Path, description = "The order")),
    responses((status = 200, body = Order), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn bump(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((store, id)): Path<(Id, Id)>,
) -> Result<Json<Order>> {
    upstream::own_store(&env, store, &caller).await?;
    let order = upstream::order(&env, id, &caller).await?;
    let to = if order.status == OrderStatus::Preparing { OrderStatus::Ready } else { OrderStatus::Preparing };
    if order.status == OrderStatus::Ready {
        return Err(Problem::conflict("invalid_transition", "this order is ready; recall it to make it again"));
    }
    Ok(Json(change(&env, &caller, &request_id, id, to, None).await?))
}

/// One step back: an order that was ready is being made again.
///
/// # Errors
/// 404 for what is not the caller's, 409 `invalid_transition`.
#[utoipa::path(post, path = "/api/v1/stores/{id}/kitchen/tickets/{order_id}/recall", tag = "kitchen",
    params(("id" = Id, Path, description = "The store"), ("order_id" = Id, Path, description = "The order")),
    responses((status = 200, body = Order), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn recall(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((store, id)): Path<(Id, Id)>,
) -> Result<Json<Order>> {
    upstream::own_store(&env, store, &caller).await?;
    let order = upstream::order(&env, id, &caller).await?;
    if order.status != OrderStatus::Ready {
        return Err(Problem::conflict(
            "invalid_transition",
            format!("only what is ready can be recalled; this order is {}", order.status),
        ));
    }
    Ok(Json(change(&env, &caller, &request_id, id, OrderStatus::Preparing, Some("recalled".into())).await?))
}
