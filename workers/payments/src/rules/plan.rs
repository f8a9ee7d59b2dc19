//! What is asked of a gateway next about a payment that nobody has settled yet. Nothing here takes money twice: a charge is asked for again
//! only under its own key, and where a gateway has no keys (Razorpay) only after a look.

use super::status::{CaptureMode, Status};
use kirana_contracts::risk::Review;
use kirana_gateways::{Failure, Outcome, Reason, State};
use std::time::Duration;

/// For how long gateways keep their keys, with a margin: Stripe says 24 hours at least.
pub const KEY_LIVES: Duration = Duration::from_secs(20 * 3600);

/// After this a search finds what there is: Stripe's may be a minute late.
const FOUND_BY: Duration = Duration::from_secs(5 * 60);

/// Who has not paid by then does not.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// What the plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Which gateway.
    pub gateway: &'a str,
    /// How the payment stands.
    pub status: Status,
    /// When the money is to be taken.
    pub capture: CaptureMode,
    /// Has the gateway said its own id of it?
    pub has_reference: bool,
    /// Its order was called off.
    pub is_closed: bool,
    /// A person is to look at it before anybody is asked for money, or did.
    pub review: Option<Review>,
    /// Somebody wants it given free.
    pub void_wanted: bool,
    /// Somebody wants so much of what is held taken.
    pub capture_amount: Option<i64>,
    /// How often it was asked about.
    pub attempts: u32,
    /// How old it is.
    pub age: Duration,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing now.
    Rest,
    /// For the money, under the payment's own key.
    Charge,
    /// How it stands.
    Look,
    /// To go on, after the customer's consent.
    Complete,
    /// To take so much of what is held.
    Capture(i64),
    /// To give free what is held, or end what nobody consented to.
    Void,
    /// Nothing more: it ends here, without money.
    GiveUp(&'static str),
}

impl Facts<'_> {
    fn unwanted(&self) -> bool {
        self.is_closed || self.void_wanted
    }

    /// Does the gateway find a payment by our id at once?
    fn is_found_by_our_id(&self) -> bool {
        matches!(self.gateway, "razorpay" | "swish" | "d2i")
    }
}

/// What is asked first.
#[must_use]
pub fn first(facts: &Facts<'_>) -> Next {
    if facts.status.is_settled() {
        return Next::Rest;
    }
    match facts.review {
        Some(Review::Open) if facts.unwanted() => return Next::GiveUp("the order was called off"),
        Some(Review::Open) => return Next::Rest,
        // Nothing was asked for, whatever the gateway.
        Some(Review::Rejected) => return Next::GiveUp("declined"),
        Some(Review::Approved) | None => {}
    }
    match (facts.gateway, facts.has_reference) {
        ("cash_on_delivery", _) if facts.unwanted() => Next::GiveUp("the order was called off"),
        ("cash_on_delivery", _) if facts.status != Status::Initiated => Next::Rest,
        ("sandbox", true) => Next::Rest,
        (_, true) => Next::Look,
        ("sandbox", false) if facts.unwanted() => Next::GiveUp("the order was called off"),
        ("gift_balance", _) if facts.unwanted() => Next::GiveUp("the order was called off"),
        // Loyalty may have taken them, unheard: then they are taken, and go back.
        ("points", _) if facts.unwanted() && facts.attempts == 0 => Next::GiveUp("the order was called off"),
        // Before the payer's consent nothing is taken, so nothing is lost.
        ("paypal", false) if facts.unwanted() || facts.age > KEY_LIVES => Next::GiveUp("nobody consented to it"),
        ("stripe", false) if facts.unwanted() || facts.age > KEY_LIVES => Next::Look,
        // Stripe repeats its first answer to a key, also a fault: every other time it is searched for.
        ("stripe", false) if facts.attempts >= 3 && facts.attempts % 2 == 1 => Next::Look,
        (_, false) if facts.is_found_by_our_id() && facts.attempts > 0 => Next::Look,
        _ => Next::Charge,
    }
}

/// What is asked after an answer to that.
#[must_use]
pub fn then(facts: &Facts<'_>, asked: Next, answer: &Result<Outcome, Failure>) -> Next {
    let outcome = match answer {
        Ok(outcome) => outcome,
        Err(Failure::Refused(refusal)) => return after_refusal(facts, asked, refusal.reason),
        Err(Failure::Unknown(_)) => return Next::Rest,
    };
    match &outcome.state {
        State::Approved if facts.unwanted() => Next::GiveUp("the order was called off"),
        State::Approved => Next::Complete,
        State::Authorised(_) if facts.unwanted() => {
            if asked == Next::Void {
                Next::Rest
            } else {
                Next::Void
            }
        }
        State::Authorised(_) => match facts.capture_amount {
            Some(amount) if !matches!(asked, Next::Capture(_)) => Next::Capture(amount),
            _ => Next::Rest,
        },
        State::ActionRequired(_) if facts.unwanted() || facts.age > PATIENCE => match facts.gateway {
            // Unpaid orders cannot be ended there. PayPal's take no money without us.
            "paypal" => Next::GiveUp("nobody consented to it"),
            "razorpay" if facts.age > PATIENCE => Next::GiveUp("nobody paid it"),
            "razorpay" => Next::Rest,
            _ if asked == Next::Void => Next::Rest,
            _ => Next::Void,
        },
        _ => Next::Rest,
    }
}

