//! How a device becomes the chain's: with a code that is good once it tells its public key, or is told a key. Keys can change, and end.

use crate::api::hub::{device_secret, hub_of};
use crate::api::registry::code_until;
use crate::db::{self, DeviceView, Standing};
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use kirana_devices::hub::Registration;
use kirana_devices::kind::DeviceKind;
use kirana_devices::proof::{Key, claim_code, claim_hash, derived, is_proved, is_public_key, rotation_text};
use kirana_edge::db::{Db, stmt};
use kirana_edge::{Caller, Json, Path, Problem, Result, clock, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A code that claims a device, once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimCode {
    /// Sixteen letters and digits in groups of four.
    #[schema(example = "7K2M-PX4D-9QHN-T3VB")]
    pub code: String,
    /// Until when it is good.
    pub until: Timestamp,
}

/// A new code, and what of it is kept.
#[must_use]
pub fn fresh_code(now: Timestamp) -> (ClaimCode, Option<String>) {
    let code = claim_code(clock::random());
    let hash = claim_hash(&code);
    (ClaimCode { code, until: code_until(now) }, hash)
}

/// A device that says what it proves itself by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// As it was shown.
    pub code: String,
    /// The public half of an Ed25519 key that was made on the device, 32 bytes in base64url. Without one the device is told an HMAC key.
    #[serde(default)]
    pub public_key: Option<String>,
}

/// What a device has to know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claimed {
    /// Who it is.
    pub device_id: Id,
    /// Its store.
    pub store_id: Id,
    /// Its kind.
    pub kind: DeviceKind,
    /// Its HMAC key, 32 bytes in base64url, where it did not tell a public key. Told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac_key: Option<String>,
    /// Where it connects: a WebSocket of protocol 1, or of MQTT with the subprotocol `mqtt`.
    pub connect: String,
}

/// The key that a device will have, and what it is told of it.
fn key_for(env: &Env, id: Id, version: u32, public: Option<String>) -> Result<(Key, Option<String>)> {
    match public {
        Some(public) if is_public_key(&public) => Ok((Key::Ed25519 { public }, None)),
        Some(_) => {
            Err(Problem::invalid_field("public_key", "expected the 32 bytes of an Ed25519 public key in base64url"))
        }
        None => {
            let told = URL_SAFE_NO_PAD.encode(derived(&device_secret(env)?, id, version));
            Ok((Key::Hmac { version }, Some(told)))
        }
    }
}

/// Claims a device with its code.
///
/// # Errors
/// 404 for a code that is not good, or not any more; 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/claim", tag = "devices", request_body = Claim,
    responses((status = 201, body = Claimed), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn claim(State(env): State<Env>, Json(body): Json<Claim>) -> Result<(StatusCode, Json<Claimed>)> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let unknown = || Problem::not_found("this code is not good: it was used, is over, or never was. Ask for a new one");
    let hash = claim_hash(&body.code).ok_or_else(|| {
        Problem::invalid_field("code", "expected sixteen letters and digits, such as 7K2M-PX4D-9QHN-T3VB")
    })?;
    #[derive(Deserialize)]
    struct Row {
        id: Id,
        key_version: u32,
    }
    let found: Option<Row> = db
        .first("SELECT id, key_version FROM devices WHERE claim_hash = ?1 AND claim_until > ?2", params![&hash, now])
        .await?;
    let row = found.ok_or_else(unknown)?;
    let version = row.key_version + 1;
    let (key, told) = key_for(&env, row.id, version, body.public_key)?;
    // Whoever is second finds the code gone.
    let taken = db
        .run(
            "UPDATE devices SET key = ?3, key_version = ?4, status = 'active', claim_hash = NULL, claim_until = NULL, updated_at = ?2
             WHERE id = ?1 AND claim_hash = ?5 AND claim_until > ?2",
            params![row.id, now, serde_json::to_string(&key)?, version, &hash],
        )
        .await?;
    if taken == 0 {
        return Err(unknown());
    }
    let device = db::device(&db, row.id).await?;
    db::note(&db, device.id, "the device", "claimed", &format!("key {version}"), now).await?;
    register(&env, &device).await?;
    let claimed = Claimed {
        device_id: device.id,
        store_id: device.store_id,
        kind: device.kind,
        hmac_key: told,
        connect: format!("/api/v1/devices/{}/connect", device.id),
    };
    Ok((StatusCode::CREATED, Json(claimed)))
}

/// Tells the hub of a device's store what the device is and proves itself by.
async fn register(env: &Env, device: &db::Device) -> Result<()> {
    let hub = hub_of(env, device.store_number).repeatable();
    let _: bool = hub.post("/register", &registration(device)?).await?;
    Ok(())
}

/// A device as its hub is told of it.
///
/// # Errors
/// 404 for one that is not active.
pub fn registration(device: &db::Device) -> Result<Registration> {
    let key = device.key()?.filter(|_| device.status == Standing::Active);
    let key = key.ok_or_else(|| Problem::not_found("this device is not claimed, or revoked"))?;
    Ok(Registration { id: device.id, kind: device.kind, name: device.name.clone(), store_id: device.store_id, key })
}

