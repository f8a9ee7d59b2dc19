//! Configuration and firmware for many devices, a part of them at a time.

use crate::db::rollouts::{self, Plan, Rollout};
use crate::db::{self, Standing, Wanted};
use crate::rollout;
use crate::rules::stages::{are_stages, staged};
use axum::extract::State;
use http::StatusCode;
use kirana_devices::kind::DeviceKind;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// Devices of one roll-out at most.
const MOST: usize = 5_000;

/// What is to be rolled out, and to whom.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRollout {
    /// For which kind of devices.
    pub kind: DeviceKind,
    /// Of this store; of all that the caller works in if not given.
    #[serde(default)]
    pub store_id: Option<Id>,
    /// What.
    #[serde(flatten)]
    pub plan: Plan,
}

fn check(plan: &Plan) -> Result<()> {
    match (&plan.configuration, &plan.firmware) {
        (Some(config), None) if config.is_object() && config.to_string().len() <= 32 * 1024 => {}
        (None, Some(firmware)) => {
            let hexadecimal =
                firmware.sha256.len() == 64 && firmware.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !hexadecimal {
                return Err(Problem::invalid_field("firmware.sha256", "expected 64 hexadecimal digits"));
            }
            if !firmware.url.starts_with("https://") || firmware.url.len() > 500 {
                return Err(Problem::invalid_field(
                    "firmware.url",
                    "expected an https address of 500 characters at most",
                ));
            }
            if !(1..=40).contains(&firmware.version.len()) || !(80..=100).contains(&firmware.signature.len()) {
                let detail = "expected a version of 1 to 40 characters, and an Ed25519 signature in base64url";
                return Err(Problem::invalid_field("firmware", detail));
            }
        }
        _ => {
            let detail = "expected a configuration (an object of 32 kB at most) or a firmware, and not both";
            return Err(Problem::invalid_field("configuration", detail));
        }
    }
    if !are_stages(&plan.stages) {
        return Err(Problem::invalid_field("stages", "expected 1 to 10 growing parts in per cent, the last 100"));
    }
    if plan.tolerance > 100 {
        return Err(Problem::invalid_field("tolerance", "expected 0 to 100 per cent"));
    }
    Ok(())
}

/// Begins a roll-out: the first stage is sent at once, each further one when the one before is done.
///
/// # Errors
/// 409 `no_devices`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/rollouts", tag = "devices", request_body = NewRollout,
    responses((status = 201, body = Rollout), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewRollout>,
) -> Result<(StatusCode, Json<Rollout>)> {
    check(&body.plan)?;
    let (db, id) = (Db::of(&env)?, clock::new_id());
    let wanted = Wanted { store: body.store_id, kind: Some(body.kind), limit: MOST, ..Wanted::default() };
    let devices = db::list(&db, &caller, &wanted).await?;
    let devices: Vec<Id> =
        devices.into_iter().filter(|device| device.status == Standing::Active).map(|device| device.id).collect();
    if devices.is_empty() {
        return Err(Problem::conflict("no_devices", format!("no {} of these stores is active", body.kind.name())));
    }
    let parts = staged(&devices, &body.plan.stages);
    rollouts::insert(&db, id, body.kind.name(), &body.plan, &parts, &caller.name, clock::now()).await?;
    rollout::step(&env, id).await?;
    Ok((StatusCode::CREATED, Json(rollouts::get(&db, id).await?)))
}

/// Roll-outs, the newest first.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/devices/rollouts", tag = "devices", params(PageQuery),
    responses((status = 200, body = Page<Rollout>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Query(page): Query<PageQuery>) -> Result<Json<Page<Rollout>>> {
    let limit = page.limit()?;
    let found = rollouts::list(&Db::of(&env)?, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |rollout| rollout.id.to_string())))
}

/// A roll-out.
///
/// # Errors
/// 404 when there is none.
#[utoipa::path(get, path = "/api/v1/devices/rollouts/{id}", tag = "devices", params(("id" = Id, Path, description = "The roll-out")),
    responses((status = 200, body = Rollout), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<Rollout>> {
    Ok(Json(rollouts::get(&Db::of(&env)?, id).await?))
}

/// Halts a roll-out: those that have it keep it, nobody else gets it.
///
/// # Errors
/// 404 when there is none.
#[utoipa::path(post, path = "/api/v1/devices/rollouts/{id}/halt", tag = "devices", params(("id" = Id, Path, description = "The roll-out")),
    responses((status = 200, body = Rollout), (status = 404, body = Problem)))]
#[worker::send]
pub async fn halt(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<Rollout>> {
    let db = Db::of(&env)?;
    rollouts::get(&db, id).await?;
    rollouts::end(&db, id, "halted").await?;
    Ok(Json(rollouts::get(&db, id).await?))
}
