//! The books of the chain: balances, statements, periods, royalties and payouts of franchisees, reports of gateways, invoices, gift
//! cards.
//!
//! Tables: gift_cards and those that begin with `ledger_`, in the database of payments; payments and refunds are only read. Events in and
//! out: none. Payments posts what gateways and orders do, in the batch of the change itself; this worker posts what people decide.

pub mod api;
pub mod codes;
pub mod signals;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use std::cell::OnceCell;
use worker::{Context, Env, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::ledger::trial_balance))
        .routes(routes!(api::ledger::statement))
        .routes(routes!(api::periods::close))
        .routes(routes!(api::royalties::agreement, api::royalties::set_agreement))
        .routes(routes!(api::royalties::list, api::royalties::royalties))
        .routes(routes!(api::royalties::detail))
        .routes(routes!(api::royalties::payout))
        .routes(routes!(api::reconcile::reconcile))
        .routes(routes!(api::exceptions::list))
        .routes(routes!(api::exceptions::resolve))
        .routes(routes!(api::invoices::get))
        .routes(routes!(api::invoices::list))
        .routes(routes!(api::invoices::send))
        .routes(routes!(api::riders::cash))
        .routes(routes!(api::riders::settle))
        .routes(routes!(api::risk::list))
        .routes(routes!(api::risk::decide))
        .routes(routes!(api::risk::rules, api::risk::set_rules))
        .route("/internal/risk/assess", axum::routing::post(api::risk::assess_payment))
        .routes(routes!(api::gift_cards::list, api::gift_cards::sell))
        .routes(routes!(api::gift_cards::redeem))
        .routes(routes!(api::gift_cards::void))
        .routes(routes!(api::gift_cards::balance))
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
