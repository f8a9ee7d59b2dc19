//! What catalog tells, and what it hears of.

use crate::menus;
use kirana_edge::db::{Statement, Value, stmt};
use kirana_edge::outbox::{self, Source};
use kirana_edge::{RequestId, Result, params};
use kirana_events::{Event, EventData, ReadData, Subscriber, reads};
use kirana_kernel::Id;

/// The events that it hears of.
pub const READS: ReadData = reads!(StoreCreated, StoreUpdated);

/// Catalog as a source of events.
pub const SOURCE: Source = Source { name: "catalog", subscribers: &[Subscriber::Analytics] };

/// The one statement that tells of all this; none when there is nothing to tell.
///
/// # Errors
/// 500 when an event cannot be written as JSON.
pub fn tell(events: Vec<EventData>, store: Option<Id>, request: &RequestId) -> Result<Vec<Statement>> {
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let subject = match &event {
            EventData::ProductCreated(product)
            | EventData::ProductUpdated(product)
            | EventData::ProductRetired(product) => product.product_id.to_string(),
            EventData::PriceChanged(change) => change.sku.clone(),
            _ => String::new(),
        };
        let mut row = Vec::with_capacity(3);
        for value in outbox::append(SOURCE.name, request, subject, store, event)?.params {
            row.push(match value {
                Value::Text(text) => text.into(),
                Value::Integer(number) => number.into(),
                Value::Real(number) => number.into(),
                Value::Null => serde_json::Value::Null,
            });
        }
        rows.push(serde_json::Value::Array(row));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![stmt(
        "INSERT INTO outbox (type, body, at) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) ORDER BY key",
        params![serde_json::to_string(&rows)?],
    )])
}

/// The effects of an event: a store's menu says how its sales are taxed.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::StoreCreated(store) | EventData::StoreUpdated(store) => {
            Ok(vec![menus::know(store.store_id, &store.tax)?])
        }
        _ => Ok(Vec::new()),
    }
}
