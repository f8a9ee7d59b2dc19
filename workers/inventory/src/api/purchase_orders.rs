//! Purchase orders of a store.

use super::transfers::key_reused;
use super::{key_of, object, own_place};
use crate::replenish::{draft, drafted, replenish};
use crate::rules::purchase::{Delivery, DeliveryLine, PurchaseOrder, PurchaseStatus};
use crate::rules::reorder::Wanted;
use crate::{db, events};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::stock::{Movement, Receipt};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RawJson, RequestId, Result, clock};
use kirana_events::{EventData, PurchaseOrderEvent, StockLine};
use kirana_kernel::Id;
use serde::Deserialize;
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

/// Writes a purchase order by a supplier's price list.
///
/// # Errors
/// 404 for a store that is not the caller's or a supplier that is not there, 422 for what is not on its list, or
/// `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/purchase-orders", tag = "inventory", request_body = NewPurchaseOrder,
    params(("Idempotency-Key" = String, Header, description = "New for each purchase order, the same for each repetition")),
    responses((status = 201, body = PurchaseOrder), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    headers: HeaderMap,
    Json(body): Json<NewPurchaseOrder>,
) -> Result<(StatusCode, Json<PurchaseOrder>)> {
    let request = format!("{} {}", caller.id, key_of(&headers));
    own_place(&env, &caller, body.store_id).await?;
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
    let wanted = draft(body.store_id, &supplier, &lines, false);
    let wanted = PurchaseOrder { request: Some(request.clone()), ..wanted };
    let told = events::tell(&request_id.0, drafted(&wanted), EventData::PurchaseOrderCreated)?;
    match db::save_purchase_order(&database, &wanted, vec![told]).await {
        Ok(order) => Ok((StatusCode::CREATED, Json(order))),
        // The same call was faster.
        Err(refused) => {
            db::purchase_order_of(&database, &request).await?.map_or(Err(refused), |known| same(known, &wanted))
        }
    }
}

/// The purchase order that a key was answered with before, if it was for the same.
fn same(known: PurchaseOrder, wanted: &PurchaseOrder) -> Result<(StatusCode, Json<PurchaseOrder>)> {
    let asked = |order: &PurchaseOrder| {
        let lines: Vec<_> = order.lines.iter().map(|line| (line.sku.clone(), line.packs)).collect();
        (order.store_id, order.supplier_id, lines)
    };
    if asked(&known) == asked(wanted) {
        return Ok((StatusCode::CREATED, Json(known)));
    }
    Err(key_reused())
}

/// Drafts purchase orders for what a store lacks by the pace of its sales: one for each supplier, in whole packs, from whoever
/// asks the least. What is on order already is not ordered again. Items with `cover_days` are drafted without being asked, too:
/// when they run low, and once a day.
///
/// # Errors
/// 404 for a store that is not the caller's, 409 `changed_meanwhile` when somebody else drafts at the same time.
#[utoipa::path(post, path = "/api/v1/purchase-orders/propose", tag = "inventory", request_body = ProposeRequest,
    responses((status = 201, body = Vec<PurchaseOrder>), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn propose(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<ProposeRequest>,
) -> Result<(StatusCode, Json<Vec<PurchaseOrder>>)> {
    let place = own_place(&env, &caller, body.store_id).await?;
    let drafts = replenish(&env, &caller, &place, &request_id.0, false).await?;
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
    own_place(&env, &caller, of.store_id).await?;
    let limit = query.limit()?;
    let found = db::purchase_orders(&Db::of(&env)?, of.store_id, query.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |order| order.id.to_string())))
}

async fn own(env: &Env, caller: &Principal, id: Id) -> Result<PurchaseOrder> {
    let order = db::purchase_order(&Db::of(env)?, id).await?;
    match own_place(env, caller, order.store_id).await {
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
    Ok(Json(db::save_purchase_order(&Db::of(&env)?, &order, Vec::new()).await?))
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
    request_id: RequestId,
    headers: HeaderMap,
    Path(id): Path<Id>,
    Json(body): Json<DeliveryRequest>,
) -> Result<Json<PurchaseOrder>> {
    let key = key_of(&headers);
    let request = format!("{} {key}", caller.id);
    if body.lines.is_empty() || body.lines.len() > 100 {
        return Err(Problem::invalid_field("lines", "expected 1 to 100"));
    }
    let mut order = own(&env, &caller, id).await?;
    if let Some(known) = order.deliveries.iter().find(|delivery| delivery.request == request) {
        return if known.lines == body.lines { Ok(Json(order)) } else { Err(key_reused()) };
    }
    // Decided whole first. Then the store's books, line by line under keys of this delivery, so that asking again after a cut
    // line books nothing twice; then the paper.
    let costs = order.receive(Delivery { request, at: clock::now(), lines: body.lines.clone() })?;
    let told = came(&order, &body.lines, &costs);
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
        let _: RawJson = store.with_key(&line_key).post("/movements", &movement).await?;
    }
    let told = events::tell(&request_id.0, told, EventData::PurchaseOrderReceived)?;
    Ok(Json(db::save_purchase_order(&Db::of(&env)?, &order, vec![told]).await?))
}

/// What is told of goods that came.
fn came(order: &PurchaseOrder, lines: &[DeliveryLine], costs: &[i64]) -> PurchaseOrderEvent {
    let lines = lines.iter().map(|line| StockLine { sku: line.sku.clone(), quantity: line.quantity }).collect();
    PurchaseOrderEvent { cost: costs.iter().sum(), lines, ..drafted(order) }
}
