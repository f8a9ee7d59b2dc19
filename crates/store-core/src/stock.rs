//! Stock: items, recipes, batches; held, issued and spoiled first-expired-first-out.

use crate::command::Context;
use crate::{Refusal, Result, Shortage};
use kirana_contracts::store_state::{Actor, Adjustment, Receipt, StockLevel, StockSetup};
use kirana_events::{EventData, StockEvent};
use kirana_kernel::Id;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Quantities by stock item.
pub type Demand = BTreeMap<String, i64>;

/// A part of a batch: the batch, its item, how much.
pub type Part = (i64, String, i64);

/// No quantity of one command is larger.
const MAX_QUANTITY: i64 = 1_000_000_000;

/// Puts stock items and recipes in place.
pub fn setup<S: Sql>(context: &mut Context<'_, S>, setup: &StockSetup) -> Result<()> {
    for (index, recipe) in setup.recipes.iter().enumerate() {
        if let Some(wrong) = recipe.ingredients.iter().position(|part| !(1..=MAX_QUANTITY).contains(&part.quantity)) {
            return Err(Refusal::Invalid {
                path: format!("recipes[{index}].ingredients[{wrong}].quantity"),
                message: format!("expected 1 to {MAX_QUANTITY}"),
            });
        }
    }
    if let Some(wrong) = setup.items.iter().position(|item| item.low_stock_threshold < 0 || item.sku.is_empty()) {
        return Err(Refusal::Invalid {
            path: format!("items[{wrong}]"),
            message: "expected a sku, and a low_stock_threshold of 0 or more".into(),
        });
    }
    let items: Vec<_> =
        setup.items.iter().map(|item| (&item.sku, &item.name, item.unit.name(), item.low_stock_threshold)).collect();
    context.sql.run(
        "INSERT INTO items (sku, name, unit, low_stock_threshold)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
         FROM json_each(?1) WHERE true
         ON CONFLICT (sku) DO UPDATE SET name = excluded.name, unit = excluded.unit, low_stock_threshold = excluded.low_stock_threshold",
        values![serde_json::to_string(&items)?],
    )?;
    let recipes: Vec<_> = setup
        .recipes
        .iter()
        .map(|recipe| {
            let parts: Vec<_> = recipe.ingredients.iter().map(|part| (&part.sku, part.quantity)).collect();
            Ok((&recipe.sku, serde_json::to_string(&parts)?))
        })
        .collect::<Result<_>>()?;
    context.sql.run(
        "INSERT OR REPLACE INTO recipes (sku, ingredients)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1)",
        values![serde_json::to_string(&recipes)?],
    )?;
    Ok(())
}

/// Takes goods in as a batch.
pub fn receive<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, receipt: &Receipt) -> Result<StockLevel> {
    if !(1..=MAX_QUANTITY).contains(&receipt.quantity) {
        return Err(Refusal::Invalid { path: "quantity".into(), message: format!("expected 1 to {MAX_QUANTITY}") });
    }
    if receipt.unit_cost < 0 {
        return Err(Refusal::Invalid { path: "unit_cost".into(), message: "expected 0 or more minor units".into() });
    }
    level(context.sql, &receipt.sku)?;
    let batch: Option<BatchId> = context.sql.first(
        "INSERT INTO batches (sku, supplier, unit_cost, received_at, expires_at, received, on_hand)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) RETURNING id",
        values![
            receipt.sku.as_str(),
            receipt.supplier.clone(),
            receipt.unit_cost,
            context.now().millis(),
            receipt.expires_at.map(|time| time.millis()),
            receipt.quantity
        ],
    )?;
    let batch = batch.ok_or_else(|| Refusal::Fault("the new batch has no id".into()))?.id;
    add_up(context.sql, std::slice::from_ref(&receipt.sku))?;
    journal(context, "receive", &actor.party.name, &[(batch, receipt.sku.clone(), receipt.quantity)])?;
    changed(context, std::slice::from_ref(&receipt.sku), None, EventData::StockUpdated)?;
    level(context.sql, &receipt.sku)
}

