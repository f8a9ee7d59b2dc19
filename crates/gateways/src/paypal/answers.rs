//! What PayPal's answers mean.

use super::{Amount, issues};
use crate::answer::{doubt, read, read_or_default};
use crate::call::Call;
use crate::outcome::{Action, Doubt, Failure, Outcome, Reason, Refusal, State};
use crate::request::Answer;
use kirana_kernel::Money;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Order {
    id: String,
    status: String,
    links: Vec<Link>,
    purchase_units: Vec<Unit>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    rel: String,
    href: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Unit {
    custom_id: Option<String>,
    amount: Option<Amount>,
    payments: Payments,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Payments {
    authorizations: Vec<Part>,
    captures: Vec<Part>,
}

/// An authorisation, a capture or a refund.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Part {
    id: String,
    status: String,
    amount: Option<Amount>,
    custom_id: Option<String>,
    status_details: Details,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Details {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failed {
    name: String,
    details: Vec<Issue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue {
    issue: String,
}

impl Part {
    fn money(&self) -> Option<Money> {
        self.amount.as_ref()?.money()
    }

    fn refusal(&self) -> Refusal {
        let reason = match self.status_details.reason.as_str() {
            "" => Reason::Other,
            "ECHECK" => Reason::NotSupported,
            "BUYER_COMPLAINT" | "CHARGEBACK" => Reason::Suspicious,
            _ => Reason::Declined,
        };
        Refusal::new(reason, &self.status_details.reason)
    }

    /// "Capture status". What was given back was taken before.
    fn captured(&self) -> Option<State> {
        Some(match self.status.as_str() {
            "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED" => State::Captured(self.money()?),
            "PENDING" => State::Pending,
            "DECLINED" | "FAILED" => State::Refused(self.refusal()),
            _ => return None,
        })
    }

    /// "Authorization status".
    fn authorised(&self) -> Option<State> {
        Some(match self.status.as_str() {
            "CREATED" | "PARTIALLY_CAPTURED" => State::Authorised(self.money()?),
            "CAPTURED" => State::Captured(self.money()?),
            "PENDING" => State::Pending,
            "DENIED" => State::Refused(self.refusal()),
            "VOIDED" | "EXPIRED" => State::Cancelled,
            _ => return None,
        })
    }

    /// "Refund status".
    fn refunded(&self) -> Option<State> {
        Some(match self.status.as_str() {
            "COMPLETED" => State::Refunded(self.money()?),
            "PENDING" => State::RefundPending,
            "FAILED" | "CANCELLED" => State::RefundRefused(self.refusal()),
            _ => return None,
        })
    }

    /// What became of a capture or an authorisation.
    fn of_payment(self, state: Option<State>) -> Option<Outcome> {
        let amount = self.money();
        let ours = self.custom_id.as_deref().and_then(|id| id.parse().ok());
        Some(Outcome { state: state?, ours, reference: None, transaction: Some(self.id), amount })
    }
}

impl Unit {
    /// How it stands with the money: several captures are one sum, of which the last names the transaction.
    fn state(&self) -> Option<(State, String)> {
        let Payments { authorizations, captures } = &self.payments;
        let Some(last) = captures.last() else {
            let held = authorizations.last()?;
            return Some((held.authorised()?, held.id.clone()));
        };
        let mut sum: Option<Money> = None;
        for capture in captures {
            if let State::Captured(money) = capture.captured()? {
                sum = Some(sum.map_or(Ok(money), |sum| sum.plus(money)).ok()?);
            }
        }
        let state = if let Some(sum) = sum { State::Captured(sum) } else { last.captured()? };
        Some((state, last.id.clone()))
    }
}

impl Order {
    /// "Order status". An order is completed when its money is held or taken, or was refused.
    fn outcome(self) -> Option<Outcome> {
        let unit = self.purchase_units.first();
        let (state, transaction) = match self.status.as_str() {
            "COMPLETED" => unit?.state().map(|(state, id)| (state, Some(id)))?,
            "APPROVED" => (State::Approved, None),
            "VOIDED" => (State::Cancelled, None),
            "CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" => {
                let to = |rel: &str| self.links.iter().find(|link| link.rel == rel).map(|link| link.href.clone());
                (State::ActionRequired(Action::Redirect(to("payer-action").or_else(|| to("approve"))?)), None)
            }
            _ => return None,
        };
        let ours = unit.and_then(|unit| unit.custom_id.as_deref()?.parse().ok());
        let amount = unit.and_then(|unit| unit.amount.as_ref()?.money());
        Some(Outcome { state, ours, reference: Some(self.id), transaction, amount })
    }
}

/// What an answer to a call means.
pub(crate) fn parse(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    if !answer.is_success() {
        return failed(call, answer);
    }
    let outcome = match call {
        Call::Charge(_) | Call::Complete { .. } | Call::Look(_) => read::<Order>(answer.body)?.outcome(),
        Call::Capture { .. } => {
            let part: Part = read(answer.body)?;
            let state = part.captured();
            part.of_payment(state)
        }
        Call::Void(known) => {
            // 204 without a body, or 200 with it.
            let transaction = known.transaction.clone();
            Some(Outcome { state: State::Cancelled, ours: None, reference: None, transaction, amount: None })
        }
        Call::Refund { .. } | Call::LookRefund { .. } => {
            let part: Part = read(answer.body)?;
            let (state, amount) = (part.refunded(), part.money());
            let ours = part.custom_id.as_deref().and_then(|id| id.parse().ok());
            state.map(|state| Outcome { state, ours, reference: Some(part.id), transaction: None, amount })
        }
    };
    outcome.ok_or(Failure::Unknown(Doubt::Unreadable))
}

/// "Error messages": the name, and what the issue is. What the payer's bank refuses is an outcome.
fn failed(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    let Failed { name, details } = read_or_default(answer.body);
    let issue = details.first().map(|detail| detail.issue.clone()).unwrap_or_default();
    let code = if issue.is_empty() { name } else { issue };
    if let Some(reason) = issues::refused(&code) {
        let state = State::refused(call, Refusal::new(reason, &code));
        return Ok(Outcome { state, ours: None, reference: None, transaction: None, amount: None });
    }
    if issues::in_flight(&code) {
        return Err(Failure::Unknown(Doubt::InFlight));
    }
    Err(match doubt(answer) {
        Some(doubt) => Failure::Unknown(doubt),
        None => Failure::refused(issues::of_call(&code, answer.status), &code),
    })
}
