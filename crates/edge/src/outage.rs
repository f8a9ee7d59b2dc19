//! Faults on the way: a line that broke, an object that was moved, a database that has too much to do. They say nothing of
//! what was asked for, only that it was not answered; and whether it was done, nobody knows.

use crate::clock;
use std::cell::Cell;
use std::time::Duration;
use worker::js_sys::Reflect;

/// What kind of fault on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The other side has more to do than it can: to ask again at once makes it worse.
    Overloaded,
    /// The line broke, or the other side was moved or restarted: the same may go well at once.
    Broken,
}

/// Tries of one call at most, the first among them.
const MAX_TRIES: u32 = 2;

/// The longest pause before the second try.
const MAX_PAUSE: Duration = Duration::from_millis(100);

/// What D1 and the runtime say of a line that broke or a database that was moved.
const BROKEN: &[&str] =
    &["Network connection lost", "object to be reset", "DB reset because", "due to transient issue"];

impl Outage {
    /// The outage that an error tells of, if it is one.
    #[must_use]
    pub fn of(error: &worker::Error) -> Option<Self> {
        let original = match error {
            worker::Error::UnknownJsError { original, .. } => original,
            worker::Error::D1(error) => return Self::judge(false, false, &error.cause()),
            _ => return None,
        };
        let flag = |name: &str| Reflect::get(original, &name.into()).is_ok_and(|value| value.is_truthy());
        Self::judge(flag("overloaded"), flag("retryable"), &error.to_string())
    }

    /// By what the runtime notes at the error, and by its words where it notes nothing. An overloaded object notes both.
    fn judge(overloaded: bool, retryable: bool, words: &str) -> Option<Self> {
        if overloaded || words.contains("overloaded") {
            Some(Self::Overloaded)
        } else if retryable || BROKEN.iter().any(|broken| words.contains(broken)) {
            Some(Self::Broken)
        } else {
            None
        }
    }

    /// How long to wait before the same call is tried again; `None` when it is not to be. `chance` is any number.
    #[must_use]
    pub fn pause(self, repeatable: bool, tries: u32, chance: u32) -> Option<Duration> {
        // Full jitter: callers that failed together do not come back together.
        let pause = MAX_PAUSE * (chance % 1_000) / 1_000;
        (self == Self::Broken && repeatable && tries < MAX_TRIES && Budget::spend()).then_some(pause)
    }
}

/// Second tries of an isolate: one for ten calls, and ten at once. When all fail, twice as many calls would not help.
struct Budget;

thread_local! { static TENTHS: Cell<u32> = const { Cell::new(Budget::FULL) } }

impl Budget {
    const FULL: u32 = 100;

    fn earn() {
        TENTHS.with(|tenths| tenths.set((tenths.get() + 1).min(Self::FULL)));
    }

    fn spend() -> bool {
        TENTHS.with(|tenths| {
            let left = tenths.get().checked_sub(10);
            tenths.set(left.unwrap_or(tenths.get()));
            left.is_some()
        })
    }
}

/// Does something, once more after a fault on the way if it may be done twice.
///
/// # Errors
/// That of the last try.
pub async fn persist<T>(repeatable: bool, mut attempt: impl AsyncFnMut() -> worker::Result<T>) -> worker::Result<T> {
    Budget::earn();
    let mut tries = 1;
    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let pause =
            Outage::of(&error).and_then(|outage| outage.pause(repeatable, tries, u32::from_le_bytes(clock::random())));
        let Some(pause) = pause else { return Err(error) };
        worker::Delay::from(pause).await;
        tries += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overloaded_side_is_never_asked_again() {
        assert_eq!(Outage::judge(true, true, "too many requests"), Some(Outage::Overloaded));
        assert_eq!(
            Outage::judge(false, false, "D1 DB is overloaded. Requests queued for too long."),
            Some(Outage::Overloaded)
        );
        for chance in 0..2_000 {
            assert_eq!(Outage::Overloaded.pause(true, 1, chance), None);
        }
    }

    #[test]
    fn a_broken_line_is_tried_once_more_where_that_is_safe() {
        assert_eq!(Outage::judge(false, true, "the object was moved"), Some(Outage::Broken));
        assert_eq!(Outage::judge(false, false, "D1_ERROR: Network connection lost."), Some(Outage::Broken));
        assert_eq!(Outage::judge(false, false, "UNIQUE constraint failed: users.email"), None);
        assert!(Outage::Broken.pause(true, 1, 999).is_some_and(|pause| pause < MAX_PAUSE));
        assert_eq!(Outage::Broken.pause(true, 2, 0), None, "twice is enough");
        assert_eq!(Outage::Broken.pause(false, 1, 0), None, "what may have been done is not done again");
    }

    #[test]
    fn second_tries_are_one_in_ten_when_everything_fails() {
        let second = (0..1_000).filter(|_| {
            Budget::earn();
            Outage::Broken.pause(true, 1, 0).is_some()
        });
        let second = second.count();
        assert!((100..=110).contains(&second), "{second}");
    }
}
