//! The rule: a bucket of calls that fills evenly, kept as one moment (the generic cell rate algorithm of ATM, ITU-T I.371).

use kirana_contracts::rate_limit::{Limit, Verdict};
use kirana_kernel::Timestamp;
use std::time::Duration;

/// When the bucket is full again; any moment that has passed means that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket(pub Timestamp);

impl Bucket {
    /// A full one.
    pub const FULL: Self = Self(Timestamp::from_millis(0));

    /// Takes a call out, if one is in.
    pub fn take(&mut self, limit: Limit, now: Timestamp) -> Verdict {
        let each = limit.window() / limit.calls;
        let full_at = self.0.max(now) + each;
        let waits = full_at.since(now).saturating_sub(limit.window());
        let allowed = waits.is_zero();
        if allowed {
            self.0 = full_at;
        }
        let missing = self.0.max(now).since(now);
        let remaining = limit.window().saturating_sub(missing).as_nanos().checked_div(each.as_nanos()).unwrap_or(0);
        Verdict {
            allowed,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX).min(limit.calls),
            retry_after: seconds(waits),
            reset: seconds(missing),
        }
    }
}

/// Whole seconds, rounded up: who waits so long does not wait in vain.
fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn a_burst_gets_the_limit_and_not_one_more() {
        let limit = Limit { calls: 30, window: 300 };
        let mut bucket = Bucket::FULL;
        let verdicts: Vec<_> = (0..100).map(|_| bucket.take(limit, NOW)).collect();
        assert_eq!(verdicts.iter().filter(|verdict| verdict.allowed).count(), 30);
        assert_eq!(verdicts[0], Verdict { allowed: true, remaining: 29, retry_after: 0, reset: 10 });
        assert_eq!(verdicts[29], Verdict { allowed: true, remaining: 0, retry_after: 0, reset: 300 });
        assert_eq!(verdicts[30], Verdict { allowed: false, remaining: 0, retry_after: 10, reset: 300 });
        // One comes back each ten seconds.
        assert!(!bucket.take(limit, NOW + Duration::from_secs(9)).allowed);
        assert!(bucket.take(limit, NOW + Duration::from_secs(10)).allowed);
        assert!(!bucket.take(limit, NOW + Duration::from_secs(10)).allowed);
    }

    proptest! {
        /// Whenever they are made: in any span, no more than the limit and what came back meanwhile; and who waits as told gets in.
        #[test]
        fn never_more_than_the_limit_and_what_came_back(
            calls in 1_u32..50, window in 1_u32..600, pauses in prop::collection::vec(0_u64..20_000, 1..200)
        ) {
            let limit = Limit { calls, window };
            let (mut bucket, mut now, mut allowed) = (Bucket::FULL, NOW, Vec::new());
            for pause in pauses {
                now = now + Duration::from_millis(pause);
                let verdict = bucket.take(limit, now);
                prop_assert!(verdict.remaining < calls || !verdict.allowed);
                if verdict.allowed {
                    allowed.push(now);
                } else {
                    prop_assert!(verdict.retry_after > 0);
                    let mut later = bucket;
                    prop_assert!(later.take(limit, now + Duration::from_secs(verdict.retry_after.into())).allowed);
                }
            }
            for (index, from) in allowed.iter().enumerate() {
                let until = *allowed.last().unwrap_or(from);
                let spent = u128::try_from(allowed.len() - index).unwrap_or(0);
                let back = until.since(*from).as_millis() * u128::from(calls) / (u128::from(window) * 1_000);
                prop_assert!(spent <= u128::from(calls) + back + 1, "{spent} in {:?}", until.since(*from));
            }
        }
    }
}
