//! From what a customer wants to an order that holds its stock.

use crate::age;
use crate::carts::{self, Owner};
use crate::pricing::{self, Offered, Wanted};
use crate::quotes;
use crate::rules::{admission, zones};
use crate::upstream;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use kirana_contracts::order::{DeliverTo, Order, Party};
use kirana_contracts::quote::{LineRequest, Quote};
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::{Idempotency, PlaceOrder};
use kirana_edge::{Caller, Json, Problem, RequestId, Result, parse_json, refuse_cards};
use kirana_kernel::{Fulfilment, Id, Position, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use worker::Env;

/// What a customer wants priced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// The store.
    pub store_id: Id,
    /// What of its menu.
    pub lines: Vec<LineRequest>,
    /// Coupons, 5 at most.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub coupons: Vec<String>,
    /// How the customer gets it.
    #[serde(default)]
    pub fulfilment: Fulfilment,
    /// What the customer gives to the staff, in minor units.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub tip: Option<i64>,
    /// Where it is brought, for a delivery: the fee of a store with delivery zones follows from it. Without it, such a store's quote
    /// has no delivery in it, and says between what and what that will be.
    #[serde(default)]
    pub position: Option<Position>,
}

/// What a customer orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// The store.
    pub store_id: Id,
    /// What of its menu; absent with `from_cart`.
    #[serde(default)]
    pub lines: Vec<LineRequest>,
    /// Order what is in the caller's cart; it is empty once the order is accepted.
    #[serde(default)]
    pub from_cart: bool,
    /// The token of a quote for exactly this: then it costs what was quoted, or less.
    #[serde(default)]
    pub quote: Option<String>,
    /// Coupons, 5 at most; with `from_cart` those of the cart as well.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub coupons: Vec<String>,
    /// What the customer gives to the staff, in minor units.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub tip: Option<i64>,
    /// How the customer gets it.
    #[serde(default)]
    pub fulfilment: Fulfilment,
    /// A wish, of 500 characters at most.
    #[serde(default)]
    pub note: Option<String>,
    /// The table it is brought to, when it is eaten at the store; 20 characters at most.
    #[serde(default)]
    pub table: Option<String>,
    /// Where it is brought: for a delivery, and only for one.
    #[serde(default)]
    pub deliver_to: Option<DeliverTo>,
    /// When the customer wants it, if not as soon as possible: within the next fourteen days.
    #[serde(default)]
    pub pickup_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Placed {
    order: Order,
    replayed: bool,
}

