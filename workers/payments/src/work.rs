//! What is done after something changed, and again by cron until it succeeds: events to subscribers, refunds to gateways.

use crate::db::{self, Payment};
use crate::gateways::{CASH, GIFT_BALANCE, Gateways, POINTS, SANDBOX, client, notice_url, sandbox};
use crate::refunds::{self, Refund};
use crate::rules::retry::{Refunding, pause, refunding};
use crate::{SOURCE, retry_after, settle, tenders};
use kirana_edge::db::{Db, id};
use kirana_edge::{Problem, Result, clock, log};
use kirana_gateways::{Call, Failure, Known, Outcome, Reason};
use kirana_kernel::{Money, Timestamp};
use std::time::Duration;
use worker::Env;

/// How long one call begins new refunds: what is under way then ends within the half minute that the runtime gives it.
const ROUNDS: Duration = Duration::from_secs(12);

/// Sends what waits. A fault is logged; the next change or the cron tries again.
pub async fn after_change(env: &Env) {
    work_off(env, clock::now() - refunds::PAYABLE).await;
}

/// The same for whatever may have been left, however long ago.
pub async fn by_cron(env: &Env) {
    work_off(env, Timestamp::from_millis(0)).await;
    let forgotten = match Db::of(env) {
        Ok(database) => refunds::forget_totals(&database, clock::now()).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = forgotten {
        log::error("old totals could not be forgotten", &[("problem", &problem.to_string())]);
    }
}

async fn work_off(env: &Env, since: Timestamp) {
    if let Err(problem) = ask_for_refunds(env, since).await {
        log::error("refunds wait for their gateway", &[("problem", &problem.to_string())]);
    }
    SOURCE.flush(env).await;
}

async fn ask_for_refunds(env: &Env, since: Timestamp) -> Result<()> {
    let database = Db::of(env)?;
    let begun = clock::now();
    for refund in refunds::open_refunds(&database, begun, since, clock::new_id).await? {
        if clock::now().since(begun) > ROUNDS {
            break;
        }
        // One whose gateway has a bad day keeps no other waiting.
        if let Err(problem) = one(env, &database, &refund).await {
            log::error("a refund waits", &[("refund", &refund.id), ("problem", &problem.to_string())]);
        }
    }
    Ok(())
}

async fn one(env: &Env, database: &Db, refund: &Refund) -> Result<()> {
    let now = clock::now();
    if !refunds::claim(database, refund, now, pause(retry_after(env), refund.attempts)).await? {
        return Ok(());
    }
    let payment = db::by_id(database, id(&refund.payment_id)?).await?;
    let payment = payment.ok_or_else(|| Problem::internal("a refund without its payment"))?;
    let amount = Money::new(refund.amount, payment.amount.currency);
    if payment.gateway == SANDBOX {
        let charge = payment.reference.as_deref().unwrap_or_default();
        let reference = sandbox::refund(env, id(&refund.id)?, charge, amount).await?;
        return refunds::set_pending(database, refund, Some(&reference), false).await;
    }
    if payment.gateway == GIFT_BALANCE {
        // It is the same batch that says so and that gives it back.
        return settle::refund(database, &payment, refund, None, None).await;
    }
    if payment.gateway == POINTS {
        tenders::restore(env, &payment, id(&refund.id)?, amount).await?;
        return settle::refund(database, &payment, refund, None, None).await;
    }
    if payment.gateway == CASH {
        // Whoever hands it back says so by asking for the refund; what nobody asked for, nobody has handed back.
        return if refund.is_automatic() {
            settle::refund_failed(database, &payment, refund, "cash_to_be_handed_back").await
        } else {
            settle::refund(database, &payment, refund, None, None).await
        };
    }
    let answer = ask(env, &payment, refund, amount).await?;
    apply(database, &payment, refund, amount, &answer, now).await
}

/// Asks for the refund, or how it stands: by our own id where the gateway knows it, so that nothing is asked for twice.
async fn ask(env: &Env, payment: &Payment, refund: &Refund, amount: Money) -> Result<Result<Outcome, Failure>> {
    let gateways = Gateways::of(env)?;
    let gateway = gateways
        .account(&payment.gateway)
        .ok_or_else(|| Problem::internal(format!("GATEWAYS has no {} any more", payment.gateway)))?;
    let known = Known {
        payment: payment.id,
        reference: payment.reference.clone(),
        transaction: payment.inner.transaction.clone(),
    };
    let key = id(&refund.attempt_id)?;
    let look = Call::LookRefund { known: known.clone(), refund: key, reference: refund.reference.clone() };
    let notice_url = notice_url(env, &payment.gateway, payment.id)?;
    let call = Call::Refund { known, refund: key, amount, notice_url };
    let by_our_id = matches!(payment.gateway.as_str(), "razorpay" | "swish" | "d2i");
    if refund.reference.is_some() {
        return Ok(client::ask(env, gateway, &look).await);
    }
    if refund.attempts > 0 && by_our_id {
        let found = client::ask(env, gateway, &look).await;
        if !matches!(&found, Err(Failure::Refused(refusal)) if refusal.reason == Reason::NotFound) {
            return Ok(found);
        }
    }
    Ok(client::ask(env, gateway, &call).await)
}

/// What the answer means for the refund, written down.
///
/// # Errors
/// 500 when the database refuses.
pub async fn apply(
    database: &Db,
    payment: &Payment,
    refund: &Refund,
    amount: Money,
    answer: &Result<Outcome, Failure>,
    now: Timestamp,
) -> Result<()> {
    let reference = answer.as_ref().ok().and_then(|outcome| outcome.reference.as_deref());
    let age = now.since(Timestamp::from_millis(refund.attempt_at));
    match refunding(amount, answer, refund.attempts, age) {
        Refunding::Done => settle::refund(database, payment, refund, reference, None).await,
        Refunding::Pending => refunds::set_pending(database, refund, reference, true).await,
        Refunding::Again => Ok(()),
        Refunding::Anew(failure) => {
            database.batch(vec![refunds::anew(refund, clock::new_id(), failure, now)]).await?;
            Ok(())
        }
        Refunding::Failed(failure) => {
            settle::refund_failed(database, payment, refund, failure).await?;
            log::error(
                "a refund needs a person",
                &[("refund", &refund.id), ("payment", &refund.payment_id), ("failure", failure)],
            );
            Ok(())
        }
    }
}