/// A new code for a device, such as one whose memory was replaced: once it is used the key that the device had is good no more.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(post, path = "/api/v1/devices/{id}/claim-code", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 201, body = ClaimCode), (status = 404, body = Problem)))]
#[worker::send]
pub async fn new_code(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<(StatusCode, Json<ClaimCode>)> {
    let (db, now) = (Db::of(&env)?, clock::now());
    db::own(&db, &caller, id).await?;
    let (code, hash) = fresh_code(now);
    db.batch(vec![
        stmt(
            "UPDATE devices SET claim_hash = ?2, claim_until = ?3, updated_at = ?4 WHERE id = ?1",
            params![id, hash, code.until, now],
        ),
        db::audited(id, &caller.name, "claim_code", "", now),
    ])
    .await?;
    Ok((StatusCode::CREATED, Json(code)))
}

/// The key that a device will have.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// The public half of a new Ed25519 key; without one the device has a new HMAC key.
    #[serde(default)]
    pub public_key: Option<String>,
}

/// A device's new key.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyChanged {
    /// Counts its keys.
    pub key_version: u32,
    /// The new HMAC key, where it is one. Told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac_key: Option<String>,
}

async fn change_key(env: &Env, device: &db::Device, who: &str, public: Option<String>) -> Result<KeyChanged> {
    let (db, now, version) = (Db::of(env)?, clock::now(), device.key_version + 1);
    let (key, told) = key_for(env, device.id, version, public)?;
    let changed = db
        .run(
            "UPDATE devices SET key = ?2, key_version = ?3, updated_at = ?4 WHERE id = ?1 AND key_version = ?5 AND status = 'active'",
            params![device.id, serde_json::to_string(&key)?, version, now, device.key_version],
        )
        .await?;
    if changed == 0 {
        return Err(Problem::conflict("key_changed", "its key was changed meanwhile, or it is not active: look again"));
    }
    db::note(&db, device.id, who, "key_changed", &format!("key {version}"), now).await?;
    register(env, &db::device(&db, device.id).await?).await?;
    Ok(KeyChanged { key_version: version, hmac_key: told })
}

/// Gives a device a new key. The old one is good no more, and whoever is connected with it is cut off.
///
/// # Errors
/// 404 for what is not the caller's, 409 `key_changed`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/key", tag = "devices", params(("id" = Id, Path, description = "The device")),
    request_body = NewKey,
    responses((status = 200, body = KeyChanged), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn new_key(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<NewKey>,
) -> Result<Json<KeyChanged>> {
    let device = db::own(&Db::of(&env)?, &caller, id).await?;
    Ok(Json(change_key(&env, &device, &caller.name, body.public_key).await?))
}

/// A device that changes its own key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The public half of its new Ed25519 key.
    pub public_key: String,
    /// The signature of the old key over the new one: see `docs/devices.md`.
    pub proof: String,
}

/// A device changes its own key: the old one signs the new one.
///
/// # Errors
/// 404 for what is not there or not proved, 409 `key_changed`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/rotate", tag = "devices", params(("id" = Id, Path, description = "The device")),
    request_body = Rotation,
    responses((status = 200, body = KeyChanged), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn rotate(
    State(env): State<Env>,
    Path(id): Path<Id>,
    Json(body): Json<Rotation>,
) -> Result<Json<KeyChanged>> {
    let unknown = || Problem::not_found("there is no such device, or the old key did not sign the new one");
    let device = db::device(&Db::of(&env)?, id).await.map_err(|_| unknown())?;
    let key = device.key()?.filter(|_| device.status == Standing::Active).ok_or_else(unknown)?;
    let said = rotation_text(id, &body.public_key);
    if !is_proved(&key, &device_secret(&env)?, id, &said, &body.proof) {
        db::note(&Db::of(&env)?, id, "somebody", "rotation_refused", "not signed by its key", clock::now()).await?;
        return Err(unknown());
    }
    Ok(Json(change_key(&env, &device, "the device", Some(body.public_key)).await?))
}

/// Ends a device: its key is good no more, its line is cut at once, its commands are over. A new code lets it begin anew.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(post, path = "/api/v1/devices/{id}/revoke", tag = "devices", params(("id" = Id, Path, description = "The device")),
    responses((status = 200, body = DeviceView), (status = 404, body = Problem)))]
#[worker::send]
pub async fn revoke(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<DeviceView>> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let device = db::own(&db, &caller, id).await?;
    db.batch(vec![
        stmt(
            "UPDATE devices SET status = 'revoked', claim_hash = NULL, claim_until = NULL, updated_at = ?2 WHERE id = ?1",
            params![id, now],
        ),
        db::audited(id, &caller.name, "revoked", "", now),
    ])
    .await?;
    let _: bool = hub_of(&env, device.store_number).repeatable().post(&format!("/devices/{id}/revoke"), &()).await?;
    Ok(Json(db::device(&db, id).await?.view()?))
}
