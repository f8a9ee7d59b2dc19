//! Stores, as everybody sees them, and as the chain runs them.

use crate::db::zones;
use crate::rules::hours::Hours;
use crate::rules::legal_age::legal_age;
use crate::rules::settings::Settings;
use crate::{db, events};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::menu::Tax;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{
    Caller, FieldError, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, clock, zone,
};
use kirana_events::Ack;
use kirana_kernel::{Currency, Id, Position, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A store.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Store {
    /// Its id.
    pub id: Id,
    /// Its number in the chain.
    pub number: u32,
    /// Whose it is.
    pub franchisee_id: Id,
    /// What it is.
    #[serde(flatten)]
    pub details: StoreDetails,
    /// Why it takes no orders for now, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_reason: Option<String>,
    /// What it decides for itself.
    pub settings: Settings,
    /// Is it open by its hours, and not paused?
    pub open_now: bool,
    /// From the position asked for, in metres; only in nearby.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

/// What can be said of a store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoreDetails {
    /// Its name.
    pub name: String,
    /// Street and house.
    pub address: String,
    /// City.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Where it is.
    pub position: Position,
    /// Its IANA time zone.
    #[schema(example = "Asia/Bangkok")]
    pub time_zone: String,
    /// What it sells in.
    pub currency: Currency,
    /// How its sales are taxed.
    pub tax: Tax,
    /// When it is open.
    pub hours: Hours,
    /// Does it take no orders for now? `POST /stores/{id}/pause` says why, too.
    #[serde(default)]
    pub paused: bool,
}

/// A store to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewStore {
    /// Whose it is.
    pub franchisee_id: Id,
    /// What it is.
    #[serde(flatten)]
    pub details: StoreDetails,
}

fn faults(details: &StoreDetails) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, message: &str| faults.push(FieldError { path: path.into(), message: message.into() });
    if details.name.trim().is_empty() || details.name.chars().count() > 200 {
        fault("name", "expected 1 to 200 characters");
    }
    if !details.position.is_valid() {
        fault("position", "expected a latitude of -90 to 90 and a longitude of -180 to 180");
    }
    if !zone::exists(&details.time_zone) {
        fault("time_zone", "expected an IANA time zone such as Asia/Bangkok");
    }
    if details.tax.rate_bp > 10_000 {
        fault("tax.rate_bp", "expected 0 to 10000 hundredths of a per cent");
    }
    if let Some((path, message)) = details.hours.fault() {
        fault(&path, message);
    }
    faults
}

fn check(details: &StoreDetails) -> Result<()> {
    let faults = faults(details);
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(faults)) }
}

/// Makes a store.
///
/// # Errors
/// 422 `invalid_body`, also for a franchisee that is not there.
#[utoipa::path(post, path = "/api/v1/stores", tag = "stores", request_body = NewStore,
    responses((status = 201, body = Store), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<NewStore>,
) -> Result<(StatusCode, Json<Store>)> {
    caller.require(&[Role::Admin])?;
    check(&body.details)?;
    let id = clock::new_id();
    let store = db::Insert { id, reference: None, franchisee: body.franchisee_id, details: &body.details };
    db::insert(&env, &[store], &request_id, clock::now()).await?;
    let made = db::by_id(&env, id).await?.ok_or_else(|| Problem::internal("the new store is not there"))?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Lists stores.
///
/// # Errors
/// 400 for a page that is none.
#[utoipa::path(get, path = "/api/v1/stores", tag = "stores", params(PageQuery), responses((status = 200, body = Page<Store>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Query(page): Query<PageQuery>) -> Result<Json<Page<Store>>> {
    let limit = page.limit()?;
    let stores = db::list(&env, page.after()?, limit).await?;
    Ok(Json(Page::of(stores, limit, |store| store.id.to_string())))
}

/// One store.
///
/// # Errors
/// 404.
#[utoipa::path(get, path = "/api/v1/stores/{id}", tag = "stores", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Store), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<Store>> {
    db::by_id(&env, id).await?.map(Json).ok_or_else(unknown)
}

/// Changes a store: its hours, its address, whether it is paused.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/stores/{id}", tag = "stores", params(("id" = Id, Path, description = "The store")),
    request_body = StoreDetails, responses((status = 200, body = Store), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(details): Json<StoreDetails>,
) -> Result<Json<Store>> {
    let store = own(&env, id, &caller).await?;
    check(&details)?;
    if details.currency != store.details.currency {
        return Err(Problem::invalid_field("currency", "a store keeps its currency: its ledger is in it"));
    }
    let told = events::changed(&store, &details, &request_id)?;
    if !told.is_empty() {
        db::update(&env, id, &details, told).await?;
    }
    db::by_id(&env, id).await?.map(Json).ok_or_else(unknown)
}

/// What is answered for a store that is not there, and for one that is somebody else's.
pub fn unknown() -> Problem {
    Problem::not_found("there is no such store")
}

/// A store that the caller works in.
///
/// # Errors
/// 404 for what is not there, and the same for somebody else's store.
pub async fn own(env: &Env, id: Id, caller: &Principal) -> Result<Store> {
    let store = db::by_id(env, id).await?.ok_or_else(unknown)?;
    if caller.may_work_in(id, store.franchisee_id) { Ok(store) } else { Err(unknown()) }
}

/// `GET /internal/stores/{id}`: a store for other workers.
///
/// # Errors
/// 403 for all but workers, 404.
#[worker::send]
pub async fn info(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<StoreInfo>> {
    caller.require_service()?;
    let store = db::by_id(&env, id).await?.ok_or_else(unknown)?;
    let now = clock::now();
    let local = zone::local(now, &store.details.time_zone).unwrap_or_default();
    Ok(Json(StoreInfo {
        id,
        day: local.format("%Y-%m-%d").to_string(),
        // Of whole seconds: the wall has no others.
        utc_offset: local.and_utc().timestamp() - now.seconds(),
        country: store.details.country.clone(),
        number: store.number,
        name: store.details.name,
        franchisee_id: store.franchisee_id,
        currency: store.details.currency,
        time_zone: store.details.time_zone,
        tax: store.details.tax,
        legal_age: legal_age(&store.details.country),
        // Orders are taken outside the hours too, for the counter decides when it serves; a pause is meant.
        accepts_orders: !store.details.paused,
        pause_reason: store.pause_reason,
        fulfilments: store.settings.fulfilments,
        minimum_order: store.settings.minimum_order,
        position: Some(store.details.position),
        delivery_zones: zones::of_store(&env, id, store.details.currency).await?,
    }))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    events::SOURCE.on_ack(&env, &caller, ack).await
}
