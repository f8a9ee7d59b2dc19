//! Paying: a gateway is asked for the money of an order, and asked again when the customer comes back.

use crate::SOURCE;
use crate::api::clean::{Clean, refused};
use crate::api::methods;
use crate::api::payments::seen;
use crate::db::{self, Ask, Inner, Payment};
use crate::gateways::{CASH, GIFT_BALANCE, GatewayInfo, Gateways, POINTS, SANDBOX};
use crate::rules::plan::Next;
use crate::rules::status::{CaptureMode, Status};
use crate::settle::event;
use crate::sweep::{self, Turn};
use crate::{gateways, ledger, refunds, risk};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::order::Order;
use kirana_contracts::risk::{Review, Verdict};
use kirana_contracts::store_state::object_name;
use kirana_edge::card_numbers::contains_card_number;
use kirana_edge::db::{Db, Statement};
use kirana_edge::outbound::{Reach, may_call};
use kirana_edge::{Caller, Json, Principal, Problem, RequestId, Result, call, clock, outbox};
use kirana_events::EventData;
use kirana_gateways::{Gateway, razorpay};
use kirana_kernel::{Id, Money, OrderStatus};
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
    /// One that this deployment has: `stripe`, `razorpay`, `paypal`, `swish`, `d2i`, `cash_on_delivery`, `gift_balance` for what the
    /// customer holds with the chain, `points` for what their points are worth, or `sandbox`, which moves no money.
    #[schema(example = "sandbox")]
    pub gateway: String,
    /// So much of what is due, in minor units, and the rest by another payment; all of it if not given.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub amount: Option<i64>,
    /// The gateway's token of a payment method, never a card number; for Swish the payer's number with its country. Without one the
    /// customer chooses at the gateway. The sandbox needs one: `tok_success`, `tok_declined`, `tok_challenge` or `tok_silent`.
    #[serde(default, alias = "method")]
    #[schema(example = "tok_success")]
    pub token: Option<String>,
    /// A method that the caller keeps (`GET /payments/methods`), in place of `token`; with `stripe`.
    #[serde(default)]
    pub method_id: Option<Id>,
    /// Keep the method that this is paid with, for the caller's next payments; with `stripe`, and by accounts whose address is proved.
    #[serde(default)]
    pub save: bool,
    /// Where the gateway sends the customer's browser afterwards. It proves nothing: call `POST /payments/verify` then.
    #[serde(default)]
    pub return_url: Option<String>,
    /// Where it sends the browser of who changed their mind; `return_url` without.
    #[serde(default)]
    pub cancel_url: Option<String>,
    /// `manual` holds the money until `POST /payments/{id}/capture`.
    #[serde(default)]
    pub capture: CaptureMode,
}

/// The customer came back from the gateway.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The payment.
    pub payment_id: Id,
    /// What Razorpay's checkout hands back.
    #[serde(default)]
    pub razorpay_order_id: Option<String>,
    /// What Razorpay's checkout hands back.
    #[serde(default)]
    pub razorpay_payment_id: Option<String>,
    /// What Razorpay's checkout hands back.
    #[serde(default)]
    pub razorpay_signature: Option<String>,
}

/// The key of a call that may come twice.
///
/// # Errors
/// 400 without one, 422 for a card number in its place.
pub fn idempotency_key(headers: &HeaderMap) -> Result<&str> {
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .ok_or_else(|| Problem::bad_request("idempotency_key_required", "send an Idempotency-Key"))?;
    if contains_card_number(key) { Err(refused("Idempotency-Key")) } else { Ok(key) }
}

