//! One followed thing: an order or a kitchen's board, and the sockets that follow it.
//!
//! The object serialises nothing and stores nothing: sockets hibernate, and whoever opens one gets a snapshot from the store
//! first. A socket is accepted before the snapshot is asked for, so that no change falls between; a change that overtakes the
//! snapshot is known by the order's version.
//!
//! Names: `order:<id>`, `kitchen:<store number>`. Calls: `GET /follow?store=<number>` (WebSocket), `POST /publish`.

#![allow(missing_docs)] // #[durable_object] makes items that have none

use kirana_contracts::live::LiveMessage;
use kirana_contracts::order::Order;
use kirana_contracts::store_state::object_name;
use kirana_edge::{Problem, call, principal};
use worker::{
    DurableObject, Env, Method, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object, event,
};

/// Sockets on one topic at most: a screen in each corner and some phones, not a flood.
const MAX_SOCKETS: usize = 200;

/// The object of one topic.
#[durable_object]
pub struct LiveTopic {
    state: State,
    env: Env,
}

// SAFETY of unwinding: see StoreState; here is no state at all.
impl std::panic::RefUnwindSafe for LiveTopic {}

impl DurableObject for LiveTopic {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match self.answer(request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_worker_response(),
        }
    }

    /// Followers only listen; `ping` is answered so that they can tell a quiet topic from a dead line.
    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        if matches!(&message, WebSocketIncomingMessage::String(text) if text == "ping") {
            socket.send_with_str("pong")?;
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _code: usize, _reason: String, _clean: bool) -> Result<()> {
        // It may be closed already; then there is nothing to answer.
        let _ = socket.close(Some(1000), Some("bye"));
        Ok(())
    }

    async fn websocket_error(&self, _socket: WebSocket, _error: worker::Error) -> Result<()> {
        Ok(())
    }
}

impl LiveTopic {
    async fn answer(&self, mut request: Request) -> kirana_edge::Result<Response> {
        let caller = principal::verify_value(request.headers().get(principal::HEADER)?.as_deref(), &self.env)?;
        match (request.method(), request.path().as_str()) {
            (Method::Post, "/publish") => {
                caller.require_service()?;
                let message = request.text().await?;
                for socket in self.state.get_websockets() {
                    // One that is gone closes by itself.
                    let _ = socket.send_with_str(&message);
                }
                Ok(Response::from_json(&true)?)
            }
            (Method::Get, "/follow") => self.follow(&request).await,
            _ => Err(Problem::not_found("a topic has no such call")),
        }
    }

    async fn follow(&self, request: &Request) -> kirana_edge::Result<Response> {
        if self.state.get_websockets().len() >= MAX_SOCKETS {
            return Err(Problem::unavailable("too many follow this already; try again later"));
        }
        let url = request.url()?;
        let store = url.query_pairs().find(|(name, _)| name == "store").and_then(|(_, number)| number.parse().ok());
        let store: u32 = store.ok_or_else(|| Problem::internal("a follower came without its store's number"))?;
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        let snapshot = LiveMessage::Snapshot { orders: self.snapshot(store).await? };
        pair.server.send_with_str(serde_json::to_string(&snapshot)?)?;
        Ok(Response::from_websocket(pair.client)?)
    }

    async fn snapshot(&self, store: u32) -> kirana_edge::Result<Vec<Order>> {
        let topic = self.state.id().name().unwrap_or_default();
        let caller = principal::service("live-topic");
        let store = call::object(&self.env, "STORE_STATE", object_name(store), &caller);
        match topic.strip_prefix("order:") {
            Some(order) => Ok(vec![store.get(&format!("/orders/{order}")).await?]),
            None => store.get("/tickets").await,
        }
    }
}

/// The script itself answers nothing but its health: its object is reached by binding.
///
/// # Errors
/// When the runtime refuses to make a response.
#[event(fetch)]
pub async fn fetch(_request: Request, _env: Env, _ctx: worker::Context) -> Result<Response> {
    Response::ok("ok")
}
