//! Proofs by the names of the catalogue (R2, R3, R5, R6, R8, R10, R12, R13, R17): each must hold, and each must fail when a guard
//! that it rests on is taken away. The same on real workerd is in `tests/`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod desk;
mod r05_last_units;
mod r06_idempotency;
mod r08_saga;
mod r10_alarms;
mod r17_offline;

use kirana_store_core::sabotage::{Guard, take_away};

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

/// Fails with these words unless it is so.
fn ensure(so: bool, words: impl FnOnce() -> String) -> Proof {
    if so { Ok(()) } else { Err(words()) }
}
