//! What the hubs tell: who is there, what is wrong, and which goods are suspect since.

use crate::db::breaches::{self, Breach};
use crate::db::figures::count;
use kirana_contracts::stock::{Quarantine, QuarantineRequest};
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
        EventData::DeviceOffline(told) => {
            let mut effects = vec![there(told, false)];
            effects.extend(count(event.store_id, told, (0, 0, 1)));
            Ok(effects)
        }
        EventData::DeviceDataReceived(told) => {
            let events = told.data.as_ref().and_then(|data| data.as_array()).map_or(0, Vec::len);
            Ok(count(event.store_id, told, (i64::try_from(events).unwrap_or(0), 0, 0)).into_iter().collect())
        }
        EventData::DeviceError(told) => {
            let error = json!({"code": told.code, "detail": told.detail, "at": told.at}).to_string();
            let mut effects = vec![stmt(
                "UPDATE devices SET last_error = ?2, updated_at = ?3 WHERE id = ?1",
                params![told.device_id, error, told.at],
            )];
            effects.extend(count(event.store_id, told, (0, 1, 0)));
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

/// Has the store keep back what it has of what the fridge is for, and writes that down. The event's id makes it happen once.
async fn breach(env: &Env, event: &Event, told: &DeviceEvent) -> Result<Option<Statement>> {
    let (Some(store_id), Some(data)) = (event.store_id, &told.data) else { return Ok(None) };
    let warm: Warm = serde_json::from_value(data.clone())?;
    let caller = principal::service("devices");
    let store: StoreInfo = call::service(env, "STORES", &caller).get(&format!("/internal/stores/{store_id}")).await?;
    let object = call::object(env, "STORE_STATE", object_name(store.number), &caller);
    let reason = format!("cold chain broken: {}", told.name);
    let request = QuarantineRequest { id: id_of(event), skus: warm.skus, reason };
    let kept: Quarantine = object.repeatable().post("/quarantines", &request).await?;
    let breach = Breach {
        id: id_of(event),
        device_id: told.device_id,
        store_id,
        since: warm.since,
        worst: warm.worst,
        at: told.at,
        batches: kept.batches,
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
