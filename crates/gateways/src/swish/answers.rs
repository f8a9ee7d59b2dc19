//! What Swish's answers and callbacks mean.

use super::{Config, instruction, money};
use crate::answer::{doubt, json, read, read_or_default};
use crate::call::Call;
use crate::notice::{Notice, NoticeKind, Received, Rejected, fits};
use crate::outcome::{Action, Doubt, Failure, Outcome, Reason, Refusal, State};
use crate::request::Answer;
use crate::secret::Secret;
use kirana_kernel::Id;
use serde::Deserialize;
use serde_json::Value;

/// A payment request or a refund.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Thing {
    id: String,
    payment_reference: Option<String>,
    original_payment_reference: Option<String>,
    amount: Value,
    currency: Option<String>,
    status: String,
    error_code: Option<String>,
    payee_alias: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fault {
    error_code: String,
}

impl Thing {
    fn refusal(&self) -> Refusal {
        let code = self.error_code.as_deref().unwrap_or_default();
        Refusal::new(reason(code), code)
    }

    /// "Payment request statuses".
    fn payment(self) -> Option<Outcome> {
        let amount = money(&self.amount, self.currency.as_deref());
        let state = match self.status.as_str() {
            "CREATED" => State::ActionRequired(Action::Wait),
            "PAID" => State::Captured(amount?),
            "DECLINED" => State::Refused(Refusal::new(Reason::Cancelled, "DECLINED")),
            "CANCELLED" => State::Cancelled,
            "ERROR" => State::Refused(self.refusal()),
            _ => return None,
        };
        let ours = self.id.parse().ok();
        Some(Outcome { state, ours, reference: Some(self.id), transaction: self.payment_reference, amount })
    }

    /// "Refund statuses". One that is debited has left us and is not there yet.
    fn refund(self) -> Option<Outcome> {
        let amount = money(&self.amount, self.currency.as_deref());
        let state = match self.status.as_str() {
            "CREATED" | "INITIATED" | "VALIDATED" | "DEBITED" => State::RefundPending,
            "PAID" => State::Refunded(amount?),
            "DECLINED" | "CANCELLED" | "ERROR" => State::RefundRefused(self.refusal()),
            _ => return None,
        };
        let (ours, transaction) = (self.id.parse().ok(), self.original_payment_reference);
        Some(Outcome { state, ours, reference: Some(self.id), transaction, amount })
    }
}

/// "Error codes".
fn reason(code: &str) -> Reason {
    match code {
        "AM02" | "AM21" => Reason::LimitExceeded,
        "AM04" => Reason::InsufficientFunds,
        "AM03" | "RF08" | "RF09" => Reason::NotSupported,
        "AM06" | "PA02" => Reason::AmountOutOfRange,
        "ACMT01" | "ACMT03" | "ACMT07" | "BE18" | "VR01" | "VR02" => Reason::WrongDetails,
        "BANKIDCL" => Reason::Cancelled,
        "BANKIDONGOING" | "BANKIDUNKN" | "FF10" | "DS24" => Reason::ProcessingError,
        "TM01" => Reason::TimedOut,
        "RF03" | "RF06" | "RF07" | "RP06" => Reason::Declined,
        _ => Reason::Other,
    }
}

/// What an answer to a call means.
pub(crate) fn parse(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    if !answer.is_success() {
        return failed(call, answer);
    }
    let asked = |id: Id, state| {
        let reference = Some(instruction(id));
        Ok(Outcome { state, ours: Some(id), reference, transaction: None, amount: None })
    };
    let outcome = match call {
        // 201 without a body. Where the payer's number was not told, a token opens their app.
        Call::Charge(charge) => {
            let token = answer.headers.get("paymentrequesttoken").filter(|token| !token.is_empty());
            let action = token.map_or(Action::Wait, |token| Action::OpenApp(Secret::new(token)));
            return asked(charge.payment, State::ActionRequired(action));
        }
        Call::Refund { refund, .. } => return asked(*refund, State::RefundPending),
        Call::LookRefund { .. } => read::<Thing>(answer.body)?.refund(),
        _ => read::<Thing>(answer.body)?.payment(),
    };
    outcome.ok_or(Failure::Unknown(Doubt::Unreadable))
}

/// 422 with a list of codes. Two of them say how a payment stands: the instruction was asked for before, and the payer's phone is
/// busy with another request.
fn failed(call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
    if let Some(doubt) = doubt(answer) {
        return Err(Failure::Unknown(doubt));
    }
    let faults: Vec<Fault> = read_or_default(answer.body);
    let code = faults.first().map(|fault| fault.error_code.as_str()).unwrap_or_default();
    let reason = match (code, answer.status) {
        // Asked for before: what became of it is to be looked up, and not to be asked for again.
        ("RP09", _) => return Err(Failure::Unknown(Doubt::InFlight)),
        ("RP04" | "RP02", 404) | (_, 404) => Reason::NotFound,
        ("RP08" | "RP07", _) => Reason::WrongState,
        ("AM02" | "AM04" | "AM21" | "ACMT01" | "ACMT03" | "ACMT07" | "BE18" | "RP06" | "VR01" | "VR02", _) => {
            let refusal = Refusal::new(reason(code), code);
            let ours = match call {
                Call::Refund { refund, .. } => *refund,
                Call::Charge(charge) => charge.payment,
                _ => return Err(Failure::Refused(refusal)),
            };
            let state = State::refused(call, refusal);
            return Ok(Outcome { state, ours: Some(ours), reference: None, transaction: None, amount: None });
        }
        ("AM03" | "AM06" | "PA02", _) => reason(code),
        _ => Reason::BadCall,
    };
    Err(Failure::refused(reason, code))
}

/// What a callback claims: nobody signed it.
pub(crate) fn receive(config: &Config, body: &[u8]) -> Result<Received, Rejected> {
    let thing: Thing = json(fits(body)?).ok_or(Rejected::Malformed)?;
    let id: Id = thing.id.parse().map_err(|_| Rejected::Malformed)?;
    let is_refund = thing.original_payment_reference.is_some();
    if !is_refund && thing.payee_alias.as_ref().is_some_and(|payee| *payee != config.payee) {
        return Err(Rejected::Account);
    }
    let kind = match (thing.status.as_str(), is_refund) {
        ("PAID", false) => NoticeKind::Captured,
        ("DECLINED" | "ERROR", false) => NoticeKind::Failed,
        ("CANCELLED", false) => NoticeKind::Cancelled,
        ("PAID", true) => NoticeKind::Refunded,
        ("ERROR" | "DECLINED" | "CANCELLED", true) => NoticeKind::RefundFailed,
        ("DEBITED" | "INITIATED" | "VALIDATED", true) => NoticeKind::RefundPending,
        _ => NoticeKind::Other,
    };
    let refused = matches!(kind, NoticeKind::Failed | NoticeKind::RefundFailed);
    Ok(Received::Hint(Notice {
        // Callbacks have no id: one says that something is in a state.
        event_id: format!("{}-{}", instruction(id), crate::call::cut(&thing.status, 20)),
        kind,
        payment: (!is_refund).then_some(id),
        refund: is_refund.then_some(id),
        reference: (!is_refund).then(|| instruction(id)),
        transaction: thing.original_payment_reference.clone().or_else(|| thing.payment_reference.clone()),
        about: is_refund.then(|| instruction(id)),
        amount: money(&thing.amount, thing.currency.as_deref()),
        refusal: refused.then(|| thing.refusal()),
        livemode: None,
    }))
}
