//! D2I: a redirect gateway. **Assumed, not documented.**
//!
//! The founding documents name "D2IPay" beside Swish as a gateway to integrate, and say no more; no public document of its interface
//! was found. So this is the smallest interface that a redirect gateway with a hosted page can have, to be held against the contract
//! of whoever has one: `POST /payments` under our reference answers an address to send the browser to, and the same reference again
//! answers the same payment; `GET /payments/{reference}` tells how it stands; refunds alike. Who asks is said by a bearer key. Notices are
//! signed as Stripe's: `D2I-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">`. Money is a whole number of minor units.

use crate::amount::positive;
use crate::answer::{doubt, json as read_json, read, read_or_default};
use crate::call::{Call, Capture, Charge, Invalid, Known, cut};
use crate::config::{BASE, ConfigError, may_ask, require};
use crate::mac::is_signed;
use crate::notice::{Notice, NoticeKind, Received, Rejected, TOLERANCE, event_id, fits};
use crate::outcome::{Action, Doubt, Failure, Outcome, Reason, Refusal, State};
use crate::request::{Answer, Headers, Method, Request};
use crate::secret::Secret;
use kirana_kernel::{Id, Money, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

const NAME: &str = "d2i";

/// A merchant at D2I.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it answers.
    pub base: String,
    /// Who we are there.
    pub merchant: String,
    /// What proves it.
    pub key: Secret,
    /// What notices are signed with: while one is being replaced, the old and the new.
    pub notice_secrets: Vec<Secret>,
    /// Is it about real money?
    pub live: bool,
}

impl Config {
    /// Is everything there?
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        require(may_ask(&self.base), NAME, BASE)?;
        require(!self.merchant.is_empty() && !self.key.is_empty(), NAME, "`merchant` and `key` are needed")?;
        let good = !self.notice_secrets.is_empty() && self.notice_secrets.iter().all(|secret| !secret.is_empty());
        require(good, NAME, "`notice_secrets` must hold a secret")
    }
}

/// A payment or a refund, in answers and notices.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Thing {
    id: String,
    reference: Option<Id>,
    amount: Option<Money>,
    status: String,
    redirect_url: Option<String>,
    reason: String,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    merchant: String,
    live: bool,
    #[serde(default)]
    payment: Option<Thing>,
    #[serde(default)]
    refund: Option<Thing>,
}

impl Thing {
    fn refusal(&self) -> Refusal {
        let reason = match self.reason.as_str() {
            "declined" => Reason::Declined,
            "insufficient_funds" => Reason::InsufficientFunds,
            "cancelled" => Reason::Cancelled,
            "expired" => Reason::TimedOut,
            _ => Reason::Other,
        };
        Refusal::new(reason, &self.reason)
    }

    fn outcome(self, is_refund: bool) -> Option<Outcome> {
        let state = match (self.status.as_str(), is_refund) {
            ("created", false) => State::ActionRequired(Action::Redirect(self.redirect_url.clone()?)),
            ("pending", false) => State::Pending,
            ("paid", false) => State::Captured(self.amount?),
            ("cancelled", false) => State::Cancelled,
            ("failed", false) => State::Refused(self.refusal()),
            ("pending", true) => State::RefundPending,
            ("paid", true) => State::Refunded(self.amount?),
            ("failed", true) => State::RefundRefused(self.refusal()),
            _ => return None,
        };
        Some(Outcome { state, ours: self.reference, reference: Some(self.id), transaction: None, amount: self.amount })
    }
}

/// A call, as D2I is assumed to take it.
pub(crate) fn request(config: &Config, call: &Call) -> Result<Request, Invalid> {
    let unsupported = |what| Err(Invalid::Unsupported { gateway: NAME, what });
    let url = |path: &str| format!("{}/{path}", config.base);
    let request = match call {
        Call::Charge(charge) => Request::json(Method::Post, url("payments"), &charged(config, charge)?),
        Call::Look(Known { payment, .. }) => Request::get(url(&format!("payments/{payment}"))),
        Call::Void(Known { payment, .. }) => {
            Request::json(Method::Post, url(&format!("payments/{payment}/cancel")), &json!({}))
        }
        Call::Refund { known, refund, amount, notice_url } => {
            let body = json!({"reference": refund, "amount": positive(*amount)?, "notice_url": notice_url});
            Request::json(Method::Post, url(&format!("payments/{}/refunds", known.payment)), &body)
        }
        Call::LookRefund { refund, .. } => Request::get(url(&format!("refunds/{refund}"))),
        Call::Complete { .. } => return unsupported("second step: its page takes the money"),
        Call::Capture { .. } => return unsupported("way to hold money and take it later"),
    };
    Ok(request.header("authorization", format!("Bearer {}", config.key.expose())))
}

