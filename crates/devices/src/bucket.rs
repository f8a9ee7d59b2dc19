//! How much a device may say: a bucket of frames that fills with time. Whoever is too fast is told once and not heard; whoever
//! goes on all the same is cut off, so that a flood of one costs the others nothing.

use crate::frame::{Limits, MAX_BATCH, MAX_BYTES};
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// What every device is told of it.
pub const LIMITS: Limits = Limits { bytes: MAX_BYTES, batch: MAX_BATCH, rate: 20, burst: 60 };

/// Frames beyond the limit, without a pause, after which the line is cut.
const PATIENCE: u32 = 200;

/// What is to be done with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Listen.
    Hear,
    /// Do not, and say after how many milliseconds to go on.
    Slow(u64),
    /// Do not, and say nothing: that was said.
    Ignore,
    /// Cut the line.
    Cut,
}

/// A bucket. In thousandths of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    #[serde(rename = "n")]
    left: i64,
    #[serde(rename = "t")]
    at: i64,
    #[serde(rename = "x")]
    beyond: u32,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn full(now: Timestamp) -> Self {
        Self { left: i64::from(LIMITS.burst) * 1000, at: now.millis(), beyond: 0 }
    }

    /// Takes a frame out of it.
    pub fn take(&mut self, now: Timestamp) -> Verdict {
        let passed = (now.millis() - self.at).clamp(0, 60_000);
        self.left = (self.left + passed * i64::from(LIMITS.rate)).min(i64::from(LIMITS.burst) * 1000);
        self.at = self.at.max(now.millis());
        if self.left >= 1000 {
            self.left -= 1000;
            // Half full again: whoever was too fast has slowed down.
            if self.left > i64::from(LIMITS.burst) * 500 {
                self.beyond = 0;
            }
            return Verdict::Hear;
        }
        self.beyond += 1;
        match self.beyond {
            1 => Verdict::Slow(1000),
            beyond if beyond > PATIENCE => Verdict::Cut,
            _ => Verdict::Ignore,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_more_is_heard_than_the_rate_allows(gaps in prop::collection::vec(0_i64..400, 1..600)) {
            let begun = Timestamp::from_millis(1_000_000);
            let (mut bucket, mut at, mut heard) = (Bucket::full(begun), begun.millis(), 0_i64);
            for gap in gaps {
                at += gap;
                if bucket.take(Timestamp::from_millis(at)) == Verdict::Hear {
                    heard += 1;
                }
                let most = i64::from(LIMITS.burst) + (at - begun.millis()) * i64::from(LIMITS.rate) / 1000 + 1;
                prop_assert!(heard <= most);
            }
        }
    }

    #[test]
    fn whoever_floods_is_told_once_and_then_cut() {
        let now = Timestamp::from_millis(1_000);
        let mut bucket = Bucket::full(now);
        let verdicts: Vec<_> = (0..300).map(|_| bucket.take(now)).collect();
        assert!(verdicts[..60].iter().all(|verdict| *verdict == Verdict::Hear));
        assert_eq!(verdicts[60], Verdict::Slow(1000));
        assert!(verdicts[61..260].iter().all(|verdict| *verdict == Verdict::Ignore));
        assert_eq!(verdicts[260], Verdict::Cut);
    }
}
