//! R2: an order against a table written by hand: who may move it where, and what money does to it.

use crate::desk::{Desk, actor, baht, id, line};
use kirana_contracts::store_state::{Bump, ChangeStatus, PaymentOutcome};
use kirana_kernel::OrderStatus::{self, *};
use kirana_kernel::{Id, Role};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::time::Duration;

const COSTS: i64 = 200;

/// What the model knows of the one order.
#[derive(Clone, Debug)]
pub struct Known {
    status: OrderStatus,
    paid: i64,
    refunded: i64,
    payments: u64,
    /// Minutes since it was placed, and until when it is held.
    minute: u64,
    held_until: u64,
}

#[derive(Clone, Debug)]
pub enum Deed {
    Move { to: OrderStatus, role: Role },
    Pay { amount: i64 },
    PayAgain,
    Pending,
    Fail,
    GiveBack { amount: i64 },
    Bump,
    Recall,
    Wait { minutes: u64 },
}

/// The table: every move that somebody may ask for, and who.
fn may(from: OrderStatus, to: OrderStatus, role: Role) -> bool {
    let crew = [Role::Staff, Role::Manager].contains(&role);
    match (from, to) {
        (Placed | Confirmed, Cancelled) => crew || role == Role::Customer,
        (Confirmed, Preparing)
        | (Preparing, Ready | Cancelled)
        | (Ready, Preparing | Collected | Cancelled)
        | (Dispatched, Ready | Cancelled)
        | (Collected | Delivered, Completed) => crew,
        (Ready, Dispatched) | (Dispatched, Delivered) => crew || role == Role::Rider,
        _ => false,
    }
}

impl ReferenceStateMachine for Known {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self { status: Placed, paid: 0, refunded: 0, payments: 0, minute: 0, held_until: 10 }).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Deed> {
        let roles = prop_oneof![Just(Role::Customer), Just(Role::Staff), Just(Role::Manager), Just(Role::Rider)];
        prop_oneof![
            8 => (0..OrderStatus::ALL.len(), roles).prop_map(|(to, role)| Deed::Move { to: OrderStatus::ALL[to], role }),
            3 => prop_oneof![Just(COSTS), 1..COSTS * 2].prop_map(|amount| Deed::Pay { amount }),
            1 => Just(Deed::PayAgain),
            1 => Just(Deed::Pending),
            1 => Just(Deed::Fail),
            2 => prop_oneof![Just(COSTS), 1..COSTS].prop_map(|amount| Deed::GiveBack { amount }),
            2 => Just(Deed::Bump),
            1 => Just(Deed::Recall),
            1 => (1..12_u64).prop_map(|minutes| Deed::Wait { minutes }),
        ]
        .boxed()
    }

    fn preconditions(known: &Self, deed: &Deed) -> bool {
        match deed {
            // A gateway gives back no more than it has.
            Deed::GiveBack { amount } => known.paid - known.refunded >= *amount,
            Deed::PayAgain => known.payments > 0,
            _ => true,
        }
    }

    fn apply(mut known: Self, deed: &Deed) -> Self {
        match *deed {
            Deed::Move { to, role } if may(known.status, to, role) => known.status = to,
            Deed::Pay { amount } => {
                known.payments += 1;
                known.paid += amount;
                if known.status == Placed && known.paid - known.refunded >= COSTS {
                    known.status = Confirmed;
                }
            }
            Deed::Pending if known.status == Placed => {
                known.held_until = known.held_until.max((known.minute + 10).min(30));
            }
            Deed::GiveBack { amount } => {
                known.refunded += amount;
                if known.refunded == known.paid {
                    known.status = match known.status {
                        Completed | Cancelled => Refunded,
                        // Nobody has begun to make it.
                        Confirmed => Cancelled,
                        other => other,
                    };
                }
            }
            // One station: its bump begins with the order, and then is done with it.
            Deed::Bump if known.status == Confirmed => known.status = Preparing,
            Deed::Bump if known.status == Preparing => known.status = Ready,
            Deed::Recall if known.status == Ready => known.status = Preparing,
            Deed::Wait { minutes } => {
                known.minute += minutes;
                if known.status == Placed && known.minute >= known.held_until {
                    known.status = Expired;
                }
            }
            _ => {}
        }
        known
    }
}

