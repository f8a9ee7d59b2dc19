//! One store: stock and live orders, serialised.
//!
//! All commands of a store come to its one object, which runs them one after another; each is one `transactionSync` with no
//! await in it, so nothing comes between the check and the hold, and the runtime holds the answer back until the writes are
//! durable. The rules are in `kirana_store_core`; this is their way in and out: HTTP-shaped commands, the one alarm, and the
//! relay of events.
//!
//! Names: `store-<number>`. Calls: see [`api`]. Refusals are problem documents: 404 `not_found`, 409 `out_of_stock`,
//! `not_stocked`, `held_for_orders`, `slot_full`, `invalid_transition`, `conflict`, 422 `idempotency_key_reused`, `invalid_body`.

#![allow(missing_docs)] // #[durable_object] makes items that have none

mod api;
mod relay;

use kirana_edge::{Problem, clock};
use kirana_sql::Object;
use kirana_store_core::{Moment, Settings, Store};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, event};

/// The object of one store.
#[durable_object]
pub struct StoreState(Rc<Place>);

/// What an object is; what it does after an answer has gone holds on to it.
pub struct Place {
    state: State,
    env: Env,
    store: Result<Store<Object>, String>,
    name: String,
    /// When the alarm is set for, as far as this process knows: each setting is paid for like a row.
    alarm_at: Cell<Alarm>,
    /// Nobody has been here yet: what an earlier process left unsent is sent with the first call.
    asleep: Cell<bool>,
}

/// What is known of the alarm.
#[derive(Clone, Copy)]
enum Alarm {
    /// Nothing yet: an earlier process may have set it.
    Unknown,
    /// It is not set.
    Off,
    /// It is set for this time, in milliseconds since 1970.
    At(i64),
}

// SAFETY of unwinding: an object is single-threaded, and a command that panics leaves nothing but its rolled-back
// transaction; `panic=unwind` builds ask for this marker.
impl std::panic::RefUnwindSafe for StoreState {}

impl DurableObject for StoreState {
    fn new(state: State, env: Env) -> Self {
        let name = state.id().name().unwrap_or_default();
        let settings = Settings {
            source: name.clone(),
            payment_deadline: seconds(&env, "PAYMENT_DEADLINE_SECONDS", 600),
            complete_after: seconds(&env, "COMPLETE_AFTER_SECONDS", 900),
            late_after: seconds(&env, "LATE_AFTER_SECONDS", 1_800),
            abandon_after: seconds(&env, "ABANDON_AFTER_SECONDS", 72 * 3_600),
            resend_after: seconds(&env, "RESEND_AFTER_SECONDS", 60),
        };
        let store = Store::open(Object::new(state.storage()), settings).map_err(|refusal| refusal.to_string());
        let (alarm_at, asleep) = (Cell::new(Alarm::Unknown), Cell::new(true));
        Self(Rc::new(Place { state, env, store, name, alarm_at, asleep }))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match api::answer(&self.0, request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_worker_response(),
        }
    }

    /// Everything that is due. Never fails: an alarm that does is dropped after six tries, and with it every deadline.
    async fn alarm(&self) -> Result<Response> {
        let place = &self.0;
        place.alarm_at.set(Alarm::Off);
        if let Ok(store) = &place.store {
            for refusal in store.run_due(moment("alarm")).unwrap_or_else(|refusal| vec![refusal]) {
                kirana_edge::log::error(
                    "what was due failed",
                    &[("store", &place.name), ("error", &refusal.to_string())],
                );
            }
        }
        relay::send_due(place).await;
        Response::ok("done")
    }
}

impl Place {
    fn store(&self) -> Result<&Store<Object>, Problem> {
        self.store.as_ref().map_err(Problem::internal)
    }

    /// Learns what an earlier process has set the alarm to. Before a command, so that nothing comes between what it writes and the
    /// alarm that looks after it.
    async fn wake(&self) {
        if let Alarm::Unknown = self.alarm_at.get() {
            let set = self.state.storage().get_alarm().await.ok().flatten();
            self.alarm_at.set(set.map_or(Alarm::Off, Alarm::At));
        }
    }

    /// Sees to it that the one alarm comes when something is due, or before: an alarm that finds nothing to do sets the next, so
    /// that what is put off again and again is not paid for each time.
    async fn set_alarm(&self) {
        let Ok(store) = &self.store else { return };
        let next = match store.next_alarm() {
            Ok(next) => next,
            // Something is wrong with the tables: look again soon rather than never.
            Err(_) => Some(clock::now() + Duration::from_secs(5)),
        };
        let Some(next) = next else { return };
        let (now, patience) = (clock::now(), Duration::from_secs(60));
        // One that should have come long ago does not count.
        if matches!(self.alarm_at.get(), Alarm::At(at) if at <= next.millis() && at > (now - patience).millis()) {
            return;
        }
        let delay = next.since(now).max(Duration::from_millis(1));
        match self.state.storage().set_alarm(delay).await {
            Ok(()) => self.alarm_at.set(Alarm::At(next.millis())),
            Err(error) => kirana_edge::log::error(
                "the alarm could not be set",
                &[("store", &self.name), ("error", &error.to_string())],
            ),
        }
    }
}

/// The time and the random numbers of a command.
fn moment(request_id: &str) -> Moment {
    Moment { now: clock::now(), seed: clock::random(), request_id: request_id.into() }
}

fn seconds(env: &Env, name: &str, default: u64) -> Duration {
    let set = env.var(name).ok().and_then(|value| value.to_string().parse().ok());
    Duration::from_secs(set.unwrap_or(default))
}

/// The script itself answers nothing but its health: its object is reached by binding.
///
/// # Errors
/// When the runtime refuses to make a response.
#[event(fetch)]
pub async fn fetch(_request: Request, _env: Env, _ctx: worker::Context) -> Result<Response> {
    Response::ok("ok")
}
