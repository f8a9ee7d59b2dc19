//! What stores tells of itself.

use crate::api::stores::{Store, StoreDetails};
use crate::db::Insert;
use kirana_contracts::delivery_zone::DeliveryZone;
use kirana_edge::db::{Statement, Value, stmt};
use kirana_edge::outbox::{self, Source};
use kirana_edge::{RequestId, Result, params};
use kirana_events::{DeliveryZoneEvent, EventData, StoreEvent, StoreStatus, Subscriber};
use kirana_kernel::Id;

/// Stores as a source of events.
pub const SOURCE: Source =
    Source { name: "stores", subscribers: &[Subscriber::Catalog, Subscriber::Analytics, Subscriber::Inventory] };

fn event(id: Id, number: u32, franchisee: Id, details: &StoreDetails) -> StoreEvent {
    StoreEvent {
        store_id: id,
        number,
        name: details.name.clone(),
        franchisee_id: franchisee,
        tax: details.tax.clone(),
        currency: Some(details.currency),
    }
}

fn append(request: &RequestId, id: Id, data: EventData) -> Result<Statement> {
    outbox::append(SOURCE.name, request, id.to_string(), Some(id), data)
}

/// The one statement that tells of new stores, in the batch that makes them: only the database knows their numbers.
///
/// # Errors
/// 500 when an event cannot be written as JSON.
pub fn created(stores: &[Insert<'_>], request: &RequestId) -> Result<Statement> {
    let mut bodies = Vec::with_capacity(stores.len());
    let mut at = Value::Null;
    for store in stores {
        let data = EventData::StoreCreated(event(store.id, 0, store.franchisee, store.details));
        let mut values = append(request, store.id, data)?.params.into_iter().skip(1);
        if let Some(Value::Text(body)) = values.next() {
            bodies.push(body);
        }
        at = values.next().unwrap_or(Value::Null);
    }
    let mut params = params![format!("[{}]", bodies.join(","))];
    params.push(at);
    Ok(stmt(
        "INSERT INTO outbox (type, body, at)
         SELECT 'StoreCreated', json_set(event.value, '$.data.number', stores.number), ?2
         FROM json_each(?1) AS event JOIN stores ON stores.id = event.value ->> '$.data.store_id' ORDER BY stores.number",
        params,
    ))
}

/// The statements that tell of a change of details; none when nothing changes.
///
/// # Errors
/// As [`created`].
pub fn changed(before: &Store, after: &StoreDetails, request: &RequestId) -> Result<Vec<Statement>> {
    let mut told = Vec::new();
    if (StoreDetails { paused: after.paused, ..before.details.clone() }) != *after {
        told.push(updated(before, after, request)?);
    }
    if before.details.paused != after.paused {
        told.push(status(before, after.paused, None, request)?);
    }
    Ok(told)
}

/// The statement that tells that a store is another than it was.
///
/// # Errors
/// As [`created`].
pub fn updated(store: &Store, details: &StoreDetails, request: &RequestId) -> Result<Statement> {
    let data = EventData::StoreUpdated(event(store.id, store.number, store.franchisee_id, details));
    append(request, store.id, data)
}

/// The statement that tells that a store is paused, or open again.
///
/// # Errors
/// As [`created`].
pub fn status(store: &Store, paused: bool, reason: Option<&str>, request: &RequestId) -> Result<Statement> {
    let reason = reason.map(str::to_owned);
    let status = StoreStatus { store_id: store.id, name: store.details.name.clone(), paused, reason };
    append(request, store.id, EventData::StoreStatusChanged(status))
}

/// The statement that tells of a delivery zone as it is now, or that it is gone.
///
/// # Errors
/// As [`created`].
pub fn zone(store: Id, zone: &DeliveryZone, removed: bool, request: &RequestId) -> Result<Statement> {
    let told = DeliveryZoneEvent { store_id: store, zone: zone.clone(), removed };
    append(request, store, EventData::DeliveryZoneUpdated(told))
}
