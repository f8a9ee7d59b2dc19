//! Payments: gateways behind one client, refunds, and what of it is posted in the books.
//!
//! Tables: payments, refunds, payment_customers, payment_methods, closed_orders, order_totals, webhooks, parked_notices, ledger_*, inbox, outbox. Events out:
//! PaymentInitiated, PaymentPending, PaymentCompleted, PaymentFailed, RefundInitiated, RefundCompleted, RefundFailed. Events in: OrderCancelled,
//! OrderAmended, OrderCompleted, OrderRefunded, CustomerErased. A timeout is not a failure: a payment is `unknown` until its gateway says what became of
//! it, and money that comes for an order that was called off goes back by the way it came. What a gateway says goes through
//! `rules::step` and is written by `settle` alone; what it is asked next says `rules::plan`, and `sweep` asks it. No card number
//! comes in: `api::clean`.

pub mod api;
pub mod db;
pub mod events;
pub mod gateways;
pub mod ledger;
pub mod methods;
pub mod notices;
pub mod refunds;
pub mod risk;
pub mod rules;
pub mod settle;
pub mod sweep;
pub mod tenders;
pub mod work;

use axum::Router;
use kirana_edge::outbox::Source;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use std::time::Duration;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Payments as a source of events.
pub const SOURCE: Source = Source { name: "payments", subscribers: &[Subscriber::Orders, Subscriber::Notifications] };

/// How long after the first question a gateway is asked the second time: `PAYMENT_RETRY_SECONDS`, 30 if that is not a number.
pub(crate) fn retry_after(env: &Env) -> Duration {
    let seconds = env.var("PAYMENT_RETRY_SECONDS").ok().and_then(|value| value.to_string().parse().ok());
    Duration::from_secs(seconds.unwrap_or(30))
}

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::checkout::initiate))
        .routes(routes!(api::checkout::verify))
        .routes(routes!(api::checkout::gateways))
        .routes(routes!(api::methods::list))
        .routes(routes!(api::methods::remove))
        .routes(routes!(api::payments::list))
        .routes(routes!(api::payments::of_order))
        .routes(routes!(api::refunds::list))
        .routes(routes!(api::refunds::refund))
        .routes(routes!(api::steps::capture))
        .routes(routes!(api::steps::void))
        .routes(routes!(api::steps::collected))
        .routes(routes!(api::payments::ledger))
        .routes(routes!(api::payments::get))
        .routes(routes!(api::webhooks::receive))
        .route("/internal/metrics", axum::routing::get(api::metrics::metrics))
        .route("/internal/customers/{id}/payments", axum::routing::get(api::payments::of_customer))
        .route("/internal/outbox/ack", axum::routing::post(api::payments::outbox_ack))
}

/// Requests from the gateway, webhooks among them, and acknowledgements from subscribers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    // An acknowledgement sends what comes next by itself.
    let changes = request.method() == "POST" && !request.url().ends_with("/internal/outbox/ack");
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if changes {
        ctx.wait_until(async move { work::after_change(&env).await });
    }
    response
}

/// Orders that were called off, changed or completed.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Payments, async |event| {
        let event = Event::read(event, events::READS)?;
        let place = match ledger::orders::completed(&event) {
            Some(order) => Some(ledger::stores::place(&env, order.store_id).await?),
            None => None,
        };
        events::apply(&event, place.as_ref())
    })
    .await;
    work::after_change(&env).await;
    Ok(())
}

/// Asks about what no gateway has settled, and sends again what a subscriber or a gateway has not acknowledged.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    sweep::run(&env).await;
    work::by_cron(&env).await;
    methods::forget(&env).await;
}
