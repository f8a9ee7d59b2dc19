//! Barcodes: which stock item one is on, and what a label says beside it.

use super::object;
use axum::extract::State;
use kirana_contracts::stock::{Barcode, ItemBarcodes, StockLevel};
use kirana_edge::{Caller, Json, Path, Problem, RawJson, Result, clock};
use kirana_kernel::{Id, barcode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use worker::Env;

/// The barcodes of a stock item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BarcodeList {
    /// GTINs of 8, 12, 13 or 14 digits with their check digit; none for an item without.
    #[schema(max_items = 20, example = json!(["4006381333931"]))]
    pub barcodes: Vec<String>,
}

/// What was scanned.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScannedItem {
    /// The trade item: a GTIN of 14 digits.
    #[schema(example = "09506000134352")]
    pub gtin: String,
    /// The lot, where the label says it.
    pub lot: Option<String>,
    /// The last day on which it is good, where the label says it.
    #[schema(example = "2026-12-31")]
    pub expires_on: Option<String>,
    /// The stock item, as it stands.
    #[schema(value_type = StockLevel)]
    pub item: Box<RawValue>,
}

/// The barcodes of a store's stock items, by item.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/barcodes", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<Barcode>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<RawJson> {
    object(&env, &caller, store).await?.get("/barcodes").await
}

/// Puts barcodes on a stock item, in the place of those it had. A barcode is on one item of a store.
///
/// # Errors
/// 404 for a store that is not the caller's or an item it does not keep, 422 `invalid_body` for what is no GTIN or is on another item.
#[utoipa::path(put, path = "/api/v1/inventory/{store_id}/{sku}/barcodes", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("sku" = String, Path, description = "The stock item")),
    request_body = BarcodeList,
    responses((status = 200, body = Vec<Barcode>), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, sku)): Path<(Id, String)>,
    Json(body): Json<BarcodeList>,
) -> Result<Json<Vec<Barcode>>> {
    let object = object(&env, &caller, store).await?;
    let wanted = ItemBarcodes { sku, barcodes: body.barcodes };
    let _: RawJson = object.post("/barcodes", &wanted).await?;
    let all: Vec<Barcode> = object.get("/barcodes").await?;
    Ok(Json(all.into_iter().filter(|one| one.sku == wanted.sku).collect()))
}

/// The stock item that a barcode is on, and what the label says of lot and expiry: what a scanner reads as it is, a GTIN by itself or a
/// GS1 element string, or as it stands under the bars, such as `(01)09506000134352(17)261231(10)AB-1`.
///
/// # Errors
/// 404 for a store that is not the caller's or a barcode that is on no item, 422 `invalid_barcode` for what is none.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/by-barcode/{code}", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("code" = String, Path, description = "What was scanned, percent-encoded")),
    responses((status = 200, body = ScannedItem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn find(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, code)): Path<(Id, String)>,
) -> Result<Json<ScannedItem>> {
    let object = object(&env, &caller, store).await?;
    let scan = barcode::read(&code, clock::now());
    let scan = scan.map_err(|error| Problem::unprocessable("invalid_barcode", error.to_string()))?;
    let item: Box<RawValue> = object.get(&format!("/barcodes/{}", scan.gtin)).await?;
    let (gtin, expires_on) = (scan.gtin.to_string(), scan.expires_on.map(|day| day.to_string()));
    Ok(Json(ScannedItem { gtin, lot: scan.lot, expires_on, item }))
}
