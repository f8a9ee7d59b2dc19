//! How long to wait, and when to stop asking for a refund.

use super::plan::KEY_LIVES;
use kirana_gateways::{Failure, Outcome, Reason, State};
use kirana_kernel::Money;
use std::time::Duration;

/// The longest pause between two questions about one payment or refund.
const LONGEST: Duration = Duration::from_secs(3600);

/// So many refusals of one refund, and a person has to look.
const REFUSALS: u32 = 6;

/// The pause before the next question: the first, and twice as long each time, an hour at most.
#[must_use]
pub fn pause(first: Duration, attempts: u32) -> Duration {
    (first * (1 << attempts.min(12))).min(LONGEST)
}

/// What follows from what a gateway said of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refunding {
    /// It is given back.
    Done,
    /// The gateway is at it.
    Pending,
    /// Nobody knows: the same again, with the same key.
    Again,
    /// Refused, and nothing went back: another attempt, with another key.
    Anew(&'static str),
    /// A person has to look.
    Failed(&'static str),
}

/// What follows for a refund of `amount`, the `attempts` of which began `age` ago under this key.
#[must_use]
pub fn refunding(amount: Money, answer: &Result<Outcome, Failure>, attempts: u32, age: Duration) -> Refunding {
    let refused = |reason: Reason| match reason {
        // What would be refused again however often it is asked.
        Reason::AmountOutOfRange | Reason::NotFound | Reason::NotSupported | Reason::KeyReused => {
            Refunding::Failed(reason.as_str())
        }
        reason if attempts >= REFUSALS => Refunding::Failed(reason.as_str()),
        reason => Refunding::Anew(reason.as_str()),
    };
    match answer {
        Ok(Outcome { state: State::Refunded(money), .. }) if *money == amount => Refunding::Done,
        Ok(Outcome { state: State::Refunded(_), .. }) => Refunding::Failed("amount_mismatch"),
        Ok(Outcome { state: State::RefundPending, .. }) => Refunding::Pending,
        Ok(Outcome { state: State::RefundRefused(refusal), .. }) => refused(refusal.reason),
        Err(Failure::Refused(refusal)) => refused(refusal.reason),
        // A key that the gateway has forgotten would give back twice.
        Err(Failure::Unknown(_)) | Ok(_) if age > KEY_LIVES => Refunding::Failed("unknown"),
        Err(Failure::Unknown(_)) | Ok(_) => Refunding::Again,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_gateways::{Doubt, Refusal};

    #[test]
    fn pauses_grow_to_an_hour() {
        let first = Duration::from_secs(30);
        let pauses: Vec<_> = (0..9).map(|attempts| pause(first, attempts).as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(pause(first, u32::MAX), LONGEST);
    }

    #[test]
    fn a_refund_is_asked_for_anew_only_when_it_was_refused() {
        let thb = |amount| Money::new(amount, "THB".parse().unwrap());
        let (young, old) = (Duration::from_secs(60), KEY_LIVES + Duration::from_secs(1));
        let silent = Err(Failure::Unknown(Doubt::NoAnswer));
        for attempts in [1, 100] {
            assert_eq!(refunding(thb(5), &silent, attempts, young), Refunding::Again);
            assert_eq!(refunding(thb(5), &silent, attempts, old), Refunding::Failed("unknown"), "never blindly");
        }
        let refused = |reason| Err(Failure::Refused(Refusal::new(reason, "")));
        assert_eq!(
            refunding(thb(5), &refused(Reason::InsufficientFunds), 1, young),
            Refunding::Anew("insufficient_funds")
        );
        assert_eq!(
            refunding(thb(5), &refused(Reason::InsufficientFunds), 6, young),
            Refunding::Failed("insufficient_funds")
        );
        assert_eq!(
            refunding(thb(5), &refused(Reason::AmountOutOfRange), 1, young),
            Refunding::Failed("amount_out_of_range")
        );
        let said = |state| Ok(Outcome { state, ours: None, reference: None, transaction: None, amount: None });
        assert_eq!(refunding(thb(5), &said(State::Refunded(thb(5))), 1, young), Refunding::Done);
        assert_eq!(refunding(thb(5), &said(State::Refunded(thb(4))), 1, young), Refunding::Failed("amount_mismatch"));
        assert_eq!(refunding(thb(5), &said(State::RefundPending), 9, old), Refunding::Pending);
    }
}
