//! Is a device there? It is offline once two heartbeats are missed, and while it comes and goes nobody is told of each time: each
//! change weighs, the weight halves every five minutes, and above a threshold the device is *flapping* until it has been calm.

use kirana_kernel::Timestamp;
use std::time::Duration;

/// Seconds between two heartbeats, unless a device says otherwise.
pub const INTERVAL: u32 = 30;
/// The least and the most that a device may say.
pub const INTERVALS: std::ops::RangeInclusive<u32> = 5..=3600;

/// What one change weighs.
const WEIGHT: i64 = 1000;
/// Above this a device is flapping.
const SUPPRESS: i64 = 3500;
/// Below this it is calm again.
const REUSE: i64 = 1000;
/// The weight halves in this time.
const HALF_LIFE: Duration = Duration::from_secs(300);

/// When a device that was last heard then is offline.
#[must_use]
pub fn silent_at(heard: Timestamp, interval: u32) -> Timestamp {
    heard + Duration::from_secs(u64::from(interval) * 2)
}

/// How restless a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damping {
    /// The weight when it was last looked at.
    pub weight: i64,
    /// When that was, in milliseconds since 1970.
    pub at: i64,
    /// Is it flapping?
    pub flapping: bool,
}

/// What is told of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The change.
    Change,
    /// That it flaps, once.
    Flapping,
    /// Nothing.
    Nothing,
}

impl Damping {
    /// The weight now.
    #[must_use]
    pub fn weight_at(self, now: Timestamp) -> i64 {
        let passed = u64::try_from(now.millis() - self.at).unwrap_or(0);
        let half = u64::try_from(HALF_LIFE.as_millis()).unwrap_or(1);
        let (halvings, rest) = (passed / half, passed % half);
        if halvings > 40 {
            return 0;
        }
        let whole = self.weight >> halvings;
        // Between two halvings along a straight line: near enough, and without floating point.
        whole - whole * i64::try_from(rest).unwrap_or(0) / i64::try_from(2 * half).unwrap_or(1)
    }

    /// The device came or went.
    pub fn changed(&mut self, now: Timestamp) -> Told {
        self.weight = (self.weight_at(now) + WEIGHT).min(SUPPRESS * 3);
        self.at = self.at.max(now.millis());
        match (self.flapping, self.weight > SUPPRESS) {
            (false, true) => {
                self.flapping = true;
                Told::Flapping
            }
            (false, false) => Told::Change,
            (true, _) => Told::Nothing,
        }
    }

    /// Has it been calm long enough? Then how it stands is told again.
    pub fn calms(&mut self, now: Timestamp) -> bool {
        let calm = self.flapping && self.weight_at(now) < REUSE;
        if calm {
            self.flapping = false;
        }
        calm
    }

    /// When to look whether it is calm.
    #[must_use]
    pub fn looked_at_next(self, now: Timestamp) -> Option<Timestamp> {
        self.flapping.then(|| now + Duration::from_secs(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    #[test]
    fn who_comes_and_goes_is_told_of_once() {
        let mut damping = Damping::default();
        let told: Vec<_> = (0..20).map(|times| damping.changed(START + Duration::from_secs(10 * times))).collect();
        assert_eq!(told[..3], [Told::Change; 3]);
        assert_eq!(told[3], Told::Flapping);
        assert!(told[4..].iter().all(|told| *told == Told::Nothing));
        assert!(!damping.calms(START + Duration::from_secs(300)));
        assert!(damping.calms(START + Duration::from_secs(3600)));
        assert_eq!(damping.changed(START + Duration::from_secs(3601)), Told::Change);
    }

    #[test]
    fn a_device_that_goes_once_a_day_is_told_of_each_time() {
        let mut damping = Damping::default();
        assert!((0..50).all(|day| damping.changed(START + Duration::from_secs(day * 86_400)) == Told::Change));
    }

    proptest! {
        #[test]
        fn the_weight_only_falls_while_nothing_happens(weight in 0_i64..10_500, a in 0_u64..100_000, b in 0_u64..100_000) {
            let damping = Damping { weight, at: START.millis(), flapping: false };
            let at = |seconds| damping.weight_at(START + Duration::from_secs(seconds));
            prop_assert!(at(a.max(b)) <= at(a.min(b)) && at(a) >= 0);
        }

        #[test]
        fn whatever_happens_it_calms_within_an_hour(gaps in prop::collection::vec(0_u64..600, 0..60)) {
            let (mut damping, mut now) = (Damping::default(), START);
            for gap in gaps {
                now = now + Duration::from_secs(gap);
                damping.changed(now);
            }
            damping.calms(now + Duration::from_secs(3600));
            prop_assert!(!damping.flapping);
        }
    }
}
