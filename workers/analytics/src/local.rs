//! The clock of each store: an owner's day begins at midnight where the store is, and a day of last summer by the clock of last summer.

use kirana_contracts::store_info::StoreInfo;
use kirana_edge::zone::{self, Offsets};
use kirana_edge::{Result, call, clock, principal};
use kirana_kernel::{Id, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use worker::Env;

/// How long a store's zone is believed: stores do not move, but somebody may set it right.
const GOOD_FOR: Duration = Duration::from_secs(3600);

/// Stores that one isolate remembers.
const MOST: usize = 10_000;

thread_local! { static KNOWN: RefCell<HashMap<Id, (Rc<Clock>, Timestamp)>> = RefCell::new(HashMap::new()); }

/// A clock on the wall of a store.
pub struct Clock {
    zone: String,
    offsets: RefCell<Offsets>,
    /// What a zone's clocks are ahead at a moment, in seconds, by what is known of the moment before.
    ask: fn(&mut Offsets, Timestamp, &str) -> i64,
}

impl Clock {
    /// UTC, which a warehouse counts by, and what happened in no store.
    #[must_use]
    pub fn utc() -> Self {
        Self { zone: "UTC".to_owned(), offsets: RefCell::default(), ask: |_, _, _| 0 }
    }

    fn of(zone: String) -> Self {
        let ask = |offsets: &mut Offsets, at: Timestamp, zone: &str| offsets.at(at, |moment| zone::local(moment, zone));
        Self { zone, offsets: RefCell::default(), ask }
    }

    /// What it shows at a moment: the day, such as `2026-11-26`, and the hour, 0 to 23.
    #[must_use]
    pub fn day_and_hour(&self, at: Timestamp) -> (String, i64) {
        let offset = (self.ask)(&mut self.offsets.borrow_mut(), at, &self.zone);
        let there = Timestamp::from_millis(at.millis() + offset * 1_000);
        (there.to_string().chars().take(10).collect(), there.millis().div_euclid(3_600_000).rem_euclid(24))
    }
}

/// A store's clock; remembered by the isolate for an hour.
///
/// # Errors
/// 503 while stores cannot be asked: the event comes again.
pub async fn of(env: &Env, store: Id) -> Result<Rc<Clock>> {
    let now = clock::now();
    let known = KNOWN.with_borrow(|known| known.get(&store).cloned());
    if let Some((known, _)) = known.filter(|(_, asked)| *asked > now - GOOD_FOR) {
        return Ok(known);
    }
    let stores = call::service(env, "STORES", &principal::service("analytics"));
    let found = match stores.get::<StoreInfo>(&format!("/internal/stores/{store}")).await {
        Ok(info) => Rc::new(Clock::of(info.time_zone)),
        // A warehouse has goods that pass their date, and a clock that nobody asks for.
        Err(problem) if problem.status == 404 => Rc::new(Clock::utc()),
        Err(problem) => return Err(problem),
    };
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(store, (Rc::clone(&found), now));
    });
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        serde_json::from_str(&format!("{text:?}")).unwrap()
    }

    /// What zones of the tests are ahead; Berlin's summer of 2026 ends on 25 October at 01:00 UTC.
    fn ahead(_: &mut Offsets, moment: Timestamp, zone: &str) -> i64 {
        match zone {
            "Europe/Berlin" if moment < at("2026-10-25T01:00:00Z") => 7_200,
            "Europe/Berlin" => 3_600,
            fixed => fixed.parse().unwrap(),
        }
    }

    fn clock(zone: &str) -> Clock {
        Clock { zone: zone.to_owned(), offsets: RefCell::default(), ask: ahead }
    }

    #[test]
    fn a_day_begins_at_midnight_where_the_store_is() {
        for (utc, zone, day, hour) in [
            ("2026-11-25T17:00:00Z", "25200", "2026-11-26", 0),
            ("2026-11-25T16:59:59Z", "25200", "2026-11-25", 23),
            ("2026-11-26T04:59:59Z", "-18000", "2026-11-25", 23),
            ("2026-11-26T18:30:00Z", "19800", "2026-11-27", 0),
            ("2026-11-26T18:15:00Z", "20700", "2026-11-27", 0),
            ("2026-11-26T12:34:56Z", "0", "2026-11-26", 12),
        ] {
            assert_eq!(clock(zone).day_and_hour(at(utc)), (day.to_owned(), hour), "{utc} {zone}");
        }
        assert_eq!(Clock::utc().day_and_hour(at("2026-11-26T23:59:59Z")), ("2026-11-26".to_owned(), 23));
    }

    #[test]
    fn what_is_told_in_winter_of_a_sale_in_summer_counts_on_the_day_of_then() {
        // By winter time half past ten in the evening in UTC is still the day before.
        let berlin = clock("Europe/Berlin");
        assert_eq!(berlin.day_and_hour(at("2026-11-26T12:00:00Z")), ("2026-11-26".to_owned(), 13));
        assert_eq!(berlin.day_and_hour(at("2026-08-01T22:30:00Z")), ("2026-08-02".to_owned(), 0));
        assert_eq!(berlin.day_and_hour(at("2026-08-01T21:30:00Z")), ("2026-08-01".to_owned(), 23));
        // The night in which clocks go back has its two o'clock twice, and each is of its day.
        assert_eq!(berlin.day_and_hour(at("2026-10-25T00:30:00Z")), ("2026-10-25".to_owned(), 2));
        assert_eq!(berlin.day_and_hour(at("2026-10-25T01:30:00Z")), ("2026-10-25".to_owned(), 2));
    }
}
