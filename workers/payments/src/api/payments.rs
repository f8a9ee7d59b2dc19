//! Paying, and giving back.

use crate::SOURCE;
use crate::db::{self, Balance, Payment};
use crate::gateways::{Gateway, sandbox::Sandbox};
use crate::refunds;
use crate::rules::card_numbers::contains_card_number;
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use kirana_contracts::order::Order;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::db::{Db, Statement};
use kirana_edge::{
    Caller, Json, Path, Principal, Problem, RequestId, Result, call, clock, outbox, parse_json, principal,
};
use kirana_events::{Ack, EventData, PaymentEvent};
use kirana_kernel::{Id, Money, OrderStatus, Role};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use worker::Env;

/// How to pay an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequest {
    /// The order.
    pub order_id: Id,
    /// `sandbox`; it moves no money.
    #[schema(example = "sandbox")]
    pub gateway: String,
    /// The gateway's token of a payment method, never a card number. The sandbox knows `tok_success`, `tok_declined`,
    /// `tok_challenge` and `tok_silent`.
    #[schema(example = "tok_success")]
    pub token: String,
}

/// What to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// In minor units; all that is left if not given.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub amount: Option<i64>,
    /// Why.
    pub reason: String,
}

fn idempotency_key(headers: &HeaderMap) -> Result<&str> {
    headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .ok_or_else(|| Problem::bad_request("idempotency_key_required", "send an Idempotency-Key"))
}

/// Asks a gateway for the money of an order. What became of it comes with the order: follow or read it.
///
/// # Errors
/// 404 for an order that is not the caller's, 409 `not_payable`, 422 `idempotency_key_reused`, `card_number` or `invalid_body`.
#[utoipa::path(post, path = "/api/v1/payments/initiate", tag = "payments", request_body = PaymentRequest,
    params(("Idempotency-Key" = String, Header, description = "New for each attempt to pay, the same for each repetition")),
    responses((status = 201, body = Payment), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn initiate(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Payment>)> {
    let key = idempotency_key(&headers)?;
    let fingerprint = hex::encode(Sha256::digest(&body));
    let request: PaymentRequest = parse_json(&body)?;
    if contains_card_number(&request.token) {
        return Err(Problem::unprocessable(
            "card_number",
            "token: card numbers are never sent here; send the gateway's token of the card",
        ));
    }
    if request.gateway != "sandbox" {
        return Err(Problem::invalid_field("gateway", "expected sandbox"));
    }
    let database = Db::of(&env)?;
    let payment = match db::by_key(&database, caller.id, key).await? {
        Some(payment) => payment,
        None => {
            let (payment, known) = begin(&env, &caller, &request, fingerprint.clone(), &request_id).await?;
            let event = event(&payment, payment.amount, None, None);
            let event = outbox::append(
                SOURCE.name,
                &request_id,
                payment.id.to_string(),
                Some(payment.store_id),
                EventData::PaymentInitiated(event),
            )?;
            if db::insert(&database, &payment, key, vec![event, known]).await? {
                payment
            } else {
                db::by_key(&database, caller.id, key)
                    .await?
                    .ok_or_else(|| Problem::internal("a key without its payment"))?
            }
        }
    };
    if payment.fingerprint != fingerprint {
        return Err(Problem::unprocessable(
            "idempotency_key_reused",
            "this Idempotency-Key was used for another payment",
        ));
    }
    if payment.status == "initiated" && payment.reference.is_none() {
        // Our id makes it happen once at the gateway, so asking again after a cut line is safe.
        let reference = Sandbox(&env).charge(payment.id, payment.amount, &request.token).await?;
        db::set_reference(&database, payment.id, &reference).await?;
    }
    let payment = db::by_id(&database, payment.id).await?.ok_or_else(|| Problem::internal("the payment is gone"))?;
    Ok((StatusCode::CREATED, Json(payment)))
}

async fn begin(
    env: &Env,
    caller: &Principal,
    request: &PaymentRequest,
    fingerprint: String,
    request_id: &RequestId,
) -> Result<(Payment, Statement)> {
    let store = call::object(env, "STORE_STATE", object_name(request.order_id.store_number()), caller);
    let order: Order = store.get(&format!("/orders/{}", request.order_id)).await?;
    if order.customer.id != caller.id {
        return Err(Problem::not_found(format!("there is no order {}", request.order_id)));
    }
    let due = order.amount_due()?;
    if order.status != OrderStatus::Placed || due.is_zero() {
        return Err(Problem::conflict(
            "not_payable",
            format!("the order is {}; only one that is placed can be paid", order.status),
        ));
    }
    let known = refunds::order_total_if_known(order.id, order.version, order.totals.total);
    let payment = Payment {
        id: clock::new_id(),
        order_id: order.id,
        store_id: order.store_id,
        customer_id: caller.id,
        gateway: request.gateway.clone(),
        reference: None,
        status: "initiated".into(),
        amount: due,
        refunded: Money::zero(due.currency),
        failure: None,
        created_at: clock::now(),
        fingerprint,
        request_id: request_id.0.clone(),
    };
    Ok((payment, known))
}

/// What is told of a payment.
#[must_use]
pub fn event(payment: &Payment, amount: Money, refund_id: Option<Id>, reason: Option<String>) -> PaymentEvent {
    PaymentEvent {
        payment_id: payment.id,
        order_id: payment.order_id,
        customer_id: payment.customer_id,
        amount,
        gateway: payment.gateway.clone(),
        refund_id,
        reason,
    }
}

async fn may_see(env: &Env, caller: &Principal, payment: &Payment) -> Result<bool> {
    if payment.customer_id == caller.id || caller.has(Role::Support) || caller.is_chain() {
        return Ok(true);
    }
    let store: StoreInfo = call::service(env, "STORES", &principal::service("payments"))
        .get(&format!("/internal/stores/{}", payment.store_id))
        .await?;
    Ok(caller.may_work_in(store.id, store.franchisee_id))
}

async fn seen(env: &Env, caller: &Principal, id: Id) -> Result<Payment> {
    let unknown = || Problem::not_found("there is no such payment");
    let payment = db::by_id(&Db::of(env)?, id).await?.ok_or_else(unknown)?;
    if may_see(env, caller, &payment).await? { Ok(payment) } else { Err(unknown()) }
}

/// A payment.
///
/// # Errors
/// 404 for what is not there or not the caller's.
#[utoipa::path(get, path = "/api/v1/payments/{id}", tag = "payments", params(("id" = Id, Path, description = "The payment")),
    responses((status = 200, body = Payment), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Payment>> {
    Ok(Json(seen(&env, &caller, id).await?))
}

/// The payments of an order, that the caller may see.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/payments/order/{order_id}", tag = "payments", params(("order_id" = Id, Path, description = "The order")),
    responses((status = 200, body = Vec<Payment>)))]
