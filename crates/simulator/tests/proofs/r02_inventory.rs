//! R2: stock against a model that knows nothing of SQL: batches in a vector, taken by the item's policy.

use crate::desk::{DAY, Desk, actor, baht, id, item, line, receipt};
use kirana_contracts::stock::{IssuePolicy, Movement, Spoilage, StockSetup, Unit};
use kirana_contracts::store_state::PaymentOutcome;
use kirana_kernel::{Id, OrderStatus, Role, Timestamp};
use kirana_store_core::Refusal;
use kirana_store_core::sabotage::Guard;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::time::Duration;

const ITEMS: [(&str, IssuePolicy); 3] =
    [("milk", IssuePolicy::Fefo), ("leaf", IssuePolicy::Fifo), ("syrup", IssuePolicy::Lifo)];
const HOUR: u64 = 3_600;

#[derive(Clone, Debug)]
struct Batch {
    item: usize,
    /// Hours on the model's clock.
    expires: Option<u64>,
    on_hand: i64,
    reserved: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Shelf {
    hour: u64,
    batches: Vec<Batch>,
    /// What each order that is not made yet holds: batch and quantity.
    held: Vec<Option<Vec<(usize, i64)>>>,
}

#[derive(Clone, Debug)]
pub enum Deed {
    Receive { item: usize, quantity: i64, hours: Option<u64> },
    Order { item: usize, quantity: i64 },
    Make { order: usize },
    CallOff { order: usize },
    Spoil { batch: usize, quantity: i64 },
    Wait { hours: u64 },
}

impl Shelf {
    /// Batches in the order in which the item's policy takes them.
    fn in_turn(&self, item: usize) -> Vec<usize> {
        let good = |batch: &Batch| batch.expires.is_none_or(|hour| hour > self.hour);
        let mut turn: Vec<usize> = (0..self.batches.len())
            .filter(|index| self.batches[*index].item == item && good(&self.batches[*index]))
            .collect();
        match ITEMS[item].1 {
            IssuePolicy::Fefo => turn.sort_by_key(|index| (self.batches[*index].expires.unwrap_or(u64::MAX), *index)),
            IssuePolicy::Fifo => {}
            IssuePolicy::Lifo => turn.reverse(),
        }
        turn
    }

    fn allocate(&self, item: usize, mut quantity: i64) -> Option<Vec<(usize, i64)>> {
        let mut parts = Vec::new();
        for index in self.in_turn(item) {
            let free = self.batches[index].on_hand - self.batches[index].reserved;
            let part = free.min(quantity);
            if part > 0 {
                parts.push((index, part));
                quantity -= part;
            }
        }
        (quantity == 0).then_some(parts)
    }

    fn release(&mut self, order: usize) {
        for (batch, quantity) in self.held[order].take().unwrap_or_default() {
            self.batches[batch].reserved -= quantity;
        }
        self.throw_away();
    }

    fn throw_away(&mut self) {
        let hour = self.hour;
        for batch in self.batches.iter_mut().filter(|batch| batch.expires.is_some_and(|expires| expires <= hour)) {
            batch.on_hand = batch.reserved;
        }
    }
}

impl ReferenceStateMachine for Shelf {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Deed> {
        let (orders, batches) = (state.held.len().max(1), state.batches.len().max(1));
        let hours = prop_oneof![Just(None), (1_u64..60).prop_map(Some)];
        prop_oneof![
            4 => (0..3_usize, 1..30_i64, hours).prop_map(|(item, quantity, hours)| Deed::Receive { item, quantity, hours }),
            6 => (0..3_usize, 1..20_i64).prop_map(|(item, quantity)| Deed::Order { item, quantity }),
            3 => (0..orders).prop_map(|order| Deed::Make { order }),
            2 => (0..orders).prop_map(|order| Deed::CallOff { order }),
            1 => (0..batches, 1..12_i64).prop_map(|(batch, quantity)| Deed::Spoil { batch, quantity }),
            1 => (1..30_u64).prop_map(|hours| Deed::Wait { hours }),
        ]
        .boxed()
    }

    fn apply(mut state: Self, deed: &Deed) -> Self {
        match *deed {
            Deed::Receive { item, quantity, hours } => {
                let expires = hours.map(|hours| state.hour + hours);
                state.batches.push(Batch { item, expires, on_hand: quantity, reserved: 0 });
            }
            Deed::Order { item, quantity } => {
                let parts = state.allocate(item, quantity);
                for (batch, part) in parts.iter().flatten() {
                    state.batches[*batch].reserved += part;
                }
                state.held.push(parts);
            }
            Deed::Make { order } => {
                for (batch, quantity) in state.held.get_mut(order).and_then(Option::take).unwrap_or_default() {
                    state.batches[batch].reserved -= quantity;
                    state.batches[batch].on_hand -= quantity;
                }
            }
            Deed::CallOff { order } if order < state.held.len() => state.release(order),
            Deed::CallOff { .. } => {}
            Deed::Spoil { batch, quantity } => {
                if let Some(batch) = state.batches.get_mut(batch)
                    && batch.on_hand - batch.reserved >= quantity
                {
                    batch.on_hand -= quantity;
                }
            }
            Deed::Wait { hours } => {
                state.hour += hours;
                // Nobody paid: every hold is over.
                (0..state.held.len()).for_each(|order| state.release(order));
                state.throw_away();
            }
        }
        state
    }
}

pub struct Real {
    desk: Desk,
    begun: Timestamp,
    orders: Vec<Option<Id>>,
}

impl Real {
    fn hour(&self, hour: u64) -> Timestamp {
        self.begun + Duration::from_secs(hour * HOUR)
    }
}

pub struct Stock;

impl StateMachineTest for Stock {
    type SystemUnderTest = Real;
    type Reference = Shelf;

