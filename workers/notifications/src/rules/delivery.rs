//! When a message is tried again, and when it is given up.

use std::time::Duration;

/// Tries of a message, the first among them. With the pauses between them, two hours: who is away longer is told by a person.
pub const MAX_ATTEMPTS: u32 = 10;

/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(3_600);

/// How long whoever tries has for it, before somebody else may: longer than a try can take.
pub const LEASE: Duration = Duration::from_secs(120);

/// How long to wait after the try of this number, counted from one: `first` doubled with each, and up to half of that less by
/// `chance`, any number, so that what failed together does not come back together.
#[must_use]
pub fn pause(first: Duration, attempt: u32, chance: u32) -> Duration {
    let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(16)).clamp(Duration::from_secs(1), MAX_PAUSE);
    doubled - doubled / 2 * (chance % 1_000) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end_at_an_hour() {
        let first = Duration::from_secs(15);
        let pauses: Vec<_> = (1..=MAX_ATTEMPTS).map(|attempt| pause(first, attempt, 0).as_secs()).collect();
        assert_eq!(pauses, [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(pause(first, 40, 0), MAX_PAUSE);
        assert!(pause(first, 1, 999) > Duration::from_millis(7_500), "never less than half");
        assert_eq!(pause(Duration::ZERO, 1, 0), Duration::from_secs(1));
    }
}