pub struct Real {
    desk: Desk,
    order: Id,
    refunds: u64,
    last: Option<PaymentOutcome>,
}

impl Real {
    fn tell(&mut self, outcome: &PaymentOutcome) {
        let moment = self.desk.moment();
        self.desk.store.payment(moment, self.order, outcome).unwrap();
    }
}

pub struct Orders;

impl StateMachineTest for Orders {
    type SystemUnderTest = Real;
    type Reference = Known;

    fn init_test(_: &Known) -> Real {
        let mut desk = Desk::open(10);
        let order = desk.place("key", vec![line("tea", 2)]).unwrap().id;
        Real { desk, order, refunds: 0, last: None }
    }

    fn apply(mut real: Real, known: &Known, deed: Deed) -> Real {
        let before = real.desk.store.order(real.order).unwrap();
        match deed {
            Deed::Move { to, role } => {
                let moment = real.desk.moment();
                let change = ChangeStatus { to, reason: None, document_seen: false };
                let answer = real.desk.store.change_status(moment, real.order, &actor(role), &change);
                // Asked for where it is already, it is there; all else the table allows or it is refused.
                assert_eq!(answer.is_ok(), before.status == to || may(before.status, to, role), "{answer:?}");
            }
            Deed::Pay { amount } => {
                let outcome = PaymentOutcome::Completed { payment_id: id(9, known.payments), amount: baht(amount) };
                real.tell(&outcome);
                real.last = Some(outcome);
            }
            Deed::PayAgain => {
                let outcome = real.last.clone().unwrap();
                real.tell(&outcome);
            }
            Deed::Pending => real.tell(&PaymentOutcome::Pending { payment_id: id(9, 99) }),
            Deed::Fail => real.tell(&PaymentOutcome::Failed { payment_id: id(9, 99), reason: "declined".into() }),
            Deed::GiveBack { amount } => {
                real.refunds += 1;
                let refund_id = id(8, real.refunds);
                real.tell(&PaymentOutcome::Refunded { refund_id, amount: baht(amount) });
            }
            Deed::Bump | Deed::Recall => {
                let (moment, staff) = (real.desk.moment(), actor(Role::Staff));
                let _ = match deed {
                    Deed::Bump => real.desk.store.bump(moment, real.order, &staff, &Bump::default()),
                    _ => real.desk.store.recall(moment, real.order, &staff, &Bump::default()),
                };
            }
            Deed::Wait { minutes } => real.desk.pass(Duration::from_secs(minutes * 60)),
        }
        real
    }

    fn check_invariants(real: &Real, known: &Known) {
        let order = real.desk.store.order(real.order).unwrap();
        // Who fetched it fifteen minutes ago has completed it.
        let status = if known.status == Completed { Completed } else { order.status };
        let completed_by_itself = order.status == Completed && matches!(known.status, Collected | Delivered);
        assert!(completed_by_itself || order.status == known.status, "{} and not {}", order.status, known.status);
        assert_eq!(
            (order.payment.paid.amount, order.payment.refunded.amount),
            (known.paid, known.refunded),
            "{status}"
        );
        let used = i64::from(order.timeline.iter().any(|entry| entry.to == Preparing)) * 2;
        let held = i64::from(order.status.holds_reservation()) * 2;
        assert_eq!(real.desk.free("cup"), (10 - used, 10 - used - held), "{}", order.status);
        assert_eq!(real.desk.sound(), Ok(()));
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn an_order_moves_as_the_table_says(sequential 1..24 => Orders);
}
