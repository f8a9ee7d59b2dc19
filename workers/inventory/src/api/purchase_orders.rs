//! Purchase orders of a store.

use super::{object, own_store};
use crate::db;
use crate::rules::purchase::{Delivery, DeliveryLine, PurchaseLine, PurchaseOrder, PurchaseStatus};
use crate::rules::reorder::{self, Wanted};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::stock::{Moved, Movement, Receipt, Usage};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, Result, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Packs of one item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackRequest {
    /// The stock item; it must be on the supplier's price list.
    pub sku: String,
    /// How many packs.
    #[schema(minimum = 1)]
    pub packs: i64,
}

/// A purchase order to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPurchaseOrder {
    /// For which store.
    pub store_id: Id,
    /// From whom.
    pub supplier_id: Id,
    /// What.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<PackRequest>,
}

/// Of which store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeRequest {
    /// The store.
    pub store_id: Id,
}

fn draft(store: Id, supplier: &db::Supplier, lines: &[Wanted]) -> PurchaseOrder {
    PurchaseOrder {
        id: clock::new_id(),
        version: 0,
        store_id: store,
        supplier_id: supplier.id,
        supplier: supplier.name.clone(),
        status: PurchaseStatus::Draft,
        lines: lines
            .iter()
            .map(|line| PurchaseLine {
                sku: line.sku.clone(),
                pack_size: line.offer.pack_size,
                packs: line.packs,
                cost: line.offer.pack_price * line.packs,
                received: 0,
                received_cost: 0,
            })
            .collect(),
        deliveries: Vec::new(),
        created_at: clock::now(),
        approved_by: None,
    }
}

/// Writes a purchase order by a supplier's price list.
///
/// # Errors
/// 404 for a store that is not the caller's or a supplier that is not there, 422 for what is not on its list.
#[utoipa::path(post, path = "/api/v1/purchase-orders", tag = "inventory", request_body = NewPurchaseOrder,
    responses((status = 201, body = PurchaseOrder), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewPurchaseOrder>,
) -> Result<(StatusCode, Json<PurchaseOrder>)> {
    own_store(&env, &caller, body.store_id).await?;
    let database = Db::of(&env)?;
    let supplier = db::supplier(&database, body.supplier_id).await?;
    let offers = db::offers_of(&database, supplier.id).await?;
    if body.lines.is_empty() || body.lines.len() > 500 {
        return Err(Problem::invalid_field("lines", "expected 1 to 500"));
    }
    let mut lines: Vec<Wanted> = Vec::with_capacity(body.lines.len());
    for (index, line) in body.lines.iter().enumerate() {
        let at = |field: &str| format!("lines[{index}].{field}");
        let offer = offers.iter().find(|offer| offer.sku == line.sku);
        let offer = offer.ok_or_else(|| {
            Problem::invalid_field(at("sku"), format!("{} is not on the price list of {}", line.sku, supplier.name))
        })?;
        if !(offer.min_packs..=10_000).contains(&line.packs) {
            return Err(Problem::invalid_field(at("packs"), format!("expected {} to 10000", offer.min_packs)));
        }
        if lines.iter().any(|known| known.sku == line.sku) {
            return Err(Problem::invalid_field(at("sku"), "expected each stock item once"));
        }
        lines.push(Wanted { sku: line.sku.clone(), packs: line.packs, offer: offer.clone() });
    }
    let order = db::save_purchase_order(&database, &draft(body.store_id, &supplier, &lines)).await?;
    Ok((StatusCode::CREATED, Json(order)))
}

/// Drafts purchase orders for what a store lacks by the pace of its sales: one for each supplier, in whole packs, from whoever
/// asks the least. What is on order already is not ordered again.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(post, path = "/api/v1/purchase-orders/propose", tag = "inventory", request_body = ProposeRequest,
    responses((status = 201, body = Vec<PurchaseOrder>), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn propose(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<ProposeRequest>,
) -> Result<(StatusCode, Json<Vec<PurchaseOrder>>)> {
    let usage: Vec<Usage> = object(&env, &caller, body.store_id).await?.get("/usage").await?;
    let missing: BTreeMap<String, i64> = usage
        .into_iter()
        .filter_map(|usage| Some((usage.sku, usage.missing.filter(|missing| *missing > 0)?)))
        .collect();
    let database = Db::of(&env)?;
    let on_order = db::on_order(&database, body.store_id).await?;
    let offers = db::offers(&database, &missing.keys().collect::<Vec<_>>()).await?;
    let mut drafts = Vec::new();
    for (supplier, lines) in reorder::propose(&missing, &on_order, &offers) {
        let supplier = db::supplier(&database, kirana_edge::db::id(&supplier)?).await?;
        drafts.push(db::save_purchase_order(&database, &draft(body.store_id, &supplier, &lines)).await?);
    }
    Ok((StatusCode::CREATED, Json(drafts)))
}

/// Of which store.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfStore {
    /// The store.
    pub store_id: Id,
}