#[worker::send]
pub async fn of_order(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(order): Path<Id>,
) -> Result<Json<Vec<Payment>>> {
    let mut shown = Vec::new();
    for payment in db::of_order(&Db::of(&env)?, order).await? {
        if may_see(&env, &caller, &payment).await? {
            shown.push(payment);
        }
    }
    Ok(Json(shown))
}

/// Gives money back, in whole or in part; never more than came.
///
/// # Errors
/// 404 for what is not the caller's, 409 `not_refundable`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/payments/{id}/refund", tag = "payments", params(("id" = Id, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, description = "New for each refund, the same for each repetition")),
    request_body = RefundRequest,
    responses((status = 202, body = Payment), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn refund(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Path(id): Path<Id>,
    Json(body): Json<RefundRequest>,
) -> Result<(StatusCode, Json<Payment>)> {
    let cause = format!("{} {id} {}", caller.id, idempotency_key(&headers)?);
    let payment = seen(&env, &caller, id).await?;
    let left = payment.amount.minus(payment.refunded)?.amount;
    let amount = body.amount.unwrap_or(left);
    if amount < 1 {
        return Err(Problem::invalid_field("amount", "expected at least 1 minor unit"));
    }
    let statement = refunds::begin_refund(clock::new_id(), id, amount, &body.reason, &cause, clock::now());
    let database = Db::of(&env)?;
    let begun = database.batch(vec![statement]).await?;
    if begun.first() == Some(&0) && !refunds::has_cause(&database, &cause).await? {
        return Err(Problem::conflict(
            "not_refundable",
            format!("at most {left} minor units of a completed payment can be given back"),
        ));
    }
    Ok((StatusCode::ACCEPTED, Json(payment)))
}

/// Every account of the ledger with its balance; per currency they sum to zero.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/payments/ledger", tag = "payments", responses((status = 200, body = Vec<Balance>), (status = 403, body = Problem)))]
#[worker::send]
pub async fn ledger(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<Balance>>> {
    caller.require(&[Role::Admin])?;
    Ok(Json(db::balances(&Db::of(&env)?).await?))
}

/// `GET /internal/customers/{id}/payments`: what is kept of somebody's payments, for the copy that they ask for.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn of_customer(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<Payment>>> {
    caller.require_service()?;
    Ok(Json(db::of_customer(&Db::of(&env)?, id).await?))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
