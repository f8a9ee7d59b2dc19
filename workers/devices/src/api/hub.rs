//! What the hub of a device's store knows of it, and is asked to do.

use crate::db::{self, Device};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_devices::hub::{CommandView, DeviceStatus, Issue, LogLine, Point};
use kirana_devices::kind::DeviceKind;
use kirana_edge::call::{self, Callee};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, Query, RawJson, Result, clock, principal};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// The hub of the store with this number.
#[must_use]
pub fn hub_of(env: &Env, store: u32) -> Callee<'_> {
    call::object(env, "DEVICE_HUB", format!("hub-{store}"), &principal::service("devices"))
}

/// What keys of the HMAC kind are derived from.
///
/// # Errors
/// 500 when the deployment has no `DEVICE_SECRET`.
pub fn device_secret(env: &Env) -> Result<Vec<u8>> {
    Ok(env.secret("DEVICE_SECRET").map_err(Problem::internal)?.to_string().into_bytes())
}

/// The same id for the same words.
#[must_use]
pub fn id_of(words: &str) -> Id {
    let digest = Sha256::digest(words.as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    Id::new(Timestamp::from_millis(0), random)
}

/// A device of the caller's.
///
/// # Errors
/// 404 for what is not.
pub async fn own(env: &Env, caller: &Principal, id: Id) -> Result<Device> {
    db::own(&Db::of(env)?, caller, id).await
}

/// A device of which its hub has never heard is not claimed yet.
fn unclaimed(problem: Problem) -> Problem {
    if problem.status == 404 {
        Problem::conflict("unclaimed", "the device has not been claimed with its code yet")
    } else {
        problem
    }
}

/// How a device stands now.
///
/// # Errors
/// 404 for what is not the caller's, 409 `unclaimed`.
#[utoipa::path(get, path = "/api/v1/devices/{id}/status", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 200, body = DeviceStatus), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn status(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<DeviceStatus>> {
    let device = own(&env, &caller, id).await?;
    Ok(Json(status_of(&env, &device).await?))
}

/// The same for whoever may ask already.
///
/// # Errors
/// 409 `unclaimed`.
pub async fn status_of(env: &Env, device: &Device) -> Result<DeviceStatus> {
    hub_of(env, device.store_number).get(&format!("/devices/{}/status", device.id)).await.map_err(unclaimed)
}

/// Which measured value.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// Which, such as `temperature`.
    pub metric: String,
    /// From this moment on; a day back if not given.
    pub from: Option<Timestamp>,
}

/// A measured value over time by five minutes, the oldest first, 500 points at most.
///
/// # Errors
/// 400 `invalid_query`, 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/devices/{id}/series", tag = "devices", params(("id" = Id, Path, description = "The device"), SeriesQuery),
    responses((status = 200, body = Vec<Point>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn series(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<SeriesQuery>,
) -> Result<RawJson> {
    let device = own(&env, &caller, id).await?;
    if !device.kind.measures(&query.metric) {
        let words = format!("metric: a {} does not measure {}", device.kind.name(), query.metric);
        return Err(Problem::bad_request("invalid_query", words));
    }
    let from = query.from.unwrap_or_else(|| clock::now() - std::time::Duration::from_secs(86_400)).millis();
    hub_of(&env, device.store_number).get(&format!("/devices/{id}/series?metric={}&from={from}", query.metric)).await
}

/// Which lines of a log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Before this line: the `id` of the last one that is known.
    pub before: Option<i64>,
}

/// What a device said of itself, and what was noticed of it, the newest first, 100 lines at most.
///
/// # Errors
/// 400 `invalid_query`, 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/devices/{id}/logs", tag = "devices", params(("id" = Id, Path, description = "The device"), LogQuery),
    responses((status = 200, body = Vec<LogLine>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn logs(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<LogQuery>,
) -> Result<RawJson> {
    let device = own(&env, &caller, id).await?;
    let before = query.before.unwrap_or(1 << 50);
    hub_of(&env, device.store_number).get(&format!("/devices/{id}/logs?before={before}")).await
}

/// Something that a device shall do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// What: what a kind of device takes is in `docs/devices.md`.
    #[schema(example = "restart")]
    pub name: String,
    /// With what.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub args: Value,
    /// Seconds until it is not to be begun any more: 300 if not given, a week at most.
    #[serde(default = "five_minutes")]
    #[schema(minimum = 1, maximum = 604_800)]
    pub ttl: u32,
}

const fn five_minutes() -> u32 {
    300
}

/// Gives a device a command. It waits while the device is not there, and is done once however often it is sent.
///
/// # Errors
/// 404 for what is not the caller's, 409 `unclaimed`, `revoked` or `queue_full`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/command", tag = "devices", params(("id" = Id, Path, description = "The device"),
        ("Idempotency-Key" = String, Header, description = "New for each command, the same for each repetition")),
    request_body = Command,
    responses((status = 201, body = CommandView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn command(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    headers: HeaderMap,
    Json(body): Json<Command>,
) -> Result<(StatusCode, Json<CommandView>)> {
    let device = own(&env, &caller, id).await?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let view = give(&env, &caller, &device, body, key).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// The same for whoever may already.
///
/// # Errors
/// As [`command`].
pub async fn give(env: &Env, caller: &Principal, device: &Device, body: Command, key: &str) -> Result<CommandView> {
    let id = if key.is_empty() { clock::new_id() } else { id_of(&format!("{} {} {key}", caller.id, device.id)) };
    let issue = Issue { id, name: body.name, args: body.args, ttl: body.ttl, by: caller.name.clone() };
    let hub = hub_of(env, device.store_number).repeatable();
    let view: CommandView = hub.post(&format!("/devices/{}/commands", device.id), &issue).await.map_err(unclaimed)?;
    db::note(&Db::of(env)?, device.id, &caller.name, "command", &format!("{} {}", issue.name, issue.id), clock::now())
        .await?;
    Ok(view)
}

/// Commands of a device, the newest first, 50 at most.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/devices/{id}/commands", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 200, body = Vec<CommandView>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn commands(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<RawJson> {
    let device = own(&env, &caller, id).await?;
    hub_of(&env, device.store_number).get(&format!("/devices/{id}/commands")).await
}

/// A configuration that a device shall run by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The whole of it: what a kind of device understands is in `docs/devices.md`.
    #[schema(value_type = Object)]
    pub config: Value,
}

/// That it is desired now.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ConfigurationVersion {
    /// Counts changes: the device reports the version that it took.
    pub version: i64,
}

/// Sets the configuration that a device shall run by. It is told at once, or when it is there again, until it reports that it took it.
///
/// # Errors
/// 404 for what is not the caller's, 409 `unclaimed`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/devices/{id}/configuration", tag = "devices", params(("id" = Id, Path, description = "The device")),
    request_body = Configuration,
    responses((status = 200, body = ConfigurationVersion), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn configure(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<Configuration>,
) -> Result<Json<ConfigurationVersion>> {
    let device = own(&env, &caller, id).await?;
    if !body.config.is_object() || body.config.to_string().len() > 32 * 1024 {
        return Err(Problem::invalid_field("config", "expected an object of 32 kB at most"));
    }
    let hub = hub_of(&env, device.store_number).repeatable();
    let told: ConfigurationVersion =
        hub.post(&format!("/devices/{id}/configuration"), &body.config).await.map_err(unclaimed)?;
    db::note(&Db::of(&env)?, id, &caller.name, "configured", &format!("version {}", told.version), clock::now())
        .await?;
    if device.kind == DeviceKind::Tv {
        crate::boards::refresh(&env, device.store_id, device.store_number).await;
    }
    Ok(Json(told))
}