fn charged(config: &Config, charge: &Charge) -> Result<Value, Invalid> {
    if charge.capture == Capture::Manual || charge.method.is_some() || charge.off_session || charge.save_method {
        return Err(Invalid::Unsupported {
            gateway: NAME,
            what: "holding and no kept methods: its page takes the money",
        });
    }
    let missing = Invalid::Missing { gateway: NAME, what: "a return_url, where the payer comes back to" };
    Ok(json!({
        "merchant": config.merchant,
        "reference": charge.payment,
        "amount": positive(charge.amount)?,
        "description": cut(&charge.description, 100),
        "return_url": charge.return_url.as_ref().ok_or(missing)?,
        "cancel_url": charge.cancel_url.as_ref().or(charge.return_url.as_ref()),
        "notice_url": charge.notice_url,
    }))
}

/// What an answer to a call means.
pub(crate) fn parse(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    let is_refund = call.is_refund();
    if answer.is_success() {
        return read::<Thing>(answer.body)?.outcome(is_refund).ok_or(Failure::Unknown(Doubt::Unreadable));
    }
    if let Some(doubt) = doubt(answer) {
        return Err(Failure::Unknown(doubt));
    }
    let said: Thing = read_or_default(answer.body);
    Err(Failure::refused(if answer.status == 404 { Reason::NotFound } else { Reason::BadCall }, &said.reason))
}

/// A notice, if it is signed, lately, and about this merchant in this mode.
pub(crate) fn receive(config: &Config, headers: &Headers, body: &[u8], now: Timestamp) -> Result<Received, Rejected> {
    let header = headers.get("d2i-signature").ok_or(Rejected::NoSignature)?;
    let part = |name| header.split(',').find_map(|part| part.trim().strip_prefix(name)).ok_or(Rejected::NoSignature);
    let (time, signature) = (part("t=")?, part("v1=")?);
    let signed = [time.as_bytes(), b".", fits(body)?];
    if !config.notice_secrets.iter().any(|secret| is_signed(secret.expose(), &signed, signature)) {
        return Err(Rejected::BadSignature);
    }
    let seconds: i64 = time.parse().map_err(|_| Rejected::NoSignature)?;
    if now.seconds().abs_diff(seconds) > TOLERANCE {
        return Err(Rejected::Stale);
    }
    let Event { id, merchant, live, payment, refund } = read_json(body).ok_or(Rejected::Malformed)?;
    if live != config.live {
        return Err(Rejected::Mode);
    }
    if merchant != config.merchant {
        return Err(Rejected::Account);
    }
    let is_refund = refund.is_some();
    let thing = refund.or(payment).ok_or(Rejected::Malformed)?;
    let kind = match (thing.status.as_str(), is_refund) {
        ("pending", false) => NoticeKind::Pending,
        ("paid", false) => NoticeKind::Captured,
        ("cancelled", false) => NoticeKind::Cancelled,
        ("failed", false) => NoticeKind::Failed,
        ("pending", true) => NoticeKind::RefundPending,
        ("paid", true) => NoticeKind::Refunded,
        ("failed", true) => NoticeKind::RefundFailed,
        _ => NoticeKind::Other,
    };
    Ok(Received::Genuine(Notice {
        event_id: event_id(&id)?,
        kind,
        payment: thing.reference.filter(|_| !is_refund),
        refund: thing.reference.filter(|_| is_refund),
        refusal: (thing.status == "failed").then(|| thing.refusal()),
        amount: thing.amount,
        reference: (!is_refund).then(|| thing.id.clone()),
        transaction: None,
        about: is_refund.then_some(thing.id),
        livemode: Some(live),
    }))
}
