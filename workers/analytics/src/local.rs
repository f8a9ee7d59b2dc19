//! The clock of each store: an owner's day begins at midnight where the store is.

use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Result, call, clock, principal};
use kirana_kernel::{Id, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use worker::Env;

/// How long what a store's clock is ahead of UTC is believed: clocks are set twice a year, at night.
const GOOD_FOR: Duration = Duration::from_secs(3600);

/// Stores that one isolate remembers.
const MOST: usize = 10_000;

thread_local! { static KNOWN: RefCell<HashMap<Id, (i64, Timestamp)>> = RefCell::new(HashMap::new()); }

/// What a store's clock is ahead of UTC, in seconds; remembered by the isolate for an hour. A warehouse counts by UTC.
///
/// # Errors
/// 503 while stores cannot be asked: the event comes again.
pub async fn offset(env: &Env, store: Id) -> Result<i64> {
    let now = clock::now();
    let known = KNOWN.with_borrow(|known| known.get(&store).copied());
    if let Some((offset, _)) = known.filter(|(_, asked)| *asked > now - GOOD_FOR) {
        return Ok(offset);
    }
    let stores = call::service(env, "STORES", &principal::service("analytics"));
    let offset = match stores.get::<StoreInfo>(&format!("/internal/stores/{store}")).await {
        Ok(info) => info.utc_offset,
        // A warehouse has goods that pass their date, and a clock that nobody asks for.
        Err(problem) if problem.status == 404 => 0,
        Err(problem) => return Err(problem),
    };
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(store, (offset, now));
    });
    Ok(offset)
}

/// A moment on a clock that is so many seconds ahead of UTC: the day, such as `2026-11-26`, and the hour, 0 to 23.
#[must_use]
pub fn day_and_hour(at: Timestamp, offset: i64) -> (String, i64) {
    let there = Timestamp::from_millis(at.millis() + offset * 1_000);
    (there.to_string().chars().take(10).collect(), there.millis().div_euclid(3_600_000).rem_euclid(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_store_is() {
        let at = |text: &str| serde_json::from_str::<Timestamp>(&format!("{text:?}")).unwrap();
        for (utc, offset, day, hour) in [
            ("2026-11-25T17:00:00Z", 7 * 3600, "2026-11-26", 0),
            ("2026-11-25T16:59:59Z", 7 * 3600, "2026-11-25", 23),
            ("2026-11-26T04:59:59Z", -5 * 3600, "2026-11-25", 23),
            ("2026-11-26T18:30:00Z", 19_800, "2026-11-27", 0),
            ("2026-11-26T18:15:00Z", 20_700, "2026-11-27", 0),
            ("2026-11-26T12:34:56Z", 0, "2026-11-26", 12),
        ] {
            assert_eq!(day_and_hour(at(utc), offset), (day.to_owned(), hour), "{utc} {offset}");
        }
    }
}
