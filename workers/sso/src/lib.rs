//! Single sign-on: the chain as an OpenID Connect provider, for the tools that its franchisees use beside it; and signing in with
//! other providers.
//!
//! Tables: clients, browsers, consents, grants, tokens, signing_keys; links, arrivals; inbox. Events in: CustomerErased. Events out: none. Identity is asked who somebody is,
//! at every step: passwords, second factors and sessions are its own, and what a client was given ends with the session in which
//! its user agreed. It is a part of the identity domain in a script and a database of its own.

pub mod api;
pub mod db;
pub mod events;
pub mod rules;

use axum::Router;
use kirana_edge::db::Db;
use kirana_edge::{Incoming, Outgoing, Result, Routes, clock, log, routes, sealed, sealed_column};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::keys::discovery))
        .routes(routes!(api::keys::jwks))
        .routes(routes!(api::authorize::get, api::authorize::post))
        .routes(routes!(api::sign_in::sign_in))
        .routes(routes!(api::consent::answer))
        .routes(routes!(api::token::token))
        .routes(routes!(api::userinfo::get, api::userinfo::post))
        .routes(routes!(api::revoke::revoke))
        .routes(routes!(api::introspect::introspect))
        .routes(routes!(api::logout::get, api::logout::post))
        .routes(routes!(api::account::get, api::account::post))
        .routes(routes!(api::consent::list))
        .routes(routes!(api::consent::withdraw))
        .routes(routes!(api::clients::list, api::clients::create))
        .routes(routes!(api::clients::update, api::clients::delete))
        .routes(routes!(api::keys::rotate))
        .routes(routes!(api::social::begin::list))
        .routes(routes!(api::social::preauth::begin))
        .routes(routes!(api::social::begin::begin))
        .routes(routes!(api::social::callback::get, api::social::callback::post))
        .routes(routes!(api::social::arrive::session))
        .routes(routes!(api::social::arrive::list, api::social::arrive::link))
        .routes(routes!(api::social::arrive::unlink))
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, _ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Sso, async |event| {
        events::apply(&Event::read(event, events::READS)?)
    })
    .await;
    Ok(())
}

/// Makes signing keys before they are needed, and throws away what nobody can use any more.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    if let Err(problem) = maintain(&env).await {
        log::error("keys and what is old could not be looked after", &[("problem", &problem.to_string())]);
    }
}

async fn maintain(env: &Env) -> Result<()> {
    let db = Db::of(env)?;
    api::keys::maintain(env, &db).await?;
    sealed::renew(env, &[sealed_column!("signing_keys", "sealed", "generation")]).await?;
    db.batch(db::sweep(clock::now())).await?;
    Ok(())
}
