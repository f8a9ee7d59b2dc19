//! What gateways tell us. Answered 2xx only once it is durable; the same notice twice is one.
//!
//! A notice is verified over its bytes as they came; PayPal is asked whether it said so; Swish signs nothing, so what it says is a reason
//! to look. A notice that is old, or about what is held to be settled, is settled by asking as well. One about a payment that nobody
//! knows yet waits a day for it.

use crate::db::notices::{self, Noted, Parked};
use crate::db::{self, due};
use crate::gateways::sandbox::Told;
use crate::gateways::{Gateways, SANDBOX, client, notice_key};
use crate::notices::{Taken, take};
use crate::rules::signature;
use crate::sweep::{self, Turn};
use crate::{refunds, settle};
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use kirana_edge::card_numbers::contains_card_number;
use kirana_edge::db::Db;
use kirana_edge::{Path, Problem, Result, clock, log, parse_json};
use kirana_gateways::{Gateway, Headers, Notice, NoticeKind, Reason, Received, Refusal, Rejected};
use kirana_kernel::Timestamp;
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use worker::Env;

/// Takes a gateway's notice: 204 when it is worked off, 202 when it waits for its payment.
///
/// # Errors
/// 400 for what is no notice, 401 `bad_signature`, 404 for a gateway that this deployment has not, 503 while nobody knows whether it is
/// genuine (the gateway sends it again).
#[utoipa::path(post, path = "/api/v1/webhooks/{gateway}", tag = "payments",
    params(("gateway" = String, Path, description = "`stripe`, `razorpay`, `paypal`, `swish`, `d2i` or `sandbox`")),
    responses((status = 202), (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn receive(
    State(env): State<Env>,
    Path(gateway): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode> {
    let gateways = Gateways::of(&env)?;
    if !gateways.has(&gateway) {
        return Err(Problem::not_found("there is no such gateway"));
    }
    let (db, now) = (Db::of(&env)?, clock::now());
    let pairs: Vec<_> =
        headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let headers = Headers::from_iter(pairs.iter().copied());
    let notice = if gateway == SANDBOX {
        sandboxed(&env, &headers, &body, now)?
    } else {
        let account = gateways.account(&gateway).ok_or_else(|| Problem::not_found("there is no such gateway"))?;
        match account.receive(&headers, &body, now).map_err(|rejected| rejection(&gateway, rejected))? {
            Received::Genuine(notice) => notice,
            Received::Unproved(notice) => {
                prove(&env, account, &headers, &body).await?;
                notice
            }
            Received::Hint(notice) => return hint(&env, &db, &gateway, &notice, uri.query()).await,
        }
    };
    match take(&env, &db, &gateway, &notice).await? {
        Taken::Noted => Ok(StatusCode::NO_CONTENT),
        Taken::Unknown => {
            let signed = |name: &str| {
                name.contains("signature") || name.starts_with("paypal-") || name.starts_with("x-razorpay-")
            };
            let kept: BTreeMap<&str, &str> = pairs.into_iter().filter(|(name, _)| signed(name)).collect();
            park(&db, &gateway, &notice, serde_json::to_string(&kept)?, &body, now).await?;
            Ok(StatusCode::ACCEPTED)
        }
    }
}

/// A notice that was parked, tried again. What proved it then is not asked for again: only its time has gone by.
///
/// # Errors
/// 500 when the database refuses; it stays parked.
pub async fn again(env: &Env, db: &Db, parked: &Parked) -> Result<()> {
    let headers: BTreeMap<String, String> = serde_json::from_str(&parked.headers)?;
    let (headers, came) = (Headers::from_iter(headers), Timestamp::from_millis(parked.received_at));
    let body = parked.body.as_bytes();
    let notice = match Gateways::of(env)?.account(&parked.gateway) {
        None if parked.gateway == SANDBOX => sandboxed(env, &headers, body, came)?,
        None => return Err(Problem::internal("its gateway is not configured any more")),
        Some(account) => match account.receive(&headers, body, came).map_err(Problem::internal)? {
            Received::Genuine(notice) | Received::Unproved(notice) | Received::Hint(notice) => notice,
        },
    };
    take(env, db, &parked.gateway, &notice).await.map(|_| ())
}

/// The sandbox's notice in the vocabulary of all.
fn sandboxed(env: &Env, headers: &Headers, body: &[u8], now: Timestamp) -> Result<Notice> {
    let secret = env.secret("SANDBOX_WEBHOOK_SECRET")?.to_string();
    let given = headers.get("webhook-signature").unwrap_or_default();
    if secret.is_empty() || !signature::verify(given, body, &secret, now) {
        return Err(Problem::unauthorized(
            "bad_signature",
            "webhook-signature is missing, wrong or older than five minutes",
        ));
    }
    let told: Told = parse_json(body)?;
    let kind = told.kind.notice();
    let is_refund = kind == NoticeKind::Refunded;
    Ok(Notice {
        event_id: told.id,
        kind,
        payment: (!is_refund).then_some(told.reference),
        refund: is_refund.then_some(told.reference),
        reference: None,
        transaction: None,
        about: None,
        amount: Some(told.amount),
        refusal: told.reason.map(|reason| Refusal { reason: Reason::Declined, code: reason }),
        livemode: None,
    })
}

/// Nothing changes by it, and somebody may be trying: whose it claims to be and why it is not believed is logged, and nothing of what it
/// says.
fn rejection(gateway: &str, rejected: Rejected) -> Problem {
    log::error("a notice was not believed", &[("gateway", gateway), ("why", &rejected.to_string())]);
    match rejected {
        Rejected::Malformed => Problem::bad_request("bad_notice", rejected.to_string()),
        _ => Problem::unauthorized("bad_signature", rejected.to_string()),
    }
}

async fn prove(env: &Env, account: &Gateway, headers: &Headers, body: &[u8]) -> Result<()> {
    match client::is_genuine(env, account, headers, body).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(rejection(account.name(), Rejected::BadSignature)),
        Err(_) => Err(Problem::unavailable("nobody knows yet whether this is genuine; send it again")),
    }
}

/// What nobody signed: a reason to look, for who knows the address that we gave.
async fn hint(env: &Env, db: &Db, gateway: &str, notice: &Notice, query: Option<&str>) -> Result<StatusCode> {
    let unknown = || Problem::not_found("there is no such payment");
    let refund = match notice.refund {
        Some(refund) => Some(refunds::refund(db, Some(refund), None).await?.ok_or_else(unknown)?),
        None => None,
    };
    let id = match &refund {
        Some(refund) => kirana_edge::db::id(&refund.payment_id)?,
        None => notice.payment.ok_or_else(unknown)?,
    };
    let payment = db::by_id(db, id).await?.filter(|payment| payment.gateway == gateway).ok_or_else(unknown)?;
    let given = query.and_then(|query| query.strip_prefix("key=")).unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(notice_key(env, id)?.as_bytes())) {
        return Err(unknown());
    }
    let noted = Noted { gateway, event_id: &notice.event_id, kind: "hint" };
    let statement =
        refund.as_ref().map_or_else(|| due::soon(id, clock::now()), |refund| refunds::soon(refund, clock::now()));
    db.batch(vec![statement]).await?;
    settle::note(db, &noted, Some(id), "looked").await?;
    if refund.is_none() && !payment.status.is_settled() {
        // Should it fail, the sweep looks: it is due.
        sweep::pursue(env, &payment, Turn::AtOnce).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn park(db: &Db, gateway: &str, notice: &Notice, headers: String, body: &[u8], now: Timestamp) -> Result<()> {
    let body = String::from_utf8_lossy(body).into_owned();
    if contains_card_number(&body) {
        // What looks like a card's number is kept nowhere, whoever says it. The gateway says it again.
        return Err(Problem::not_found("there is no such payment yet; send it again"));
    }
    let (gateway, event_id) = (gateway.to_owned(), notice.event_id.clone());
    let parked = Parked { gateway, event_id, headers, body, received_at: now.millis(), next_at: 0 };
    notices::park(db, &parked, now).await
}
