//! Proofs by the names of the catalogue (R2, R3, R5, R6, R8, R10, R12, R13, R17, S20): each must hold, and each must fail when a guard
//! that it rests on is taken away. The same on real workerd is in `tests/`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod desk;
mod r02_inventory;
mod r02_orders;
mod r05_last_units;
mod r06_idempotency;
mod r08_saga;
mod r10_alarms;
mod r17_offline;
mod s20_age;

use kirana_store_core::sabotage::{Guard, take_away};
use proptest::prelude::ProptestConfig;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a proof answers: what is wrong, if anything is.
type Proof = Result<(), String>;

/// A proof holds, and notices when one of these guards is gone.
fn prove(proof: impl Fn() -> Proof, guards: &[Guard]) {
    take_away(None);
    if let Err(wrong) = proof() {
        panic!("{wrong}");
    }
    for guard in guards {
        take_away(Some(*guard));
        let noticed = proof();
        take_away(None);
        match noticed {
            Ok(()) => panic!("nobody noticed that {guard:?} was gone"),
            Err(wrong) => println!("without {guard:?}: {wrong}"),
        }
    }
}

/// A model notices when one of these guards is gone.
fn notices<T: StateMachineTest>(guards: &[Guard]) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = T::Reference::sequential_strategy(1..24);
    for guard in guards {
        take_away(Some(*guard));
        let noticed = (0..500).any(|_| {
            let (state, deeds, _) = strategy.new_tree(&mut runner).unwrap().current();
            let run = || T::test_sequential(config.clone(), state, deeds, None);
            catch_unwind(AssertUnwindSafe(run)).is_err()
        });
        take_away(None);
        assert!(noticed, "nobody noticed that {guard:?} was gone");
    }
}

/// Fails with these words unless it is so.
fn ensure(so: bool, words: impl FnOnce() -> String) -> Proof {
    if so { Ok(()) } else { Err(words()) }
}
