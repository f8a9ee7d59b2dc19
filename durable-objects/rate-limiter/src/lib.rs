//! How often somebody may do something, exactly: one object for each who and what, such as `proof:ip:203.0.113.7`.
//!
//! It keeps one moment ([`bucket`]), and writes it down, so that an object which was idle and forgotten still knows: windows are
//! minutes long. When the bucket is full again the object forgets all of it.
//!
//! Call: `POST /take` with a [`Limit`], answered with a `Verdict`. Whose call it is, is in the object's name.

#![allow(missing_docs)] // #[durable_object] makes items that have none

mod bucket;

use bucket::Bucket;
use kirana_contracts::rate_limit::{Limit, Verdict};
use kirana_edge::{Problem, clock, parse_json, principal};
use kirana_kernel::Timestamp;
use std::cell::Cell;
use worker::{DurableObject, Env, Method, Request, Response, Result, State, durable_object, event};

/// Where the moment is written.
const FULL_AT: &str = "full_at";

/// The object of one who and what.
#[durable_object]
pub struct RateLimiter {
    state: State,
    env: Env,
    /// What is written, once it was read.
    bucket: Cell<Option<Bucket>>,
}

// SAFETY of unwinding: the cell holds a whole value at any moment.
impl std::panic::RefUnwindSafe for RateLimiter {}

impl DurableObject for RateLimiter {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, bucket: Cell::new(None) }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match self.answer(request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_worker_response(),
        }
    }

    /// The bucket is full again: nothing needs to be known of it.
    async fn alarm(&self) -> Result<Response> {
        self.bucket.set(None);
        self.state.storage().delete_all().await?;
        Response::ok("forgotten")
    }
}

impl RateLimiter {
    async fn answer(&self, mut request: Request) -> kirana_edge::Result<Response> {
        principal::verify_value(request.headers().get(principal::HEADER)?.as_deref(), &self.env)?.require_service()?;
        match (request.method(), request.path().as_str()) {
            (Method::Post, "/take") => {
                let limit: Limit = parse_json(request.text().await?.as_bytes())?;
                Ok(Response::from_json(&self.take(limit).await?)?)
            }
            _ => Err(Problem::not_found("a rate limiter has no such call")),
        }
    }

    /// Nothing but the storage is awaited, and the input gate keeps other calls out meanwhile.
    async fn take(&self, limit: Limit) -> kirana_edge::Result<Verdict> {
        let storage = self.state.storage();
        let (mut bucket, first) = match self.bucket.get() {
            Some(bucket) => (bucket, false),
            None => match storage.get::<i64>(FULL_AT).await? {
                Some(full_at) => (Bucket(Timestamp::from_millis(full_at)), false),
                None => (Bucket::FULL, true),
            },
        };
        let verdict = bucket.take(limit, clock::now());
        self.bucket.set(Some(bucket));
        if verdict.allowed {
            storage.put(FULL_AT, bucket.0.millis()).await?;
            // Set once: by then the bucket may be in use again, and what it forgets is at most one window old.
            if first {
                storage.set_alarm(limit.window() * 2).await?;
            }
        }
        Ok(verdict)
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
