//! How fast stock goes, from the journal of actual sales; and what is missing for the days it should last.
//!
//! A Saturday is planned by Saturdays: each coming day is expected to be as the same days of the weeks looked at, once there were
//! two of them. Sales say nothing of what was asked for and not there, so the item's threshold is planned as a reserve: what sells
//! out has more the next time, and what does not settles where that reserve is left over.

use super::batches::moves_of;
use crate::Result;
use kirana_contracts::stock::{MoveKind, Usage};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Days of sales that are looked at: whole weeks.
const DAYS: i64 = 28;
const WEEK: i64 = 7;
const DAY_MS: i64 = 24 * 3600 * 1000;

#[derive(Deserialize)]
struct Found {
    id: i64,
    at: i64,
}

/// The number of the first entry at or after a time. Entries are in the order of time, so the journal needs no index for it.
fn first_since(sql: &impl Sql, at: i64) -> Result<i64> {
    let newest: Option<Found> = sql.first("SELECT id, at FROM journal ORDER BY id DESC LIMIT 1", values![])?;
    let (mut low, mut high) = (1, newest.map_or(1, |newest| newest.id + 1));
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<Found> =
            sql.first("SELECT id, at FROM journal WHERE id >= ?1 ORDER BY id LIMIT 1", values![middle])?;
        match found {
            Some(found) if found.at < at => low = found.id + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// What was used of an item, by the coming day of the same weekday: the first is the day that begins now.
#[derive(Clone, Copy, Default)]
struct Used([i64; 7]);

impl Used {
    fn add(&mut self, at: i64, now: Timestamp, quantity: i64) {
        // Whole days before now, and so many before the coming day of that weekday.
        let ahead = (at - now.millis()).div_euclid(DAY_MS).rem_euclid(WEEK);
        self.0[usize::try_from(ahead).unwrap_or(0)] += quantity;
    }

    fn sum(&self) -> i64 {
        self.0.iter().sum::<i64>().max(0)
    }

    /// What the coming days will use, if they are as those looked at; rounded up.
    fn expected(&self, cover: i64, days: i64) -> i64 {
        if days < WEEK * 2 {
            return (self.sum() * cover + days - 1) / days;
        }
        let of_day = |ahead: i64| {
            let used = self.0[usize::try_from(ahead % WEEK).unwrap_or(0)].max(0);
            // In thousandths, over as many such days as there were.
            used * 1_000 / ((days + ahead % WEEK) / WEEK)
        };
        ((0..cover).map(of_day).sum::<i64>() + 999) / 1_000
    }
}

/// How fast each item goes.
pub fn usage(sql: &impl Sql, now: Timestamp) -> Result<Vec<Usage>> {
    #[derive(Deserialize)]
    struct Entry {
        id: i64,
        at: i64,
        kind: MoveKind,
        moves: String,
    }
    #[derive(Deserialize)]
    struct Item {
        sku: String,
        available: i64,
        low_stock_threshold: i64,
        cover_days: Option<i64>,
    }
    let mut next = first_since(sql, now.millis() - DAYS * DAY_MS)?;
    let (mut used, mut first) = (BTreeMap::<String, Used>::new(), None);
    loop {
        let page: Vec<Entry> =
            sql.query("SELECT id, at, kind, moves FROM journal WHERE id >= ?1 ORDER BY id LIMIT 500", values![next])?;
        let Some(last) = page.last() else { break };
        next = last.id + 1;
        for row in page.iter().filter(|row| matches!(row.kind, MoveKind::Sale | MoveKind::Return)) {
            first.get_or_insert(row.at);
            for part in moves_of(&row.moves)? {
                used.entry(part.sku).or_default().add(row.at, now, -part.quantity);
            }
        }
    }
    let days = first.map_or(1, |first| ((now.millis() - first) + DAY_MS - 1) / DAY_MS).clamp(1, DAYS);
    let items: Vec<Item> = sql.query(
        "SELECT sku, on_hand - reserved - quarantined AS available, low_stock_threshold, cover_days FROM levels ORDER BY sku LIMIT 10000",
        values![],
    )?;
    Ok(items
        .into_iter()
        .map(|item| {
            let week = used.get(&item.sku).copied().unwrap_or_default();
            let used = week.sum();
            let missing = |cover| week.expected(cover, days) + item.low_stock_threshold - item.available;
            Usage {
                available: item.available,
                used,
                days,
                cover_tenths: (used > 0).then(|| item.available * 10 * days / used),
                missing: item.cover_days.map(|cover| missing(cover).max(0)),
                sku: item.sku,
            }
        })
        .collect())
}
