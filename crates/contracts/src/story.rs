//! An order's way told step by step.

use crate::order::{Order, TimelineEntry};
use kirana_kernel::{Fulfilment, OrderStatus, Step, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /orders/{id}/history`: the steps of an order, and everything that was noted on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderHistory {
    /// The steps in their order; `give_back` only where something is to go back.
    pub steps: Vec<StepReport>,
    /// Every change of the order, without gaps.
    pub timeline: Vec<TimelineEntry>,
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepReport {
    /// Which.
    pub step: Step,
    /// How it stands.
    pub state: StepState,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When it is late, while it is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// When it was undone, or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Timestamp>,
    /// What undid it, or why it is not done yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Ahead,
    /// It is waited for.
    Waiting,
    /// It is done.
    Done,
    /// It was done, and that was taken back.
    Undone,
    /// Its turn came, and the order ended before it was done; or its turn will not come.
    GivenUp,
}

impl Order {
    /// Its history, step by step.
    #[must_use]
    pub fn history(&self) -> OrderHistory {
        let mut steps: Vec<_> = Step::FORWARD.into_iter().map(|step| self.report(step)).collect();
        let owed = matches!(self.status, OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded);
        if owed && self.payment.paid.amount > 0 {
            steps.push(self.give_back());
        }
        OrderHistory { steps, timeline: self.timeline.clone() }
    }

    /// The last time that it came to one of these.
    fn came_to(&self, statuses: &[OrderStatus]) -> Option<Timestamp> {
        let moved = self.timeline.iter().rev().filter(|entry| entry.from != Some(entry.to));
        moved.into_iter().find(|entry| statuses.contains(&entry.to)).map(|entry| entry.at)
    }

    fn report(&self, step: Step) -> StepReport {
        let ended = self.came_to(&[OrderStatus::Cancelled, OrderStatus::Expired]);
        let before_it_was_made = ended.filter(|_| self.came_to(&[OrderStatus::Preparing]).is_none());
        let awaited = Step::awaited(self.status) == Some(step);
        let done = match step {
            // Taken back to the kitchen: it is not ready any more.
            Step::Make if awaited => None,
            _ => self.came_to(step.done_by()),
        };
        let began = match step {
            Step::Reserve | Step::Pay => Some(self.placed_at),
            Step::Confirm | Step::Make => self.came_to(&[OrderStatus::Confirmed]),
            Step::HandOver => self.came_to(&[OrderStatus::Ready]),
            Step::GiveBack => ended,
        };
        let all_back = !self.payment.paid.is_zero() && self.payment.paid == self.payment.refunded;
        let undone = match step {
            Step::Pay => ended.filter(|_| all_back),
            _ => before_it_was_made.filter(|_| step.undo().is_some()),
        };
        let (state, note) = match (done, undone) {
            (Some(_), Some(_)) => (StepState::Undone, step.undo().map(str::to_owned)),
            (Some(_), None) => (StepState::Done, None),
            (None, _) if ended.is_some() || self.status == OrderStatus::Refunded => {
                (StepState::GivenUp, self.why_it_ended())
            }
            (None, _) if awaited => (StepState::Waiting, self.why_it_waits(step)),
            (None, _) => (StepState::Ahead, None),
        };
        let given_up = (state == StepState::GivenUp && began.is_some()).then_some(ended).flatten();
        StepReport {
            step,
            state,
            began_at: began,
            due_at: self.due_at.filter(|_| awaited),
            done_at: done,
            undone_at: undone.filter(|_| done.is_some()).or(given_up),
            note,
        }
    }

    fn why_it_ended(&self) -> Option<String> {
        let ends = [OrderStatus::Cancelled, OrderStatus::Expired];
        let end = self.timeline.iter().rev().find(|entry| ends.contains(&entry.to) && entry.from != Some(entry.to));
        end.and_then(|entry| entry.reason.clone())
    }

    fn why_it_waits(&self, step: Step) -> Option<String> {
        match (step, self.status, self.fulfilment) {
            (Step::Pay, ..) => self.payment.last_failure.clone(),
            (Step::Make, OrderStatus::Confirmed, _) => Some("the kitchen has not begun".into()),
            (Step::HandOver, OrderStatus::Ready, Fulfilment::Delivery) => Some("a rider is to fetch it".into()),
            _ => None,
        }
    }

    fn give_back(&self) -> StepReport {
        let ended = self.came_to(&[OrderStatus::Cancelled, OrderStatus::Expired]);
        let open = self.payment.paid.amount - self.payment.refunded.amount;
        let note = (open > 0).then(|| format!("{} of {} went back so far", self.payment.refunded, self.payment.paid));
        let back = self.timeline.last().map(|entry| entry.at);
        StepReport {
            step: Step::GiveBack,
            state: if open > 0 { StepState::Waiting } else { StepState::Done },
            began_at: ended,
            due_at: self.due_at.filter(|_| open > 0),
            done_at: self.came_to(&[OrderStatus::Refunded]).or(back).filter(|_| open == 0),
            undone_at: None,
            note,
        }
    }
}
