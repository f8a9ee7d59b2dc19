//! What the hubs tell: who is there, what is wrong, and which goods are suspect since.

use crate::db::breaches::{self, Breach, SuspectBatch};
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, call, params, principal};
use kirana_events::{DeviceEvent, Event, EventData, ReadData};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use serde_json::json;
use worker::Env;

/// The events that this worker reads.
pub const READS: ReadData = kirana_events::reads!(DeviceOnline, DeviceOffline, DeviceDataReceived, DeviceError);

/// The effects of an event.
///
/// # Errors
/// 503 while the store of a fridge does not say what is in it.
pub async fn apply(env: &Env, event: &Event) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::DeviceOnline(told) => Ok(vec![there(told, true)]),
        EventData::DeviceOffline(told) => Ok(vec![there(told, false)]),
        EventData::DeviceError(told) => {
            let error = json!({"code": told.code, "detail": told.detail, "at": told.at}).to_string();
            let mut effects = vec![stmt(
                "UPDATE devices SET last_error = ?2, updated_at = ?3 WHERE id = ?1",
                params![told.device_id, error, told.at],
            )];
            if told.code.as_deref() == Some("cold_chain_breach") {
                effects.extend(breach(env, event, told).await?);
            }
            Ok(effects)
        }
        _ => Ok(Vec::new()),
    }
}

/// The events of one hub come in order, and those of one device from one hub.
fn there(told: &DeviceEvent, online: bool) -> Statement {
    stmt(
        "UPDATE devices SET online = ?2, online_since = ?3, updated_at = ?3 WHERE id = ?1",
        params![told.device_id, online, told.at],
    )
}

#[derive(Deserialize)]
struct Warm {
    since: Timestamp,
    worst: f64,
    #[serde(default)]
    skus: Vec<String>,
}

#[derive(Deserialize)]
struct Batch {
    id: i64,
    sku: String,
    on_hand: i64,
}

/// Marks what was in the store of what the fridge is for.
async fn breach(env: &Env, event: &Event, told: &DeviceEvent) -> Result<Option<Statement>> {
    let (Some(store_id), Some(data)) = (event.store_id, &told.data) else { return Ok(None) };
    let warm: Warm = serde_json::from_value(data.clone())?;
    let caller = principal::service("devices");
    let store: StoreInfo = call::service(env, "STORES", &caller).get(&format!("/internal/stores/{store_id}")).await?;
    let object = call::object(env, "STORE_STATE", object_name(store.number), &caller);
    let batches: Vec<Batch> = object.get("/batches").await?;
    let suspect = |batch: &Batch| batch.on_hand > 0 && warm.skus.contains(&batch.sku);
    let batches = batches.into_iter().filter(suspect);
    let batches =
        batches.map(|batch| SuspectBatch { batch: batch.id, sku: batch.sku, quantity: batch.on_hand }).collect();
    let breach = Breach {
        id: id_of(event),
        device_id: told.device_id,
        store_id,
        since: warm.since,
        worst: warm.worst,
        at: told.at,
        batches,
        outcome: None,
        resolved_at: None,
        resolved_by: None,
    };
    breaches::insert(&breach).map(Some)
}

/// A breach has the id of its event: told twice it is one.
const fn id_of(event: &Event) -> Id {
    event.id
}
