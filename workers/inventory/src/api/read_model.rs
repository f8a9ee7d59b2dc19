//! Stock across places: what the stores' and warehouses' events told so far, and how far that is behind.

use super::{own_place, place};
use crate::db::{self, Scope, StockFilter};
use crate::replenish;
use crate::rules::ageing::{AgeBucket, Ageing, Expiring};
use axum::extract::State;
use kirana_contracts::store_state::Progress;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, Path, Principal, Problem, Query, Result, call, clock};
use kirana_events::Subscriber;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Places whose freshness is told on one page: each is asked.
const ASKED_AT_ONCE: usize = 20;

/// Which stock.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// In this store or warehouse; in all that the caller works in without it.
    pub store_id: Option<Id>,
    /// Of this stock item.
    pub sku: Option<String>,
    /// Only what is at or below its threshold.
    pub low: Option<bool>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How a stock item stands in a place, in the read model.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceStock {
    /// The store or warehouse.
    pub place_id: String,
    /// Its name.
    pub place: String,
    /// The stock item.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// `piece`, `g` or `ml`.
    pub unit: String,
    /// What is there, reserved included.
    pub on_hand: i64,
    /// What of it is held for orders and leases.
    pub reserved: i64,
    /// What can still be sold.
    pub available: i64,
    /// At or below this much available, somebody should reorder.
    pub low_stock_threshold: i64,
    /// What is on hand is worth this much, in minor units of `currency`.
    pub value: i64,
    /// What the place counts its worth in.
    pub currency: Option<String>,
    /// When it changed last, as far as is known here; `GET /inventory/freshness` says how far that is.
    pub as_of: Timestamp,
}

/// What the caller may see, or a place of it.
async fn scope(env: &Env, caller: &Principal, place: Option<Id>) -> Result<Scope> {
    match place {
        Some(id) => Ok(Scope::only(own_place(env, caller, id).await?.id)),
        None => Ok(Scope::of(caller)),
    }
}

/// Stock by place and item, seconds behind the places themselves.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/stock", tag = "inventory", params(StockQuery),
    responses((status = 200, body = Page<PlaceStock>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn stock(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<StockQuery>,
) -> Result<Json<Page<PlaceStock>>> {
    let limit = kirana_edge::PageQuery { limit: query.limit, cursor: None }.limit()?;
    let bad = || Problem::bad_request("invalid_cursor", "cursor: expected the next_cursor of the page before");
    let after = query.cursor.as_deref().map(|cursor| cursor.split_once(' ').ok_or_else(bad)).transpose()?;
    let filter = StockFilter {
        sku: query.sku.as_deref(),
        low: query.low == Some(true),
        after: after.unwrap_or(("", "")),
        limit,
    };
    let scope = scope(&env, &caller, query.store_id).await?;
    let mut rows = db::stock(&Db::of(&env)?, &scope, &filter).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| format!("{} {}", row.source, row.sku));
    let items = rows
        .into_iter()
        .map(|row| PlaceStock {
            place_id: row.place_id,
            place: row.place,
            sku: row.sku,
            name: row.name,
            unit: row.unit,
            on_hand: row.on_hand,
            reserved: row.reserved,
            available: row.on_hand - row.reserved,
            low_stock_threshold: row.low_stock_threshold,
            value: row.value,
            currency: row.currency,
            as_of: Timestamp::from_millis(row.at),
        })
        .collect();
    Ok(Json(Page { items, next_cursor }))
}

/// What to sum by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Store or warehouse.
    #[default]
    Place,
    /// Stock item.
    Sku,
}

/// What to sum.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SumQuery {
    /// By `place` or by `sku`; by place if not given.
    #[serde(default)]
    #[param(inline)]
    pub by: By,
    /// In this store or warehouse; in all that the caller works in without it.
    pub store_id: Option<Id>,
}

/// What stock is worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct Valuation {
    /// The place's id, or the sku.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What the value is in.
    pub currency: Option<String>,
    /// Stock items in the place, or places that have the item.
    pub count: i64,
    /// By each item's issue policy, in minor units.
    pub value: i64,
}

