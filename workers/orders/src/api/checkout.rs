//! Everything at once: an order and its payment by one call, for whoever has one thing in their hand and a card in the other.

use super::place::{OrderRequest, accept, idempotency};
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use kirana_contracts::order::Order;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, call, parse_json};
use kirana_kernel::{Id, OrderStatus};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use worker::Env;

/// What is ordered, and how it is paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutRequest {
    /// As `POST /orders` takes it.
    pub order: OrderRequest,
    /// What pays it.
    pub payment: PaymentChoice,
}

/// What pays an order: see `POST /payments/initiate`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentChoice {
    /// One of `GET /payments/gateways`.
    #[schema(example = "sandbox")]
    pub gateway: String,
    /// The gateway's token of a payment method, never a card number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "tok_success")]
    pub token: Option<String>,
    /// A method that the caller keeps, in place of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_id: Option<Id>,
    /// Keep the method that this is paid with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<bool>,
    /// Where the gateway sends the customer's browser afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// Where it sends the browser of who changed their mind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
}

/// An order that was accepted, and what became of its payment so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checkout {
    /// The order, as it was accepted: it is confirmed when the money is there.
    pub order: Order,
    /// The payment, as `POST /payments/initiate` answers it; absent where nothing is to be paid, or it could not be begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub payment: Option<Value>,
    /// Why it could not be begun. The order stands until its deadline: pay it by `POST /payments/initiate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_problem: Option<Problem>,
}

/// Places an order and begins its payment. The same key once more answers the same order and payment. An order whose payment could not be
/// begun stands all the same, and says why.
///
/// # Errors
/// As `POST /orders`.
#[utoipa::path(post, path = "/api/v1/checkout", tag = "orders", request_body = CheckoutRequest,
    params(("Idempotency-Key" = String, Header, description = "New for each order, the same for each repetition")),
    responses((status = 201, body = Checkout), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn checkout(
    State(env): State<Env>,
    caller: Caller,
    request_id: RequestId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Checkout>)> {
    let idempotency = idempotency(&caller, &headers, &body)?;
    let key = idempotency.key.clone();
    let CheckoutRequest { order, payment } = parse_json(&body)?;
    let (order, replayed) = accept(&env, &caller, &request_id, idempotency, order).await?;
    let mut checkout = Checkout { order, payment: None, payment_problem: None };
    // One that costs nothing is confirmed already; one that was paid since is asked for its payment all the same.
    if checkout.order.status != OrderStatus::Placed && !replayed {
        return Ok((StatusCode::CREATED, Json(checkout)));
    }
    let mut ask = json!({"order_id": checkout.order.id});
    if let (Some(fields), Value::Object(payment)) = (ask.as_object_mut(), serde_json::to_value(&payment)?) {
        fields.extend(payment);
    }
    let payments = call::service(&env, "PAYMENTS", &caller.0).during(&request_id.0).with_key(&key);
    match payments.post("/api/v1/payments/initiate", &ask).await {
        Ok(payment) => checkout.payment = Some(payment),
        Err(problem) if checkout.order.status == OrderStatus::Placed => checkout.payment_problem = Some(problem),
        Err(_) => {}
    }
    Ok((StatusCode::CREATED, Json(checkout)))
}
