//! The registry: which devices there are.

use crate::api::claim::{ClaimCode, fresh_code};
use crate::db::{self, AuditEntry, Device, DeviceView, Wanted};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::store_info::StoreInfo;
use kirana_devices::kind::DeviceKind;
use kirana_devices::proof::CLAIM_LIFETIME;
use kirana_edge::db::{Db, stmt};
use kirana_edge::{Caller, Json, Page, Path, Principal, Problem, Query, Result, call, clock, params, principal};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A device that will come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// Its store.
    pub store_id: Id,
    /// Its kind.
    pub kind: DeviceKind,
    /// What it is called, 1 to 100 characters.
    pub name: String,
}

/// A new device, and what it is claimed with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// The device.
    pub device: DeviceView,
    /// To be shown as a QR code, or typed in: good once, and shown once.
    pub claim: ClaimCode,
}

/// Which devices.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeviceQuery {
    /// Of this store.
    pub store_id: Option<Id>,
    /// Of this kind.
    #[param(inline)]
    pub kind: Option<DeviceKind>,
    /// Those that are there, or not.
    pub online: Option<bool>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A store that the caller works in.
///
/// # Errors
/// 404 for what is not there, and the same for somebody else's store.
pub async fn own_store(env: &Env, caller: &Principal, id: Id) -> Result<StoreInfo> {
    let stores = call::service(env, "STORES", &principal::service("devices"));
    let store: StoreInfo = stores.get(&format!("/internal/stores/{id}")).await?;
    if caller.may_work_in(store.id, store.franchisee_id) {
        Ok(store)
    } else {
        Err(Problem::not_found("there is no such store"))
    }
}

/// The name of a device, without spaces around it.
fn name(text: &str) -> Result<&str> {
    let name = text.trim();
    let good = (1..=100).contains(&name.chars().count());
    if good { Ok(name) } else { Err(Problem::invalid_field("name", "expected 1 to 100 characters")) }
}

/// Devices of the stores that the caller works in.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/devices", tag = "devices", params(DeviceQuery),
    responses((status = 200, body = Page<DeviceView>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<DeviceQuery>,
) -> Result<Json<Page<DeviceView>>> {
    let page = kirana_edge::PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let wanted = Wanted {
        store: query.store_id,
        kind: query.kind,
        online: query.online,
        after: page.after()?,
        limit: limit + 1,
    };
    let found = db::list(&Db::of(&env)?, &caller, &wanted).await?;
    let views = found.into_iter().map(Device::view).collect::<Result<Vec<_>>>()?;
    Ok(Json(Page::of(views, limit, |device| device.id.to_string())))
}

/// Registers a device that will come. It is claimed with the code, within ten minutes; a new code is `POST /devices/{id}/claim-code`.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices", tag = "devices", request_body = NewDevice,
    responses((status = 201, body = Registered), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewDevice>,
) -> Result<(StatusCode, Json<Registered>)> {
    let name = name(&body.name)?;
    let store = own_store(&env, &caller, body.store_id).await?;
    let (db, now, id) = (Db::of(&env)?, clock::now(), clock::new_id());
    let (code, hash) = fresh_code(now);
    db.batch(vec![
        stmt(
            "INSERT INTO devices (id, store_id, store_number, franchisee_id, kind, name, status, claim_hash, claim_until, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'unclaimed', ?7, ?8, ?9, ?9)",
            params![id, store.id, store.number, store.franchisee_id, body.kind.name(), name, hash, now + CLAIM_LIFETIME, now],
        ),
        db::audited(id, &caller.name, "registered", name, now),
    ])
    .await?;
    let device = db::device(&db, id).await?.view()?;
    Ok((StatusCode::CREATED, Json(Registered { device, claim: code })))
}

/// A device.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/devices/{id}", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 200, body = DeviceView), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<DeviceView>> {
    Ok(Json(db::own(&Db::of(&env)?, &caller, id).await?.view()?))
}

/// What can change of a device. Its kind and its store cannot: it is another device then.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceChange {
    /// What it is called.
    pub name: String,
}

/// Calls a device something else.
///
/// # Errors
/// 404 for what is not the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/devices/{id}", tag = "devices", params(("id" = Id, Path, description = "The device")),
    request_body = DeviceChange,
    responses((status = 200, body = DeviceView), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<DeviceChange>,
) -> Result<Json<DeviceView>> {
    let (db, now, name) = (Db::of(&env)?, clock::now(), name(&body.name)?);
    db::own(&db, &caller, id).await?;
    db.batch(vec![
        stmt("UPDATE devices SET name = ?2, updated_at = ?3 WHERE id = ?1", params![id, name, now]),
        db::audited(id, &caller.name, "renamed", name, now),
    ])
    .await?;
    Ok(Json(db::device(&db, id).await?.view()?))
}

/// Who did what to a device, the newest first.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/devices/{id}/history", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 200, body = Vec<AuditEntry>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn history(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<AuditEntry>>> {
    let db = Db::of(&env)?;
    db::own(&db, &caller, id).await?;
    Ok(Json(db::history(&db, id).await?))
}

/// When a code is good no more.
#[must_use]
pub fn code_until(now: Timestamp) -> Timestamp {
    now + CLAIM_LIFETIME
}