/// What stock is worth by the issue policies, the dearest first.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/valuation", tag = "inventory", params(SumQuery),
    responses((status = 200, body = Vec<Valuation>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn valuation(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<SumQuery>,
) -> Result<Json<Vec<Valuation>>> {
    let scope = scope(&env, &caller, query.store_id).await?;
    let database = Db::of(&env)?;
    let rows = match query.by {
        By::Place => db::worth_by_place(&database, &scope).await?,
        By::Sku => db::worth_by_item(&database, &scope).await?,
    };
    let told = |row: db::Worth| Valuation {
        key: row.key,
        name: row.name,
        currency: row.currency,
        count: row.count,
        value: row.value,
    };
    Ok(Json(rows.into_iter().map(told).collect()))
}

/// What to sum by age.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgeQuery {
    /// By `place` or by `sku`; by place if not given.
    #[serde(default)]
    #[param(inline)]
    pub by: By,
    /// In this store or warehouse; in all that the caller works in without it.
    pub store_id: Option<Id>,
    /// Of this stock item.
    pub sku: Option<String>,
}

/// How old stock is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Aged {
    /// The place's id, or the sku.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What the values are in.
    pub currency: Option<String>,
    /// What is on hand is worth, in minor units.
    pub value: i64,
    /// The same by the age of its batches in the place.
    pub ages: Vec<AgeBucket>,
    /// What of it passes its date soon.
    pub expiring: Expiring,
}

/// What is on hand by the age of its batches, and what of it passes its date soon.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/ageing", tag = "inventory", params(AgeQuery),
    responses((status = 200, body = Vec<Aged>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn ageing(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<AgeQuery>,
) -> Result<Json<Vec<Aged>>> {
    let scope = scope(&env, &caller, query.store_id).await?;
    let (database, now, sku) = (Db::of(&env)?, clock::now(), query.sku.as_deref());
    let rows = match query.by {
        By::Place => db::ages_by_place(&database, &scope, now, sku).await?,
        By::Sku => db::ages_by_item(&database, &scope, now, sku).await?,
    };
    let mut sums: BTreeMap<(String, Option<String>), (String, Ageing)> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((row.key, row.currency)).or_insert_with(|| (row.name, Ageing::default()));
        sum.1.add(row.age_days, row.left_days, row.value);
    }
    let told = |((key, currency), (name, sum)): ((String, Option<String>), (String, Ageing))| Aged {
        key,
        name,
        currency,
        value: sum.value,
        ages: sum.ages,
        expiring: sum.expiring,
    };
    Ok(Json(sums.into_iter().map(told).collect()))
}

/// How far the read model is behind a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct Freshness {
    /// The store or warehouse.
    pub place_id: Id,
    /// Its name.
    pub place: String,
    /// The number of the last event that is in the read model.
    pub heard: u64,
    /// Events of the place that are not in it yet.
    pub waiting: u64,
    /// How long the oldest of them waits, in milliseconds; 0 when none does.
    pub behind_ms: i64,
}

/// Whose freshness.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FreshnessQuery {
    /// Of this store or warehouse; of all that the caller works in without it, twenty a page.
    pub store_id: Option<Id>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How far the read model of stock is behind the stores and warehouses themselves: each is asked what it has told.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/freshness", tag = "inventory", params(FreshnessQuery),
    responses((status = 200, body = Page<Freshness>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn freshness(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<FreshnessQuery>,
) -> Result<Json<Page<Freshness>>> {
    let scope = scope(&env, &caller, query.store_id).await?;
    let database = Db::of(&env)?;
    let places = match query.store_id {
        // Also one of which nothing was heard yet.
        Some(id) => vec![place(&env, id).await?],
        None => db::places(&database, &scope, query.cursor.as_deref().unwrap_or_default(), ASKED_AT_ONCE).await?,
    };
    let more = places.len() > ASKED_AT_ONCE;
    let (mut items, mut last) = (Vec::new(), None);
    for place in places.into_iter().take(ASKED_AT_ONCE) {
        let heard = db::heard(&database, &place.source).await?;
        let asked = call::object(&env, "STORE_STATE", place.source.clone(), &caller);
        let told: Progress = asked.get(&format!("/outbox/{}", Subscriber::Inventory.name())).await?;
        // What was applied and is not acknowledged yet does not wait here any more.
        let waiting = if heard >= told.last { 0 } else { told.waiting };
        let oldest = told.oldest_at.filter(|_| waiting > 0);
        let behind_ms = oldest.map_or(0, |oldest| (clock::now().millis() - oldest.millis()).max(0));
        items.push(Freshness { place_id: place.id, place: place.name, heard, waiting, behind_ms });
        last = Some(place.source);
    }
    Ok(Json(Page { items, next_cursor: last.filter(|_| more) }))
}

/// How many stock items were copied.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refreshed {
    /// Stock items.
    pub items: usize,
}

/// Copies how a place stands now into the read model, whatever its events have told.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/refresh", tag = "inventory", params(("store_id" = Id, Path, description = "The store or warehouse")),
    responses((status = 200, body = Refreshed), (status = 404, body = Problem)))]
#[worker::send]
pub async fn refresh(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<Json<Refreshed>> {
    let place = own_place(&env, &caller, store).await?;
    Ok(Json(Refreshed { items: replenish::refresh(&env, &place).await? }))
}
