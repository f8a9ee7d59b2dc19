//! How fast stock goes, from the journal of actual sales; and what is missing for the days it should last.

use super::Demand;
use super::batches::moves_of;
use crate::Result;
use kirana_contracts::stock::{MoveKind, Usage};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// Days of sales that are looked at.
const DAYS: i64 = 28;
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
        cover_days: Option<i64>,
    }
    let mut next = first_since(sql, now.millis() - DAYS * DAY_MS)?;
    let (mut used, mut first) = (Demand::new(), None);
    loop {
        let page: Vec<Entry> =
            sql.query("SELECT id, at, kind, moves FROM journal WHERE id >= ?1 ORDER BY id LIMIT 500", values![next])?;
        let Some(last) = page.last() else { break };
        next = last.id + 1;
        for row in page.iter().filter(|row| matches!(row.kind, MoveKind::Sale | MoveKind::Return)) {
            first.get_or_insert(row.at);
            for part in moves_of(&row.moves)? {
                *used.entry(part.sku).or_default() -= part.quantity;
            }
        }
    }
    let days = first.map_or(1, |first| ((now.millis() - first) + DAY_MS - 1) / DAY_MS).clamp(1, DAYS);
    let items: Vec<Item> = sql.query(
        "SELECT sku, on_hand - reserved AS available, cover_days FROM items ORDER BY sku LIMIT 10000",
        values![],
    )?;
    Ok(items
        .into_iter()
        .map(|item| {
            let used = used.get(&item.sku).copied().unwrap_or(0).max(0);
            Usage {
                available: item.available,
                used,
                days,
                cover_tenths: (used > 0).then(|| item.available * 10 * days / used),
                missing: item.cover_days.map(|cover| (used * cover / days - item.available).max(0)),
                sku: item.sku,
            }
        })
        .collect())
}
