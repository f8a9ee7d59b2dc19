//! Firmware: manifests that their makers signed, kept in R2.

use axum::extract::State;
use http::StatusCode;
use kirana_devices::firmware::{Manifest, check, is_version};
use kirana_devices::kind::DeviceKind;
use kirana_edge::{Json, Path, Problem, Query, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;
use worker::{Bucket, Env};

/// Versions of one kind that are listed at most.
const MOST: u32 = 100;

fn bucket(env: &Env) -> Result<Bucket> {
    Ok(env.bucket("FIRMWARE")?)
}

fn key(kind: DeviceKind, version: &str) -> String {
    format!("{}/{version}.json", kind.name())
}

/// Keys of makers that this deployment takes firmware of.
fn makers(env: &Env) -> Result<BTreeMap<String, String>> {
    let text = env.var("FIRMWARE_KEYS")?.to_string();
    serde_json::from_str(&text).map_err(|error| Problem::internal(format!("FIRMWARE_KEYS: {error}")))
}

async fn read(bucket: &Bucket, key: String) -> Result<Option<Manifest>> {
    let Some(object) = bucket.get(key).execute().await? else { return Ok(None) };
    let Some(body) = object.body() else { return Ok(None) };
    Ok(Some(serde_json::from_str(&body.text().await?)?))
}

/// A manifest of which the signature is good by the keys of today: who takes a maker's key away stops what it signed.
///
/// # Errors
/// 404 when there is none, 409 `not_signed` when its key is not taken any more.
pub async fn trusted(env: &Env, kind: DeviceKind, version: &str) -> Result<Manifest> {
    let unknown = || Problem::not_found(format!("there is no firmware {version} for a {}", kind.name()));
    let found = if is_version(version) { read(&bucket(env)?, key(kind, version)).await? } else { None };
    let manifest = found.ok_or_else(unknown)?;
    check(&manifest, &makers(env)?)
        .map_err(|(field, detail)| Problem::conflict("not_signed", format!("{field}: {detail}")))?;
    Ok(manifest)
}

/// Puts the manifest of a version in place. It is never changed: another program is another version.
///
/// # Errors
/// 409 `version_taken` for another manifest of the same version, 422 `invalid_body` for one that no known maker signed.
#[utoipa::path(post, path = "/api/v1/devices/firmware", tag = "devices", request_body = Manifest,
    responses((status = 201, body = Manifest), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn publish(State(env): State<Env>, Json(body): Json<Manifest>) -> Result<(StatusCode, Json<Manifest>)> {
    check(&body, &makers(&env)?).map_err(|(field, detail)| Problem::invalid_field(field, detail))?;
    let (bucket, key) = (bucket(&env)?, key(body.kind, &body.version));
    match read(&bucket, key.clone()).await? {
        Some(kept) if kept == body => {}
        Some(_) => {
            let words = format!("there is another firmware {} for a {}", body.version, body.kind.name());
            return Err(Problem::conflict("version_taken", words));
        }
        None => drop(bucket.put(key, serde_json::to_string(&body)?).execute().await?),
    }
    Ok((StatusCode::CREATED, Json(body)))
}

/// Of which kind.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FirmwareQuery {
    /// Of this kind of devices.
    #[param(inline)]
    pub kind: DeviceKind,
}

/// Versions of a kind's firmware, a hundred at most.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/devices/firmware", tag = "devices", params(FirmwareQuery),
    responses((status = 200, body = Vec<String>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Query(query): Query<FirmwareQuery>) -> Result<Json<Vec<String>>> {
    let prefix = format!("{}/", query.kind.name());
    let found = bucket(&env)?.list().prefix(prefix.clone()).limit(MOST).execute().await?;
    let version = |key: String| Some(key.strip_prefix(&prefix)?.strip_suffix(".json")?.to_owned());
    Ok(Json(found.objects().iter().filter_map(|object| version(object.key())).collect()))
}

/// The manifest of a version, as its maker signed it.
///
/// # Errors
/// 404 when there is none.
#[utoipa::path(get, path = "/api/v1/devices/firmware/{kind}/{version}", tag = "devices",
    params(("kind" = String, Path, description = "The kind of devices"), ("version" = String, Path, description = "The version")),
    responses((status = 200, body = Manifest), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path((kind, version)): Path<(String, String)>) -> Result<Json<Manifest>> {
    let unknown = || Problem::not_found(format!("there is no firmware {version} for a {kind}"));
    let kind = DeviceKind::from_name(&kind).filter(|_| is_version(&version)).ok_or_else(unknown)?;
    Ok(Json(read(&bucket(&env)?, key(kind, &version)).await?.ok_or_else(unknown)?))
}
