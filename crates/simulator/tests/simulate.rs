//! A few thousand runs, and the test of the tester: each deliberate bug is found.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use kirana_simulator::{Action, Sabotage, replay, run, run_forgetful, shrink};

const STEPS: usize = 200;

fn hold(seed: u64) {
    if let Err(failure) = run(seed, STEPS, Sabotage::None) {
        let (script, failure) = shrink(&Action::script(seed, STEPS), failure, Sabotage::None);
        panic!("seed {seed}: {}\n{script:#?}", failure.wrong);
    }
}

#[test]
fn nothing_breaks_a_store() {
    // `cargo xtask simulate` runs far more, optimised; these are for `cargo test`.
    (1..=25).for_each(hold);
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 1..=5 {
        assert_eq!(run(seed, STEPS, Sabotage::None).unwrap(), run(seed, STEPS, Sabotage::None).unwrap());
    }
}

#[test]
fn what_a_process_has_in_memory_makes_no_difference() {
    for seed in 1..=25 {
        let report = run_forgetful(seed, STEPS).unwrap_or_else(|failure| panic!("seed {seed}: {}", failure.wrong));
        assert!(report.events > 100, "{report:?}");
    }
}

#[test]
fn every_deliberate_bug_is_found_and_cut_down() {
    for sabotage in Sabotage::all() {
        let found = (1..=300).find_map(|seed| Some((seed, run(seed, STEPS, sabotage).err()?)));
        let Some((seed, failure)) = found else { panic!("nobody noticed {sabotage:?}") };
        let (script, failure) = shrink(&Action::script(seed, STEPS), failure, sabotage);
        assert!(replay(&script, sabotage).is_err(), "{sabotage:?}: the short script fails as well");
        assert!(script.len() <= 12, "{sabotage:?}: {} actions are left: {script:?}", script.len());
        println!("{sabotage:?}: seed {seed}, {} actions: {}", script.len(), failure.wrong);
    }
}
