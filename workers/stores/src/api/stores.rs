//! Stores, as everybody sees them, and as the chain runs them.

use crate::db;
use crate::hours::Hours;
use crate::import::{self, LineFault};
use crate::zone;
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::menu::Tax;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Caller, FieldError, Json, Page, PageQuery, Path, Problem, Query, Result, clock};
use kirana_kernel::{Currency, Id, Position, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
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
    /// Is it open by its hours, and not paused?
    pub open_now: bool,
    /// From the position asked for, in metres; only in nearby.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

/// What can be said of a store.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
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
    /// Does it take no orders for now?
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

/// Stores to be imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreImport {
    /// Whose they are.
    pub franchisee_id: Id,
    /// CSV with the columns number, name, street, city, country, timezone, longitude, latitude; others are passed over.
    pub csv: String,
    /// How their sales are taxed.
    pub tax: Tax,
}

/// What became of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Stores that were made.
    pub imported: Vec<Id>,
    /// Lines that were there already, by their number.
    pub known: u64,
    /// Lines that were not taken, and why.
    pub faults: Vec<LineFault>,
}

/// A place to look around.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NearbyQuery {
    /// Degrees north.
    #[param(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Degrees east.
    #[param(minimum = -180, maximum = 180)]
    pub lng: f64,
    /// Kilometres around, 25 if not given.
    #[param(minimum = 1, maximum = 500)]
    pub radius_km: Option<f64>,
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
    Json(body): Json<NewStore>,
) -> Result<(StatusCode, Json<Store>)> {
    caller.require(&[Role::Admin])?;
    check(&body.details)?;
    let id = clock::new_id();
    let store = db::Insert { id, reference: None, franchisee: body.franchisee_id, details: &body.details };
    db::insert(&env, &[store], clock::now()).await?;
    let made = db::by_id(&env, id).await?.ok_or_else(|| Problem::internal("the new store is not there"))?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Imports stores from CSV. A number that is there already is passed over, so that a file can be sent again.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stores/import", tag = "stores", request_body = StoreImport,
    responses((status = 200, body = ImportReport), (status = 422, body = Problem)))]
#[worker::send]
pub async fn import_csv(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<StoreImport>,
) -> Result<Json<ImportReport>> {
    caller.require(&[Role::Admin])?;
    let (rows, faults) = import::read(&body.csv, zone::exists);
    let known: Vec<String> = db::known_references(&env, rows.iter().map(|row| row.number.as_str())).await?;
    let stores: Vec<_> = rows
        .iter()
        .filter(|row| !known.contains(&row.number))
        .filter_map(|row| import::currency_of(&row.country).map(|currency| (row, currency)))
        .map(|(row, currency)| {
            let details = StoreDetails {
                name: row.name.clone(),
                address: row.street.clone(),
                city: row.city.clone(),
                country: row.country.clone(),
                position: Position { latitude: row.latitude, longitude: row.longitude },
                time_zone: row.timezone.clone(),
                currency,
                tax: body.tax.clone(),
                hours: Hours::usual(),
                paused: false,
            };
            (clock::new_id(), row.number.as_str(), details)
        })
        .collect();
    let inserts: Vec<_> = stores
        .iter()
        .map(|(id, reference, details)| db::Insert {
            id: *id,
            reference: Some(reference),
            franchisee: body.franchisee_id,
            details,
        })
        .collect();
    db::insert(&env, &inserts, clock::now()).await?;
    Ok(Json(ImportReport { imported: stores.iter().map(|(id, ..)| *id).collect(), known: known.len() as u64, faults }))
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

/// Stores around a place, the nearest first, 20 at most.
///
/// # Errors
/// 400 for what is no place on the globe.
#[utoipa::path(get, path = "/api/v1/stores/nearby", tag = "stores", params(NearbyQuery),
    responses((status = 200, body = Vec<Store>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn nearby(State(env): State<Env>, Query(query): Query<NearbyQuery>) -> Result<Json<Vec<Store>>> {
    let place = Position { latitude: query.lat, longitude: query.lng };
    let radius_km = query.radius_km.unwrap_or(25.0);
    if !place.is_valid() || !(1.0..=500.0).contains(&radius_km) {
        return Err(Problem::bad_request(
            "invalid_query",
            "expected lat -90 to 90, lng -180 to 180, radius_km 1 to 500",
        ));
    }
    let mut stores = db::around(&env, place, radius_km).await?;
    for store in &mut stores {
        store.distance_m = Some(store.details.position.distance_m(&place).round());
    }
    stores.retain(|store| store.distance_m.is_some_and(|distance| distance <= radius_km * 1_000.0));
    stores.sort_by(|a, b| a.distance_m.partial_cmp(&b.distance_m).unwrap_or(std::cmp::Ordering::Equal));
    stores.truncate(20);
    Ok(Json(stores))
}

/// One store.
///
/// # Errors
/// 404.
#[utoipa::path(get, path = "/api/v1/stores/{id}", tag = "stores", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Store), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<Store>> {
    db::by_id(&env, id).await?.map(Json).ok_or_else(|| Problem::not_found("there is no such store"))
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
    Path(id): Path<Id>,
    Json(details): Json<StoreDetails>,
) -> Result<Json<Store>> {
    let unknown = || Problem::not_found("there is no such store");
    let store = db::by_id(&env, id).await?.ok_or_else(unknown)?;
    if !caller.may_work_in(id, store.franchisee_id) {
        return Err(unknown());
    }
    check(&details)?;
    if details.currency != store.details.currency {
        return Err(Problem::invalid_field("currency", "a store keeps its currency: its ledger is in it"));
    }
    db::update(&env, id, &details).await?;
    db::by_id(&env, id).await?.map(Json).ok_or_else(unknown)
}

/// `GET /internal/stores/{id}`: a store for other workers.
///
/// # Errors
/// 403 for all but workers, 404.
#[worker::send]
pub async fn info(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<StoreInfo>> {
    caller.require_service()?;
    let store = db::by_id(&env, id).await?.ok_or_else(|| Problem::not_found("there is no such store"))?;
    let local = zone::local(clock::now(), &store.details.time_zone).unwrap_or_default();
    Ok(Json(StoreInfo {
        id,
        day: local.format("%Y-%m-%d").to_string(),
        number: store.number,
        name: store.details.name,
        franchisee_id: store.franchisee_id,
        currency: store.details.currency,
        time_zone: store.details.time_zone,
        tax: store.details.tax,
        // Orders are taken outside the hours too, for the counter decides when it serves; a pause is meant.
        accepts_orders: !store.details.paused,
    }))
}
