//! Many stores at once.

use super::stores::StoreDetails;
use crate::db;
use crate::rules::hours::Hours;
use crate::rules::import::{self, LineFault};
use axum::extract::State;
use kirana_contracts::menu::Tax;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, clock, zone};
use kirana_kernel::{Id, Position, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

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
pub struct StoreImportReport {
    /// Stores that were made.
    pub imported: Vec<Id>,
    /// Lines that were there already, by their number.
    pub known: u64,
    /// Lines that were not taken, and why.
    pub faults: Vec<LineFault>,
}

/// Imports stores from CSV. A number that is there already is passed over, so that a file can be sent again.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stores/import", tag = "stores", request_body = StoreImport,
    responses((status = 200, body = StoreImportReport), (status = 422, body = Problem)))]
#[worker::send]
pub async fn import_csv(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<StoreImport>,
) -> Result<Json<StoreImportReport>> {
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
    db::insert(&env, &inserts, &request_id, clock::now()).await?;
    Ok(Json(StoreImportReport {
        imported: stores.iter().map(|(id, ..)| *id).collect(),
        known: known.len() as u64,
        faults,
    }))
}
