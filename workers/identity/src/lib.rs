//! Identity: users, credentials, sessions, roles, staff assignments.
//!
//! Tables: users, staff_assignments, sessions, refresh_tokens, revocations, tickets, factors,
//! recovery_codes, guesses, api_keys,
//! invitations, audit_log, outbox. Events out: those from identity
//! in the catalogue. Events in: none.
//! It alone holds the key that signs access tokens; the gateway verifies them against `/.well-known/jwks.json`.

pub mod api;
pub mod db;
pub mod rules;

use axum::Router;
use kirana_edge::db::Db;
use kirana_edge::outbox::Source;
use kirana_edge::{Incoming, Outgoing, Result, Routes, clock, log, routes, sealed, sealed_column};
use kirana_events::Subscriber;
use std::cell::OnceCell;
use worker::{Context, Env, ScheduleContext, ScheduledEvent, event};

/// Identity as a source of events.
pub const SOURCE: Source = Source {
    name: "identity",
    subscribers: &[
        Subscriber::Notifications,
        Subscriber::Loyalty,
        Subscriber::Orders,
        Subscriber::Customers,
        Subscriber::Sso,
        Subscriber::Payments,
    ],
};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::register::register))
        .routes(routes!(api::register::guest))
        .routes(routes!(api::register::bootstrap))
        .routes(routes!(api::login::login))
        .routes(routes!(api::login::me))
        .routes(routes!(api::second_factor::finish))
        .routes(routes!(api::second_factor::login_code))
        .routes(routes!(api::second_factor::step_up))
        .routes(routes!(api::second_factor::step_up_code))
        .routes(routes!(api::factors::list))
        .routes(routes!(api::factors::enrol_totp))
        .routes(routes!(api::factors::enrol_mail))
        .routes(routes!(api::factors::enrol_sms))
        .routes(routes!(api::factors::confirm))
        .routes(routes!(api::factors::remove))
        .routes(routes!(api::factors::renew_codes))
        .routes(routes!(api::verification::look, api::verification::verify))
        .routes(routes!(api::verification::resend))
        .routes(routes!(api::verification::forgot))
        .routes(routes!(api::verification::reset))
        .routes(routes!(api::verification::change_password))
        .routes(routes!(api::sessions::refresh))
        .routes(routes!(api::sessions::logout))
        .routes(routes!(api::sessions::list, api::sessions::revoke_all))
        .routes(routes!(api::sessions::revoke))
        .routes(routes!(api::users::create, api::users::list))
        .routes(routes!(api::users::customers))
        .routes(routes!(api::users::staff_list))
        .routes(routes!(api::users::set_rights))
        .routes(routes!(api::users::end_sessions))
        .routes(routes!(api::profile::get, api::profile::put, api::profile::delete))
        .routes(routes!(api::invitations::list, api::invitations::create))
        .routes(routes!(api::invitations::withdraw))
        .routes(routes!(api::invitations::accept))
        .routes(routes!(api::audit::search))
        .routes(routes!(api::audit::proof))
        .routes(routes!(api::api_keys::list, api::api_keys::create))
        .routes(routes!(api::api_keys::revoke))
        .routes(routes!(api::keys::jwks))
        .route("/internal/candidates", axum::routing::post(api::internal::candidate))
        .route("/internal/reassignments", axum::routing::post(api::internal::reassign))
        .route("/internal/stores/{id}/staff", axum::routing::get(api::internal::of_store))
        .route("/internal/api-keys/resolve", axum::routing::post(api::api_keys::resolve))
        .route("/internal/tickets/{id}", axum::routing::get(api::internal::ticket))
        .route("/internal/revocations", axum::routing::get(api::internal::revocations))
        .route("/internal/people/by-address", axum::routing::post(api::social::by_address))
        .route("/internal/sessions", axum::routing::post(api::social::session))
        .route("/internal/audit", axum::routing::post(api::internal::note))
        .route("/internal/outbox/ack", axum::routing::post(api::keys::outbox_ack))
}

/// Requests from the gateway, and acknowledgements from subscribers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let changes = request.method() != "GET";
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if changes {
        ctx.wait_until(async move { SOURCE.flush(&env).await });
    }
    response
}

/// Sends again what a subscriber has not acknowledged, and throws away what nobody can use any more.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    SOURCE.flush(&env).await;
    if let Err(problem) = sweep(&env).await {
        log::error("what is old could not be thrown away", &[("problem", &problem.to_string())]);
    }
}

async fn sweep(env: &Env) -> Result<()> {
    let now = clock::now();
    let mut statements = db::sessions::sweep(now);
    statements.push(db::tickets::sweep(now));
    let db = Db::of(env)?;
    db.batch(statements).await?;
    sealed::renew(env, &[sealed_column!("users", "phone", "id"), sealed_column!("factors", "secret", "user_id")])
        .await?;
    // Logs are kept elsewhere: who cuts the end off the audit log cannot take this line away.
    if now.seconds() / 60 % 60 == 0 {
        let (seq, hash) = db::audit::head(&db).await?;
        log::info("the audit log ends here", &[("seq", &seq.to_string()), ("hash", &hash)]);
    }
    Ok(())
}
