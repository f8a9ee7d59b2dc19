//! One followed thing: an order, a kitchen's board or a store's devices, and the sockets that follow it.
//!
//! The object serialises nothing and stores nothing: sockets hibernate, and whoever opens one gets a snapshot from the store
//! first. A socket is accepted before the snapshot is asked for, so that no change falls between; a change that overtakes the
//! snapshot is known by the order's version.
//!
//! Who opened a socket is written on it, and looked at before each message: whose session ended or whose rights changed is told
//! nothing more ([`follower`]).
//!
//! Of devices there is no snapshot: the registry has them, and whoever follows asks it once the socket is open.
//!
//! Names: `order:<id>`, `kitchen:<store number>`, `devices:<store id>`. Calls: `GET /follow?store=<number>` (WebSocket), `POST /publish`.

#![allow(missing_docs)] // #[durable_object] makes items that have none

mod follower;

use follower::Follower;
use kirana_contracts::live::{DEVICES, LiveMessage};
use kirana_contracts::order::Order;
use kirana_contracts::store_state::object_name;
use kirana_edge::{Principal, Problem, address, call, clock, log, principal};
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
        if !self.still_follows(&socket).await {
            return Ok(());
        }
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
                    if self.still_follows(&socket).await {
                        // One that is gone closes by itself.
                        let _ = socket.send_with_str(&message);
                    }
                }
                Ok(Response::from_json(&true)?)
            }
            (Method::Get, "/follow") => self.follow(&request, caller).await,
            _ => Err(Problem::not_found("a topic has no such call")),
        }
    }

    async fn follow(&self, request: &Request, caller: Principal) -> kirana_edge::Result<Response> {
        if self.state.get_websockets().len() >= MAX_SOCKETS {
            return Err(Problem::unavailable("too many follow this already; try again later"));
        }
        let query = address::pairs(request);
        let store = query.iter().find(|(name, _)| name == "store").and_then(|(_, number)| number.parse().ok());
        let store: u32 = store.ok_or_else(|| Problem::internal("a follower came without its store's number"))?;
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        pair.server.serialize_attachment(Follower::new(caller, clock::now()))?;
        let snapshot = LiveMessage::Snapshot { orders: self.snapshot(store).await? };
        pair.server.send_with_str(serde_json::to_string(&snapshot)?)?;
        Ok(Response::from_websocket(pair.client)?)
    }

    /// May whoever opened this socket still be told? Closes it when not.
    async fn still_follows(&self, socket: &WebSocket) -> bool {
        let follower: Option<Follower> = socket.deserialize_attachment().unwrap_or_default();
        let Some(mut follower) = follower else {
            // It was opened by a version of this that wrote nothing on it.
            follower::dismiss(socket);
            return false;
        };
        match follower.is_believed(&self.env, clock::now()).await {
            Ok(true) => {
                // Without the note it is asked to come again in a quarter of an hour: no harm.
                let _ = socket.serialize_attachment(follower);
                true
            }
            Ok(false) => {
                follower::dismiss(socket);
                false
            }
            Err(problem) => {
                log::error("who follows cannot be told", &[("problem", &problem.to_string())]);
                follower::dismiss(socket);
                false
            }
        }
    }

    async fn snapshot(&self, store: u32) -> kirana_edge::Result<Vec<Order>> {
        let topic = self.state.id().name().unwrap_or_default();
        if topic.starts_with(DEVICES) {
            return Ok(Vec::new());
        }
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