/// Asks a gateway for the money of an order. What became of it comes with the order: follow or read it. A payment that is
/// `requires_action` says in `action` what its customer has to do; one that is `unknown` is asked about until somebody knows. One with an
/// open `review` waits for a person of the store: nobody is asked for money before.
///
/// # Errors
/// 403 `address_not_verified` for `save` by a guest, 404 for an order that is not the caller's, 409 `not_payable` or `insufficient_balance`, 422 `not_possible`, `idempotency_key_reused`, `card_number` or
/// `invalid_body`.
#[utoipa::path(post, path = "/api/v1/payments/initiate", tag = "payments", request_body = PaymentRequest,
    params(("Idempotency-Key" = String, Header, description = "New for each attempt to pay, the same for each repetition")),
    responses((status = 201, body = Payment), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn initiate(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    headers: HeaderMap,
    body: Clean<PaymentRequest>,
) -> Result<(StatusCode, Json<Payment>)> {
    let key = idempotency_key(&headers)?;
    let fingerprint = hex::encode(Sha256::digest(&body.bytes));
    let request = body.value;
    let gateways = Gateways::of(&env)?;
    if !gateways.has(&request.gateway) {
        return Err(Problem::invalid_field("gateway", format!("expected one of: {}", gateways.names())));
    }
    methods::check(&request)?;
    for (name, url) in [("return_url", &request.return_url), ("cancel_url", &request.cancel_url)] {
        if let Some(Err(fault)) = url.as_ref().map(|url| may_call(url, Reach::WorldAndHere)) {
            return Err(Problem::invalid_field(name, fault.to_string()));
        }
    }
    let database = Db::of(&env)?;
    let payment = match db::by_key(&database, caller.id, key).await? {
        Some(payment) => payment,
        None => {
            let (payment, known) = begin(&env, &gateways, &caller, &request, &fingerprint, &request_id).await?;
            let told = event(&payment, payment.amount, None, None);
            let (subject, store) = (payment.id.to_string(), Some(payment.store_id));
            let append = |data| outbox::append(SOURCE.name, &request_id, subject.clone(), store, data);
            let mut events = vec![append(EventData::PaymentInitiated(told.clone()))?, known];
            // Cash that somebody has to look at first is no promise yet.
            let waits = payment.review.is_some() && payment.gateway != CASH;
            if payment.status == Status::Pending || waits {
                events.push(append(EventData::PaymentPending(told))?);
            } else if payment.status == Status::Completed {
                // Gift balance is there or is not: it is paid with the row that says so.
                events.push(append(EventData::PaymentCompleted(told))?);
                events.extend(ledger::captured(&payment, payment.captured, payment.created_at)?);
            }
            if db::insert(&database, &payment, key, events).await? {
                payment
            } else {
                db::by_key(&database, caller.id, key)
                    .await?
                    .ok_or_else(|| Problem::internal("a key without its payment"))?
            }
        }
    };
    if payment.inner.fingerprint != fingerprint {
        return Err(Problem::unprocessable(
            "idempotency_key_reused",
            "this Idempotency-Key was used for another payment",
        ));
    }
    let open = !payment.status.is_settled()
        && payment.review != Some(Review::Open)
        && (payment.gateway != CASH || payment.status == Status::Initiated);
    // Our id makes it happen once at the gateway, so asking again after a cut line is safe; what the customer has to do is asked anew.
    let payment = if open { sweep::pursue(&env, &payment, Turn::AtOnce).await? } else { payment };
    Ok((StatusCode::CREATED, Json(payment)))
}

/// What this deployment takes payments with.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/api/v1/payments/gateways", tag = "payments", responses((status = 200, body = Vec<GatewayInfo>)))]
#[worker::send]
pub async fn gateways(State(env): State<Env>) -> Result<Json<Vec<GatewayInfo>>> {
    Ok(Json(Gateways::of(&env)?.told()))
}

async fn begin(
    env: &Env,
    gateways: &Gateways,
    caller: &Principal,
    request: &PaymentRequest,
    fingerprint: &str,
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
    let amount = Money::new(request.amount.unwrap_or(due.amount), due.currency);
    if !(1..=due.amount).contains(&amount.amount) {
        let detail = format!("expected 1 to {} minor units: {due} is due", due.amount);
        return Err(Problem::invalid_field("amount", detail));
    }
    let chosen = methods::chosen(env, gateways, caller, request).await?;
    let token = chosen.token;
    let ask = Ask {
        method: token.clone(),
        customer: chosen.customer,
        save: request.save,
        return_url: request.return_url.clone(),
        cancel_url: request.cancel_url.clone(),
    };
    let (now, zero) = (clock::now(), Money::zero(due.currency));
    let (status, captured, next_at) = match request.gateway.as_str() {
        CASH => (Status::Pending, zero, None),
        GIFT_BALANCE => (Status::Completed, amount, None),
        _ => (Status::Initiated, zero, Some(sweep::first_question(env, now))),
    };
    let mut payment = Payment {
        id: clock::new_id(),
        order_id: order.id,
        store_id: order.store_id,
        customer_id: caller.id,
        gateway: request.gateway.clone(),
        reference: None,
        status,
        capture: request.capture,
        amount,
        authorised: zero,
        captured,
        refunded: zero,
        failure: None,
        doubt: None,
        flag: None,
        review: None,
        action: None,
        created_at: now,
        inner: Inner {
            fingerprint: fingerprint.to_owned(),
            request_id: request_id.0.clone(),
            ask: Some(serde_json::to_string(&ask)?),
            complete_id: Some(clock::new_id()),
            capture_id: Some(clock::new_id()),
            next_at,
            ..Inner::default()
        },
    };
    if matches!(request.gateway.as_str(), CASH | GIFT_BALANCE | POINTS | SANDBOX)
        && request.capture == CaptureMode::Manual
    {
        return Err(not_possible(format!("{} takes money at once, or not at all", request.gateway)));
    }
    if request.gateway == SANDBOX && request.token.is_none() {
        return Err(Problem::invalid_field("token", "the sandbox needs one: tok_success, tok_declined, ..."));
    }
    if let Some(gateway) = gateways.account(&request.gateway) {
        let charge = kirana_gateways::Call::Charge(sweep::charge(env, &payment)?);
        gateways::client::check(gateway, &charge).map_err(|invalid| not_possible(invalid.to_string()))?;
    }
    match risk::assess(env, gateways, caller, &payment, &order, token.as_deref()).await? {
        Verdict::Allow => {}
        Verdict::StepUp => payment.inner.step_up = true,
        Verdict::Review => {
            (payment.status, payment.captured, payment.review) = (Status::Initiated, zero, Some(Review::Open));
            payment.inner.next_at = None;
        }
    }
    Ok((payment, refunds::order_total_if_known(order.id, order.version, order.totals.total)))
}

/// The gateway has nothing of the kind, or needs something more: nothing was asked.
fn not_possible(why: String) -> Problem {
    Problem::unprocessable("not_possible", why)
}

/// The customer is back from the gateway: it is asked how the payment stands, and what they consented to is taken or held. What a
/// browser says proves nothing by itself; Razorpay's checkout signs it.
///
/// # Errors
/// 404 for what is not there or not the caller's, 422 `bad_signature`, `card_number` or `invalid_body`.
#[utoipa::path(post, path = "/api/v1/payments/verify", tag = "payments", request_body = Verification,
    responses((status = 200, body = Payment), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn verify(
    State(env): State<Env>,
    Caller(caller): Caller,
    body: Clean<Verification>,
) -> Result<Json<Payment>> {
    let back = body.value;
    let mut payment = seen(&env, &caller, back.payment_id).await?;
    if let (Some(order), Some(paid), Some(signature)) =
        (&back.razorpay_order_id, &back.razorpay_payment_id, &back.razorpay_signature)
    {
        let gateways = Gateways::of(&env)?;
        let ours = payment.reference.as_ref() == Some(order);
        let genuine = match gateways.account(&payment.gateway) {
            Some(Gateway::Razorpay(config)) => ours && razorpay::is_return(config, order, paid, signature),
            _ => false,
        };
        if !genuine {
            return Err(Problem::unprocessable(
                "bad_signature",
                "razorpay_signature is not of this payment's order and that payment",
            ));
        }
        // Which of the order's payments is to be looked at.
        payment.inner.transaction = Some(paid.clone());
        db::due::set_transaction(&Db::of(&env)?, payment.id, paid).await?;
    }
    let open = !payment.status.is_settled()
        && payment.review != Some(Review::Open)
        && !matches!(payment.gateway.as_str(), CASH | SANDBOX);
    let mut payment = if open { sweep::pursue(&env, &payment, Turn::AtOnce).await? } else { payment };
    if payment.customer_id != caller.id {
        payment.action = None;
    }
    Ok(Json(payment))
}

/// Is that possible at the payment's gateway?
///
/// # Errors
/// 409 `not_possible`.
pub fn possible(env: &Env, payment: &Payment, next: Next) -> Result<()> {
    match Gateways::of(env)?.account(&payment.gateway) {
        Some(gateway) => sweep::possible(env, gateway, payment, next),
        None => Ok(()),
    }
}
