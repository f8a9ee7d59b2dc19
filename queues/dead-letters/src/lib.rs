//! Dead letters: keeps, shows and replays what failed.
//!
//! Two ways lead here: an event that a subscriber parked (`POST /internal/dead-letters`), and a message that its queue gave up
//! on, through the queue's dead-letter queue. A parked event is replayed through the subscriber's own inbox, which applies it
//! once; a whole message needs no replay for safety, as its source sends again what was not acknowledged.
//!
//! Tables: dead_letters. Events: none.

pub mod api;
pub mod db;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_edge::{clock, log};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, MessageExt, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::list))
        .routes(routes!(api::replay))
        .routes(routes!(api::discard))
        .route("/internal/dead-letters", axum::routing::post(api::keep))
        .route("/internal/metrics", axum::routing::get(api::metrics))
}

/// Requests from the gateway, and parked events from subscribers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, _ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}

/// Messages that a queue gave up on.
///
/// # Errors
/// None: each message is kept and acknowledged, or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    let queue = batch.queue();
    let subscriber = queue.trim_start_matches("kirana-").trim_end_matches("-events-dlq").to_owned();
    for message in batch.raw_iter() {
        let body = message.body().as_string().unwrap_or_default();
        match db::keep_message(&env, &subscriber, &body, clock::now()).await {
            Ok(()) => message.ack(),
            Err(problem) => {
                log::error("a dead letter could not be kept", &[("queue", &queue), ("problem", &problem.to_string())]);
                message.retry();
            }
        }
    }
    Ok(())
}
