//! One store's devices: their sockets, both protocols, commands, telemetry and sales.
//!
//! Apart from the store's own object, so that a flood of devices waits in its own line and orders do not (a frame is heard by one thread).
//! Sockets hibernate: who is at the other end, and what it may still say, is written on the socket; the rest is in the object's SQLite. A
//! heartbeat of protocol 1 is answered by the runtime while the object sleeps, and its time is asked for when somebody may be silent. Each
//! frame is one `transactionSync` with no await in it ([`kirana_devices::hub`]); what follows from it (events, calls to other workers) is
//! written down in it, and done after it.
//!
//! Names: `hub-<store number>`. Calls: see [`api`].

#![allow(missing_docs)] // #[durable_object] makes items that have none

mod api;
mod gathered;
mod later;
mod lines;
mod sockets;

use kirana_devices::frame::HEARTBEAT;
use kirana_devices::hub::{Hub, Moment};
use kirana_edge::{Problem, clock, log};
use kirana_kernel::Timestamp;
use kirana_sql::Object;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys::{DurableObjectState, WebSocketRequestResponsePair};
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, durable_object, event,
};

/// What follows from frames that come within so many milliseconds is done together: events leave in one pack, and times are asked for once.
const TOGETHER: i64 = 50;

/// The object of one store's devices.
#[durable_object]
pub struct DeviceHub {
    state: State,
    /// The same, for what `worker` does not bind.
    raw: JsValue,
    env: Env,
    hub: Result<Hub<Object>, String>,
    name: String,
    /// When the alarm is set for; unknown after a sleep.
    alarm_at: Cell<Option<i64>>,
    /// When the first socket may be silent for too long; unknown after a sleep. It only moves back as devices speak.
    silence_at: Cell<Option<i64>>,
    /// When it was last looked at what follows from frames.
    looked_at: Cell<i64>,
    /// What is known of each socket while the object is awake.
    lines: lines::Lines,
    /// Packets of which only a part has come, by the number of their socket.
    buffers: RefCell<HashMap<u32, Vec<u8>>>,
    /// What came and is heard in a moment, with what else comes.
    gathered: gathered::Gathered,
}

// SAFETY of unwinding: an object is single-threaded, and a frame that panics leaves nothing but its rolled-back transaction;
// `panic=unwind` builds ask for this marker.
impl std::panic::RefUnwindSafe for DeviceHub {}

impl DurableObject for DeviceHub {
    fn new(state: State, env: Env) -> Self {
        let raw = JsValue::from(state._inner());
        let state = State::from(raw.clone().unchecked_into::<DurableObjectState>());
        if let Ok(pair) = WebSocketRequestResponsePair::new(HEARTBEAT, HEARTBEAT) {
            state.set_websocket_auto_response(&pair);
        }
        let name = state.id().name().unwrap_or_default();
        let store = name.strip_prefix("hub-").and_then(|number| number.parse().ok()).unwrap_or(0);
        let hub = match env.secret("DEVICE_SECRET") {
            Ok(secret) => {
                let secret = secret.to_string().into_bytes();
                Hub::open(Object::new(state.storage()), store, secret).map_err(|refusal| refusal.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        Self {
            state,
            raw,
            env,
            hub,
            name,
            alarm_at: Cell::new(None),
            silence_at: Cell::new(None),
            looked_at: Cell::new(0),
            lines: lines::Lines::default(),
            buffers: RefCell::default(),
            gathered: gathered::Gathered::default(),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match api::answer(self, request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_worker_response(),
        }
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        gathered::came(self, socket, message).await;
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _code: usize, _reason: String, _clean: bool) -> Result<()> {
        // What it said before it went counts.
        gathered::hear(self);
        sockets::closed(self, &socket);
        // It may be closed already; then there is nothing to answer.
        let _ = socket.close(Some(1000), Some("bye"));
        self.afterwards().await;
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        gathered::hear(self);
        sockets::closed(self, &socket);
        self.afterwards().await;
        Ok(())
    }

    /// Everything that is due. Never fails: an alarm that does is dropped after six tries, and with it every deadline.
    async fn alarm(&self) -> Result<Response> {
        self.alarm_at.set(None);
        sockets::run_due(self);
        later::work(self).await;
        self.set_alarm().await;
        Response::ok("done")
    }
}

impl DeviceHub {
    fn hub(&self) -> Result<&Hub<Object>, Problem> {
        self.hub.as_ref().map_err(Problem::internal)
    }

    /// What follows from a frame, if anything does: at once, or with what follows from others of the same moment. Silence is no reason to look at
    /// anything: by a frame it only moves away.
    async fn in_a_moment(&self) {
        let Ok(hub) = &self.hub else { return };
        if !hub.take_stirred() {
            return;
        }
        let (now, next) = (clock::now().millis(), self.looked_at.get() + TOGETHER);
        if now >= next {
            self.afterwards().await;
        } else if self.alarm_at.get().is_none_or(|set| set > next) {
            self.alarm_in(next, Duration::from_millis(u64::try_from(next - now).unwrap_or(0))).await;
        }
    }

    /// What follows from a frame or a call: the alarm, and in the background events and calls to others.
    async fn afterwards(&self) {
        self.looked_at.set(clock::now().millis());
        self.set_alarm().await;
        later::in_background(self);
    }

    /// Sets the one alarm to what is due next.
    async fn set_alarm(&self) {
        let Ok(hub) = &self.hub else { return };
        let (set, now) = (self.alarm_at.get(), clock::now());
        let silence = self.silence_at.get().unwrap_or_else(|| sockets::look_at_all(self));
        let next = match hub.next_due(&[], now) {
            Ok(next) => next.into_iter().chain([Timestamp::from_millis(silence)]).min(),
            // Something is wrong with the tables: look again soon rather than never.
            Err(_) => Some(now + Duration::from_secs(5)),
        };
        let next = next.filter(|next| next.millis() < i64::MAX);
        let Some(next) = next else { return };
        if set.is_some_and(|set| set <= next.millis()) {
            return;
        }
        // Not for each of a hundred things that are due now.
        let delay = next.since(now).max(Duration::from_millis(20));
        self.alarm_in(next.millis(), delay).await;
    }

    async fn alarm_in(&self, at: i64, delay: Duration) {
        self.alarm_at.set(Some(at));
        if let Err(error) = self.state.storage().set_alarm(delay).await {
            self.alarm_at.set(None);
            log::error("the alarm could not be set", &[("hub", &self.name), ("error", &error.to_string())]);
        }
    }
}

/// The time and the random numbers of what happens now.
fn moment() -> Moment {
    Moment::new(clock::now(), clock::random())
}

/// The script itself answers nothing but its health: its object is reached by binding.
///
/// # Errors
/// When the runtime refuses to make a response.
#[event(fetch)]
pub async fn fetch(_request: Request, _env: Env, _ctx: worker::Context) -> Result<Response> {
    Response::ok("ok")
}
