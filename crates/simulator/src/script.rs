//! A script that fails, and the shortest one like it.

use crate::action::Action;
use crate::{Sabotage, replay};

/// What went wrong, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The step after which it showed; the length of the script when it showed at the end.
    pub step: usize,
    /// What must never be.
    pub wrong: String,
}

/// Cuts a failing script down: leaves out ever smaller parts as long as it still fails (delta debugging, Zeller 1999).
///
/// Answers the script with the failure that it still shows.
#[must_use]
pub fn shrink(script: &[Action], failure: Failure, sabotage: Sabotage) -> (Vec<Action>, Failure) {
    let (mut script, mut failure) = (script.to_vec(), failure);
    script.truncate(failure.step + 1);
    let mut part = script.len().div_ceil(2);
    while part > 0 {
        let mut at = 0;
        let mut shorter = false;
        while at < script.len() {
            let mut candidate = script.clone();
            candidate.drain(at..(at + part).min(script.len()));
            match replay(&candidate, sabotage) {
                Err(still) => {
                    script = candidate;
                    failure = still;
                    shorter = true;
                }
                Ok(_) => at += part,
            }
        }
        if !shorter || part > 1 {
            part /= 2;
        }
    }
    (script, failure)
}
