//! Devices: the registry of the chain's machines, how they become its machines, and the way to the hubs that they speak to.
//!
//! What a device says and does is with the hub of its store (`durable-objects/device-hub`); this worker decides who may ask, and passes on.
//! Tables: devices, audit, breaches, rollouts, rollout_devices, kind_days, inbox. R2: manifests of firmware. Events in: DeviceOnline, DeviceOffline, DeviceDataReceived,
//! DeviceError. Events out: none of its own, the hubs publish.

pub mod api;
pub mod boards;
pub mod db;
pub mod events;
pub mod live;
pub mod rollout;
pub mod rules;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::registry::list, api::registry::create))
        .routes(routes!(api::claim::claim))
        .routes(routes!(api::breaches::list))
        .routes(routes!(api::breaches::resolve))
        .routes(routes!(api::figures::figures))
        .routes(routes!(api::firmware::list, api::firmware::publish))
        .routes(routes!(api::firmware::get))
        .routes(routes!(api::rollouts::create, api::rollouts::list))
        .routes(routes!(api::rollouts::get))
        .routes(routes!(api::rollouts::halt))
        .routes(routes!(api::connect::call))
        .routes(routes!(api::registry::get, api::registry::change))
        .routes(routes!(api::registry::history))
        .routes(routes!(api::claim::new_code))
        .routes(routes!(api::claim::new_key))
        .routes(routes!(api::claim::rotate))
        .routes(routes!(api::claim::revoke))
        .routes(routes!(api::hub::status))
        .routes(routes!(api::machines::takings))
        .routes(routes!(api::machines::restock))
        .routes(routes!(api::hub::series))
        .routes(routes!(api::hub::logs))
        .routes(routes!(api::hub::command))
        .routes(routes!(api::hub::commands))
        .routes(routes!(api::hub::configure))
        .routes(routes!(api::socket::connect))
        .routes(routes!(api::socket::follow))
        .route("/internal/metrics", axum::routing::get(api::figures::metrics))
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

/// Roll-outs go on, and menu boards follow.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    rollout::go_on(&env).await;
    boards::follow(&env).await;
}

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Devices, async |event| {
        let event = Event::read(event, events::READS)?;
        live::tell(&env, &event).await;
        events::apply(&env, &event).await
    })
    .await;
    Ok(())
}
