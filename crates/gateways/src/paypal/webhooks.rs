//! What PayPal tells, and asking it whether it said so ("Integrate webhooks": postback).

use super::offline::check_headers;
use super::requests::authorised;
use super::{AccessToken, Amount, Config};
use crate::answer::{doubt, json as read_json, read};
use crate::notice::{Notice, NoticeKind, Received, Rejected, event_id, fits};
use crate::outcome::{Failure, Reason, Refusal};
use crate::request::{Answer, Headers, Method, Request};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Event {
    id: String,
    event_type: String,
    resource: Resource,
}

/// An order, an authorisation, a capture, a refund or a dispute.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    id: String,
    amount: Option<Amount>,
    custom_id: Option<String>,
    purchase_units: Vec<Unit>,
    supplementary_data: Supplementary,
    links: Vec<Link>,
    status_details: Details,
    dispute_id: String,
    dispute_amount: Option<Amount>,
    disputed_transactions: Vec<Disputed>,
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Unit {
    custom_id: Option<String>,
    amount: Option<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Supplementary {
    related_ids: Related,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Related {
    order_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    rel: String,
    href: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Disputed {
    seller_transaction_id: Option<String>,
}

#[derive(Deserialize)]
struct Verification {
    verification_status: String,
}

/// A notice whose headers could be PayPal's, unproved yet.
pub(crate) fn receive(config: &Config, headers: &Headers, body: &[u8]) -> Result<Received, Rejected> {
    check_headers(config, headers)?;
    notice(body).map(Received::Unproved)
}

/// The question whether PayPal sent this to our webhook. The notice goes in as it came: written anew, it would be another.
///
/// # Errors
/// [`Rejected`]: not worth a question.
pub fn postback(config: &Config, token: &AccessToken, headers: &Headers, body: &[u8]) -> Result<Request, Rejected> {
    let signed = check_headers(config, headers)?;
    notice(body)?;
    let event = std::str::from_utf8(body).map_err(|_| Rejected::Malformed)?;
    let question = json!({
        "auth_algo": signed.algorithm,
        "cert_url": signed.certificate,
        "transmission_id": signed.id,
        "transmission_sig": signed.signature,
        "transmission_time": signed.time,
        "webhook_id": config.webhook_id,
    })
    .to_string();
    let question = question.strip_suffix('}').unwrap_or_default();
    let (url, kind) = (format!("{}/v1/notifications/verify-webhook-signature", config.base), "application/json");
    let body = format!("{question},\"webhook_event\":{event}}}");
    Ok(authorised(Request::with_body(Method::Post, url, kind, body), token))
}

/// Did it?
///
/// # Errors
/// [`Failure`]: PayPal has to be asked again before anything is believed.
pub fn read_postback(answer: &Answer<'_>) -> Result<bool, Failure> {
    if answer.is_success() {
        return Ok(read::<Verification>(answer.body)?.verification_status == "SUCCESS");
    }
    Err(doubt(answer).map_or_else(|| Failure::refused(Reason::BadCall, ""), Failure::Unknown))
}

/// What a body says.
pub(super) fn notice(body: &[u8]) -> Result<Notice, Rejected> {
    let Event { id, event_type, resource } = read_json(fits(body)?).ok_or(Rejected::Malformed)?;
    let kind = match event_type.as_str() {
        "CHECKOUT.ORDER.APPROVED" => NoticeKind::Approved,
        "PAYMENT.AUTHORIZATION.CREATED" => NoticeKind::Authorised,
        "PAYMENT.AUTHORIZATION.VOIDED" => NoticeKind::Cancelled,
        "PAYMENT.CAPTURE.COMPLETED" => NoticeKind::Captured,
        "PAYMENT.CAPTURE.PENDING" => NoticeKind::Pending,
        "PAYMENT.CAPTURE.DENIED" | "PAYMENT.CAPTURE.DECLINED" => NoticeKind::Failed,
        "PAYMENT.CAPTURE.REFUNDED" => NoticeKind::Refunded,
        "PAYMENT.REFUND.PENDING" => NoticeKind::RefundPending,
        "PAYMENT.CAPTURE.REVERSED" | "CUSTOMER.DISPUTE.CREATED" => NoticeKind::Disputed,
        "PAYMENT.REFUND.FAILED" => NoticeKind::RefundFailed,
        _ => NoticeKind::Other,
    };
    let unit = resource.purchase_units.first();
    let ours = resource.custom_id.as_deref().or_else(|| unit?.custom_id.as_deref()).and_then(|id| id.parse().ok());
    let amount = resource.amount.as_ref().or_else(|| unit?.amount.as_ref()).or(resource.dispute_amount.as_ref());
    let refusal = Refusal::new(Reason::Declined, &resource.status_details.reason);
    let blank = Notice {
        event_id: event_id(&id)?,
        kind,
        payment: ours,
        refund: None,
        reference: resource.supplementary_data.related_ids.order_id.clone(),
        transaction: None,
        about: None,
        amount: amount.and_then(Amount::money),
        refusal: matches!(kind, NoticeKind::Failed | NoticeKind::RefundFailed).then_some(refusal),
        livemode: None,
    };
    Ok(match kind {
        NoticeKind::Refunded | NoticeKind::RefundPending | NoticeKind::RefundFailed => {
            let transaction = above(&resource.links);
            Notice { payment: None, refund: ours, transaction, about: Some(resource.id), ..blank }
        }
        NoticeKind::Disputed if !resource.dispute_id.is_empty() => {
            let disputed = resource.disputed_transactions.into_iter().next();
            let transaction = disputed.and_then(|disputed| disputed.seller_transaction_id);
            let refusal = Some(Refusal::new(Reason::Other, &resource.reason));
            Notice { payment: None, transaction, about: Some(resource.dispute_id), refusal, ..blank }
        }
        // A reversal is described as a refund is.
        NoticeKind::Disputed => Notice { transaction: above(&resource.links), about: Some(resource.id), ..blank },
        NoticeKind::Approved => Notice { reference: Some(resource.id), ..blank },
        NoticeKind::Other => blank,
        _ => Notice { transaction: Some(resource.id), ..blank },
    })
}

/// What a refund is of: its link `up` leads to the capture.
fn above(links: &[Link]) -> Option<String> {
    let up = links.iter().find(|link| link.rel == "up")?;
    Some(up.href.rsplit_once("/captures/")?.1.to_owned())
}

#[cfg(test)]
mod tests;
