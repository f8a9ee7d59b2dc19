//! How many calls of a kind somebody may make: what the object `rate-limiter` is asked and answers.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// So many at once, and as many again within the window, evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How many.
    pub calls: u32,
    /// Seconds in which as many come back.
    pub window: u32,
}

impl Limit {
    /// Reads `30/300`: thirty calls in three hundred seconds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (calls, window) = text.split_once('/')?;
        let limit = Self { calls: calls.trim().parse().ok()?, window: window.trim().parse().ok()? };
        (limit.calls > 0 && limit.window > 0).then_some(limit)
    }

    /// The window.
    #[must_use]
    pub fn window(self) -> Duration {
        Duration::from_secs(u64::from(self.window))
    }
}

/// May one more call be made?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether.
    pub allowed: bool,
    /// How many more after this one, now.
    pub remaining: u32,
    /// Seconds until the next may be made, when this one may not.
    pub retry_after: u32,
    /// Seconds until all of them are there again.
    pub reset: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_two_numbers_above_zero() {
        assert_eq!(Limit::parse("30/300"), Some(Limit { calls: 30, window: 300 }));
        for bad in ["", "30", "0/300", "30/0", "-1/3", "a/b", "30/300/1"] {
            assert_eq!(Limit::parse(bad), None, "{bad}");
        }
    }
}