/// A store's purchase orders, the newest first.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/purchase-orders", tag = "inventory", params(OfStore, PageQuery),
    responses((status = 200, body = Page<PurchaseOrder>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(of): Query<OfStore>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<PurchaseOrder>>> {
    own_store(&env, &caller, of.store_id).await?;
    let limit = query.limit()?;
    let found = db::purchase_orders(&Db::of(&env)?, of.store_id, query.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |order| order.id.to_string())))
}

async fn own(env: &Env, caller: &Principal, id: Id) -> Result<PurchaseOrder> {
    let order = db::purchase_order(&Db::of(env)?, id).await?;
    match own_store(env, caller, order.store_id).await {
        Ok(_) => Ok(order),
        Err(_) => Err(Problem::not_found("there is no such purchase order")),
    }
}

/// A purchase order.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/purchase-orders/{id}", tag = "inventory", params(("id" = Id, Path, description = "The purchase order")),
    responses((status = 200, body = PurchaseOrder), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<PurchaseOrder>> {
    Ok(Json(own(&env, &caller, id).await?))
}

/// Where a purchase order should go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    /// `approved`, `sent` or `closed`.
    pub status: PurchaseStatus,
}

/// Moves a purchase order on: a draft is approved, an approved one is sent, and any may be closed.
///
/// # Errors
/// 404 for what is not the caller's, 409 `invalid_transition` or `changed_meanwhile`.
#[utoipa::path(put, path = "/api/v1/purchase-orders/{id}/status", tag = "inventory", params(("id" = Id, Path, description = "The purchase order")),
    request_body = NewStatus,
    responses((status = 200, body = PurchaseOrder), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn advance(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<NewStatus>,
) -> Result<Json<PurchaseOrder>> {
    let mut order = own(&env, &caller, id).await?;
    if order.status == body.status {
        return Ok(Json(order));
    }
    order.advance(body.status)?;
    if body.status == PurchaseStatus::Approved {
        order.approved_by = Some(caller.name.clone());
    }
    Ok(Json(db::save_purchase_order(&Db::of(&env)?, &order).await?))
}

/// Goods that came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryRequest {
    /// What came.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<DeliveryLine>,
}

/// Receives goods of a purchase order, in whole or in part: each line becomes a batch of the store with its share of the cost.
///
/// # Errors
/// 404 for what is not the caller's, 409 `invalid_transition` or `changed_meanwhile`, 422 for what was not ordered or is more
/// than is still to come.
#[utoipa::path(post, path = "/api/v1/purchase-orders/{id}/receive", tag = "inventory", params(("id" = Id, Path, description = "The purchase order"),
        ("Idempotency-Key" = String, Header, description = "New for each delivery, the same for each repetition")),
    request_body = DeliveryRequest,
    responses((status = 200, body = PurchaseOrder), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn receive(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Path(id): Path<Id>,
    Json(body): Json<DeliveryRequest>,
) -> Result<Json<PurchaseOrder>> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let request = format!("{} {key}", caller.id);
    if body.lines.is_empty() || body.lines.len() > 100 {
        return Err(Problem::invalid_field("lines", "expected 1 to 100"));
    }
    let mut order = own(&env, &caller, id).await?;
    if order.deliveries.iter().any(|delivery| delivery.request == request) {
        return Ok(Json(order));
    }
    // Decided whole first. Then the store's books, line by line under keys of this delivery, so that asking again after a cut
    // line books nothing twice; then the paper.
    let costs = order.receive(Delivery { request, at: clock::now(), lines: body.lines.clone() })?;
    let store = object(&env, &caller, order.store_id).await?;
    for (index, (line, cost)) in body.lines.into_iter().zip(costs).enumerate() {
        let movement = Movement::Receive(Receipt {
            sku: line.sku,
            quantity: line.quantity,
            measure: None,
            cost,
            supplier: Some(order.supplier.clone()),
            lot: line.lot,
            expires_at: line.expires_at,
            origin: None,
            certification: None,
            reference: Some(order.id.to_string()),
            tags: Vec::new(),
        });
        let line_key = format!("{}-{key}-{index}", order.id);
        let _: Moved = store.with_key(&line_key).post("/movements", &movement).await?;
    }
    Ok(Json(db::save_purchase_order(&Db::of(&env)?, &order).await?))
}
