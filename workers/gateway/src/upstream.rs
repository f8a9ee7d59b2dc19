//! A worker, asked with a deadline and behind a breaker: one that hangs or is gone costs callers no more than a moment, and its
//! neighbours nothing.

use crate::policy::Route;
use futures_util::future::{Either, select};
use http::StatusCode;
use kirana_edge::breaker::Breaker;
use kirana_edge::{Problem, Result, clock, log, wire};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use worker::{Delay, Env, Request, Response};

thread_local! {
    /// One for each worker. Each isolate finds out for itself: asking somebody else would be one more call that can fail.
    static BREAKERS: RefCell<BTreeMap<&'static str, Breaker>> = const { RefCell::new(BTreeMap::new()) };
}

fn learn(worker: &'static str, answered: bool) {
    let opened = BREAKERS.with_borrow_mut(|breakers| {
        let breaker = breakers.entry(worker).or_default();
        let was_open = breaker.is_open();
        breaker.learn(answered, clock::now());
        breaker.is_open() && !was_open
    });
    if opened {
        log::error("a breaker opened", &[("worker", worker)]);
    }
}

/// Passes a request on to its route's worker.
///
/// # Errors
/// 503 `unavailable` when it cannot be reached or has not answered others lately, 504 `upstream_timeout` when it takes too long.
pub async fn ask(route: &Route, request: Request, env: &Env) -> Result<Response> {
    let through = BREAKERS.with_borrow_mut(|breakers| breakers.entry(route.to).or_default().lets_through(clock::now()));
    if !through {
        return Err(unavailable());
    }
    let answer = match select(pin!(wire::ask(env, route.to, &request)), pin!(Delay::from(route.deadline()))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => {
            learn(route.to, false);
            let seconds = route.deadline().as_secs();
            log::error("a worker takes too long", &[("worker", route.to), ("path", route.path)]);
            return Err(Problem::new(
                StatusCode::GATEWAY_TIMEOUT,
                "upstream_timeout",
                format!(
                    "this was not answered within {seconds} seconds. It may have been done: send the same request again, with \
                     the same Idempotency-Key if it has one"
                ),
            ));
        }
    };
    learn(route.to, answer.is_ok());
    answer.map_err(|error| {
        log::error("a worker does not answer", &[("worker", route.to), ("error", &error.to_string())]);
        unavailable()
    })
}

fn unavailable() -> Problem {
    Problem::unavailable("the part of the platform that answers this is not available now; try again shortly")
}
