//! A past for the demo chain, so that an owner's charts say something: three weeks of what its counters sold, at the times at which a
//! real bakery's till rang (`data/sales_bakery.csv`), handed in the way a till does it that was without a line.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

use super::api::{Api, id_of};
use super::{data, each};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Days that it reaches back.
const DAYS: u64 = 21;

/// The Monday of the till's file that the first week is like.
const FIRST: &str = "2017-01-09";

/// Seconds that clocks in Bangkok are ahead, and that this chain opens later than the bakery.
const ZONE: i64 = 7 * 3_600;
const LATER: i64 = 2 * 3_600;

/// Of how many of the till's sales a store has one: the first store is the busiest.
const fn share(place: usize) -> usize {
    if place == 0 { 3 } else { 5 + place % 5 }
}

/// What sells, the favourites more often.
const DRINKS: [&str; 16] = [
    "golden-bubble-milk-tea/medium",
    "brown-sugar-milk-tea/medium",
    "golden-bubble-milk-tea/small",
    "milk-tea/medium",
    "matcha-latte/small",
    "golden-bubble-milk-tea/medium",
    "honey-green-tea/medium",
    "black-tea-macchiato/small",
    "passion-fruit-green-tea/small",
    "brown-sugar-fresh-milk/medium",
    "plum-green-tea/small",
    "black-tea-latte/medium",
    "milk-tea/small",
    "caramel-milk-tea/small",
    "grass-jelly-milk-tea/medium",
    "ovaltine/small",
];

/// A sale of the till: which day it was of the file, at which second of it, and how many pieces.
struct Rang {
    day: usize,
    second: i64,
    pieces: usize,
}

/// The sales of `DAYS` days from [`FIRST`] on.
fn till() -> Result<Vec<Rang>> {
    let text = data("sales_bakery.csv")?;
    let mut days: Vec<&str> = Vec::new();
    let mut sales: Vec<(u64, Rang)> = Vec::new();
    for line in text.lines().skip(1) {
        let mut fields = line.split(',');
        let (Some(date), Some(time), Some(number)) = (fields.next(), fields.next(), fields.next()) else { continue };
        if date < FIRST {
            continue;
        }
        if days.last() != Some(&date) {
            days.push(date);
        }
        if days.len() as u64 > DAYS {
            break;
        }
        let number = number.parse().context("a transaction of sales_bakery.csv has no number")?;
        match sales.last_mut() {
            Some((last, rang)) if *last == number => rang.pieces = (rang.pieces + 1).min(3),
            _ => {
                let second =
                    time.split(':').try_fold(0, |sum, part| part.parse::<i64>().map(|part| sum * 60 + part))?;
                sales.push((number, Rang { day: days.len() - 1, second, pieces: 1 }));
            }
        }
    }
    Ok(sales.into_iter().map(|(_, rang)| rang).collect())
}

/// What must be chosen with a variant, of the menu's first choices.
fn line(menu: &Value, sku: &str) -> Option<Value> {
    let products = menu["products"].as_array()?;
    let variant = products.iter().filter_map(|product| product["variants"].as_array()).flatten();
    let variant = variant.into_iter().find(|variant| variant["sku"] == sku)?;
    let wanted = |group: &&Value| variant["modifier_groups"].as_array().is_some_and(|ids| ids.contains(&group["id"]));
    let groups = menu["modifier_groups"].as_array()?.iter().filter(wanted);
    let chosen = groups.flat_map(|group| {
        let least = group["min"].as_u64().unwrap_or(0) as usize;
        group["modifiers"].as_array().into_iter().flatten().rev().take(least)
    });
    let modifiers: Vec<_> = chosen.map(|one| json!({"sku": one["sku"]})).collect();
    Some(json!({"variant_sku": sku, "quantity": 1, "modifiers": modifiers}))
}

/// What one store has sold, the oldest first.
fn sold(till: &[Rang], menu: &Value, place: usize, now: i64) -> Vec<Value> {
    // The file's weeks begin with a Monday, and so do ours: what was a Saturday there is one here.
    let today = (now + ZONE).div_euclid(86_400);
    let monday = today - (today + 3).rem_euclid(7) - 14;
    let mut sales = Vec::new();
    for (at, rang) in till.iter().enumerate().filter(|(at, _)| at % share(place) == place % share(place)) {
        let when = (monday + rang.day as i64) * 86_400 + rang.second + LATER - ZONE;
        if when >= now {
            continue;
        }
        let lines: Vec<_> = (0..rang.pieces)
            .filter_map(|piece| line(menu, DRINKS[(at * 7 + piece * 3 + place) % DRINKS.len()]))
            .collect();
        if lines.is_empty() {
            continue;
        }
        let seq = sales.len() + 1;
        let tender = ["cash", "promptpay", "card"][at % 3];
        sales.push(
            json!({"key": format!("past-{place}-{seq}"), "seq": seq, "sold_at": crate::demo::stock::moment(when),
            "lines": lines, "tender": tender}),
        );
    }
    sales
}

/// Hands it all in; answers how many sales there were. Handed in twice it counts once, so that what broke off can be begun again.
pub fn load(url: &str) -> Result<usize> {
    let mut admin = Api::new(url);
    admin.login(super::ADMIN, super::PASSWORD)?;
    let stores = admin.get("/api/v1/stores?limit=100")?;
    let stores = stores["items"].as_array().context("the list of stores has no items")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
    let till = till()?;
    let places: Vec<_> = stores.iter().enumerate().collect();
    let count = std::sync::atomic::AtomicUsize::new(0);
    each(&places, |(place, store)| {
        let id = id_of(store)?;
        let menu = admin.get(&format!("/api/v1/stores/{id}/menu"))?;
        let sales = sold(&till, &menu, *place, now);
        count.fetch_add(sales.len(), std::sync::atomic::Ordering::Relaxed);
        let device = format!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b{place:04x}");
        for part in sales.chunks(100) {
            let body = json!({"device_id": device, "sales": part});
            let hand_in = || admin.post(&format!("/api/v1/stores/{id}/offline-sales"), &body);
            // As a till does, whose line breaks as well.
            hand_in().or_else(|_| hand_in())?;
        }
        Ok(())
    })?;
    Ok(count.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_is_whole_weeks_of_a_till_and_nothing_of_the_future() {
        let till = till().unwrap();
        assert!(till.iter().any(|rang| rang.day == 20) && till.iter().all(|rang| rang.pieces <= 3));
        let menu = json!({"modifier_groups": [{"id": "7", "min": 1, "modifiers": [{"sku": "sugar/50"}, {"sku": "sugar/0"}]}],
            "products": [{"variants": [{"sku": "milk-tea/small", "modifier_groups": ["7"]}]}]});
        assert_eq!(line(&menu, "milk-tea/small").unwrap()["modifiers"], json!([{"sku": "sugar/0"}]));
        assert_eq!(line(&menu, "unknown/small"), None);
        // A Friday at noon in Bangkok.
        let now = 1_795_755_600;
        let sales = sold(&till, &menu, 0, now);
        let seqs: Vec<_> = sales.iter().map(|sale| sale["seq"].as_u64().unwrap()).collect();
        assert!(seqs.len() > 10 && seqs.iter().copied().eq(1..=seqs.len() as u64), "without gaps");
        assert!(
            sales.iter().all(|sale| sale["sold_at"].as_str().unwrap() < "2026-11-27T05:00:00"),
            "{:?}",
            sales.last()
        );
    }
}
