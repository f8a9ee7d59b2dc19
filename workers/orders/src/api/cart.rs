//! The cart: one for each customer or guest, bound to one store, priced whenever it is read.

use crate::carts::{self, Cart, Owner};
use crate::pricing::{self, MAX_COUPONS, Wanted};
use crate::quotes;
use crate::rules::cart;
use crate::rules::zones::Way;
use crate::upstream;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode};
use kirana_contracts::quote::{LineRequest, Quote};
use kirana_edge::{Caller, Json, MaybeCaller, Problem, Result, clock};
use kirana_kernel::{Fulfilment, Id, Timestamp};
use kirana_pricing::MAX_LINES;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A cart.
#[derive(Debug, Serialize, ToSchema)]
pub struct CartView {
    /// The store it buys from; absent while it is empty.
    pub store_id: Option<Id>,
    /// What is in it.
    pub lines: Vec<LineRequest>,
    /// The coupons in it.
    pub coupons: Vec<String>,
    /// What it costs now, picked up; absent while it is empty or cannot be priced.
    pub quote: Option<Quote>,
    /// Why it cannot be priced, such as a product that is no longer on the menu.
    pub problem: Option<Problem>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// What a cart should hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CartRequest {
    /// The store.
    pub store_id: Id,
    /// What of its menu; 100 lines at most.
    #[schema(max_items = 100)]
    pub lines: Vec<LineRequest>,
    /// Coupons, 5 at most; those that were in it if not given.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub coupons: Option<Vec<String>>,
}

/// One more thing in the cart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CartItem {
    /// The store; another than the cart's is refused while something is in the cart.
    pub store_id: Id,
    /// What of its menu.
    pub line: LineRequest,
}

async fn quote(env: &Env, owner: &Owner, cart: &Cart) -> Result<Quote> {
    let store = upstream::store(env, cart.store_id).await?;
    let Cart { lines, coupons, .. } = cart;
    let fulfilment = Fulfilment::Pickup;
    let wanted =
        Wanted { store: &store, customer: owner.customer, lines, coupons, way: Way::None, tip: None, instead_of: None };
    let offered = pricing::price(env, &wanted).await?;
    let digest = quotes::digest(store.id, lines, coupons, fulfilment, None, Way::None);
    quotes::give(env, store.id, owner.customer, digest, offered, Way::None)
}

/// The answer: the cart with its price, and its token for a guest who has none.
async fn answer(env: &Env, owner: &Owner, cart: Option<Cart>) -> Result<Response> {
    let view = match cart {
        None => CartView {
            store_id: None,
            lines: Vec::new(),
            coupons: Vec::new(),
            quote: None,
            problem: None,
            updated_at: None,
        },
        Some(cart) => {
            let (quote, problem) = match cart.lines.is_empty() {
                true => (None, None),
                false => match quote(env, owner, &cart).await {
                    Ok(quote) => (Some(quote), None),
                    Err(problem) if problem.status < 500 => (None, Some(problem)),
                    Err(problem) => return Err(problem),
                },
            };
            CartView {
                store_id: Some(cart.store_id),
                lines: cart.lines,
                coupons: cart.coupons,
                quote,
                problem,
                updated_at: Some(cart.updated_at),
            }
        }
    };
    let mut response = Json(view).into_response();
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    if let Some(token) = owner.new_token.as_deref().and_then(|token| HeaderValue::from_str(token).ok()) {
        response.headers_mut().insert(carts::TOKEN, token);
    }
    Ok(response)
}

