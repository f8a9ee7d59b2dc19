//! What a gateway says of a payment, held against what is known: each payment goes forward once, whatever is said twice, late or in
//! another order. Money that was taken always counts, also after a refusal; amounts that differ change nothing and are shown.

use super::status::{CaptureMode, Known, Status};
use kirana_gateways::{Failure, Notice, NoticeKind, Outcome, Reason, Refusal, State};
use kirana_kernel::Money;

/// What was seen of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The customer has to do something, or has just consented.
    ActionRequired,
    /// Somebody is at it.
    Pending,
    /// So much is held.
    Authorised(Money),
    /// So much is taken.
    Captured(Money),
    /// Nothing is held and nothing was taken.
    Cancelled(String),
    /// Refused, for this reason.
    Failed(String),
    /// Nobody knows.
    Unknown,
    /// Something for a person: a dispute, money that went back elsewhere.
    Flagged(&'static str),
    /// Nothing that matters here.
    Nothing,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The gateway's answer to a question: so it stands now.
    Answer,
    /// A notice, which may be old.
    Notice,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Rest,
    /// It stands so now.
    Become(Status),
    /// It stands as before, and whoever holds stock for it is told so.
    Tell,
    /// So much is held.
    Authorise(Money),
    /// So much came: the one step that moves money in.
    Capture(Money),
    /// It ended without money.
    End(Status, String),
    /// The gateway has to be asked: the notice alone does not settle it.
    Look,
    /// No change of state; a person should look, for this reason.
    Flag(&'static str),
}

/// In words for whoever pays: that a card looks stolen is not told.
#[must_use]
pub fn reason(refusal: &Refusal) -> String {
    match refusal.reason {
        Reason::Suspicious => Reason::Declined.as_str().to_owned(),
        reason => reason.as_str().to_owned(),
    }
}

impl From<&Outcome> for Seen {
    fn from(outcome: &Outcome) -> Self {
        match &outcome.state {
            State::ActionRequired(_) | State::Approved => Self::ActionRequired,
            State::Pending => Self::Pending,
            State::Authorised(money) => Self::Authorised(*money),
            State::Captured(money) => Self::Captured(*money),
            State::Cancelled => Self::Cancelled("cancelled".to_owned()),
            State::Refused(refusal) => Self::Failed(reason(refusal)),
            State::Refunded(_) | State::RefundPending | State::RefundRefused(_) => Self::Nothing,
        }
    }
}

impl From<&Failure> for Seen {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Failed(reason(refusal)),
            Failure::Unknown(_) => Self::Unknown,
        }
    }
}

impl From<&Notice> for Seen {
    fn from(notice: &Notice) -> Self {
        // What a notice does not say how much of, it does not settle.
        let of = |seen: fn(Money) -> Self| notice.amount.map_or(Self::Pending, seen);
        match notice.kind {
            NoticeKind::Approved | NoticeKind::ActionRequired => Self::ActionRequired,
            NoticeKind::Pending => Self::Pending,
            NoticeKind::Authorised => of(Self::Authorised),
            NoticeKind::Captured => of(Self::Captured),
            NoticeKind::Cancelled => Self::Cancelled("cancelled".to_owned()),
            NoticeKind::Failed => Self::Failed(notice.refusal.as_ref().map_or_else(|| "other".to_owned(), reason)),
            NoticeKind::Disputed => Self::Flagged("disputed"),
            NoticeKind::DisputeWon => Self::Flagged("dispute_won"),
            NoticeKind::DisputeLost => Self::Flagged("dispute_lost"),
            NoticeKind::Refunded
            | NoticeKind::RefundPending
            | NoticeKind::RefundFailed
            | NoticeKind::RefundedInAll
            | NoticeKind::Other => Self::Nothing,
        }
    }
}

/// What follows for this payment from what was seen; `transaction` is the gateway's id of what was taken, where it says so.
#[must_use]
pub fn step(known: &Known<'_>, seen: &Seen, transaction: Option<&str>, source: Source) -> Step {
    use Status::{Authorised, Cancelled, Completed, Failed, Initiated, Pending, Refunded, RequiresAction, Unknown};
    let (status, told) = (known.status, source == Source::Notice);
    match (seen, status) {
        (Seen::Flagged(why), _) => Step::Flag(why),
        (Seen::Captured(money), Completed | Refunded) => again(known, *money, transaction),
        (Seen::Captured(money), _) => captured(known, *money),
        (Seen::Authorised(money), _) if *money != known.amount && !status.is_settled() => Step::Flag("amount_mismatch"),
        (Seen::Authorised(money), Initiated | Unknown | RequiresAction | Pending) => Step::Authorise(*money),
        (Seen::Authorised(_), Failed | Cancelled) if told => Step::Look,
        (Seen::Authorised(money), Failed) => Step::Authorise(*money),
        (Seen::Cancelled(why), Initiated | Unknown | RequiresAction | Pending | Authorised) => {
            Step::End(Cancelled, why.clone())
        }
        // An older attempt may have failed while the customer is at the next.
        (Seen::Failed(_), RequiresAction | Authorised) if told => Step::Look,
        (Seen::Failed(why), Initiated | Unknown | RequiresAction | Pending | Authorised) => {
            Step::End(Failed, why.clone())
        }
        (Seen::ActionRequired, Initiated | Unknown) => Step::Become(RequiresAction),
        (Seen::ActionRequired, Pending) if !told => Step::Become(RequiresAction),
        (Seen::Pending, Initiated | Unknown | RequiresAction) => Step::Become(Pending),
        (Seen::ActionRequired, RequiresAction) | (Seen::Pending, Pending) => Step::Tell,
        (Seen::Unknown, Initiated) => Step::Become(Unknown),
        _ => Step::Rest,
    }
}

fn captured(known: &Known<'_>, money: Money) -> Step {
    if money.currency != known.amount.currency {
        return Step::Flag("currency_mismatch");
    }
    let whole = known.capture == CaptureMode::Automatic && money != known.amount;
    let part = known.capture_amount.is_some_and(|wanted| wanted != money.amount);
    if whole || part || money.amount > known.amount.amount || money.amount < 1 {
        return Step::Flag("amount_mismatch");
    }
    Step::Capture(money)
}

/// It was said before that money came. Another amount, or another transaction, is money that nobody asked for.
fn again(known: &Known<'_>, money: Money, transaction: Option<&str>) -> Step {
    let another = matches!((known.transaction, transaction), (Some(ours), Some(theirs)) if ours != theirs);
    if another {
        Step::Flag("captured_twice")
    } else if money != known.captured {
        Step::Flag("amount_mismatch")
    } else {
        Step::Rest
    }
}

#[cfg(test)]
mod tests;