/// Corrects a count: what was found goes to the newest batch, what is missing is taken from the first to expire.
pub fn adjust<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, adjustment: &Adjustment) -> Result<StockLevel> {
    let now = level(context.sql, &adjustment.sku)?;
    let delta = adjustment.delta;
    if delta == 0 || delta.abs() > MAX_QUANTITY {
        return Err(Refusal::Invalid {
            path: "delta".into(),
            message: format!("expected 1 to {MAX_QUANTITY}, or -1 to -{MAX_QUANTITY}"),
        });
    }
    if -delta > now.available {
        return Err(Refusal::Invalid {
            path: "delta".into(),
            message: format!("only {} are free; the others are held for orders", now.available),
        });
    }
    let parts = if delta < 0 {
        allocate(context.sql, &Demand::from([(adjustment.sku.clone(), -delta)]))?
            .into_iter()
            .map(|(batch, sku, part)| (batch, sku, -part))
            .collect()
    } else {
        let newest: Option<BatchId> = context.sql.first(
            "SELECT MAX(id) AS id FROM batches WHERE sku = ?1 HAVING id IS NOT NULL",
            values![adjustment.sku.as_str()],
        )?;
        let Some(newest) = newest else {
            return Err(Refusal::Invalid {
                path: "delta".into(),
                message: "nothing was received yet: receive it as a batch".into(),
            });
        };
        vec![(newest.id, adjustment.sku.clone(), delta)]
    };
    move_parts(
        context.sql,
        "UPDATE batches SET adjusted = adjusted + part.quantity, on_hand = on_hand + part.quantity",
        &parts,
    )?;
    add_up(context.sql, std::slice::from_ref(&adjustment.sku))?;
    journal(context, "adjust", &format!("{}: {}", actor.party.name, adjustment.reason), &parts)?;
    changed(context, std::slice::from_ref(&adjustment.sku), Some(adjustment.reason.clone()), EventData::StockAdjusted)?;
    level(context.sql, &adjustment.sku)
}

#[derive(Deserialize)]
struct BatchId {
    id: i64,
}

/// What pieces of these sellables use up, summed per stock item before anything is checked.
///
/// A sellable without a recipe is a stock item itself.
pub fn demand_of(sql: &impl Sql, sellables: &BTreeMap<&str, i64>) -> Result<Demand> {
    #[derive(Deserialize)]
    struct Row {
        sku: String,
        ingredients: Option<String>,
        is_item: i64,
    }
    let skus: Vec<_> = sellables.keys().collect();
    let rows: Vec<Row> = sql.query(
        "SELECT wanted.value AS sku, r.ingredients AS ingredients, i.sku IS NOT NULL AS is_item
         FROM json_each(?1) wanted LEFT JOIN recipes r ON r.sku = wanted.value LEFT JOIN items i ON i.sku = wanted.value",
        values![serde_json::to_string(&skus)?],
    )?;
    let (mut demand, mut unknown) = (Demand::new(), Vec::new());
    for row in rows {
        let pieces = sellables.get(row.sku.as_str()).copied().unwrap_or(0);
        let parts: Vec<(String, i64)> = match row.ingredients {
            Some(ingredients) => serde_json::from_str(&ingredients)?,
            None if row.is_item == 1 => vec![(row.sku, 1)],
            None => {
                unknown.push(row.sku);
                continue;
            }
        };
        for (sku, quantity) in parts {
            let sum = demand.entry(sku).or_default();
            *sum = quantity.checked_mul(pieces).and_then(|more| sum.checked_add(more)).unwrap_or(i64::MAX / 2);
        }
    }
    if unknown.is_empty() { Ok(demand) } else { Err(Refusal::NotStocked(unknown)) }
}

/// Parts of batches that meet the demand, the first to expire first. Nothing is written.
pub fn allocate(sql: &impl Sql, demand: &Demand) -> Result<Vec<Part>> {
    #[derive(Deserialize)]
    struct Batch {
        id: i64,
        sku: String,
        free: i64,
    }
    let skus: Vec<_> = demand.keys().collect();
    let batches: Vec<Batch> = sql.query(
        "SELECT id, sku, on_hand - reserved AS free FROM batches
         WHERE sku IN (SELECT value FROM json_each(?1)) AND on_hand > reserved
         ORDER BY sku, expires_at IS NULL, expires_at, id",
        values![serde_json::to_string(&skus)?],
    )?;
    let mut open = demand.clone();
    let mut parts = Vec::new();
    for batch in batches {
        let Some(wanted) = open.get_mut(&batch.sku).filter(|wanted| **wanted > 0) else { continue };
        let part = batch.free.min(*wanted);
        *wanted -= part;
        parts.push((batch.id, batch.sku, part));
    }
    let short: Vec<_> = open
        .into_iter()
        .filter(|(_, missing)| *missing > 0)
        .map(|(sku, missing)| {
            let wanted = demand.get(&sku).copied().unwrap_or(0);
            Shortage { sku, wanted, available: wanted - missing }
        })
        .collect();
    if short.is_empty() { Ok(parts) } else { Err(Refusal::OutOfStock(short)) }
}

/// Holds parts for an order.
pub fn hold<S: Sql>(context: &mut Context<'_, S>, order: Id, parts: &[Part]) -> Result<()> {
    move_parts(context.sql, "UPDATE batches SET reserved = reserved + part.quantity", parts)?;
    context.sql.run(
        "INSERT INTO reservations (order_id, held) VALUES (?1, ?2)",
        values![order.to_string(), serde_json::to_string(parts)?],
    )?;
    add_up(context.sql, &skus(parts))
}

/// What is to become of held stock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Free again.
    Released,
    /// Used for the order.
    Issued,
}

