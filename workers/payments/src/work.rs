//! What is done after something changed, and again by cron until it succeeds: events to subscribers, refunds to gateways.

use crate::gateways::{Gateway, sandbox::Sandbox};
use crate::{SOURCE, db, refunds};
use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, clock, log};
use kirana_kernel::Money;
use worker::Env;

/// Sends what waits. A fault is logged; the next change or the cron tries again.
pub async fn after_change(env: &Env) {
    if let Err(problem) = ask_for_refunds(env).await {
        log::error("refunds wait for their gateway", &[("problem", &problem.to_string())]);
    }
    SOURCE.flush(env).await;
}

async fn ask_for_refunds(env: &Env) -> Result<()> {
    let database = Db::of(env)?;
    for refund in refunds::open_refunds(&database, clock::now(), clock::new_id).await? {
        let payment = db::by_id(&database, kirana_edge::db::id(&refund.payment_id)?).await?;
        let payment = payment.ok_or_else(|| Problem::internal("a refund without its payment"))?;
        let amount = Money::new(refund.amount, payment.amount.currency);
        let charge = payment.reference.as_deref().unwrap_or_default();
        let reference = Sandbox(env).refund(kirana_edge::db::id(&refund.id)?, charge, amount).await?;
        refunds::set_refund_reference(&database, &refund.id, &reference).await?;
    }
    Ok(())
}
