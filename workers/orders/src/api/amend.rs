//! Changes to an order that was placed.

use crate::age;
use crate::pricing::{self, Offered};
use crate::upstream;
use axum::extract::State;
use kirana_contracts::order::Order;
use kirana_contracts::quote::LineRequest;
use kirana_contracts::store_state::{Amendment, Claim};
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

async fn amend(env: &Env, caller: &Principal, request_id: &RequestId, id: Id, change: &Amendment) -> Result<Order> {
    let object = upstream::object(env, id.store_number(), caller).during(&request_id.0);
    object.post(&format!("/orders/{id}/amend"), change).await
}

/// Other lines for an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinesRequest {
    /// All the lines it has from now on.
    pub lines: Vec<LineRequest>,
}

/// Changes the lines of an order before it is made. What was paid too much goes back; a paid order cannot become dearer.
///
/// # Errors
/// 404, 409 `out_of_stock`, `age_check_required`, `conflict` when it is too late or dearer than what was paid, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/orders/{id}/lines", tag = "orders", params(("id" = Id, Path, description = "The order")),
    request_body = LinesRequest,
    responses((status = 200, body = Order), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn lines(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<LinesRequest>,
) -> Result<Json<Order>> {
    let order = upstream::order(&env, id, &caller).await?;
    let store = upstream::store(&env, order.store_id).await?;
    let Offered { priced, tax_table } = pricing::price_instead(&env, &store, &order, &body.lines).await?;
    let age = age::proof(&env, order.customer.id, &store, &priced.lines).await?;
    let change = Amendment::Lines {
        lines: priced.lines,
        totals: Box::new(priced.totals),
        tax_table,
        promotions: priced.promotions,
        // It keeps the share that it has.
        claim: order.claim_id.map(|id| Claim { id, good_until: pricing::kept_until(clock::now()) }),
        age,
    };
    Ok(Json(amend(&env, &caller, &request_id, id, &change).await?))
}

/// Pieces to take off a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelItems {
    /// How many pieces.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// Why.
    pub reason: String,
}

/// Takes pieces off a line: their stock is free again while nothing is made of it, their money goes back. When nothing is left,
/// the order is called off.
///
/// # Errors
/// 403, 404, 409 `conflict` when it is too late, 422 `invalid_body` for more pieces than are left.
#[utoipa::path(post, path = "/api/v1/orders/{id}/lines/{line}/cancel", tag = "orders",
    params(("id" = Id, Path, description = "The order"), ("line" = usize, Path, description = "The line, counted from 1")),
    request_body = CancelItems,
    responses((status = 200, body = Order), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn cancel_items(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, line)): Path<(Id, usize)>,
    Json(body): Json<CancelItems>,
) -> Result<Json<Order>> {
    upstream::order(&env, id, &caller).await?;
    let change = Amendment::CancelItems { line, quantity: body.quantity, reason: body.reason };
    Ok(Json(amend(&env, &caller, &request_id, id, &change).await?))
}

/// What the scale says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Weighing {
    /// The weight.
    #[schema(minimum = 1)]
    pub grams: i64,
}

/// Enters the weight of a line that is sold by weight: price, stock and money follow it.
///
/// # Errors
/// 403, 404, 409 `conflict`, 422 `invalid_body` for more than is held.
#[utoipa::path(put, path = "/api/v1/orders/{id}/lines/{line}/weight", tag = "orders",
    params(("id" = Id, Path, description = "The order"), ("line" = usize, Path, description = "The line, counted from 1")),
    request_body = Weighing,
    responses((status = 200, body = Order), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn weigh(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, line)): Path<(Id, usize)>,
    Json(body): Json<Weighing>,
) -> Result<Json<Order>> {
    upstream::order(&env, id, &caller).await?;
    let change = Amendment::Weigh { line, grams: body.grams };
    Ok(Json(amend(&env, &caller, &request_id, id, &change).await?))
}

/// What the store would give instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Of the store's menu.
    pub line: LineRequest,
}

/// Proposes something else for a line; the customer answers.
///
/// # Errors
/// 403, 404, 409 `conflict` when it is too late, `age_check_required` for what its customer may not have, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/orders/{id}/lines/{line}/substitute", tag = "orders",
    params(("id" = Id, Path, description = "The order"), ("line" = usize, Path, description = "The line, counted from 1")),
    request_body = Proposal,
    responses((status = 200, body = Order), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn propose(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, line)): Path<(Id, usize)>,
    Json(body): Json<Proposal>,
) -> Result<Json<Order>> {
    let order = upstream::order(&env, id, &caller).await?;
    let store = upstream::store(&env, order.store_id).await?;
    let priced = pricing::listed(&env, &store, std::slice::from_ref(&body.line)).await?;
    let substitute = priced.lines.into_iter().next().ok_or_else(|| Problem::internal("a quote without its line"))?;
    let change = Amendment::Propose { line, substitute: Box::new(substitute) };
    Ok(Json(amend(&env, &caller, &request_id, id, &change).await?))
}

/// The customer's answer to a substitute.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubstituteAnswer {
    /// Is it taken? If not, the line is taken off the order and its money goes back.
    pub accept: bool,
}

/// Answers a proposal. A substitute never costs more than what was ordered.
///
/// # Errors
/// 404, 409 `conflict` when nothing is proposed, or `out_of_stock`.
#[utoipa::path(put, path = "/api/v1/orders/{id}/lines/{line}/substitute", tag = "orders",
    params(("id" = Id, Path, description = "The order"), ("line" = usize, Path, description = "The line, counted from 1")),
    request_body = SubstituteAnswer,
    responses((status = 200, body = Order), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn answer(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, line)): Path<(Id, usize)>,
    Json(body): Json<SubstituteAnswer>,
) -> Result<Json<Order>> {
    upstream::order(&env, id, &caller).await?;
    Ok(Json(amend(&env, &caller, &request_id, id, &Amendment::Answer { line, accept: body.accept }).await?))
}
