//! Feature flags: what is on for whoever asks, and how admins say so.

use super::stores::unknown;
use crate::db::{self as stores, flags as db};
use crate::rules::flags::{FLAGS, Flag, FlagChange, FlagSetting, Whereabouts, flag, is_on, percent_at};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use kirana_contracts::audit::AuditNote;
use kirana_contracts::staff::Decider;
use kirana_edge::{Caller, Json, MaybeCaller, Path, Problem, Query, RequestId, Result, call, principal};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Where somebody is who asks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FlagsQuery {
    /// The store they look at, if they look at one.
    pub store_id: Option<Id>,
}

/// What is on for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallerFlags {
    /// Every flag by its name: is it on?
    pub flags: BTreeMap<String, bool>,
}

/// A flag, and what was said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlagInfo {
    /// Its name.
    pub name: String,
    /// What is there when it is on.
    pub description: String,
    /// For how many per cent of all customers it is on where nothing is said.
    pub default_percent: u8,
    /// What was said, the widest first.
    pub settings: Vec<FlagSetting>,
}

fn info(flag: &Flag, settings: Option<Vec<FlagSetting>>) -> FlagInfo {
    let mut settings = settings.unwrap_or_default();
    settings.sort_by_key(|setting| (setting.scope, setting.subject_id));
    FlagInfo {
        name: flag.name.to_owned(),
        description: flag.description.to_owned(),
        default_percent: flag.default_percent,
        settings,
    }
}

/// What is on for whoever asks, in a store or in none: the same for the same customer each time. Who is not signed in has what is on
/// for everybody.
///
/// # Errors
/// 404 for a store that is not there.
#[utoipa::path(get, path = "/api/v1/flags", tag = "stores", params(FlagsQuery),
    responses((status = 200, body = CallerFlags), (status = 404, body = Problem)))]
#[worker::send]
pub async fn mine(
    State(env): State<Env>,
    MaybeCaller(caller): MaybeCaller,
    Query(query): Query<FlagsQuery>,
) -> Result<Response> {
    let place = match query.store_id {
        Some(id) => {
            let store = stores::by_id(&env, id).await?.ok_or_else(unknown)?;
            Whereabouts { store: Some(id), franchisee: Some(store.franchisee_id) }
        }
        None => Whereabouts::default(),
    };
    let said = db::at(&env, place).await?;
    let customer = caller.map(|caller| caller.id);
    let nothing = Vec::new();
    let flags = FLAGS.iter().map(|flag| {
        let percent = percent_at(flag, said.get(flag.name).unwrap_or(&nothing), place);
        (flag.name.to_owned(), is_on(flag, percent, customer))
    });
    let mut response = Json(CallerFlags { flags: flags.collect() }).into_response();
    // Of this caller: nobody else may be answered by it.
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Every flag with what was said of it: about ten, all at once.
///
/// # Errors
/// 403.
#[utoipa::path(get, path = "/api/v1/flags/settings", tag = "stores",
    responses((status = 200, body = Vec<FlagInfo>), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<FlagInfo>>> {
    caller.require(&[Role::Admin])?;
    let mut said = db::all(&env).await?;
    Ok(Json(FLAGS.iter().map(|flag| info(flag, said.remove(flag.name))).collect()))
}

/// Says for whom a flag is on: for the chain, a franchisee or a store, for a part of all customers. It is written into the audit log
/// first. Apps hear of it when they ask the next time, half a minute later at most.
///
/// # Errors
/// 403, 404 for a flag that there is none of, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/flags/{name}", tag = "stores", params(("name" = String, Path, description = "The flag", example = "tips")),
    request_body = FlagChange,
    responses((status = 200, body = FlagInfo), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(name): Path<String>,
    Json(change): Json<FlagChange>,
) -> Result<Json<FlagInfo>> {
    caller.require(&[Role::Admin])?;
    let names = || FLAGS.iter().map(|flag| flag.name).collect::<Vec<_>>().join(", ");
    let flag = flag(&name).ok_or_else(|| Problem::not_found(format!("there is no such flag, only {}", names())))?;
    let faults = change.faults();
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    db::require_subject(&env, &change).await?;
    let before = db::all(&env).await?.remove(flag.name).unwrap_or_default();
    let same = |setting: &&FlagSetting| setting.scope == change.scope && setting.subject_id == change.subject_id;
    let stood = before.iter().find(same).map(|setting| setting.percent);
    if stood != change.percent {
        let note = AuditNote {
            by: Decider { id: caller.id, role: caller.acting_role() },
            action: "flag.set".into(),
            object: flag.name.into(),
            reason: None,
            before: Some(serde_json::to_string(&FlagChange { percent: stood, ..change })?),
            after: Some(serde_json::to_string(&change)?),
        };
        let identity = call::service(&env, "IDENTITY", &principal::service("stores")).during(&request_id.0);
        identity.post::<_, bool>("/internal/audit", &note).await?;
        db::set(&env, flag.name, &change, caller.id).await?;
    }
    Ok(Json(info(flag, db::all(&env).await?.remove(flag.name))))
}
