//! Which batches meet a demand. Nothing is written here.

use super::{Demand, Part, setup};
use crate::command::Context;
use crate::memory::{Memory, Parts};
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result, Shortage};
use kirana_contracts::stock::IssuePolicy;
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What pieces of these sellables use up, summed per stock item before anything is checked.
///
/// A sellable without a recipe is a stock item itself.
pub fn demand_of(sql: &impl Sql, memory: &Memory, sellables: &BTreeMap<&str, i64>) -> Result<Demand> {
    let (mut known, mut missing) = (Vec::with_capacity(sellables.len()), Vec::new());
    memory.read(|kept| {
        for (sku, pieces) in sellables {
            match kept.names.get(*sku).and_then(|known| known.parts.clone()) {
                Some(parts) => known.push((parts, *pieces)),
                None => missing.push(*sku),
            }
        }
    })?;
    if !missing.is_empty() {
        let found = read(sql, &missing)?;
        memory.learn(|kept| {
            for (sku, parts) in found {
                known.push((parts.clone(), sellables.get(sku.as_str()).copied().unwrap_or(0)));
                kept.names.entry(sku).or_default().parts = Some(parts);
            }
        })?;
    }
    let mut demand = Demand::new();
    for (parts, pieces) in known {
        for (sku, quantity) in parts.iter() {
            let sum = demand.entry(sku.clone()).or_default();
            *sum = quantity.checked_mul(pieces).and_then(|more| sum.checked_add(more)).unwrap_or(i64::MAX / 2);
        }
    }
    Ok(demand)
}

/// What one piece of each of these uses up.
fn read(sql: &impl Sql, skus: &[&str]) -> Result<Vec<(String, Parts)>> {
    #[derive(Deserialize)]
    struct Row {
        sku: String,
        ingredients: Option<String>,
        is_item: i64,
    }
    let rows: Vec<Row> = sql.query(
        "SELECT wanted.value AS sku, r.ingredients AS ingredients, i.sku IS NOT NULL AS is_item
         FROM json_each(?1) wanted LEFT JOIN recipes r ON r.sku = wanted.value LEFT JOIN items i ON i.sku = wanted.value",
        values![serde_json::to_string(skus)?],
    )?;
    let (mut found, mut unknown) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let mut parts = Demand::new();
        match row.ingredients {
            Some(ingredients) => {
                for (sku, quantity) in serde_json::from_str::<Vec<(String, i64)>>(&ingredients)? {
                    *parts.entry(sku).or_default() += quantity;
                }
            }
            None if row.is_item == 1 => drop(parts.insert(row.sku.clone(), 1)),
            None => {
                unknown.push(row.sku);
                continue;
            }
        }
        found.push((row.sku, parts.into()));
    }
    if unknown.is_empty() { Ok(found) } else { Err(Refusal::NotStocked(unknown)) }
}

/// Parts of batches as far as they meet the demand, and what is missing of it.
///
/// The item's policy says which batch goes first. What has expired is never taken, swept or not, and what is suspect neither.
pub fn as_far_as_it_goes<S: Sql>(
    context: &Context<'_, S>,
    now: Timestamp,
    demand: &Demand,
) -> Result<(Vec<Part>, Demand)> {
    #[derive(Deserialize)]
    struct Batch {
        id: i64,
        sku: String,
        free: i64,
        expires_at: Option<i64>,
    }
    let skus: Vec<&str> = demand.keys().map(String::as_str).collect();
    let most = if sabotage::on(Guard::Quarantine) { i64::MAX } else { 0 };
    let mut batches: Vec<Batch> = context.sql.query(
        "SELECT b.id AS id, b.sku AS sku, b.on_hand - b.reserved AS free, b.expires_at AS expires_at
         FROM json_each(?1) wanted CROSS JOIN batches b ON b.sku = wanted.value
         WHERE b.stocked = 1 AND b.on_hand > b.reserved AND (b.expires_at IS NULL OR b.expires_at > ?2) AND b.suspect <= ?3",
        values![serde_json::to_string(&skus)?, now.millis(), most],
    )?;
    let items = setup::items(context.sql, context.memory, &skus)?;
    let mut open = demand.clone();
    let mut parts = Vec::new();
    for (sku, wanted) in &mut open {
        let policy = setup::named(&items, sku).map(|item| item.policy).unwrap_or_default();
        let turn = |batch: &Batch| match policy {
            IssuePolicy::Fefo => (batch.expires_at.unwrap_or(i64::MAX), batch.id),
            IssuePolicy::Fifo => (0, batch.id),
            IssuePolicy::Lifo => (0, -batch.id),
        };
        // They are few, and an order needs the first or the first two of them.
        while *wanted > 0 {
            let left = batches.iter_mut().filter(|batch| batch.free > 0 && batch.sku == *sku);
            let Some(batch) = left.min_by_key(|batch| turn(batch)) else { break };
            let part = batch.free.min(*wanted);
            *wanted -= part;
            batch.free -= part;
            parts.push((batch.id, batch.sku.clone(), part));
        }
    }
    open.retain(|_, missing| *missing > 0);
    Ok((parts, open))
}

/// Parts of batches that meet the whole demand.
///
/// # Errors
/// [`Refusal::OutOfStock`] with everything that is short.
pub fn allocate<S: Sql>(context: &Context<'_, S>, now: Timestamp, demand: &Demand) -> Result<Vec<Part>> {
    let (parts, missing) = as_far_as_it_goes(context, now, demand)?;
    if missing.is_empty() || sabotage::on(Guard::ReservationCheck) {
        return Ok(parts);
    }
    let short = missing
        .into_iter()
        .map(|(sku, missing)| {
            let wanted = demand.get(&sku).copied().unwrap_or(0);
            Shortage { sku, wanted, available: wanted - missing }
        })
        .collect();
    Err(Refusal::OutOfStock(short))
}
