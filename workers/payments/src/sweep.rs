//! Payments that nobody has settled are asked about until somebody has: right after the customer came back, on a hint, and by cron every
//! minute, with growing pauses. So webhooks are welcome and not needed.

use crate::db::{self, Ask, Payment, due, notices};
use crate::gateways::{Gateways, SANDBOX, client, notice_url, sandbox};
use crate::rules::plan::{self, Next};
use crate::rules::retry::pause;
use crate::rules::status::CaptureMode;
use crate::rules::step::{Seen, Source};
use crate::settle::{self, Sight};
use crate::{api, retry_after, tenders};
use futures_util::future::join_all;
use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, clock, log};
use kirana_gateways::{Call, Capture, Charge, Failure, Gateway, Known, Outcome, Reason, State};
use kirana_kernel::{Id, Money, Timestamp};
use std::time::Duration;
use worker::Env;

/// Payments of one sweep.
const MOST: u32 = 60;

/// Asked at once: the runtime holds six lines open.
const AT_ONCE: usize = 5;

/// How long one sweep begins new questions.
const ROUNDS: Duration = Duration::from_secs(15);

/// Questions about one payment in a row: a look, a step, a look after it.
const STEPS: u32 = 4;

/// Asks about every payment that is due, and tries parked notices again. A fault is logged; the next sweep goes on.
pub async fn run(env: &Env) {
    if let Err(problem) = payments(env).await {
        log::error("payments could not be asked about", &[("problem", &problem.to_string())]);
    }
    if let Err(problem) = parked(env).await {
        log::error("parked notices wait", &[("problem", &problem.to_string())]);
    }
}

async fn payments(env: &Env) -> Result<()> {
    let (db, begun) = (Db::of(env)?, clock::now());
    for group in due::payments(&db, begun, MOST).await?.chunks(AT_ONCE) {
        if clock::now().since(begun) > ROUNDS {
            break;
        }
        let asked = group.iter().map(|payment| async {
            if let Err(problem) = pursue(env, payment, Turn::Claimed).await {
                let id = payment.id.to_string();
                log::error("a payment waits", &[("payment", &id), ("problem", &problem.to_string())]);
            }
        });
        join_all(asked).await;
    }
    Ok(())
}

async fn parked(env: &Env) -> Result<()> {
    let db = Db::of(env)?;
    let (due, dropped) = notices::due(&db, clock::now()).await?;
    if dropped > 0 {
        log::error("notices about nothing that is known were dropped", &[("notices", &dropped.to_string())]);
    }
    for notice in due {
        if let Err(problem) = api::webhooks::again(env, &db, &notice).await {
            log::error("a parked notice waits", &[("gateway", &notice.gateway), ("problem", &problem.to_string())]);
        }
    }
    Ok(())
}

/// What a gateway is asked for when it is asked for money.
///
/// # Errors
/// 500 for what was kept and cannot be read.
pub fn charge(env: &Env, payment: &Payment) -> Result<Charge> {
    let ask: Ask = payment.inner.ask.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let mut charge = Charge::new(payment.id, payment.amount);
    (charge.capture, charge.challenge) = (capture(payment), payment.inner.step_up);
    if payment.gateway != "stripe" {
        // Stripe shows it to nobody who pays; ours stands in its metadata.
        charge.description = format!("Order {}", payment.order_id);
    }
    charge.notice_url = notice_url(env, &payment.gateway, payment.id)?;
    (charge.customer, charge.save_method) = (ask.customer, ask.save);
    (charge.method, charge.return_url, charge.cancel_url) = (ask.method, ask.return_url, ask.cancel_url);
    Ok(charge)
}

const fn capture(payment: &Payment) -> Capture {
    match payment.capture {
        CaptureMode::Automatic => Capture::Automatic,
        CaptureMode::Manual => Capture::Manual,
    }
}

fn call(env: &Env, payment: &Payment, next: Next) -> Result<Option<Call>> {
    let known = Known {
        payment: payment.id,
        reference: payment.reference.clone(),
        transaction: payment.inner.transaction.clone(),
    };
    let key = |id: Option<Id>| id.unwrap_or(payment.id);
    Ok(match next {
        Next::Rest | Next::GiveUp(_) => None,
        Next::Charge => Some(Call::Charge(charge(env, payment)?)),
        Next::Look => Some(Call::Look(known)),
        Next::Complete => Some(Call::Complete {
            known,
            attempt: key(payment.inner.complete_id),
            capture: capture(payment),
            method: None,
            return_url: None,
        }),
        Next::Capture(amount) => Some(Call::Capture {
            known,
            capture: key(payment.inner.capture_id),
            amount: Money::new(amount, payment.amount.currency),
            is_final: true,
        }),
        Next::Void => Some(Call::Void(known)),
    })
}

/// How a payment is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// By one of all who would at once, each next time later: for charges, where asking twice at once could be two.
    Claimed,
    /// Now, as somebody waits: for looks and steps that have a key of their own.
    AtOnce,
}

