//! What Stripe tells ("Verify webhook signatures manually", "Event").

use super::answers::{Intent, Refund, id};
use super::{Config, PAYMENT, money};
use crate::answer::json;
use crate::mac::is_signed;
use crate::notice::{Notice, NoticeKind, Received, Rejected, TOLERANCE, event_id, fits};
use crate::outcome::{Reason, Refusal};
use crate::request::Headers;
use crate::secret::Secret;
use kirana_kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: bool,
    #[serde(default)]
    account: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Charge {
    payment_intent: Option<String>,
    amount_refunded: Option<i64>,
    currency: Option<String>,
    metadata: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dispute {
    id: String,
    payment_intent: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    reason: String,
    status: String,
}

/// Is the header `Stripe-Signature` of these bytes, with one of the secrets, at about this time? Each `v1` is tried with each
/// secret; `v0` is what test accounts carry beside it, and proves nothing.
fn verify(header: &str, body: &[u8], secrets: &[Secret], now: Timestamp) -> Result<(), Rejected> {
    let parts: Vec<_> = header.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let of = |name: &'static str| parts.iter().filter(move |(found, _)| *found == name).map(|(_, value)| *value);
    let mut times = of("t");
    let (Some(time), None) = (times.next(), times.next()) else { return Err(Rejected::NoSignature) };
    if of("v1").next().is_none() {
        return Err(Rejected::NoSignature);
    }
    let signed = [time.as_bytes(), b".", body];
    let mut pairs = of("v1").flat_map(|signature| secrets.iter().map(move |secret| (signature, secret)));
    if !pairs.any(|(signature, secret)| is_signed(secret.expose(), &signed, signature)) {
        return Err(Rejected::BadSignature);
    }
    let seconds: i64 = time.parse().map_err(|_| Rejected::NoSignature)?;
    if now.seconds().abs_diff(seconds) > TOLERANCE { Err(Rejected::Stale) } else { Ok(()) }
}

/// A notice, if it is Stripe's, of this mode and about this account.
pub(crate) fn receive(config: &Config, headers: &Headers, body: &[u8], now: Timestamp) -> Result<Received, Rejected> {
    let header = headers.get("stripe-signature").ok_or(Rejected::NoSignature)?;
    verify(header, fits(body)?, &config.webhook_secrets, now)?;
    let event: Event = json(body).ok_or(Rejected::Malformed)?;
    if event.livemode != config.live {
        return Err(Rejected::Mode);
    }
    // An event about a connected account names it; one about our own names none.
    if event.account != config.account {
        return Err(Rejected::Account);
    }
    notice(event).map(Received::Genuine)
}

fn object<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, Rejected> {
    serde_json::from_value(value).map_err(|_| Rejected::Malformed)
}

fn notice(event: Event) -> Result<Notice, Rejected> {
    let blank = Notice {
        event_id: event_id(&event.id)?,
        kind: NoticeKind::Other,
        payment: None,
        refund: None,
        reference: None,
        transaction: None,
        about: None,
        amount: None,
        refusal: None,
        livemode: Some(event.livemode),
    };
    match event.kind.as_str() {
        "charge.refunded" => {
            let charge: Charge = object(event.data.object)?;
            Ok(Notice {
                kind: NoticeKind::RefundedInAll,
                payment: id(&charge.metadata, PAYMENT),
                amount: money(charge.amount_refunded, charge.currency.as_deref()),
                reference: charge.payment_intent,
                ..blank
            })
        }
        kind if kind.starts_with("charge.dispute.") => Ok(dispute(object(event.data.object)?, blank)),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            Ok(refund(object(event.data.object)?, blank))
        }
        kind => match kind.strip_prefix("payment_intent.") {
            Some(what) => Ok(intent(what, object(event.data.object)?, blank)),
            None => Ok(blank),
        },
    }
}

/// What stands in a dispute counts, whichever of its events tells it. One that is a `warning` is a question of the bank's: no money is taken
/// ("The Dispute object": `status`).
fn dispute(dispute: Dispute, blank: Notice) -> Notice {
    let kind = match dispute.status.as_str() {
        "won" => NoticeKind::DisputeWon,
        "lost" => NoticeKind::DisputeLost,
        "warning_closed" | "prevented" => NoticeKind::Other,
        _ => NoticeKind::Disputed,
    };
    let asks = dispute.status.starts_with("warning");
    Notice {
        kind,
        amount: money(dispute.amount, dispute.currency.as_deref()).filter(|_| !asks),
        reference: dispute.payment_intent,
        about: Some(dispute.id),
        refusal: Some(Refusal::new(Reason::Other, &dispute.reason)),
        ..blank
    }
}

fn refund(refund: Refund, blank: Notice) -> Notice {
    let kind = match refund.status.as_deref() {
        Some("succeeded") => NoticeKind::Refunded,
        Some("failed" | "canceled") => NoticeKind::RefundFailed,
        _ => NoticeKind::RefundPending,
    };
    Notice {
        kind,
        payment: refund.payment(),
        refund: refund.ours(),
        amount: refund.amount(),
        refusal: (kind == NoticeKind::RefundFailed).then(|| refund.refusal()),
        reference: refund.payment_intent,
        about: Some(refund.id),
        ..blank
    }
}

fn intent(what: &str, intent: Intent, blank: Notice) -> Notice {
    let (kind, amount) = match what {
        "succeeded" => (NoticeKind::Captured, intent.received()),
        "amount_capturable_updated" => (NoticeKind::Authorised, intent.capturable()),
        "payment_failed" => (NoticeKind::Failed, intent.amount()),
        "requires_action" => (NoticeKind::ActionRequired, intent.amount()),
        "processing" => (NoticeKind::Pending, intent.amount()),
        "canceled" => (NoticeKind::Cancelled, intent.amount()),
        _ => (NoticeKind::Other, intent.amount()),
    };
    let refusal = (kind == NoticeKind::Failed).then(|| {
        let error = intent.last_payment_error.as_ref();
        error.map_or_else(|| Refusal::new(Reason::Other, ""), super::answers::Error::refusal)
    });
    Notice { kind, payment: intent.payment(), amount, refusal, reference: Some(intent.id), ..blank }
}

#[cfg(test)]
mod tests;
