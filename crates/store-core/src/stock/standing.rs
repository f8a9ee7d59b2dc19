//! How stock items stand, as everybody else is told: their sums, and what is left of each batch.

use crate::Result;
use crate::command::Context;
use kirana_events::{EventData, MAX_LAYERS, StockEvent, StockLayer, StockLevel};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Row {
    sku: String,
    name: String,
    unit: String,
    on_hand: i64,
    reserved: i64,
    low_stock_threshold: i64,
    value: i64,
    layers: Option<String>,
}

impl Row {
    fn into_level(self, at: Timestamp) -> Result<StockLevel> {
        Ok(StockLevel {
            sku: self.sku,
            name: self.name,
            unit: self.unit,
            on_hand: self.on_hand,
            reserved: self.reserved,
            low_stock_threshold: self.low_stock_threshold,
            value: self.value,
            layers: self.layers.as_deref().map(layers).transpose()?,
            at,
        })
    }
}

/// One statement for the sums and the batches: crossing into SQL is what costs.
fn read(sql: &impl Sql, skus: Option<&[String]>, layered: bool, at: Timestamp) -> Result<Vec<StockLevel>> {
    let layers = if layered {
        "(SELECT json_group_array(json_array(b.received_at, b.expires_at, b.on_hand, b.value)) FROM batches b
          WHERE b.sku = levels.sku AND b.stocked = 1)"
    } else {
        "NULL"
    };
    let (from, wanted) = match skus {
        Some(skus) => {
            let skus: BTreeSet<_> = skus.iter().collect();
            ("json_each(?1) wanted CROSS JOIN levels ON levels.sku = wanted.value", serde_json::to_string(&skus)?)
        }
        None => ("levels WHERE ?1 = '' ORDER BY sku LIMIT 10000", String::new()),
    };
    let rows: Vec<Row> = sql.query(
        &format!(
            "SELECT sku, name, unit, on_hand, reserved + quarantined AS reserved, low_stock_threshold, levels.value AS value, {layers} AS layers FROM {from}"
        ),
        values![wanted],
    )?;
    rows.into_iter().map(|row| row.into_level(at)).collect()
}

/// Batches from how SQL tells them, the oldest first; what is beyond [`MAX_LAYERS`] becomes one with the oldest.
fn layers(rows: &str) -> Result<Vec<StockLayer>> {
    let rows: Vec<(i64, Option<i64>, i64, i64)> = serde_json::from_str(rows)?;
    let mut layers: Vec<StockLayer> = rows
        .into_iter()
        .map(|(received_at, expires_at, on_hand, value)| StockLayer {
            received_at: Timestamp::from_millis(received_at),
            expires_at: expires_at.map(Timestamp::from_millis),
            on_hand,
            value,
        })
        .collect();
    layers.sort_by_key(|layer| (layer.received_at, layer.expires_at));
    let beyond = layers.len().saturating_sub(MAX_LAYERS);
    if beyond > 0 {
        let merged: Vec<StockLayer> = layers.drain(..=beyond).collect();
        let oldest = StockLayer {
            on_hand: merged.iter().map(|layer| layer.on_hand).sum(),
            value: merged.iter().map(|layer| layer.value).sum(),
            // The first date of them: a warning that comes early is better than none.
            expires_at: merged.iter().filter_map(|layer| layer.expires_at).min(),
            received_at: merged.iter().map(|layer| layer.received_at).min().unwrap_or(Timestamp::from_millis(0)),
        };
        layers.insert(0, oldest);
    }
    Ok(layers)
}

/// How everything stands now, for whoever keeps a copy of it.
pub fn standing(sql: &impl Sql, now: Timestamp) -> Result<StockEvent> {
    Ok(StockEvent { levels: read(sql, None, true, now)?, reason: None })
}

/// Tells how these items stand after something was held or freed, and warns of those that are low or gone.
pub fn changed<S: Sql>(context: &mut Context<'_, S>, skus: &[String]) -> Result<()> {
    tell(context, skus, None, EventData::StockUpdated, false)
}

/// The same after goods came or went: what is left of each batch is told as well.
pub fn moved<S: Sql>(
    context: &mut Context<'_, S>,
    skus: &[String],
    reason: Option<String>,
    event: fn(StockEvent) -> EventData,
) -> Result<()> {
    tell(context, skus, reason, event, true)
}

fn tell<S: Sql>(
    context: &mut Context<'_, S>,
    skus: &[String],
    reason: Option<String>,
    event: fn(StockEvent) -> EventData,
    layered: bool,
) -> Result<()> {
    if skus.is_empty() {
        return Ok(());
    }
    let levels = read(context.sql, Some(skus), layered, context.now())?;
    let subject = skus.join(",");
    let free = |level: &StockLevel| level.on_hand - level.reserved;
    let plain = |level: &StockLevel| StockLevel { layers: None, ..level.clone() };
    let gone: Vec<_> = levels.iter().filter(|level| free(level) == 0).map(plain).collect();
    let low = |level: &&StockLevel| free(level) > 0 && free(level) <= level.low_stock_threshold;
    let low: Vec<_> = levels.iter().filter(low).map(plain).collect();
    context.emit(subject.clone(), None, event(StockEvent { levels, reason }));
    if !gone.is_empty() {
        context.emit(subject.clone(), None, EventData::OutOfStock(StockEvent { levels: gone, reason: None }));
    }
    if !low.is_empty() {
        context.emit(subject, None, EventData::LowStockAlert(StockEvent { levels: low, reason: None }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_layers_become_few_and_lose_nothing() {
        let rows: Vec<_> =
            (0..100).map(|day: i64| (1_000 - day, (day % 2 == 0).then_some(5_000 - day), 2, 3)).collect();
        let layers = layers(&serde_json::to_string(&rows).unwrap()).unwrap();
        assert_eq!(layers.len(), MAX_LAYERS);
        assert_eq!(layers.iter().map(|layer| layer.on_hand).sum::<i64>(), 200);
        assert_eq!(layers.iter().map(|layer| layer.value).sum::<i64>(), 300);
        assert_eq!(layers[0].received_at.millis(), 901);
        assert_eq!(layers[0].expires_at.map(Timestamp::millis), Some(4_902));
        assert!(layers.is_sorted_by_key(|layer| layer.received_at));
    }
}
