//! What the store's people do with a payment: take what is held, give it free, say that the cash is there.

use crate::api::checkout::possible;
use crate::api::clean::Clean;
use crate::api::payments::of_store;
use crate::db::{self, Payment, due};
use crate::gateways::{CASH, SANDBOX};
use crate::rules::plan::Next;
use crate::rules::status::Status;
use crate::rules::step::{Seen, Source};
use crate::settle::{self, Sight};
use crate::sweep::{self, Turn};
use axum::extract::State;
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use worker::Env;

/// How much of what is held to take.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureRequest {
    /// In minor units; all of it if not given. The rest is given free.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub amount: Option<i64>,
}

/// Nothing to say.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoDetails {}

const CREW: &[Role] = &[Role::Staff, Role::Manager, Role::Owner, Role::Admin];

/// Takes what is held, or a part of it. Once: the same amount again is the same capture, another is refused. While the gateway does
/// not answer the payment stays `authorised` with its `doubt`, and is asked about.
///
/// # Errors
/// 404 for what is not the caller's, 409 `not_capturable` or `not_possible`, 422 `invalid_body` or `card_number`.
#[utoipa::path(post, path = "/api/v1/payments/{id}/capture", tag = "payments", params(("id" = Id, Path, description = "The payment")),
    request_body = CaptureRequest,
    responses((status = 200, body = Payment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn capture(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    body: Clean<CaptureRequest>,
) -> Result<Json<Payment>> {
    caller.require(CREW)?;
    let payment = of_store(&env, &caller, id).await?;
    let held = payment.authorised.amount;
    let amount = body.value.amount.unwrap_or(held);
    if payment.status == Status::Authorised && !(1..=held).contains(&amount) {
        return Err(Problem::invalid_field("amount", format!("expected 1 to {held} minor units: so much is held")));
    }
    possible(&env, &payment, Next::Capture(amount.max(1)))?;
    let database = Db::of(&env)?;
    if payment.status == Status::Authorised && payment.inner.capture_amount.is_none() {
        let after = json!({"status": Status::Completed.as_str(), "amount": amount});
        audited(&env, &caller, &request_id, &payment, ("payment.captured", after)).await?;
    }
    if !due::want_capture(&database, id, amount, clock::now()).await? {
        let same = payment.status == Status::Completed && payment.captured.amount == amount;
        return if same { Ok(Json(payment)) } else { Err(not_capturable(&payment)) };
    }
    Ok(Json(pursued(&env, &database, id).await?))
}

fn not_capturable(payment: &Payment) -> Problem {
    let wanted =
        payment.inner.capture_amount.map_or_else(String::new, |amount| format!("; {amount} of it is being taken"));
    let detail =
        format!("the payment is {}{wanted}; only what is authorised can be taken, once", payment.status.as_str());
    Problem::conflict("not_capturable", detail)
}

/// Writes into the audit log what somebody is about to do with a payment.
async fn audited(
    env: &Env,
    caller: &Principal,
    request_id: &RequestId,
    payment: &Payment,
    (action, after): (&'static str, serde_json::Value),
) -> Result<()> {
    let before = json!({"status": payment.status.as_str(), "authorised": payment.authorised.amount});
    let (object, before, after) = (payment.id.to_string(), Some(before.to_string()), Some(after.to_string()));
    let entry = Entry { action, object, reason: None, before, after };
    audit::note(env, "payments", caller, request_id, entry).await
}

/// Gives free what is held, or ends what nobody has paid yet.
///
/// # Errors
/// 404 for what is not the caller's, 409 `not_voidable` or `not_possible`.
#[utoipa::path(post, path = "/api/v1/payments/{id}/void", tag = "payments", params(("id" = Id, Path, description = "The payment")),
    request_body = NoDetails,
    responses((status = 200, body = Payment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn void(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    _body: Clean<NoDetails>,
) -> Result<Json<Payment>> {
    caller.require(CREW)?;
    let payment = of_store(&env, &caller, id).await?;
    if payment.gateway == SANDBOX {
        return Err(Problem::conflict("not_possible", "the sandbox holds nothing"));
    }
    if payment.reference.is_some() && !payment.status.is_settled() && payment.gateway != "paypal" {
        possible(&env, &payment, Next::Void)?;
    }
    let database = Db::of(&env)?;
    if !payment.status.is_settled() && !payment.inner.void_wanted {
        let after = json!({"status": Status::Cancelled.as_str()});
        audited(&env, &caller, &request_id, &payment, ("payment.voided", after)).await?;
    }
    if !due::want_void(&database, id, clock::now()).await? {
        if payment.status == Status::Cancelled {
            return Ok(Json(payment));
        }
        let detail = format!("the payment is {}; what was taken is given back by a refund", payment.status.as_str());
        return Err(Problem::conflict("not_voidable", detail));
    }
    Ok(Json(pursued(&env, &database, id).await?))
}

async fn pursued(env: &Env, database: &Db, id: Id) -> Result<Payment> {
    let payment = db::by_id(database, id).await?.ok_or_else(|| Problem::internal("the payment is gone"))?;
    let mut payment = sweep::pursue(env, &payment, Turn::AtOnce).await?;
    payment.action = None;
    Ok(payment)
}

/// The cash of a payment by `cash_on_delivery` is there: whoever took it says so. A rider's is theirs to hand over (`POST
/// /payments/riders/{id}/settlements`); anybody else's is in the store's drawer.
///
/// # Errors
/// 404 for what is not the caller's, 409 `not_collectable`.
#[utoipa::path(post, path = "/api/v1/payments/{id}/collected", tag = "payments", params(("id" = Id, Path, description = "The payment")),
    request_body = NoDetails,
    responses((status = 200, body = Payment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn collected(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    _body: Clean<NoDetails>,
) -> Result<Json<Payment>> {
    caller.require(&[Role::Staff, Role::Manager, Role::Owner, Role::Admin, Role::Rider])?;
    let payment = of_store(&env, &caller, id).await?;
    if payment.gateway != CASH || !matches!(payment.status, Status::Pending | Status::Completed) {
        let detail = format!(
            "the payment is {} by {}; only one by {CASH} that is pending is collected",
            payment.status.as_str(),
            payment.gateway
        );
        return Err(Problem::conflict("not_collectable", detail));
    }
    let database = Db::of(&env)?;
    // Who works in the store as well has its drawer at hand.
    let is_rider = caller.has(Role::Rider) && !caller.has_any(CREW);
    due::collected_by(&database, id, caller.id, is_rider).await?;
    // What the order costs may be less since: so much is asked for.
    let payment = db::by_id(&database, id).await?.ok_or_else(|| Problem::internal("the payment is gone"))?;
    let seen = Seen::Captured(payment.amount);
    let sight = Sight { seen, source: Source::Answer, reference: None, transaction: None, doubt: None };
    settle::payment(&database, id, &sight, None, &[]).await?;
    let payment = db::by_id(&database, id).await?.ok_or_else(|| Problem::internal("the payment is gone"))?;
    Ok(Json(payment))
}
