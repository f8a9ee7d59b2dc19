//! R2: a family of refresh tokens, its owner whose replies get lost, and a thief who copies a token.
#![allow(clippy::unwrap_used, missing_docs)]

use identity::rules::sessions::{GRACE, Presented, Verdict, judge};
use kirana_kernel::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

const BEGIN: Timestamp = Timestamp::from_millis(1_763_631_000_000);
const IDLE: Duration = Duration::from_secs(600);
const WHOLE: Duration = Duration::from_secs(3_000);

/// The family as its table has it: a token's successor is the next one.
struct Family {
    tokens: Vec<(Option<Timestamp>, Timestamp)>,
    revoked: bool,
}

impl Family {
    fn presented(&self, token: usize, same_device: bool) -> Presented {
        let (used_at, expires_at) = self.tokens[token];
        let successor_used = self.tokens.get(token + 1).is_some_and(|(used, _)| used.is_some());
        let (revoked, ends_at) = (self.revoked, BEGIN + WHOLE);
        Presented { used_at, successor_used, expires_at, revoked, ends_at, same_device, bound: false }
    }

    /// What somebody gets for a token: a newer one, or nothing.
    fn refresh(&mut self, token: usize, same_device: bool, now: Timestamp) -> (Verdict, Option<usize>) {
        let verdict = judge(&self.presented(token, same_device), now);
        match verdict {
            Verdict::Rotate => {
                self.tokens[token].0 = Some(now);
                self.tokens.push((None, now + IDLE));
            }
            Verdict::Stolen => self.revoked = true,
            Verdict::Again | Verdict::Over => {}
        }
        let got = matches!(verdict, Verdict::Rotate | Verdict::Again).then_some(token + 1);
        (verdict, got)
    }
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    /// The owner refreshes; the reply comes, or is lost and asked for again after so many seconds.
    Owner { lost: Option<u64> },
    /// A thief copies what the owner has.
    Copy,
    /// The thief refreshes, from a device that looks like the owner's or not.
    Thief { same_device: bool },
    /// Seconds pass.
    Wait(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => proptest::option::weighted(0.4, 0..=10_u64).prop_map(|lost| Deed::Owner { lost }),
        1 => Just(Deed::Copy),
        2 => any::<bool>().prop_map(|same_device| Deed::Thief { same_device }),
        2 => (0..400_u64).prop_map(Deed::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn of_two_who_have_a_token_one_goes_on_at_most(deeds in proptest::collection::vec(deed(), 1..60)) {
        let mut family = Family { tokens: vec![(None, BEGIN + IDLE)], revoked: false };
        let (mut now, mut owner, mut thief, mut copied) = (BEGIN, 0, None, false);
        for deed in deeds {
            let was_revoked = family.revoked;
            let got = match deed {
                Deed::Wait(seconds) => {
                    now = now + Duration::from_secs(seconds);
                    None
                }
                Deed::Copy => {
                    thief = Some(owner);
                    None
                }
                Deed::Owner { lost } => {
                    let (verdict, mut got) = family.refresh(owner, true, now);
                    if let (Some(pause), Some(_)) = (lost, got) {
                        now = now + Duration::from_secs(pause);
                        got = family.refresh(owner, true, now).1;
                        let over = now >= BEGIN + WHOLE;
                        prop_assert!(copied || over || got.is_some(), "a lost reply is given again for ten seconds");
                    }
                    // Whom nobody robbed is never taken for a thief, whatever the network loses within the grace.
                    prop_assert!(copied || verdict != Verdict::Stolen, "{verdict:?} for an honest owner");
                    owner = got.unwrap_or(owner);
                    got
                }
                Deed::Thief { same_device } => {
                    let Some(token) = thief else { continue };
                    copied = true;
                    let newest = family.tokens.len() - 1;
                    let used_at = family.tokens[token].0;
                    let got = family.refresh(token, same_device, now).1;
                    // What was used is good for the lost reply only: next to the newest, at once, and by its device.
                    if let (Some(used_at), Some(_)) = (used_at, got) {
                        prop_assert!(token + 1 == newest && same_device && now.since(used_at) <= GRACE);
                    }
                    thief = Some(got.unwrap_or(token));
                    got
                }
            };
            prop_assert!(!was_revoked || got.is_none(), "a family that ended gives nothing");
            prop_assert!(got.is_none() || now < BEGIN + WHOLE, "nor does one whose time is over");
            prop_assert!(family.tokens.iter().filter(|(used, _)| used.is_none()).count() == 1, "one is good at a time");
        }
    }
}
