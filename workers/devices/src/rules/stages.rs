//! Which devices of a fleet have their turn in which stage of a roll-out, and whether it goes on.

use kirana_kernel::Id;

/// Are these parts of a fleet, in per cent, each more than the one before and the last of them all?
#[must_use]
pub fn are_stages(stages: &[u8]) -> bool {
    !stages.is_empty()
        && stages.len() <= 10
        && stages.first().is_some_and(|first| *first > 0)
        && stages.windows(2).all(|pair| pair[0] < pair[1])
        && stages.last() == Some(&100)
}

/// The stage of each device: the first stage has at least one.
#[must_use]
pub fn staged(devices: &[Id], stages: &[u8]) -> Vec<(Id, usize)> {
    let upto = |percent: u8| (devices.len() * usize::from(percent)).div_ceil(100);
    let stage_of = |place: usize| stages.iter().position(|percent| place < upto(*percent)).unwrap_or(stages.len());
    devices.iter().enumerate().map(|(place, id)| (*id, stage_of(place))).collect()
}

/// What comes next for a roll-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send it to those of this stage that wait.
    Send(usize),
    /// Those of this stage have not all answered.
    Wait,
    /// Too many have failed.
    Halt,
    /// All have it, or have failed within what is tolerated.
    Done,
}

/// From how the devices stand: stage and state of each.
#[must_use]
pub fn next<'a>(parts: impl Iterator<Item = (usize, &'a str)> + Clone, tolerance: u8) -> Next {
    let last = parts.clone().map(|(stage, _)| stage).max().unwrap_or(0);
    for stage in 0..=last {
        let of = |state: &str| parts.clone().filter(|(at, is)| *at == stage && *is == state).count();
        let (waiting, sent, done, failed) = (of("waiting"), of("sent"), of("done"), of("failed"));
        let all = waiting + sent + done + failed;
        if failed * 100 > all * usize::from(tolerance) {
            return Next::Halt;
        }
        if waiting > 0 {
            return Next::Send(stage);
        }
        if sent > 0 {
            return Next::Wait;
        }
    }
    Next::Done
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Timestamp;
    use proptest::prelude::*;

    #[test]
    fn a_stage_waits_for_the_one_before() {
        let go = |parts: &[(usize, &str)]| next(parts.iter().copied(), 10);
        assert_eq!(go(&[(0, "waiting"), (1, "waiting")]), Next::Send(0));
        assert_eq!(go(&[(0, "sent"), (1, "waiting")]), Next::Wait);
        assert_eq!(go(&[(0, "done"), (1, "waiting")]), Next::Send(1));
        assert_eq!(go(&[(0, "failed"), (1, "waiting")]), Next::Halt);
        assert_eq!(go(&[(0, "done"), (1, "done")]), Next::Done);
        assert!(are_stages(&[10, 50, 100]) && !are_stages(&[50, 50, 100]) && !are_stages(&[10]) && !are_stages(&[]));
    }

    proptest! {
        #[test]
        fn every_device_has_its_turn_once(count in 1_usize..300, first in 1_u8..50, second in 50_u8..100) {
            let devices: Vec<_> = (0..count).map(|n| Id::new(Timestamp::from_millis(n as i64), [1; 10])).collect();
            let stages = [first, second, 100];
            let parts = staged(&devices, &stages);
            prop_assert_eq!(parts.len(), count);
            prop_assert!(parts.iter().all(|(_, stage)| *stage < 3));
            prop_assert!(parts.iter().any(|(_, stage)| *stage == 0), "the first stage is not empty");
            for (stage, percent) in stages.iter().enumerate() {
                let so_far = parts.iter().filter(|(_, at)| *at <= stage).count();
                prop_assert!(so_far * 100 <= count * usize::from(*percent) + 100);
            }
        }
    }
}
