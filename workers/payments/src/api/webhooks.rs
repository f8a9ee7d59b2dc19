//! What gateways tell us. Answered 2xx only once it is durable; the same notice twice is one.

use crate::api::payments::event;
use crate::gateways::{Notice, NoticeKind};
use crate::rules::signature;
use crate::{SOURCE, db, ledger, refunds};
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{Path, Problem, Result, clock, outbox, parse_json};
use kirana_events::EventData;
use kirana_kernel::Money;
use worker::Env;

/// Takes a gateway's notice.
///
/// # Errors
/// 401 `bad_signature`, 404 for a gateway that is none or a payment that is not there (the gateway sends it again).
#[utoipa::path(post, path = "/api/v1/webhooks/{gateway}", tag = "payments", params(("gateway" = String, Path, description = "`sandbox`")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn receive(
    State(env): State<Env>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode> {
    if gateway != "sandbox" {
        return Err(Problem::not_found("there is no such gateway"));
    }
    let secret = env.secret("SANDBOX_WEBHOOK_SECRET")?.to_string();
    let given = headers.get("webhook-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if secret.is_empty() || !signature::verify(given, &body, &secret, clock::now()) {
        return Err(Problem::unauthorized(
            "bad_signature",
            "webhook-signature is missing, wrong or older than five minutes",
        ));
    }
    let notice: Notice = parse_json(&body)?;
    match notice.kind {
        NoticeKind::ChargePending | NoticeKind::ChargeSucceeded | NoticeKind::ChargeFailed => {
            charge(&env, &gateway, &notice).await?
        }
        NoticeKind::RefundSucceeded => refund(&env, &gateway, &notice).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn charge(env: &Env, gateway: &str, notice: &Notice) -> Result<()> {
    let (database, now) = (Db::of(env)?, clock::now());
    let payment =
        db::by_id(&database, notice.reference).await?.ok_or_else(|| Problem::not_found("there is no such payment"))?;
    let mut statements = db::note_webhook(gateway, &notice.id, now);
    let (subject, store) = (payment.id.to_string(), Some(payment.store_id));
    let data = if notice.kind == NoticeKind::ChargePending {
        // Said late, of a payment that is settled: nothing to tell.
        statements.extend(db::unsettled(payment.id, now));
        EventData::PaymentPending(event(&payment, payment.amount, None, None))
    } else if notice.kind == NoticeKind::ChargeSucceeded {
        if notice.amount != payment.amount {
            return Err(Problem::unprocessable(
                "amount_mismatch",
                format!("the payment is of {}, the notice of {}", payment.amount, notice.amount),
            ));
        }
        statements.extend(db::settle(payment.id, "completed", None, now));
        statements.extend(ledger::post(&ledger::captured(&payment, payment.amount, gateway, now)?)?);
        EventData::PaymentCompleted(event(&payment, payment.amount, None, None))
    } else {
        statements.extend(db::settle(payment.id, "failed", notice.reason.as_deref(), now));
        EventData::PaymentFailed(event(&payment, payment.amount, None, notice.reason.clone()))
    };
    statements.push(outbox::caused_by(SOURCE.name, &payment.request_id, None, subject, store, data)?);
    once(database.batch(statements).await)
}

async fn refund(env: &Env, gateway: &str, notice: &Notice) -> Result<()> {
    let (database, now) = (Db::of(env)?, clock::now());
    let unknown = || Problem::not_found("there is no such refund");
    let refund = refunds::refund(&database, notice.reference).await?.ok_or_else(unknown)?;
    let payment = db::by_id(&database, kirana_edge::db::id(&refund.payment_id)?).await?.ok_or_else(unknown)?;
    let amount = Money::new(refund.amount, payment.amount.currency);
    let mut statements = db::note_webhook(gateway, &notice.id, now);
    statements.extend(refunds::complete_refund(notice.reference, payment.id, refund.amount, now));
    statements.extend(ledger::post(&ledger::refunded(&payment, notice.reference, amount, gateway, now)?)?);
    let data = EventData::RefundCompleted(event(&payment, amount, Some(notice.reference), Some(refund.reason)));
    let (subject, store) = (payment.id.to_string(), Some(payment.store_id));
    statements.push(outbox::caused_by(SOURCE.name, &payment.request_id, None, subject, store, data)?);
    once(database.batch(statements).await)
}

/// A notice that came before, or a payment that is settled already: nothing to do, and well done.
fn once(batch: Result<Vec<usize>, worker::Error>) -> Result<()> {
    match batch {
        Err(error) if !required_change_missing(&error) => Err(error.into()),
        _ => Ok(()),
    }
}
