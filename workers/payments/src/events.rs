//! What payments hears of.

use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData};

/// An order that was called off is closed: what was paid for it, or will be, goes back.
///
/// # Errors
/// None.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    Ok(match &event.data {
        EventData::OrderCancelled(order) => {
            vec![stmt("INSERT OR IGNORE INTO closed_orders (order_id) VALUES (?1)", params![order.order.id])]
        }
        _ => Vec::new(),
    })
}
