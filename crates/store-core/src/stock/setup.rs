//! Putting stock items and recipes in place.

use super::sensible;
use crate::command::Context;
use crate::memory::Memory;
use crate::{Refusal, Result};
use kirana_contracts::stock::{Ingredient, IssuePolicy, Recipe, StockItem, StockSetup};
use kirana_kernel::{MAX_QUANTITY, Measure, Unit};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::rc::Rc;

/// An item as recipes and receipts need it.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// The stock item.
    pub sku: String,
    /// What it is counted in.
    pub unit: Unit,
    /// What a piece is in that unit.
    pub piece_size: Option<i64>,
    /// Hours before a batch expires that the store is warned.
    pub near_expiry_hours: i64,
    /// Which of its batches goes out first.
    pub policy: IssuePolicy,
}

/// The item.
///
/// # Errors
/// [`Refusal::UnknownItem`].
pub fn item<S: Sql>(context: &Context<'_, S>, sku: &str) -> Result<Rc<Item>> {
    let items = items(context.sql, context.memory, &[sku])?;
    items.into_iter().next().ok_or_else(|| Refusal::UnknownItem(sku.into()))
}

/// These items, those of them that are kept.
///
/// # Errors
/// [`Refusal::Fault`].
pub fn items(sql: &impl Sql, memory: &Memory, skus: &[&str]) -> Result<Vec<Rc<Item>>> {
    let (mut found, mut missing) = (Vec::with_capacity(skus.len()), Vec::new());
    memory.read(|kept| {
        for sku in skus {
            match kept.names.get(*sku).and_then(|known| known.item.clone()) {
                Some(item) => found.push(item),
                None => missing.push(*sku),
            }
        }
    })?;
    if missing.is_empty() {
        return Ok(found);
    }
    let rows: Vec<Item> = sql.query(
        "SELECT i.sku AS sku, i.unit AS unit, i.piece_size AS piece_size, i.near_expiry_hours AS near_expiry_hours, i.policy AS policy
         FROM json_each(?1) wanted CROSS JOIN items i ON i.sku = wanted.value",
        values![serde_json::to_string(&missing)?],
    )?;
    memory.learn(|kept| {
        for item in rows {
            let item = Rc::new(item);
            kept.names.entry(item.sku.clone()).or_default().item = Some(item.clone());
            found.push(item);
        }
    })?;
    Ok(found)
}

/// One of these items.
pub fn named<'a>(items: &'a [Rc<Item>], sku: &str) -> Option<&'a Item> {
    items.iter().find(|item| item.sku == sku).map(|item| &**item)
}

/// A quantity in the unit of its item.
pub fn in_unit(path: &str, quantity: i64, measure: Option<Measure>, item: &Item) -> Result<i64> {
    let quantity = match measure {
        None => quantity,
        Some(measure) => measure
            .to_unit(quantity, item.unit, item.piece_size)
            .map_err(|error| Refusal::Invalid { path: path.into(), message: error.to_string() })?,
    };
    sensible(path, quantity)
}

/// Puts stock items and recipes in place; those that exist are replaced.
pub fn setup<S: Sql>(context: &mut Context<'_, S>, setup: &StockSetup) -> Result<()> {
    for (index, item) in setup.items.iter().enumerate() {
        check(item)
            .map_err(|(field, message)| Refusal::Invalid { path: format!("items[{index}].{field}"), message })?;
    }
    context.memory.change(|kept| kept.names.clear())?;
    write_items(context.sql, &setup.items)?;
    let wanted: Vec<&str> =
        setup.recipes.iter().flat_map(|recipe| &recipe.ingredients).map(|part| part.sku.as_str()).collect();
    let items = items(context.sql, context.memory, &wanted)?;
    let mut rows = Vec::with_capacity(setup.recipes.len());
    for (index, recipe) in setup.recipes.iter().enumerate() {
        rows.push((&recipe.sku, serde_json::to_string(&consumption(recipe, index, &items)?)?));
    }
    context.sql.run(
        "INSERT OR REPLACE INTO recipes (sku, ingredients)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1)",
        values![serde_json::to_string(&rows)?],
    )?;
    Ok(())
}

fn check(item: &StockItem) -> Result<(), (&'static str, String)> {
    if item.sku.is_empty() || item.sku.len() > 200 {
        return Err(("sku", "expected 1 to 200 characters".into()));
    }
    if !(0..=MAX_QUANTITY).contains(&item.low_stock_threshold) {
        return Err(("low_stock_threshold", format!("expected 0 to {MAX_QUANTITY}")));
    }
    if item.piece_size.is_some_and(|size| !(1..=MAX_QUANTITY).contains(&size)) {
        return Err(("piece_size", format!("expected 1 to {MAX_QUANTITY} of the item's unit")));
    }
    if item.piece_size.is_some() && item.unit == Unit::Piece {
        return Err(("piece_size", "expected none: the item is counted in pieces".into()));
    }
    if !(0..=8760).contains(&item.near_expiry_hours) {
        return Err(("near_expiry_hours", "expected 0 to 8760".into()));
    }
    if item.cover_days.is_some_and(|days| !(1..=365).contains(&days)) {
        return Err(("cover_days", "expected 1 to 365".into()));
    }
    Ok(())
}

fn write_items(sql: &impl Sql, items: &[StockItem]) -> Result<()> {
    let rows: Vec<_> = items
        .iter()
        .map(|item| {
            (
                &item.sku,
                &item.name,
                item.unit.name(),
                item.low_stock_threshold,
                IssuePolicy::name(item.policy),
                item.piece_size,
                item.near_expiry_hours,
                item.cover_days,
            )
        })
        .collect();
    Ok(sql.run(
        "INSERT INTO items (sku, name, unit, low_stock_threshold, policy, piece_size, near_expiry_hours, cover_days)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
                json_extract(value, '$[4]'), json_extract(value, '$[5]'), json_extract(value, '$[6]'), json_extract(value, '$[7]')
         FROM json_each(?1) WHERE true
         ON CONFLICT (sku) DO UPDATE SET name = excluded.name, unit = excluded.unit,
                low_stock_threshold = excluded.low_stock_threshold, policy = excluded.policy, piece_size = excluded.piece_size,
                near_expiry_hours = excluded.near_expiry_hours, cover_days = excluded.cover_days",
        values![serde_json::to_string(&rows)?],
    )?)
}

/// What one piece takes from stock, in the units of the items.
fn consumption<'a>(recipe: &'a Recipe, index: usize, items: &[Rc<Item>]) -> Result<Vec<(&'a str, i64)>> {
    let mut parts = Vec::with_capacity(recipe.ingredients.len());
    for (position, part) in recipe.ingredients.iter().enumerate() {
        let path = |field: &str| format!("recipes[{index}].ingredients[{position}].{field}");
        let item = named(items, &part.sku).ok_or_else(|| Refusal::Invalid {
            path: path("sku"),
            message: format!("there is no stock item {}: put it into `items` first", part.sku),
        })?;
        let net = in_unit(&path("quantity"), part.quantity, part.measure, item)?;
        parts.push((
            part.sku.as_str(),
            gross(part, net)
                .ok_or_else(|| Refusal::Invalid { path: path("yield_percent"), message: "expected 1 to 100".into() })?,
        ));
    }
    Ok(parts)
}

/// What has to be taken so that `net` is usable; rounded up.
fn gross(part: &Ingredient, net: i64) -> Option<i64> {
    let percent = part.yield_percent.unwrap_or(100);
    (1..=100).contains(&percent).then(|| (net * 100 + percent - 1) / percent)
}