/// The cart of whoever asks, with its price now. A guest sends the `X-Cart-Token` that came with it.
///
/// # Errors
/// 400 `invalid_cart_token`.
#[utoipa::path(get, path = "/api/v1/cart", tag = "orders",
    params(("X-Cart-Token" = Option<String>, Header, description = "A guest's token, as it came with the cart")),
    responses((status = 200, body = CartView), (status = 400, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, caller: MaybeCaller, headers: HeaderMap) -> Result<Response> {
    let mut owner = Owner::of(caller.0.as_ref(), &headers)?;
    let cart = carts::load(&env, &owner).await?;
    // Nothing is kept for a guest who only looks: no token is worth telling.
    owner.new_token = None;
    answer(&env, &owner, cart).await
}

/// Puts something else into the cart than was there.
///
/// # Errors
/// 400 `invalid_cart_token`, 404 for a store that is not there, 409 `cart_changed`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/cart", tag = "orders", request_body = CartRequest,
    params(("X-Cart-Token" = Option<String>, Header, description = "A guest's token; without it a new one comes with the answer")),
    responses((status = 200, body = CartView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn put(
    State(env): State<Env>,
    caller: MaybeCaller,
    headers: HeaderMap,
    Json(body): Json<CartRequest>,
) -> Result<Response> {
    if body.lines.len() > MAX_LINES {
        return Err(Problem::invalid_field("lines", format!("expected {MAX_LINES} lines at most")));
    }
    if body.coupons.as_ref().is_some_and(|codes| codes.len() > MAX_COUPONS) {
        return Err(Problem::invalid_field("coupons", format!("expected {MAX_COUPONS} at most")));
    }
    let store = upstream::store(&env, body.store_id).await?;
    if !body.lines.is_empty() {
        pricing::listed(&env, &store, &body.lines).await?;
    }
    let owner = Owner::of(caller.0.as_ref(), &headers)?;
    let before = carts::load(&env, &owner).await?;
    let version = before.as_ref().map_or(0, |cart| cart.version);
    let coupons = body.coupons.or(before.map(|cart| cart.coupons)).unwrap_or_default();
    let cart = Cart { version, store_id: body.store_id, lines: body.lines, coupons, updated_at: clock::now() };
    let cart = carts::save(&env, &owner, &cart).await?;
    answer(&env, &owner, Some(cart)).await
}

/// Adds to the cart: more of a line that asks for the same, or a new line.
///
/// # Errors
/// 400 `invalid_cart_token`, 404 for a store that is not there, 409 `other_store` or `cart_changed`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/cart/items", tag = "orders", request_body = CartItem,
    params(("X-Cart-Token" = Option<String>, Header, description = "A guest's token; without it a new one comes with the answer")),
    responses((status = 200, body = CartView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn add(
    State(env): State<Env>,
    caller: MaybeCaller,
    headers: HeaderMap,
    Json(body): Json<CartItem>,
) -> Result<Response> {
    let store = upstream::store(&env, body.store_id).await?;
    // Said now rather than at the counter: what is not on the menu, or chosen wrongly.
    pricing::listed(&env, &store, std::slice::from_ref(&body.line)).await.map_err(one_line)?;
    let owner = Owner::of(caller.0.as_ref(), &headers)?;
    let mut cart =
        carts::load(&env, &owner).await?.filter(|cart| !cart.lines.is_empty() || cart.version > 0).unwrap_or(Cart {
            version: 0,
            store_id: body.store_id,
            lines: Vec::new(),
            coupons: Vec::new(),
            updated_at: clock::now(),
        });
    if cart.lines.is_empty() {
        cart.store_id = body.store_id;
    }
    if cart.store_id != body.store_id {
        return Err(Problem::conflict(
            "other_store",
            "the cart holds things of another store: order or empty it first, one order is made in one store",
        )
        .with("store_id", cart.store_id.to_string()));
    }
    cart::add(&mut cart.lines, body.line).map_err(|error| Problem::invalid_field("line", error.to_string()))?;
    let cart = carts::save(&env, &owner, &cart).await?;
    answer(&env, &owner, Some(cart)).await
}

/// Here there is one line, called `line`.
fn one_line(mut problem: Problem) -> Problem {
    for error in &mut problem.errors {
        error.path = error.path.replacen("lines[0]", "line", 1);
    }
    problem
}

/// Empties the cart.
///
/// # Errors
/// 400 `invalid_cart_token`.
#[utoipa::path(delete, path = "/api/v1/cart", tag = "orders",
    params(("X-Cart-Token" = Option<String>, Header, description = "A guest's token, as it came with the cart")),
    responses((status = 204), (status = 400, body = Problem)))]
#[worker::send]
pub async fn delete(State(env): State<Env>, caller: MaybeCaller, headers: HeaderMap) -> Result<StatusCode> {
    carts::delete(&env, &Owner::of(caller.0.as_ref(), &headers)?, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// After login: adds the guest's cart to the customer's, and throws the guest's away. A customer's cart of another store gives
/// way: what was looked at last is what is wanted.
///
/// # Errors
/// 400 `invalid_cart_token`, 409 `cart_changed`.
#[utoipa::path(post, path = "/api/v1/cart/merge", tag = "orders",
    params(("X-Cart-Token" = String, Header, description = "The guest's token")),
    responses((status = 200, body = CartView), (status = 400, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn merge(State(env): State<Env>, Caller(caller): Caller, headers: HeaderMap) -> Result<Response> {
    let token = carts::token(&headers)
        .ok_or_else(|| Problem::bad_request("invalid_cart_token", "X-Cart-Token: send the guest's cart token"))?;
    let guest = Owner::guest(token)?;
    let owner = Owner::customer(&caller);
    let own = carts::load(&env, &owner).await?;
    let Some(from) = carts::load(&env, &guest).await?.filter(|cart| !cart.lines.is_empty()) else {
        return answer(&env, &owner, own).await;
    };
    let version = own.as_ref().map_or(0, |cart| cart.version);
    let (mut lines, mut coupons) =
        own.filter(|cart| cart.store_id == from.store_id).map(|cart| (cart.lines, cart.coupons)).unwrap_or_default();
    cart::merge(&mut lines, from.lines);
    coupons.extend(from.coupons);
    coupons.sort_unstable();
    coupons.dedup();
    coupons.truncate(MAX_COUPONS);
    let merged = Cart { version, store_id: from.store_id, lines, coupons, updated_at: clock::now() };
    let merged = carts::save(&env, &owner, &merged).await?;
    carts::delete(&env, &guest, Some(from.version)).await?;
    answer(&env, &owner, Some(merged)).await
}
