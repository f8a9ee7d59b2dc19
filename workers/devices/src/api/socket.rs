//! The way of a device to its hub, and of who looks at a store's devices to their topic.

use super::claim::registration;
use super::hub::hub_of;
use super::registry::own_store;
use crate::db;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use kirana_contracts::live::devices_topic;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Path, Problem, Result, call};
use kirana_kernel::Id;
use worker::{Env, Headers, HttpResponse, Request, RequestInit};

/// Connects a device: with the subprotocol `mqtt` MQTT 3.1.1 or 5, else protocol 1. Anybody may open it; the device proves on it that it
/// is itself, within ten seconds, before anything else is heard.
///
/// # Errors
/// 400 `unknown_subprotocol`, 404 for a device that is not there, not claimed or revoked, 426 for what is no WebSocket.
#[utoipa::path(get, path = "/api/v1/devices/{id}/connect", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 101, description = "A WebSocket: see docs/devices.md"), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 426, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn connect(State(env): State<Env>, Path(id): Path<Id>, headers: HeaderMap) -> Result<HttpResponse> {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    require_upgrade(&headers)?;
    let device = db::device(&Db::of(&env)?, id).await?;
    let told = registration(&device)?;
    let inner = Headers::new();
    inner.set("upgrade", "websocket")?;
    inner.set("x-kirana-device", &URL_SAFE_NO_PAD.encode(serde_json::to_vec(&told)?))?;
    if let Some(protocols) = of("sec-websocket-protocol") {
        inner.set("sec-websocket-protocol", protocols)?;
    }
    let mut init = RequestInit::new();
    init.with_headers(inner);
    let request = Request::new_with_init("https://kirana/connect", &init)?;
    Ok(hub_of(&env, device.store_number).fetch(request).await?.try_into()?)
}

/// Follows a store's devices: each time that one is there, is gone, or is in trouble. The first message is a snapshot of nothing: the
/// registry has how they stand (`GET /devices`).
///
/// # Errors
/// 404 for a store that is not the caller's, 426 for what is no WebSocket, 503 when too many follow it.
#[utoipa::path(get, path = "/api/v1/stores/{id}/devices/live", tag = "devices", params(("id" = Id, Path, description = "The store")),
    responses((status = 101, description = "A WebSocket of LiveMessage as JSON texts"), (status = 404, body = Problem), (status = 426, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn follow(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    headers: HeaderMap,
) -> Result<HttpResponse> {
    let store = own_store(&env, &caller, id).await?;
    require_upgrade(&headers)?;
    let inner = Headers::new();
    inner.set("upgrade", "websocket")?;
    let mut init = RequestInit::new();
    init.with_headers(inner);
    let request = Request::new_with_init(&format!("https://kirana/follow?store={}", store.number), &init)?;
    let response = call::object(&env, "LIVE_TOPIC", devices_topic(id), &caller).fetch(request).await?;
    Ok(response.try_into()?)
}

fn require_upgrade(headers: &HeaderMap) -> Result<()> {
    let wanted = headers.get("upgrade").and_then(|value| value.to_str().ok());
    if wanted.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", "open this as a WebSocket"))
}