/// A refusal of the call, not of the payment: nothing happened.
fn after_refusal(facts: &Facts<'_>, asked: Next, reason: Reason) -> Next {
    match (asked, reason) {
        (Next::Look, Reason::NotFound) if !facts.has_reference => match facts.gateway {
            _ if facts.unwanted() && facts.is_found_by_our_id() => Next::GiveUp("the order was called off"),
            _ if facts.is_found_by_our_id() => Next::Charge,
            _ if facts.age < FOUND_BY => Next::Rest,
            _ => Next::GiveUp("the gateway never had it"),
        },
        (Next::Look, Reason::NotFound) if facts.age > PATIENCE => Next::GiveUp("the gateway has it no more"),
        (Next::Complete | Next::Capture(_) | Next::Void, Reason::WrongState) => Next::Look,
        _ => Next::Rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_gateways::{Action, Doubt};
    use kirana_kernel::Money;

    fn facts(gateway: &str) -> Facts<'_> {
        Facts {
            gateway,
            status: Status::Unknown,
            capture: CaptureMode::Automatic,
            has_reference: false,
            is_closed: false,
            review: None,
            void_wanted: false,
            capture_amount: None,
            attempts: 1,
            age: Duration::from_secs(60),
        }
    }

    fn found(state: State) -> Result<Outcome, Failure> {
        Ok(Outcome { state, ours: None, reference: None, transaction: None, amount: None })
    }

    #[test]
    fn what_was_not_answered_is_asked_again_under_its_key_or_looked_for() {
        for (gateway, next) in
            [("stripe", Next::Charge), ("paypal", Next::Charge), ("swish", Next::Look), ("razorpay", Next::Look)]
        {
            assert_eq!(first(&facts(gateway)), next, "{gateway}");
            assert_eq!(first(&Facts { has_reference: true, ..facts(gateway) }), Next::Look, "{gateway}");
            assert_eq!(first(&Facts { attempts: 0, ..facts(gateway) }), Next::Charge, "{gateway}");
            let silent = Err(Failure::Unknown(Doubt::NoAnswer));
            assert_eq!(then(&facts(gateway), next, &silent), Next::Rest, "{gateway}");
        }
        assert_eq!(first(&Facts { attempts: 3, ..facts("stripe") }), Next::Look);
        let nothing = Err(Failure::refused(Reason::NotFound, ""));
        assert_eq!(then(&facts("razorpay"), Next::Look, &nothing), Next::Charge);
        assert_eq!(then(&facts("stripe"), Next::Look, &nothing), Next::Rest, "a search may be late");
        let old = Facts { age: Duration::from_secs(600), ..facts("stripe") };
        assert_eq!(then(&old, Next::Look, &nothing), Next::GiveUp("the gateway never had it"));
    }

    #[test]
    fn nobody_is_charged_for_what_was_called_off_or_long_ago() {
        for gateway in ["stripe", "paypal", "swish", "razorpay", "d2i", "sandbox", "cash_on_delivery"] {
            for closed in [Facts { is_closed: true, ..facts(gateway) }, Facts { void_wanted: true, ..facts(gateway) }] {
                let next = first(&closed);
                assert!(!matches!(next, Next::Charge | Next::Complete), "{gateway}: {next:?}");
                let nothing = Err(Failure::refused(Reason::NotFound, ""));
                assert_ne!(then(&closed, next, &nothing), Next::Charge, "{gateway}");
                assert_ne!(then(&closed, next, &found(State::Approved)), Next::Complete, "{gateway}");
            }
        }
        let old = |gateway| Facts { age: KEY_LIVES + Duration::from_secs(1), ..facts(gateway) };
        assert_eq!(
            (first(&old("stripe")), first(&old("paypal"))),
            (Next::Look, Next::GiveUp("nobody consented to it"))
        );
    }

    #[test]
    fn nobody_is_asked_for_money_before_somebody_has_looked() {
        for gateway in ["stripe", "paypal", "swish", "razorpay", "d2i", "sandbox", "cash_on_delivery", "gift_balance"] {
            let new = Facts { status: Status::Initiated, attempts: 0, review: Some(Review::Open), ..facts(gateway) };
            assert_eq!(first(&new), Next::Rest, "{gateway}");
            assert!(matches!(first(&Facts { is_closed: true, ..new }), Next::GiveUp(_)), "{gateway}");
            assert_eq!(first(&Facts { review: Some(Review::Rejected), ..new }), Next::GiveUp("declined"), "{gateway}");
            assert_eq!(first(&Facts { review: Some(Review::Approved), ..new }), Next::Charge, "{gateway}");
        }
    }

    #[test]
    fn what_is_held_is_taken_or_given_free_as_somebody_wants() {
        let thb = |amount| Money::new(amount, "THB".parse().unwrap());
        let held = found(State::Authorised(thb(100)));
        let known = Facts { status: Status::Authorised, has_reference: true, ..facts("stripe") };
        assert_eq!(then(&known, Next::Look, &held), Next::Rest);
        assert_eq!(then(&Facts { capture_amount: Some(60), ..known }, Next::Look, &held), Next::Capture(60));
        assert_eq!(then(&Facts { void_wanted: true, ..known }, Next::Look, &held), Next::Void);
        let both = Facts { void_wanted: true, is_closed: true, capture_amount: Some(60), ..known };
        assert_eq!(then(&both, Next::Look, &held), Next::Void);
        assert_eq!(then(&both, Next::Void, &Err(Failure::refused(Reason::WrongState, ""))), Next::Look);
        let waits = found(State::ActionRequired(Action::Wait));
        for (gateway, next) in [("stripe", Next::Void), ("swish", Next::Void), ("razorpay", Next::Rest)] {
            assert_eq!(then(&Facts { gateway, is_closed: true, ..known }, Next::Look, &waits), next, "{gateway}");
        }
        assert_eq!(then(&known, Next::Look, &found(State::Approved)), Next::Complete);
        assert_eq!(first(&Facts { status: Status::Completed, ..known }), Next::Rest);
    }
}