/// Ends the reservation of an order; answers what was held.
pub fn end_hold<S: Sql>(context: &mut Context<'_, S>, order: Id, end: End) -> Result<Vec<Part>> {
    #[derive(Deserialize)]
    struct Row {
        held: String,
    }
    let row: Option<Row> =
        context.sql.first("DELETE FROM reservations WHERE order_id = ?1 RETURNING held", values![order.to_string()])?;
    let parts: Vec<Part> = row.map(|row| serde_json::from_str(&row.held)).transpose()?.unwrap_or_default();
    let change = match end {
        End::Released => "UPDATE batches SET reserved = reserved - part.quantity",
        End::Issued => {
            "UPDATE batches SET reserved = reserved - part.quantity, on_hand = on_hand - part.quantity, issued = issued + part.quantity"
        }
    };
    move_parts(context.sql, change, &parts)?;
    add_up(context.sql, &skus(&parts))?;
    if end == End::Issued {
        journal(context, "sale", &order.to_string(), &parts)?;
    }
    changed(context, &skus(&parts), None, EventData::StockUpdated)?;
    Ok(parts)
}

/// The stock items of parts, each once.
pub fn skus(parts: &[Part]) -> Vec<String> {
    let mut skus: Vec<_> = parts.iter().map(|(_, sku, _)| sku.clone()).collect();
    skus.sort();
    skus.dedup();
    skus
}

/// One statement over all parts: crossing into SQL is what costs.
fn move_parts(sql: &impl Sql, change: &str, parts: &[Part]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let statement = format!(
        "{change} FROM (SELECT json_extract(value, '$[0]') AS batch, SUM(json_extract(value, '$[2]')) AS quantity
         FROM json_each(?1) GROUP BY 1) AS part WHERE batches.id = part.batch"
    );
    Ok(sql.run(&statement, values![serde_json::to_string(parts)?])?)
}

/// Brings the sums of these items up to date with their batches.
fn add_up(sql: &impl Sql, skus: &[String]) -> Result<()> {
    Ok(sql.run(
        "UPDATE items SET on_hand = sums.on_hand, reserved = sums.reserved
         FROM (SELECT sku, SUM(on_hand) AS on_hand, SUM(reserved) AS reserved FROM batches
               WHERE on_hand > 0 AND sku IN (SELECT value FROM json_each(?1)) GROUP BY sku
               UNION ALL
               SELECT value, 0, 0 FROM json_each(?1)
               WHERE NOT EXISTS (SELECT 1 FROM batches WHERE sku = value AND on_hand > 0)) AS sums
         WHERE items.sku = sums.sku",
        values![serde_json::to_string(skus)?],
    )?)
}

fn journal<S: Sql>(context: &Context<'_, S>, kind: &str, reference: &str, parts: &[Part]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    Ok(context.sql.run(
        "INSERT INTO journal (at, kind, reference, moves) VALUES (?1, ?2, ?3, ?4)",
        values![context.now().millis(), kind, reference, serde_json::to_string(parts)?],
    )?)
}

const LEVELS: &str =
    "SELECT sku, name, unit, on_hand, reserved, on_hand - reserved AS available, low_stock_threshold FROM items";

/// Every stock item.
pub fn levels(sql: &impl Sql) -> Result<Vec<StockLevel>> {
    Ok(sql.query(&format!("{LEVELS} ORDER BY sku LIMIT 10000"), values![])?)
}

fn level(sql: &impl Sql, sku: &str) -> Result<StockLevel> {
    let found = sql.first(&format!("{LEVELS} WHERE sku = ?1"), values![sku])?;
    found.ok_or_else(|| Refusal::UnknownItem(sku.into()))
}

/// Tells how these items stand now, and warns of those that are low or gone.
pub fn changed<S: Sql>(
    context: &mut Context<'_, S>,
    skus: &[String],
    reason: Option<String>,
    event: fn(StockEvent) -> EventData,
) -> Result<()> {
    if skus.is_empty() {
        return Ok(());
    }
    let rows: Vec<StockLevel> = context.sql.query(
        &format!("{LEVELS} WHERE sku IN (SELECT value FROM json_each(?1))"),
        values![serde_json::to_string(skus)?],
    )?;
    let at = context.now();
    let levels: Vec<_> = rows
        .into_iter()
        .map(|row| kirana_events::StockLevel {
            sku: row.sku,
            name: row.name,
            unit: row.unit,
            on_hand: row.on_hand,
            reserved: row.reserved,
            low_stock_threshold: row.low_stock_threshold,
            at,
        })
        .collect();
    let subject = skus.join(",");
    let free = |level: &kirana_events::StockLevel| level.on_hand - level.reserved;
    let gone: Vec<_> = levels.iter().filter(|level| free(level) == 0).cloned().collect();
    let low: Vec<_> =
        levels.iter().filter(|level| free(level) > 0 && free(level) <= level.low_stock_threshold).cloned().collect();
    context.emit(subject.clone(), None, event(StockEvent { levels, reason }));
    if !gone.is_empty() {
        context.emit(subject.clone(), None, EventData::OutOfStock(StockEvent { levels: gone, reason: None }));
    }
    if !low.is_empty() {
        context.emit(subject, None, EventData::LowStockAlert(StockEvent { levels: low, reason: None }));
    }
    Ok(())
}