/// Finds out how it stands with a payment and does what is to be done. Answers the payment as it stands then, with what its customer has
/// to do.
///
/// # Errors
/// 500 when the database or the configuration fails; what the gateway does is none.
pub async fn pursue(env: &Env, payment: &Payment, turn: Turn) -> Result<Payment> {
    let db = Db::of(env)?;
    let claimed = turn == Turn::Claimed || payment.reference.is_none();
    let attempts = payment.inner.attempts;
    let pause = claimed.then(|| pause(retry_after(env), attempts));
    let due::Standing { is_ours, is_closed, mut payment } = due::claim(&db, payment, clock::now(), pause).await?;
    if !is_ours {
        return Ok(payment);
    }
    let gateways = Gateways::of(env)?;
    // This question counts from the next on.
    payment.inner.attempts = attempts;
    let mut next = plan::first(&payment.facts(is_closed, clock::now()));
    for _ in 0..STEPS {
        if payment.gateway == SANDBOX {
            return sandboxed(env, &db, &payment, next).await;
        }
        if let Next::GiveUp(why) = next {
            give_up(&db, &payment, why, is_closed).await?;
            return read(&db, payment.id).await;
        }
        if tenders::is_own(&payment.gateway) {
            tenders::charge(env, &db, &payment, next).await?;
            return read(&db, payment.id).await;
        }
        let Some(call) = call(env, &payment, next)? else { break };
        let gateway = gateways
            .account(&payment.gateway)
            .ok_or_else(|| Problem::internal(format!("GATEWAYS has no {} any more", payment.gateway)))?;
        let answer = client::ask(env, gateway, &call).await;
        written(&db, &payment, next, &answer).await?;
        let action = action(&gateways, &payment, &answer);
        payment = read(&db, payment.id).await?;
        (payment.action, payment.inner.attempts) = (action, attempts);
        next = plan::then(&payment.facts(is_closed, clock::now()), next, &answer);
    }
    Ok(payment)
}

/// Looks at a payment, also one that is settled: a notice said something else of it.
///
/// # Errors
/// As [`pursue`].
pub async fn look_at(env: &Env, payment: &Payment) -> Result<()> {
    if !payment.status.is_settled() {
        return pursue(env, payment, Turn::AtOnce).await.map(|_| ());
    }
    let (db, gateways) = (Db::of(env)?, Gateways::of(env)?);
    let (Some(gateway), Some(call)) = (gateways.account(&payment.gateway), call(env, payment, Next::Look)?) else {
        return Ok(());
    };
    let answer = client::ask(env, gateway, &call).await;
    written(&db, payment, Next::Look, &answer).await
}

async fn read(db: &Db, id: Id) -> Result<Payment> {
    db::by_id(db, id).await?.ok_or_else(|| Problem::internal("the payment is gone"))
}

fn action(
    gateways: &Gateways,
    payment: &Payment,
    answer: &Result<Outcome, Failure>,
) -> Option<crate::gateways::NextAction> {
    match answer {
        Ok(Outcome { state: State::ActionRequired(action), .. }) => Some(gateways.action(&payment.gateway, action)),
        _ => None,
    }
}

/// Writes down what an answer says.
async fn written(db: &Db, payment: &Payment, asked: Next, answer: &Result<Outcome, Failure>) -> Result<()> {
    let seen = match (asked, answer) {
        (_, Ok(outcome)) => Seen::from(outcome),
        (Next::Charge, Err(Failure::Refused(_))) => answer.as_ref().err().map_or(Seen::Nothing, Seen::from),
        (Next::Charge, Err(Failure::Unknown(_))) => Seen::Unknown,
        // What is refused after the charge is the call: the payment stands as before.
        (_, Err(_)) => Seen::Nothing,
    };
    let outcome = answer.as_ref().ok();
    let doubt = match answer {
        Ok(_) => None,
        Err(Failure::Refused(refusal)) if refusal.reason == Reason::NotFound => {
            Some("the gateway does not find it".into())
        }
        Err(failure) => Some(failure.to_string()),
    };
    let sight = Sight {
        seen,
        source: Source::Answer,
        reference: outcome.and_then(|outcome| outcome.reference.as_deref()),
        transaction: outcome.and_then(|outcome| outcome.transaction.as_deref()),
        doubt,
    };
    settle::payment(db, payment.id, &sight, None, &[]).await.map(|_| ())
}

async fn give_up(db: &Db, payment: &Payment, why: &str, is_closed: bool) -> Result<()> {
    let unwanted = is_closed || payment.inner.void_wanted;
    let seen = if unwanted { Seen::Cancelled(why.to_owned()) } else { Seen::Failed(why.to_owned()) };
    let sight = Sight { seen, source: Source::Answer, reference: None, transaction: None, doubt: None };
    settle::payment(db, payment.id, &sight, None, &[]).await.map(|_| ())
}

/// The sandbox is asked for money, and nothing else: what became of it, it tells by itself.
async fn sandboxed(env: &Env, db: &Db, payment: &Payment, next: Next) -> Result<Payment> {
    match next {
        Next::Charge => {
            let token = charge(env, payment)?.method.unwrap_or_default();
            // Its bank asks when it is told to, as others do.
            let asked = payment.inner.step_up && token == "tok_success";
            let token = if asked { "tok_challenge".to_owned() } else { token };
            match sandbox::charge(env, payment.id, payment.amount, &token).await {
                Ok(reference) => return due::with_reference(db, payment.id, &reference).await,
                Err(problem) => {
                    // It knows the payment by our id: whoever comes next may ask at once.
                    db.batch(vec![due::soon(payment.id, clock::now())]).await?;
                    return Err(problem);
                }
            }
        }
        Next::GiveUp(why) => give_up(db, payment, why, true).await?,
        _ => {}
    }
    read(db, payment.id).await
}

/// Can this gateway do that at all? For an answer before anything is written.
///
/// # Errors
/// 409 `not_possible` with what the gateway has not.
pub fn possible(env: &Env, gateway: &Gateway, payment: &Payment, next: Next) -> Result<()> {
    let Some(call) = call(env, payment, next)? else { return Ok(()) };
    client::check(gateway, &call).map_err(|invalid| Problem::conflict("not_possible", invalid.to_string()))
}

/// When the first question by cron comes, for a payment that is made now.
#[must_use]
pub fn first_question(env: &Env, now: Timestamp) -> i64 {
    (now + retry_after(env)).millis()
}