/// Prices lines by a store's menu, with the explanation of every amount. An order that comes with the quote's `token` costs what
/// it says, or less, until it runs out.
///
/// # Errors
/// 404 for a store that is not there, 409 `outside_delivery_zone` with the names of the `zones`, 422 `invalid_body` naming each faulty
/// line.
#[utoipa::path(post, path = "/api/v1/quotes", tag = "orders", request_body = QuoteRequest,
    responses((status = 200, body = Quote), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn quote(State(env): State<Env>, caller: Caller, Json(body): Json<QuoteRequest>) -> Result<Json<Quote>> {
    let store = upstream::store(&env, body.store_id).await?;
    let customer = Some(caller.0.id);
    let QuoteRequest { store_id, lines, coupons, fulfilment, tip, position } = body;
    admission::is_place(position, "position")?;
    let way = zones::way(&store, fulfilment, position)?;
    let wanted = Wanted { store: &store, customer, lines: &lines, coupons: &coupons, way, tip, instead_of: None };
    let offered = pricing::price(&env, &wanted).await?;
    let cart = quotes::digest(store_id, &lines, &coupons, fulfilment, tip, way);
    Ok(Json(quotes::give(&env, store_id, customer, cart, offered, way)?))
}

/// Places an order: the stock of every ingredient is held until it is paid, or nothing is.
///
/// # Errors
/// 409 `out_of_stock` with what is short, `not_stocked`, `slot_full`, `empty_cart`, `offer_used_up` with the `offers`,
/// `price_changed` with the new `total`, `store_paused` with the reason, `fulfilment_not_offered`, `below_minimum`, `outside_delivery_zone` with the names of the `zones`, or `age_check_required` with the `min_age`;
/// 422 `idempotency_key_reused` or `invalid_body`, also for a delivery without a position to a store that delivers by zones.
#[utoipa::path(post, path = "/api/v1/orders", tag = "orders", request_body = OrderRequest,
    params(("Idempotency-Key" = String, Header, description = "New for each order, the same for each repetition")),
    responses((status = 201, body = Order), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn place(
    State(env): State<Env>,
    caller: Caller,
    request_id: RequestId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let idempotency = idempotency(&caller, &headers, &body)?;
    let (order, replayed) = accept(&env, &caller, &request_id, idempotency, parse_json(&body)?).await?;
    Ok(answer(order, replayed))
}

/// By what a repeated call is known: whose, its key, and what it asked for.
///
/// # Errors
/// 400 without a key, 422 `card_number` for a body with one in it.
pub fn idempotency(caller: &Caller, headers: &HeaderMap, body: &Bytes) -> Result<Idempotency> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = key.ok_or_else(|| Problem::bad_request("idempotency_key_required", "send an Idempotency-Key"))?;
    refuse_cards(body)?;
    // Of the bytes, not of what was read from them: what differs only in a typo is another request.
    let fingerprint = hex::encode(Sha256::digest(body));
    Ok(Idempotency { scope: caller.0.id.to_string(), key: key.to_owned(), fingerprint })
}

/// Places an order, and says whether it was placed before under this key.
///
/// # Errors
/// As [`place`].
pub async fn accept(
    env: &Env,
    caller: &Caller,
    request_id: &RequestId,
    idempotency: Idempotency,
    mut request: OrderRequest,
) -> Result<(Order, bool)> {
    if request.note.as_ref().is_some_and(|note| note.chars().count() > 500) {
        return Err(Problem::invalid_field("note", "expected 500 characters at most"));
    }
    if request.from_cart && !request.lines.is_empty() {
        return Err(Problem::invalid_field("lines", "expected none with from_cart: the lines are those of the cart"));
    }
    let store = upstream::store(env, request.store_id).await?;
    let owner = Owner::customer(&caller.0);
    let object = upstream::object(env, store.number, &caller.0).during(&request_id.0).repeatable();
    let cart = if request.from_cart { carts::load(env, &owner).await? } else { None };
    let wanted = match (request.from_cart, &cart) {
        (true, Some(cart)) if cart.store_id == store.id => Ok(cart.lines.clone()),
        (true, _) => Err(Problem::conflict("empty_cart", "the cart holds nothing of this store")),
        (false, _) => Ok(std::mem::take(&mut request.lines)),
    };
    request.coupons.extend(cart.iter().flat_map(|cart| cart.coupons.clone()));
    let command = match command(env, &store, caller, &request, wanted, idempotency.clone(), request_id).await {
        Ok(command) => command,
        Err(problem) => {
            // It may have been accepted before the menu changed or the store closed: then that is the answer.
            let before: Option<Order> = object.post("/orders/replay", &idempotency).await?;
            return before.map(|order| (order, true)).ok_or(problem);
        }
    };
    let placed: Placed = match object.post("/orders", &command).await {
        Ok(placed) => placed,
        Err(problem) => {
            // What nobody knows the end of is asked of the store once its claim has run out.
            if problem.status < 500 {
                pricing::give_back(env, command.claim).await;
            }
            return Err(problem);
        }
    };
    // What was added meanwhile stays, also what was put into the next cart before this call was repeated; a cart that outlives
    // a crash here is emptied by the repetition.
    if let Some(cart) = cart.filter(|cart| !placed.replayed || cart.updated_at <= placed.order.placed_at) {
        carts::delete(env, &owner, Some(cart.version)).await?;
    }
    Ok((placed.order, placed.replayed))
}

async fn command(
    env: &Env,
    store: &StoreInfo,
    caller: &Caller,
    request: &OrderRequest,
    wanted: Result<Vec<LineRequest>>,
    idempotency: Idempotency,
    request_id: &RequestId,
) -> Result<PlaceOrder> {
    admission::takes(store, request.fulfilment)?;
    admission::fits(request.fulfilment, request.table.as_deref(), request.deliver_to.as_ref())?;
    let place = request.deliver_to.as_ref().and_then(|to| to.position);
    let way = zones::way(store, request.fulfilment, place)?;
    zones::known(way, store)?;
    let lines = wanted?;
    let customer = caller.0.id;
    let OrderRequest { coupons, fulfilment, tip, .. } = request;
    let wanted = Wanted { store, customer: Some(customer), lines: &lines, coupons, way, tip: *tip, instead_of: None };
    let now = pricing::price_now(env, &wanted).await?;
    let Offered { priced, tax_table } = match &request.quote {
        Some(token) => {
            let cart = quotes::digest(store.id, &lines, coupons, *fulfilment, *tip, way);
            quotes::hold_to(quotes::read(env, token)?, store.id, customer, &cart, now)?
        }
        None => now,
    };
    admission::suffices(store, priced.totals.total)?;
    zones::suffices(way, priced.totals.total)?;
    let age = age::proof(env, customer, store, &priced.lines).await?;
    let claim = pricing::claim(env, store, customer, &priced.promotions, &idempotency).await?;
    Ok(PlaceOrder {
        idempotency,
        store_id: store.id,
        store_number: store.number,
        day: store.day.clone(),
        customer: Party { id: caller.0.id, name: caller.0.name.clone() },
        lines: priced.lines,
        totals: priced.totals,
        tax_table,
        promotions: priced.promotions,
        claim,
        fulfilment: request.fulfilment,
        note: request.note.clone(),
        table: request.table.clone(),
        deliver_to: request.deliver_to.clone(),
        pickup_at: request.pickup_at,
        age,
        request_id: request_id.0.clone(),
    })
}

fn answer(order: Order, replayed: bool) -> Response {
    let location = format!("/api/v1/orders/{}", order.id);
    let mut response = (StatusCode::CREATED, [("location", location)], Json(order)).into_response();
    if replayed {
        response.headers_mut().insert("idempotent-replayed", http::HeaderValue::from_static("true"));
    }
    response
}
