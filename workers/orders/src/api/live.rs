//! Sockets that follow an order or a kitchen.

use crate::upstream;
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::live::{kitchen_topic, order_topic};
use kirana_edge::socket_ticket::{self, Ticket};
use kirana_edge::{Caller, Json, Path, Principal, Problem, Result, call, clock};
use kirana_kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;
use worker::{Env, Headers, HttpResponse, Request, RequestInit};

/// What opens one socket.
#[derive(Debug, Serialize, ToSchema)]
pub struct SocketTicket {
    /// For the address of the socket: `?ticket=...`. Good once.
    pub ticket: String,
    /// Seconds until it is good no more.
    pub expires_in: u64,
}

/// A ticket for one socket: browsers can give a WebSocket no header.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(post, path = "/api/v1/socket-tickets", tag = "orders",
    responses((status = 201, body = SocketTicket), (status = 401, body = Problem)))]
#[worker::send]
pub async fn ticket(State(env): State<Env>, Caller(caller): Caller) -> Result<(StatusCode, Json<SocketTicket>)> {
    let ticket = Ticket { ticket: clock::new_id(), principal: caller };
    let ticket = socket_ticket::issue(&ticket, &env, clock::now())?;
    Ok((StatusCode::CREATED, Json(SocketTicket { ticket, expires_in: socket_ticket::LIFETIME.as_secs() })))
}

/// Opens a socket on a topic, once the caller is known to be allowed to.
async fn follow(env: &Env, caller: &Principal, topic: String, store: u32) -> Result<HttpResponse> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    let mut init = RequestInit::new();
    init.with_headers(headers);
    let request = Request::new_with_init(&format!("https://kirana/follow?store={store}"), &init)?;
    let response = call::object(env, "LIVE_TOPIC", topic, caller).fetch(request).await?;
    Ok(response.try_into()?)
}

/// Follows an order: first how it stands, then each change.
///
/// # Errors
/// 404 for what is not the caller's, 426 for what is no WebSocket.
#[utoipa::path(get, path = "/api/v1/orders/{id}/track", tag = "orders", params(("id" = Id, Path, description = "The order")),
    responses((status = 101, description = "A WebSocket of LiveMessage as JSON texts"), (status = 404, body = Problem), (status = 426, body = Problem)))]
#[worker::send]
pub async fn track(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    headers: http::HeaderMap,
) -> Result<HttpResponse> {
    let order = upstream::order(&env, id, &caller).await?;
    require_upgrade(&headers)?;
    follow(&env, &caller, order_topic(id), order.store_number).await
}

/// Follows a store's kitchen: first its tickets, then each change of an order.
///
/// # Errors
/// 404 for a store that is not the caller's, 426 for what is no WebSocket.
#[utoipa::path(get, path = "/api/v1/stores/{id}/kitchen/live", tag = "kitchen", params(("id" = Id, Path, description = "The store")),
    responses((status = 101, description = "A WebSocket of LiveMessage as JSON texts"), (status = 404, body = Problem), (status = 426, body = Problem)))]
#[worker::send]
pub async fn kitchen(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    headers: http::HeaderMap,
) -> Result<HttpResponse> {
    let store = upstream::own_store(&env, store, &caller).await?;
    require_upgrade(&headers)?;
    follow(&env, &caller, kitchen_topic(store.number), store.number).await
}

fn require_upgrade(headers: &http::HeaderMap) -> Result<()> {
    let wanted = headers.get("upgrade").and_then(|value| value.to_str().ok());
    if wanted.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", "open this as a WebSocket"))
}
