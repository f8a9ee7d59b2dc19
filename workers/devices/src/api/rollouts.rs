//! Configuration, firmware and commands for many devices, a part of them at a time.

use crate::db::rollouts::{self, Plan, Rollout};
use crate::db::{self, Standing, Wanted};
use crate::rollout;
use crate::rules::stages::{are_stages, staged};
use axum::extract::State;
use http::StatusCode;
use kirana_devices::hub::LONGEST_WAIT;
use kirana_devices::kind::DeviceKind;
use kirana_devices::playlist::slides;
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

fn check(kind: DeviceKind, plan: &Plan) -> Result<()> {
    match (&plan.configuration, &plan.firmware, &plan.command) {
        (Some(config), None, None) if config.is_object() && config.to_string().len() <= 32 * 1024 => {
            let read = if kind == DeviceKind::Tv { slides(config).map(drop) } else { Ok(()) };
            read.map_err(|(path, detail)| Problem::invalid_field(format!("configuration.{path}"), detail))?;
        }
        (None, Some(_), None) => {}
        (None, None, Some(command)) => {
            if !kind.takes(&command.name) {
                let detail = format!("a {} takes {}", kind.name(), kind.commands());
                return Err(Problem::invalid_field("command.name", detail));
            }
            if !(1..=LONGEST_WAIT).contains(&command.ttl) || command.args.to_string().len() > 16 * 1024 {
                let detail = format!("expected a ttl of 1 to {LONGEST_WAIT} seconds, and args of 16 kB at most");
                return Err(Problem::invalid_field("command", detail));
            }
        }
        _ => {
            let detail = "expected one of a configuration (an object of 32 kB at most), a firmware and a command";
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
/// 404 for a firmware that is not there, 409 `no_devices` or `not_signed`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/devices/rollouts", tag = "devices", request_body = NewRollout,
    responses((status = 201, body = Rollout), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewRollout>,
) -> Result<(StatusCode, Json<Rollout>)> {
    check(body.kind, &body.plan)?;
    if let Some(version) = &body.plan.firmware {
        super::firmware::trusted(&env, body.kind, version).await?;
    }
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
