//! A sale at a machine with nobody there: the one table of how it may go. What was paid for ends handed over or given back, and never both.

use serde::{Deserialize, Serialize};

/// Where a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Chosen; its order is being placed, which holds the stock.
    Placing,
    /// It has a price, and waits for money.
    Unpaid,
    /// The customer pays.
    Paying,
    /// Paid; the machine hands it out.
    Vending,
    /// It is out: the order is being closed.
    HandingOver,
    /// It did not come, or the customer went: the order is being called off, which gives money back.
    CallingOff,
    /// Handed over.
    Done,
    /// Called off. What was paid goes back.
    CalledOff,
    /// There was never an order.
    Refused,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The store took the order.
    Placed,
    /// The store did not.
    NotPlaced,
    /// A payment was begun.
    PaymentBegun,
    /// It was refused.
    Declined,
    /// The money is there.
    Paid,
    /// The customer wants it no more, or the time to pay is over.
    GivenUp,
    /// The order is called off already, or was not paid in time.
    OrderGone,
    /// The machine says it is out.
    Vended,
    /// The machine says it is not, or says nothing for too long.
    NotVended,
    /// The order is closed.
    HandedOver,
    /// The order is called off.
    OrderCalledOff,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Placing,
        Self::Unpaid,
        Self::Paying,
        Self::Vending,
        Self::HandingOver,
        Self::CallingOff,
        Self::Done,
        Self::CalledOff,
        Self::Refused,
    ];

    /// Its name in tables and frames.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placing => "placing",
            Self::Unpaid => "unpaid",
            Self::Paying => "paying",
            Self::Vending => "vending",
            Self::HandingOver => "handing_over",
            Self::CallingOff => "calling_off",
            Self::Done => "done",
            Self::CalledOff => "called_off",
            Self::Refused => "refused",
        }
    }

    /// Is it over?
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::CalledOff | Self::Refused)
    }

    /// Where it goes; nowhere for what makes no difference any more.
    #[must_use]
    pub const fn next(self, input: Input) -> Option<Self> {
        match (self, input) {
            (Self::Placing, Input::Placed) => Some(Self::Unpaid),
            (Self::Placing, Input::NotPlaced) => Some(Self::Refused),
            (Self::Unpaid, Input::PaymentBegun) => Some(Self::Paying),
            (Self::Paying, Input::Declined) => Some(Self::Unpaid),
            (Self::Unpaid | Self::Paying, Input::Paid) => Some(Self::Vending),
            (Self::Unpaid | Self::Paying, Input::GivenUp) | (Self::Vending, Input::NotVended) => Some(Self::CallingOff),
            (Self::Unpaid | Self::Paying | Self::Vending | Self::CallingOff, Input::OrderGone)
            | (Self::CallingOff, Input::OrderCalledOff) => Some(Self::CalledOff),
            (Self::Vending, Input::Vended) => Some(Self::HandingOver),
            (Self::HandingOver, Input::HandedOver) => Some(Self::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INPUTS: [Input; 11] = [
        Input::Placed,
        Input::NotPlaced,
        Input::PaymentBegun,
        Input::Declined,
        Input::Paid,
        Input::GivenUp,
        Input::OrderGone,
        Input::Vended,
        Input::NotVended,
        Input::HandedOver,
        Input::OrderCalledOff,
    ];

    proptest! {
        /// Whatever comes in whatever order, twice or late: what was handed out is not given back, and the other way round.
        #[test]
        fn goods_or_money_never_both(inputs in prop::collection::vec(prop::sample::select(&INPUTS[..]), 0..60)) {
            let (mut state, mut out, mut back, mut paid) = (State::Placing, false, false, false);
            for input in inputs {
                let Some(next) = state.next(input) else { continue };
                paid |= input == Input::Paid;
                out |= next == State::HandingOver;
                back |= next == State::CallingOff;
                prop_assert!(!state.is_over(), "over is over");
                prop_assert!(!(out && back));
                prop_assert!(!out || paid, "nothing goes out unpaid");
                state = next;
            }
        }
    }

    #[test]
    fn every_state_has_a_way_to_its_end() {
        for state in State::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.name()));
            let mut reached = vec![state];
            for _ in 0..State::ALL.len() {
                let further: Vec<_> =
                    reached.iter().flat_map(|from| INPUTS.iter().filter_map(|input| from.next(*input))).collect();
                reached.extend(further);
                reached.sort_unstable();
                reached.dedup();
            }
            assert!(reached.iter().any(|state| state.is_over()), "{}", state.name());
        }
    }
}