    fn init_test(_: &Shelf) -> Real {
        let mut desk = Desk::open(0);
        let items = ITEMS.iter().map(|(sku, policy)| {
            let mut item = item(sku, Unit::Piece);
            item.policy = *policy;
            item
        });
        let setup = StockSetup { items: items.collect(), recipes: Vec::new() };
        let moment = desk.moment();
        desk.store.setup(moment, &setup).unwrap();
        Real { begun: desk.now, desk, orders: Vec::new() }
    }

    fn apply(mut real: Real, model: &Shelf, deed: Deed) -> Real {
        match deed {
            Deed::Receive { item, quantity, hours } => {
                let hour = model.hour;
                let expires_at = hours.map(|hours| real.hour(hour + hours));
                let movement = Movement::Receive(kirana_contracts::stock::Receipt {
                    expires_at,
                    ..receipt(ITEMS[item].0, quantity)
                });
                let moment = real.desk.moment();
                real.desk.store.move_stock(moment, &actor(Role::Manager), None, &movement).unwrap();
            }
            Deed::Order { item, quantity } => {
                let key = format!("key-{}", real.orders.len());
                let placed = real.desk.place(&key, vec![line(ITEMS[item].0, quantity)]);
                let expected = model.held.last().unwrap();
                match (&placed, expected) {
                    (Ok(_), Some(_)) | (Err(Refusal::OutOfStock(_)), None) => {}
                    other => panic!("the model says {expected:?}: {other:?}"),
                }
                real.orders.push(placed.ok().map(|order| order.id));
            }
            Deed::Make { order } => {
                if let Some(Some(order)) = real.orders.get(order).copied() {
                    let total = real.desk.store.order(order).unwrap().totals.total.amount;
                    let moment = real.desk.moment();
                    let paid = PaymentOutcome::Completed { payment_id: id(9, 1), amount: baht(total) };
                    real.desk.store.payment(moment, order, &paid).unwrap();
                    let _ = real.desk.go(order, OrderStatus::Preparing);
                }
            }
            Deed::CallOff { order } => {
                if let Some(Some(order)) = real.orders.get(order).copied()
                    && real.desk.store.order(order).unwrap().status.holds_reservation()
                {
                    real.desk.go(order, OrderStatus::Cancelled).unwrap();
                }
            }
            Deed::Spoil { batch, quantity } => {
                if let Some(known) = model.batches.get(batch) {
                    let batch = Some(i64::try_from(batch).unwrap() + 1);
                    let sku = ITEMS[known.item].0.into();
                    let spoilt = Spoilage { sku, quantity, batch, reason: "spilt".into() };
                    let moment = real.desk.moment();
                    let _ = real.desk.store.move_stock(moment, &actor(Role::Manager), None, &Movement::Spoil(spoilt));
                }
            }
            Deed::Wait { hours } => real.desk.pass(Duration::from_secs(hours * HOUR)),
        }
        real
    }

    fn check_invariants(real: &Real, model: &Shelf) {
        let known: Vec<_> = real.desk.store.batches(None).unwrap();
        let known: Vec<_> = known.iter().map(|batch| (batch.id, batch.on_hand, batch.reserved)).collect();
        let mut expected: Vec<_> = (1..)
            .zip(&model.batches)
            .filter(|(_, batch)| batch.on_hand > 0)
            .map(|(id, batch)| (id, batch.on_hand, batch.reserved))
            .collect();
        let mut sorted = known;
        sorted.sort_unstable();
        expected.sort_unstable();
        assert_eq!(sorted, expected, "(batch, on hand, reserved)");
        for (index, (sku, _)) in ITEMS.iter().enumerate() {
            let level = real.desk.store.level(sku).unwrap();
            let sum =
                |of: fn(&Batch) -> i64| model.batches.iter().filter(|batch| batch.item == index).map(of).sum::<i64>();
            assert_eq!(
                (level.on_hand, level.reserved),
                (sum(|batch| batch.on_hand), sum(|batch| batch.reserved)),
                "{sku}"
            );
        }
        assert_eq!(real.desk.sound(), Ok(()));
        assert!(real.desk.now.since(real.begun) < 400 * DAY);
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn stock_is_what_a_vector_of_batches_says(sequential 1..24 => Stock);
}

#[test]
fn the_models_notice_when_a_guard_is_gone() {
    crate::notices::<Stock>(&[Guard::ReservationCheck, Guard::ReleaseOfHeldStock, Guard::PaymentDeadline]);
    crate::notices::<crate::r02_orders::Orders>(&[Guard::PaymentDeadline, Guard::ReleaseOfHeldStock]);
}
