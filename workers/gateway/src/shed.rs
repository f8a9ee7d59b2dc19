//! What is left out when there is too much to do: browsing before buying, and what a store needs to go on last of all. Each
//! isolate counts what it has begun and not answered. What is left out is told so at once, which costs next to nothing, and
//! when to come again.

use crate::policy::Class;
use crate::vars;
use kirana_edge::{Problem, Result, clock};
use kirana_kernel::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;
use worker::Env;

/// Calls that an isolate answers at once, unless `MAX_IN_FLIGHT` says otherwise.
const MAX_IN_FLIGHT: usize = 500;

/// What has not ended by then never will: its caller went away, and the runtime stopped it in the middle.
const FORGOTTEN: Duration = Duration::from_secs(65);

thread_local! { static IN_FLIGHT: RefCell<InFlight> = const { RefCell::new(InFlight { next: 0, since: BTreeMap::new() }) } }

/// What was begun and is not answered.
struct InFlight {
    next: u64,
    since: BTreeMap<u64, Timestamp>,
}

/// How many of a hundred places a class may fill: those above are kept for what matters more.
const fn share(class: Class) -> usize {
    match class {
        Class::Browse => 50,
        Class::Web => 60,
        Class::Proof => 70,
        Class::Checkout => 85,
        Class::Counter => 95,
        Class::Webhook => 100,
    }
}

impl InFlight {
    fn begin(&mut self, class: Class, most: usize, now: Timestamp) -> Option<u64> {
        self.since.retain(|_, since| now.since(*since) < FORGOTTEN);
        if self.since.len() >= (most * share(class) / 100).max(1) {
            return None;
        }
        self.next += 1;
        self.since.insert(self.next, now);
        Some(self.next)
    }
}

/// A place that is taken until this is dropped.
pub struct Place(u64);

impl Drop for Place {
    fn drop(&mut self) {
        IN_FLIGHT.with_borrow_mut(|calls| calls.since.remove(&self.0));
    }
}

/// Takes a place for a call.
///
/// # Errors
/// 503 `overloaded` when those of its class are taken.
pub fn place(class: Class, env: &Env) -> Result<Place> {
    let most = vars::text(env, "MAX_IN_FLIGHT").parse().unwrap_or(MAX_IN_FLIGHT);
    IN_FLIGHT.with_borrow_mut(|calls| calls.begin(class, most, clock::now())).map(Place).ok_or_else(|| {
        let detail = "there is more to do now than can be done: try again in two seconds";
        Problem::new(http::StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).with("retry_after", 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn who_browses_is_left_out_first_and_webhooks_last() {
        let mut calls = InFlight { next: 0, since: BTreeMap::new() };
        let mut admitted = Vec::new();
        for class in Class::ALL {
            admitted.push((0..100).filter(|_| calls.begin(class, 100, NOW).is_some()).count());
        }
        assert_eq!(admitted, [50, 10, 10, 15, 10, 5]);
        assert!(Class::ALL.is_sorted_by_key(|class| share(*class)));
    }

    #[test]
    fn places_of_calls_that_were_stopped_come_back() {
        let mut calls = InFlight { next: 0, since: BTreeMap::new() };
        assert!(calls.begin(Class::Webhook, 1, NOW).is_some());
        assert!(calls.begin(Class::Webhook, 1, NOW + Duration::from_secs(64)).is_none());
        assert!(calls.begin(Class::Webhook, 1, NOW + Duration::from_secs(66)).is_some());
    }
}
