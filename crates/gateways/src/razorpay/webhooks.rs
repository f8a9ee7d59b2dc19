//! What Razorpay tells ("Validate and Test Webhooks", "Webhook Payloads").
//!
//! The notice's id stands in a header, which the signature does not cover, and there is no signed time: who has seen a notice can send it
//! again under another id. So a notice that says what is known already must change nothing, whatever its id.

use super::answers::{Order, Payment, Refund};
use super::{Config, money};
use crate::answer::json;
use crate::mac::is_signed;
use crate::notice::{Notice, NoticeKind, Received, Rejected, event_id, fits};
use crate::outcome::{Reason, Refusal};
use crate::request::Headers;
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Event {
    event: String,
    #[serde(default)]
    account_id: Option<String>,
    #[serde(default)]
    payload: Payload,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload {
    payment: Option<Entity<Payment>>,
    order: Option<Entity<Order>>,
    refund: Option<Entity<Refund>>,
    dispute: Option<Entity<Dispute>>,
}

#[derive(Deserialize)]
struct Entity<T> {
    entity: T,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dispute {
    id: String,
    /// What was taken from our balance so far: nothing, as a rule, before it is lost.
    amount_deducted: Option<i64>,
    currency: Option<String>,
    reason_code: String,
}

/// A notice, if it is Razorpay's and about this account.
pub(crate) fn receive(config: &Config, headers: &Headers, body: &[u8]) -> Result<Received, Rejected> {
    let signature = headers.get("x-razorpay-signature").ok_or(Rejected::NoSignature)?;
    let body = fits(body)?;
    if !config.webhook_secrets.iter().any(|secret| is_signed(secret.expose(), &[body], signature)) {
        return Err(Rejected::BadSignature);
    }
    let event: Event = json(body).ok_or(Rejected::Malformed)?;
    if config.account.is_some() && event.account_id != config.account {
        return Err(Rejected::Account);
    }
    let id = match headers.get("x-razorpay-event-id") {
        Some(id) => event_id(id)?,
        // What is the same to the byte is the same notice.
        None => hex::encode(Sha256::digest(body)),
    };
    Ok(Received::Genuine(notice(event, id)))
}

fn notice(event: Event, event_id: String) -> Notice {
    let Payload { payment, order, refund, dispute } = event.payload;
    let payment = payment.map(|payment| payment.entity).unwrap_or_default();
    let order = order.map(|order| order.entity);
    let kind = match event.event.as_str() {
        "payment.authorized" => NoticeKind::Authorised,
        "payment.captured" | "order.paid" => NoticeKind::Captured,
        "payment.failed" => NoticeKind::Failed,
        "payment.pending" => NoticeKind::Pending,
        "refund.created" => NoticeKind::RefundPending,
        "refund.processed" => NoticeKind::Refunded,
        "refund.failed" => NoticeKind::RefundFailed,
        "payment.dispute.created" | "payment.dispute.under_review" | "payment.dispute.action_required" => {
            NoticeKind::Disputed
        }
        "payment.dispute.won" => NoticeKind::DisputeWon,
        "payment.dispute.lost" => NoticeKind::DisputeLost,
        _ => NoticeKind::Other,
    };
    let mut notice = Notice {
        event_id,
        kind,
        payment: payment.ours().or_else(|| order.as_ref()?.payment()),
        refund: None,
        reference: payment.order_id.clone().or_else(|| order.as_ref().map(|order| order.id.clone())),
        transaction: Some(payment.id.clone()).filter(|id| !id.is_empty()),
        about: None,
        amount: payment.amount().or_else(|| order.as_ref()?.amount()),
        refusal: (kind == NoticeKind::Failed).then(|| payment.refusal()),
        livemode: None,
    };
    if let Some(Entity { entity: refund }) = refund {
        notice.payment = refund.payment().or(notice.payment);
        notice.refund = refund.ours();
        notice.amount = refund.amount();
        notice.refusal = (kind == NoticeKind::RefundFailed).then(|| Refusal::new(Reason::Other, "failed"));
        notice.transaction = refund.payment_id.or(notice.transaction);
        notice.about = Some(refund.id);
    }
    if let Some(Entity { entity: dispute }) = dispute {
        notice.amount = money(dispute.amount_deducted, dispute.currency.as_deref()).filter(|taken| taken.amount > 0);
        notice.refusal = Some(Refusal::new(Reason::Other, &dispute.reason_code));
        notice.about = Some(dispute.id);
    }
    notice
}
