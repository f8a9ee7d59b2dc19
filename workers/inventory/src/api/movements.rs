//! Movements of stock, and the journal they leave.

use super::object;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::stock::{Adjustment, JournalEntry, JournalProof, Moved, Movement, TagRead, TagsMoved};
use kirana_edge::{Caller, Json, Path, Problem, Query, RawJson, Result, parse_json};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A movement of a store's stock.
#[derive(Debug, ToSchema)]
pub struct StockMovement {
    /// The store.
    pub store_id: Id,
    /// What moved, told apart by `kind`: `receive`, `adjust`, `spoil` or `return`.
    #[serde(flatten)]
    pub movement: Movement,
}

impl StockMovement {
    /// Reads the fields of a body. Field by field, so that a fault is found where it is: what is flattened is read out of a buffer
    /// that knows no places.
    fn read(mut fields: Map<String, Value>) -> Result<Self> {
        let store_id = fields.remove("store_id").unwrap_or_default();
        let store_id = store_id.as_str().and_then(|id| id.parse().ok());
        let store_id = store_id.ok_or_else(|| Problem::invalid_field("store_id", "expected the id of a store"))?;
        let kind = fields.remove("kind").unwrap_or_default();
        let rest = serde_json::to_vec(&fields)?;
        let movement = match kind.as_str() {
            Some("receive") => Movement::Receive(parse_json(&rest)?),
            Some("adjust") => Movement::Adjust(parse_json(&rest)?),
            Some("spoil") => Movement::Spoil(parse_json(&rest)?),
            Some("return") => Movement::Return(parse_json(&rest)?),
            _ => return Err(Problem::invalid_field("kind", "expected receive, adjust, spoil or return")),
        };
        Ok(Self { store_id, movement })
    }
}

/// Writes a movement down: goods received, corrected, spoilt or returned. With an `Idempotency-Key` it happens once.
///
/// # Errors
/// 404 for a store that is not the caller's or a stock item that is not there, 409 `held_for_orders` when more would go
/// than is free, 422 `invalid_body` or `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/inventory/stock-movement", tag = "inventory", request_body = StockMovement,
    params(("Idempotency-Key" = Option<String>, Header, description = "New for each movement, the same for each repetition")),
    responses((status = 201, body = Moved), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn movement(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Json(fields): Json<Map<String, Value>>,
) -> Result<(StatusCode, RawJson)> {
    let body = StockMovement::read(fields)?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let object = object(&env, &caller, body.store_id).await?.keyed(key);
    Ok((StatusCode::CREATED, object.post("/movements", &body.movement).await?))
}

/// What was found, or is missing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// In the item's unit: above zero for what was found, below for what is missing.
    pub delta: i64,
    /// Why.
    pub reason: String,
}

/// Corrects the count of one item, with a reason.
///
/// # Errors
/// 404 for a store that is not the caller's or a stock item that is not there, 409 `held_for_orders`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/inventory/{store_id}/{sku}/adjust", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("sku" = String, Path, description = "The stock item"),
        ("Idempotency-Key" = Option<String>, Header, description = "New for each correction, the same for each repetition")),
    request_body = Correction,
    responses((status = 200, body = Moved), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn adjust(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, sku)): Path<(Id, String)>,
    headers: HeaderMap,
    Json(body): Json<Correction>,
) -> Result<RawJson> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let movement = Movement::Adjust(Adjustment { sku, delta: body.delta, reason: body.reason });
    object(&env, &caller, store).await?.keyed(key).post("/movements", &movement).await
}

/// Which way the journal is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JournalOrder {
    /// From the first entry on.
    #[default]
    Oldest,
    /// From the last entry back.
    Newest,
}

/// Which part of the journal.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// The `next_cursor` of the page before: entries after it, or before it where the newest come first.
    pub cursor: Option<String>,
    /// Which come first: `oldest`, if not given, or `newest`.
    #[param(inline)]
    #[serde(default)]
    pub order: JournalOrder,
    /// How many, 1 to 100.
    pub limit: Option<i64>,
}

/// A page of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalPage {
    /// Its entries, in the order that was asked for.
    #[schema(value_type = Vec<JournalEntry>)]
    pub items: Vec<Box<RawValue>>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
}

/// As much of an entry as a page must know.
#[derive(Deserialize)]
struct Numbered {
    id: i64,
}

/// Every movement of a store's stock, oldest or newest first. A page reads only its own entries; whether the books are what the journal
/// says is asked for by itself, at `…/journal/proof`.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/journal", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), JournalQuery),
    responses((status = 200, body = JournalPage), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn journal(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(query): Query<JournalQuery>,
) -> Result<Json<JournalPage>> {
    let wrong = |_| Problem::bad_request("invalid_query", "cursor: expected a next_cursor");
    let cursor: Option<i64> = query.cursor.as_deref().map(|cursor| cursor.parse().map_err(wrong)).transpose()?;
    let limit = query.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Problem::bad_request("invalid_query", "limit: expected 1 to 100"));
    }
    let part = match (query.order, cursor) {
        (JournalOrder::Oldest, after) => format!("?after={}", after.unwrap_or(0)),
        (JournalOrder::Newest, None) => "/newest?".to_owned(),
        (JournalOrder::Newest, Some(before)) => format!("/newest?before={before}"),
    };
    let path = format!("/journal{part}&limit={}", limit + 1);
    let mut items: Vec<Box<RawValue>> = object(&env, &caller, store).await?.get(&path).await?;
    let more = i64::try_from(items.len()).unwrap_or(0) > limit;
    items.truncate(usize::try_from(limit).unwrap_or(20));
    let next_cursor = match items.last().filter(|_| more) {
        Some(last) => Some(serde_json::from_str::<Numbered>(last.get())?.id.to_string()),
        None => None,
    };
    Ok(Json(JournalPage { items, next_cursor }))
}

/// Computes a store's stock anew from its journal and compares: the books are what was written down, or this says where not.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/journal/proof", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    responses((status = 200, body = JournalProof), (status = 404, body = Problem)))]
#[worker::send]
pub async fn proof(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<RawJson> {
    object(&env, &caller, store).await?.get("/journal/proof").await
}

/// Tags that went through a gate of a store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RfidTrack {
    /// The store.
    pub store_id: Id,
    /// What the reader saw, in order.
    #[schema(min_items = 1, max_items = 500)]
    pub reads: Vec<TagRead>,
}

/// Moves the goods whose RFID tags went through a gate. A tag that is read twice moves once.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/inventory/rfid-track", tag = "inventory", request_body = RfidTrack,
    responses((status = 200, body = TagsMoved), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn rfid(State(env): State<Env>, Caller(caller): Caller, Json(body): Json<RfidTrack>) -> Result<RawJson> {
    object(&env, &caller, body.store_id).await?.post("/tags", &body.reads).await
}
