//! What Stripe's answers mean.

use super::{PAYMENT, REFUND, declines, money};
use crate::answer::{doubt, read, read_or_default};
use crate::call::Call;
use crate::outcome::{Action, Doubt, Failure, Outcome, Reason, Refusal, State};
use crate::request::Answer;
use crate::secret::Secret;
use kirana_kernel::{Id, Money};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a PaymentIntent says of itself.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Intent {
    pub id: String,
    status: String,
    amount: Option<i64>,
    amount_capturable: Option<i64>,
    amount_received: Option<i64>,
    currency: Option<String>,
    client_secret: Option<Secret>,
    next_action: Option<NextAction>,
    pub last_payment_error: Option<Error>,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NextAction {
    redirect_to_url: Option<RedirectTo>,
}

#[derive(Deserialize)]
struct RedirectTo {
    url: Option<String>,
}

/// What a refund says of itself.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refund {
    pub id: String,
    pub status: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    failure_reason: Option<String>,
    pub payment_intent: Option<String>,
    metadata: BTreeMap<String, String>,
}

/// An error, of an answer or of the last attempt.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Error {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    payment_intent: Option<Box<Intent>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failed {
    error: Error,
}

#[derive(Deserialize)]
struct Found {
    data: Vec<Intent>,
}

/// One of our ids in metadata.
pub(super) fn id(metadata: &BTreeMap<String, String>, name: &str) -> Option<Id> {
    metadata.get(name)?.parse().ok()
}

impl Error {
    /// Why the bank said no. Stripe's `code` of every such error is `card_declined`; the bank's own stands beside it.
    pub(super) fn refusal(&self) -> Refusal {
        let code = self.decline_code.as_deref().or(self.code.as_deref()).unwrap_or_default();
        Refusal::new(declines::reason(code), code)
    }
}

impl Intent {
    fn money(&self, units: Option<i64>) -> Option<Money> {
        money(units, self.currency.as_deref())
    }

    pub(super) fn amount(&self) -> Option<Money> {
        self.money(self.amount)
    }

    pub(super) fn capturable(&self) -> Option<Money> {
        self.money(self.amount_capturable.or(self.amount))
    }

    pub(super) fn received(&self) -> Option<Money> {
        self.money(self.amount_received.or(self.amount))
    }

    pub(super) fn payment(&self) -> Option<Id> {
        id(&self.metadata, PAYMENT)
    }

    /// What the customer has to do: go where the bank asks them, or let Stripe's script in their browser go on.
    fn action(&mut self) -> Option<Action> {
        let redirect = self.next_action.take().and_then(|next| next.redirect_to_url?.url).map(Action::Redirect);
        redirect.or_else(|| self.client_secret.take().map(Action::ClientSecret))
    }

    /// "PaymentIntent: status".
    fn outcome(mut self) -> Option<Outcome> {
        let state = match self.status.as_str() {
            "requires_payment_method" => match &self.last_payment_error {
                Some(error) => State::Refused(error.refusal()),
                None => State::ActionRequired(self.action()?),
            },
            "requires_confirmation" | "requires_action" => State::ActionRequired(self.action()?),
            "processing" => State::Pending,
            "requires_capture" => State::Authorised(self.capturable()?),
            "canceled" => State::Cancelled,
            "succeeded" => State::Captured(self.received()?),
            _ => return None,
        };
        let (ours, amount) = (self.payment(), self.amount());
        Some(Outcome { state, ours, reference: Some(self.id), transaction: None, amount })
    }
}

impl Refund {
    pub(super) fn amount(&self) -> Option<Money> {
        money(self.amount, self.currency.as_deref())
    }

    pub(super) fn refusal(&self) -> Refusal {
        let code = self.failure_reason.as_deref().unwrap_or_default();
        let reason = match code {
            "expired_or_canceled_card" => Reason::Expired,
            "lost_or_stolen_card" => Reason::Suspicious,
            "insufficient_funds" => Reason::InsufficientFunds,
            "merchant_request" => Reason::Cancelled,
            _ => Reason::Other,
        };
        Refusal::new(reason, code)
    }

    pub(super) fn payment(&self) -> Option<Id> {
        id(&self.metadata, PAYMENT)
    }

    pub(super) fn ours(&self) -> Option<Id> {
        id(&self.metadata, REFUND)
    }

    fn outcome(self) -> Option<Outcome> {
        let state = match self.status.as_deref() {
            Some("succeeded") => State::Refunded(self.amount()?),
            Some("pending" | "requires_action") => State::RefundPending,
            Some("failed" | "canceled") => State::RefundRefused(self.refusal()),
            _ => return None,
        };
        let (ours, amount) = (self.ours(), self.amount());
        Some(Outcome { state, ours, reference: Some(self.id), transaction: None, amount })
    }
}

/// What an answer to a call means.
pub(crate) fn parse(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    if !answer.is_success() {
        return failed(call, answer);
    }
    let outcome = match call {
        Call::Refund { .. } | Call::LookRefund { .. } => read::<Refund>(answer.body)?.outcome(),
        Call::Look(known) if known.reference.is_none() => {
            let found: Found = read(answer.body)?;
            // What a search finds is looked at again: one that searched for nothing would find anybody's.
            let ours = found.data.into_iter().find(|intent| intent.payment() == Some(known.payment));
            ours.ok_or_else(|| Failure::refused(Reason::NotFound, ""))?.outcome()
        }
        _ => read::<Intent>(answer.body)?.outcome(),
    };
    outcome.filter(|outcome| outcome.reference.as_deref() != Some("")).ok_or(Failure::Unknown(Doubt::Unreadable))
}

/// "Errors". What a bank refuses is an outcome of the payment, not a failure of the call.
fn failed(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    let error = refused(answer)?;
    let intent = error.payment_intent.as_deref();
    let reference = intent.map(|intent| intent.id.clone()).filter(|_| !call.is_refund());
    let (ours, amount) = (intent.and_then(Intent::payment), intent.and_then(Intent::amount));
    Ok(Outcome { state: State::refused(call, error.refusal()), ours, reference, transaction: None, amount })
}

/// What the bank refused; all else is a failure.
fn refused(answer: &Answer<'_>) -> Result<Error, Failure> {
    if let Some(doubt) = doubt(answer) {
        return Err(Failure::Unknown(doubt));
    }
    let Failed { error } = read_or_default(answer.body);
    if answer.status == 402 || error.kind == "card_error" {
        return Ok(error);
    }
    let code = error.code.as_deref().unwrap_or_default();
    let reason = match (error.kind.as_str(), answer.status) {
        ("idempotency_error", _) => Reason::KeyReused,
        (_, 404) => Reason::NotFound,
        _ => declines::of_call(code),
    };
    Err(Failure::refused(reason, code))
}

/// Did this call do what it was to do? For calls whose answer nobody reads further.
pub(super) fn read_done<T: serde::de::DeserializeOwned>(answer: &Answer<'_>) -> Result<T, Failure> {
    if answer.is_success() {
        return read(answer.body);
    }
    Err(match refused(answer) {
        Ok(error) => Failure::Refused(error.refusal()),
        Err(failure) => failure,
    })
}
