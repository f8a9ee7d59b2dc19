//! What all isolates of the gateway counted, added up: the one object behind `/metrics`.
//!
//! The sums are in memory and written down each minute: what an object that was moved has not written is lost, as Prometheus
//! expects of counters. To write each count would cost more than the calls that it counts.
//!
//! Calls: `POST /add` with a [`Series`], answered with all sums so far.

#![allow(missing_docs)] // #[durable_object] makes items that have none

use kirana_contracts::metrics::Series;
use kirana_edge::{Problem, parse_json, principal};
use std::cell::RefCell;
use std::time::Duration;
use worker::{DurableObject, Env, Method, Request, Response, Result, State, durable_object, event};

/// Where the sums are written.
const SUMS: &str = "sums";

/// How often they are.
const WRITTEN_EACH: Duration = Duration::from_secs(60);

/// Series at most: one more would be labelled by somebody outside.
const MOST: usize = 20_000;

/// The object.
#[durable_object]
pub struct Metrics {
    state: State,
    env: Env,
    /// The sums, once they were read.
    sums: RefCell<Option<Series>>,
}

// SAFETY of unwinding: sums that were added to in part are sums.
impl std::panic::RefUnwindSafe for Metrics {}

impl DurableObject for Metrics {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, sums: RefCell::new(None) }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match self.answer(request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_worker_response(),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let sums = self.sums.borrow().as_ref().map(serde_json::to_string).transpose()?;
        if let Some(sums) = sums {
            self.state.storage().put(SUMS, sums).await?;
        }
        Response::ok("written")
    }
}

impl Metrics {
    async fn answer(&self, mut request: Request) -> kirana_edge::Result<Response> {
        principal::verify_value(request.headers().get(principal::HEADER)?.as_deref(), &self.env)?.require_service()?;
        match (request.method(), request.path().as_str()) {
            (Method::Post, "/add") => {
                let more: Series = parse_json(request.text().await?.as_bytes())?;
                Ok(Response::from_json(&self.add(more).await?)?)
            }
            _ => Err(Problem::not_found("metrics have no such call")),
        }
    }

    async fn add(&self, more: Series) -> kirana_edge::Result<Series> {
        let storage = self.state.storage();
        if self.sums.borrow().is_none() {
            let written = storage.get::<String>(SUMS).await?;
            let sums = written.and_then(|sums| serde_json::from_str(&sums).ok()).unwrap_or_default();
            self.sums.borrow_mut().get_or_insert(sums);
        }
        if !more.0.is_empty() && storage.get_alarm().await?.is_none() {
            storage.set_alarm(WRITTEN_EACH).await?;
        }
        let mut sums = self.sums.borrow_mut();
        let sums = sums.get_or_insert_default();
        let room = MOST.saturating_sub(sums.0.len());
        let mut new = 0;
        for (key, value) in more.0 {
            if let Some(sum) = sums.0.get_mut(&key) {
                *sum += value;
            } else if new < room {
                new += 1;
                sums.0.insert(key, value);
            }
        }
        Ok(sums.clone())
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
