//! Stock: items, recipes, batches; held for orders and leases, issued by policy, and kept in a journal.
//!
//! `items` carries the sums over an item's batches; both change in the same transaction. What a batch is worth leaves it in
//! proportion to what goes out of it, so that quantities and money are both conserved to the last unit.

pub mod allocate;
pub mod barcodes;
pub mod batches;
pub mod expiry;
pub mod hold;
pub mod journal;
pub mod lease;
pub mod listed;
pub mod movement;
pub mod offline;
pub mod quarantine;
pub mod receipts;
pub mod setup;
pub mod standing;
pub mod stocktake;
pub mod tags;
pub mod transfer;
pub mod usage;

pub use standing::{changed, moved};

use crate::{Refusal, Result};
use kirana_contracts::stock::StockLevel;
use kirana_sql::{Sql, values};
use std::collections::BTreeMap;

/// Quantities by stock item.
pub type Demand = BTreeMap<String, i64>;

/// A part of a batch: the batch, its item, how much.
pub type Part = (i64, String, i64);

/// The stock items of parts, each once.
pub fn skus(parts: &[Part]) -> Vec<String> {
    let mut skus: Vec<_> = parts.iter().map(|(_, sku, _)| sku.clone()).collect();
    skus.sort();
    skus.dedup();
    skus
}

const LEVELS: &str = "SELECT sku, name, unit, on_hand, reserved, quarantined, on_hand - reserved - quarantined AS available, low_stock_threshold, value FROM levels";

/// Every stock item.
pub fn levels(sql: &impl Sql) -> Result<Vec<StockLevel>> {
    Ok(sql.query(&format!("{LEVELS} ORDER BY sku LIMIT 10000"), values![])?)
}

/// One stock item.
pub fn level(sql: &impl Sql, sku: &str) -> Result<StockLevel> {
    let found = sql.first(&format!("{LEVELS} WHERE sku = ?1"), values![sku])?;
    found.ok_or_else(|| Refusal::UnknownItem(sku.into()))
}

/// A quantity that makes sense.
pub fn sensible(path: &str, quantity: i64) -> Result<i64> {
    let max = kirana_kernel::MAX_QUANTITY;
    if (1..=max).contains(&quantity) {
        Ok(quantity)
    } else {
        Err(Refusal::Invalid { path: path.into(), message: format!("expected 1 to {max} in the item's unit") })
    }
}

/// A reason that says something.
pub fn reasoned(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if (1..=500).contains(&reason.chars().count()) {
        Ok(reason)
    } else {
        Err(Refusal::Invalid { path: "reason".into(), message: "expected 1 to 500 characters that say why".into() })
    }
}

/// Which of these sellables cannot be made now: an ingredient of one piece is missing, or nothing is known of it.
pub fn sold_out(sql: &impl Sql, sellables: &[String]) -> Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Row {
        sku: String,
        ingredients: Option<String>,
    }
    let wanted: std::collections::BTreeSet<_> = sellables.iter().collect();
    let rows: Vec<Row> = sql.query(
        "SELECT wanted.value AS sku, r.ingredients AS ingredients FROM json_each(?1) wanted LEFT JOIN recipes r ON r.sku = wanted.value",
        values![serde_json::to_string(&wanted)?],
    )?;
    let available: BTreeMap<String, i64> = levels(sql)?.into_iter().map(|level| (level.sku, level.available)).collect();
    let mut gone = Vec::new();
    for row in rows {
        let there = match row.ingredients {
            Some(ingredients) => {
                let mut demand = Demand::new();
                for (sku, quantity) in serde_json::from_str::<Vec<(String, i64)>>(&ingredients)? {
                    *demand.entry(sku).or_default() += quantity;
                }
                demand.iter().all(|(sku, quantity)| available.get(sku).is_some_and(|there| there >= quantity))
            }
            None => available.get(&row.sku).is_some_and(|there| *there > 0),
        };
        if !there {
            gone.push(row.sku);
        }
    }
    Ok(gone)
}
