//! Giving back.

use crate::api::checkout::idempotency_key;
use crate::api::clean::Clean;
use crate::api::payments::{in_store, of_store};
use crate::db::Payment;
use crate::db::list::{self, RefundView};
use crate::refunds;
use crate::rules::status::RefundStatus;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

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

/// Gives money back through the gateway that it came by, in whole or in parts; never more than came. One that is refused is tried again,
/// then left to a person: `GET /payments/refunds?status=failed`.
///
/// # Errors
/// 404 for what is not the caller's, 409 `not_refundable`, 422 `invalid_body` or `card_number`.
#[utoipa::path(post, path = "/api/v1/payments/{id}/refund", tag = "payments", params(("id" = Id, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, description = "New for each refund, the same for each repetition")),
    request_body = RefundRequest,
    responses((status = 202, body = Payment), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn refund(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    headers: HeaderMap,
    Path(id): Path<Id>,
    body: Clean<RefundRequest>,
) -> Result<(StatusCode, Json<Payment>)> {
    let (body, cause) = (body.value, format!("{} {id} {}", caller.id, idempotency_key(&headers)?));
    let payment = of_store(&env, &caller, id).await?;
    let left = payment.captured.minus(payment.refunded)?.amount;
    let amount = body.amount.unwrap_or(left);
    if amount < 1 && body.amount.is_some() {
        return Err(Problem::invalid_field("amount", "expected at least 1 minor unit"));
    }
    let database = Db::of(&env)?;
    let not_refundable = || {
        Problem::conflict(
            "not_refundable",
            format!("at most {left} minor units of a completed payment can be given back"),
        )
    };
    if amount < 1 {
        return if refunds::has_cause(&database, &cause).await? {
            Ok((StatusCode::ACCEPTED, Json(payment)))
        } else {
            Err(not_refundable())
        };
    }
    if amount <= left && !refunds::has_cause(&database, &cause).await? {
        let entry = Entry {
            action: "payment.refunded",
            object: id.to_string(),
            reason: Some(body.reason.as_str()),
            before: Some(json!({"captured": payment.captured, "refunded": payment.refunded}).to_string()),
            after: Some(json!({"refund": amount}).to_string()),
        };
        audit::note(&env, "payments", &caller, &request_id, entry).await?;
    }
    let statement = refunds::begin_refund(clock::new_id(), id, amount, &body.reason, &cause, clock::now());
    let begun = database.batch(vec![statement]).await?;
    if begun.first() == Some(&0) && !refunds::has_cause(&database, &cause).await? {
        return Err(not_refundable());
    }
    Ok((StatusCode::ACCEPTED, Json(payment)))
}

/// Which refunds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RefundsQuery {
    /// That stand so.
    pub status: Option<RefundStatus>,
    /// Of this store; who works for the whole chain may leave it away.
    pub store_id: Option<Id>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Refunds of a store, or of all, the newest first. Those that are `failed` need a person: `failure` says why.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/payments/refunds", tag = "payments", params(RefundsQuery),
    responses((status = 200, body = Page<RefundView>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<RefundsQuery>,
) -> Result<Json<Page<RefundView>>> {
    caller.require(&[Role::Manager, Role::Owner, Role::Support, Role::Admin])?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    in_store(&env, &caller, query.store_id).await?;
    let status = query.status.map(RefundStatus::as_str);
    let found = list::refunds(&Db::of(&env)?, status, query.store_id, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |refund| refund.id.to_string())))
}
