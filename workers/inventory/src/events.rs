//! What stores tell of their stock.

use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData};

/// Brings the read model up to date; what is older than it has changes nothing.
///
/// # Errors
/// 500 when the levels cannot be written as JSON.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    let (EventData::StockUpdated(stock) | EventData::StockAdjusted(stock)) = &event.data else { return Ok(Vec::new()) };
    let rows: Vec<_> = stock
        .levels
        .iter()
        .map(|level| {
            (
                &level.sku,
                &level.name,
                &level.unit,
                level.on_hand,
                level.reserved,
                level.low_stock_threshold,
                level.at.millis(),
            )
        })
        .collect();
    Ok(vec![stmt(
        "INSERT INTO stock_levels (source, sku, name, unit, on_hand, reserved, low_stock_threshold, at)
         SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
                json_extract(value, '$[4]'), json_extract(value, '$[5]'), json_extract(value, '$[6]') FROM json_each(?2) WHERE true
         ON CONFLICT (source, sku) DO UPDATE SET name = excluded.name, unit = excluded.unit, on_hand = excluded.on_hand,
                reserved = excluded.reserved, low_stock_threshold = excluded.low_stock_threshold, at = excluded.at
         WHERE excluded.at >= stock_levels.at",
        params![&event.source, serde_json::to_string(&rows)?],
    )])
}
