//! A circuit breaker: what does not answer is not asked by everybody, and one call a second finds out whether it does again.

use kirana_kernel::Timestamp;
use std::time::Duration;

/// Failures in a row after which nobody is let through.
const OPENS_AFTER: u32 = 5;

/// Between two who are let through to find out.
const PROBES: Duration = Duration::from_secs(1);

/// What is known of one other side. An isolate has one for each that it speaks to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    failures: u32,
    /// When the next may find out; the breaker is closed without.
    next_probe: Option<Timestamp>,
}

impl Breaker {
    /// May a call go through now? Whoever is told so counts as the one who finds out.
    pub fn lets_through(&mut self, now: Timestamp) -> bool {
        match self.next_probe {
            Some(probe) if now < probe => false,
            Some(_) => {
                self.next_probe = Some(now + PROBES);
                true
            }
            None => true,
        }
    }

    /// What came of a call: whether it was answered at all.
    pub fn learn(&mut self, answered: bool, now: Timestamp) {
        if answered {
            *self = Self::default();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= OPENS_AFTER {
            self.next_probe = Some(self.next_probe.unwrap_or(now + PROBES).max(now));
        }
    }

    /// Is nobody let through but who finds out?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.next_probe.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn after_five_failures_in_a_row_one_a_second_goes_through() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            assert!(breaker.lets_through(NOW) && !breaker.is_open());
            breaker.learn(false, NOW);
        }
        assert!(breaker.is_open());
        let mut through = 0;
        for millis in 0..30_000 {
            let now = NOW + Duration::from_millis(millis);
            if breaker.lets_through(now) {
                breaker.learn(false, now);
                through += 1;
            }
        }
        assert_eq!(through, 29, "one a second, from the first second on");
    }

    #[test]
    fn one_answer_closes_it_and_one_failure_among_answers_is_none() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            breaker.learn(false, NOW);
            breaker.learn(false, NOW);
            breaker.learn(true, NOW);
        }
        assert!(!breaker.is_open());
        for _ in 0..6 {
            breaker.learn(false, NOW);
        }
        assert!(breaker.is_open() && !breaker.lets_through(NOW));
        let later = NOW + Duration::from_secs(1);
        assert!(breaker.lets_through(later) && !breaker.lets_through(later), "one finds out");
        breaker.learn(true, later);
        assert!((0..10).all(|_| breaker.lets_through(later)));
    }
}
