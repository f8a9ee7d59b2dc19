//! What stores and warehouses tell of their stock, and stores of themselves.

use crate::db::{self, Place, PlaceKind};
use kirana_contracts::store_state::object_name;
use kirana_edge::db::Statement;
use kirana_edge::outbox::{self, Source};
use kirana_edge::{Result, clock};
use kirana_events::{Event, EventData, PurchaseOrderEvent, ReadData, Subscriber, reads};

/// The events that it hears of.
pub const READS: ReadData = reads!(
    StockUpdated,
    StockAdjusted,
    LowStockAlert,
    OutOfStock,
    ItemNearExpiry,
    ItemExpired,
    StockVariance,
    StoreCreated,
    StoreUpdated
);

/// Inventory as a source of events.
pub const SOURCE: Source = Source { name: "inventory", subscribers: &[Subscriber::Analytics] };

/// Brings the read model up to date, and has somebody look at a place that runs low.
///
/// # Errors
/// 500 when the levels cannot be written as JSON.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    Ok(match &event.data {
        EventData::StockUpdated(stock) | EventData::StockAdjusted(stock) => {
            vec![db::tell_levels(&event.source, &stock.levels)?]
        }
        EventData::LowStockAlert(_) | EventData::OutOfStock(_) => vec![db::reorder_soon(&event.source, clock::now())],
        EventData::StoreCreated(store) | EventData::StoreUpdated(store) => {
            let place = Place {
                source: object_name(store.number),
                id: store.store_id,
                kind: PlaceKind::Store,
                name: store.name.clone(),
                franchisee_id: Some(store.franchisee_id),
                currency: store.currency,
            };
            vec![db::remember_place(&place, event.occurred_at)]
        }
        _ => Vec::new(),
    })
}

/// The statement that tells of a purchase order, in the batch that changes it.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn tell(
    request_id: &str,
    told: PurchaseOrderEvent,
    data: fn(PurchaseOrderEvent) -> EventData,
) -> Result<Statement> {
    let (subject, place) = (told.purchase_order_id.to_string(), Some(told.store_id));
    outbox::caused_by(SOURCE.name, request_id, None, subject, place, data(told))
}
