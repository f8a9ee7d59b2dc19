//! What the fraud rules say of an attempt to pay. They live in books, with the database of payments; here is told what is known.

use crate::db::Payment;
use crate::gateways::{Gateways, SANDBOX, client};
use crate::tenders;
use kirana_contracts::order::Order;
use kirana_contracts::risk::{Assessed, PaymentAttempt, Verdict};
use kirana_edge::{Principal, Result, call, principal};
use kirana_gateways::Gateway;
use worker::Env;

/// Asks the rules. Nothing is paid without their word: while they cannot be asked, neither can a gateway.
///
/// # Errors
/// 503 when books does not answer.
pub async fn assess(
    env: &Env,
    gateways: &Gateways,
    caller: &Principal,
    payment: &Payment,
    order: &Order,
    token: Option<&str>,
) -> Result<Verdict> {
    // The sandbox's tokens are its cards.
    let sandbox_card = token.filter(|_| payment.gateway == SANDBOX).map(str::to_owned);
    let from = caller.from.as_deref().cloned().unwrap_or_default();
    let stripe = gateways.account(&payment.gateway).filter(|gateway| matches!(gateway, Gateway::Stripe(_)));
    let mut attempt = PaymentAttempt {
        payment_id: payment.id,
        order_id: payment.order_id,
        store_id: payment.store_id,
        customer_id: payment.customer_id,
        gateway: payment.gateway.clone(),
        moves_money: payment.gateway != SANDBOX,
        can_step_up: tenders::can_step_up(&payment.gateway),
        amount: payment.amount,
        device: Some(format!("{}|{}", from.network, from.device)).filter(|device| device.len() > 2),
        network: Some(from.network).filter(|text| !text.is_empty()),
        network_country: Some(from.country).filter(|text| !text.is_empty()),
        address: order.deliver_to.as_ref().map(|to| to.address.clone()),
        card_can_be_known: stripe.is_some() && token.is_some(),
        card: sandbox_card,
        card_country: None,
    };
    let books = call::service(env, "BOOKS", &principal::service("payments")).repeatable();
    let mut assessed: Assessed = books.post("/internal/risk/assess", &attempt).await?;
    if let (true, Some(gateway), Some(token)) = (assessed.wants_card, stripe, token) {
        let card = client::card(env, gateway, token).await;
        (attempt.card_can_be_known, attempt.card, attempt.card_country) = (false, card.fingerprint, card.country);
        assessed = books.post("/internal/risk/assess", &attempt).await?;
    }
    Ok(assessed.verdict)
}
