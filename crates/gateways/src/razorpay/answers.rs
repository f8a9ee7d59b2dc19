//! What Razorpay's answers mean.

use super::{PAYMENT, REFUND, money, reasons};
use crate::answer::{doubt, read, read_or_default};
use crate::call::Call;
use crate::outcome::{Action, Doubt, Failure, Outcome, Reason, Refusal, State};
use crate::request::Answer;
use kirana_kernel::{Id, Money};
use serde::Deserialize;
use serde_json::Value;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    pub id: String,
    amount: Option<i64>,
    amount_paid: Option<i64>,
    currency: Option<String>,
    receipt: Option<String>,
    status: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Payment {
    pub id: String,
    pub order_id: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    status: String,
    created_at: i64,
    error_reason: Option<String>,
    error_code: Option<String>,
    notes: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refund {
    pub id: String,
    pub payment_id: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    status: String,
    receipt: Option<String>,
    notes: Value,
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failed {
    error: Error,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error {
    code: String,
    description: String,
    reason: Option<String>,
}

/// One of our ids in notes, which are an empty list where there are none.
fn id(notes: &Value, name: &str) -> Option<Id> {
    notes.get(name)?.as_str()?.parse().ok()
}

impl Order {
    pub(super) fn amount(&self) -> Option<Money> {
        money(self.amount, self.currency.as_deref())
    }

    pub(super) fn payment(&self) -> Option<Id> {
        self.receipt.as_deref()?.parse().ok()
    }

    fn outcome(self) -> Option<Outcome> {
        let state = match self.status.as_str() {
            "created" | "attempted" => State::ActionRequired(Action::Checkout(self.id.clone())),
            "paid" => State::Captured(money(self.amount_paid, self.currency.as_deref())?),
            _ => return None,
        };
        let (ours, amount) = (self.payment(), self.amount());
        Some(Outcome { state, ours, reference: Some(self.id), transaction: None, amount })
    }
}

impl Payment {
    pub(super) fn amount(&self) -> Option<Money> {
        money(self.amount, self.currency.as_deref())
    }

    pub(super) fn ours(&self) -> Option<Id> {
        id(&self.notes, PAYMENT)
    }

    pub(super) fn refusal(&self) -> Refusal {
        let reason = self.error_reason.as_deref().unwrap_or_default();
        let code = if reason.is_empty() { self.error_code.as_deref().unwrap_or_default() } else { reason };
        Refusal::new(reasons::reason(reason), code)
    }

    /// "Payment life cycle". One that was given back was captured before.
    fn outcome(self) -> Option<Outcome> {
        let state = match self.status.as_str() {
            "created" => State::Pending,
            "authorized" => State::Authorised(self.amount()?),
            "captured" | "refunded" => State::Captured(self.amount()?),
            "failed" => State::Refused(self.refusal()),
            _ => return None,
        };
        let (ours, amount) = (self.ours(), self.amount());
        Some(Outcome { state, ours, reference: self.order_id, transaction: Some(self.id), amount })
    }

    /// Which payment of an order tells how it stands: one with money, or else the last.
    fn rank(&self) -> (u8, i64) {
        let rank = match self.status.as_str() {
            "captured" | "refunded" => 3,
            "authorized" => 2,
            "created" => 1,
            _ => 0,
        };
        (rank, self.created_at)
    }
}

impl Refund {
    pub(super) fn amount(&self) -> Option<Money> {
        money(self.amount, self.currency.as_deref())
    }

    pub(super) fn payment(&self) -> Option<Id> {
        id(&self.notes, PAYMENT)
    }

    pub(super) fn ours(&self) -> Option<Id> {
        id(&self.notes, REFUND).or_else(|| self.receipt.as_deref()?.parse().ok())
    }

    fn outcome(self) -> Option<Outcome> {
        let state = match self.status.as_str() {
            "processed" => State::Refunded(self.amount()?),
            "pending" => State::RefundPending,
            "failed" => State::RefundRefused(Refusal::new(Reason::Other, "failed")),
            _ => return None,
        };
        let (ours, amount) = (self.ours(), self.amount());
        Some(Outcome { state, ours, reference: Some(self.id), transaction: self.payment_id, amount })
    }
}

/// What an answer to a call means.
pub(crate) fn parse(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    if !answer.is_success() {
        return Err(failed(answer));
    }
    let none = || Failure::refused(Reason::NotFound, "");
    let outcome = match call {
        Call::Charge(_) => read::<Order>(answer.body)?.outcome(),
        Call::Refund { .. } | Call::LookRefund { reference: Some(_), .. } => read::<Refund>(answer.body)?.outcome(),
        Call::LookRefund { refund, .. } => {
            let Items { items } = read::<Items<Refund>>(answer.body)?;
            items.into_iter().find(|item| item.ours() == Some(*refund)).ok_or_else(none)?.outcome()
        }
        Call::Look(known) if known.transaction.is_none() => {
            let Some(order) = &known.reference else {
                let Items { items } = read::<Items<Order>>(answer.body)?;
                // What a filter lets through is looked at again: one that is not known would let through anybody's.
                let ours = items.into_iter().find(|order| order.payment() == Some(known.payment));
                return readable(ours.ok_or_else(none)?.outcome());
            };
            let Items { items } = read::<Items<Payment>>(answer.body)?;
            match items.into_iter().max_by_key(Payment::rank) {
                Some(payment) => payment.outcome(),
                None => Some(untried(order)),
            }
        }
        _ => read::<Payment>(answer.body)?.outcome(),
    };
    readable(outcome)
}

/// An order for which nobody has tried to pay yet.
fn untried(order: &str) -> Outcome {
    let state = State::ActionRequired(Action::Checkout(order.to_owned()));
    Outcome { state, ours: None, reference: Some(order.to_owned()), transaction: None, amount: None }
}

fn readable(outcome: Option<Outcome>) -> Result<Outcome, Failure> {
    outcome.ok_or(Failure::Unknown(Doubt::Unreadable))
}

/// "Error Codes". Razorpay tells most cases apart by a sentence only.
fn failed(answer: &Answer<'_>) -> Failure {
    if let Some(doubt) = doubt(answer) {
        return Failure::Unknown(doubt);
    }
    let Failed { error } = read_or_default(answer.body);
    let says = |words: &str| error.description.to_ascii_lowercase().contains(words);
    if matches!(error.code.as_str(), "SERVER_ERROR" | "GATEWAY_ERROR") {
        return Failure::Unknown(Doubt::Fault(answer.status));
    }
    let reason = if answer.status == 404 || says("does not exist") {
        Reason::NotFound
    } else if says("idempotency key") {
        Reason::KeyReused
    } else if says("already been captured") || says("already been refunded") || says("fully refunded") {
        Reason::WrongState
    } else if says("refund amount") || says("amount exceeds") || says("capture amount") {
        Reason::AmountOutOfRange
    } else {
        Reason::BadCall
    };
    let code = error.reason.filter(|reason| !reason.is_empty() && reason != "NA").unwrap_or(error.code);
    Failure::refused(reason, &code)
}
