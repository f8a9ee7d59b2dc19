//! Tenders that no gateway is asked for: gift balance, which the books hold, points, which loyalty holds, and cash, which comes at the door.

use crate::db::Payment;
use crate::gateways::{CASH, GIFT_BALANCE, POINTS};
use crate::rules::plan::Next;
use crate::rules::step::{Seen, Source};
use crate::settle::{self, Sight};
use kirana_contracts::points::{RestorePoints, Restored, SpendPoints, Spent};
use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, call, log, principal};
use kirana_kernel::{Id, Money};
use worker::Env;

/// Is it one of these?
#[must_use]
pub fn is_own(gateway: &str) -> bool {
    matches!(gateway, GIFT_BALANCE | POINTS | CASH)
}

/// Does somebody ask whoever pays so, beside the platform: a bank, a phone, the gateway's own page?
#[must_use]
pub fn can_step_up(gateway: &str) -> bool {
    !is_own(gateway)
}

/// Does what is to be done next about a payment by one of these.
///
/// # Errors
/// 503 when loyalty does not answer, 500 when the database refuses.
pub async fn charge(env: &Env, db: &Db, payment: &Payment, next: Next) -> Result<()> {
    if next != Next::Charge {
        return Ok(());
    }
    let seen = match payment.gateway.as_str() {
        CASH => Seen::Pending,
        GIFT_BALANCE => Seen::Captured(payment.amount),
        _ => match spend(env, payment).await {
            Ok(_) => Seen::Captured(payment.amount),
            Err(problem) if problem.status == 409 => Seen::Failed(problem.code),
            Err(problem) => return Err(problem),
        },
    };
    match settle::payment(db, payment.id, &sight(seen), None, &[]).await {
        // Approved when it was there, and spent meanwhile.
        Err(problem) if problem.code == "insufficient_balance" => {
            settle::payment(db, payment.id, &sight(Seen::Failed(problem.code)), None, &[]).await.map(|_| ())
        }
        other => other.map(|_| ()),
    }
}

const fn sight<'a>(seen: Seen) -> Sight<'a> {
    Sight { seen, source: Source::Answer, reference: None, transaction: None, doubt: None }
}

/// Takes points, once for each payment however often it is asked.
async fn spend(env: &Env, payment: &Payment) -> Result<Spent> {
    let ask = SpendPoints {
        payment_id: payment.id,
        order_id: payment.order_id,
        store_id: payment.store_id,
        customer_id: payment.customer_id,
        amount: payment.amount,
    };
    call::service(env, "LOYALTY", &principal::service("payments"))
        .repeatable()
        .post("/internal/points/spend", &ask)
        .await
}

/// Gives points back for a part of what they paid, once for each refund.
///
/// # Errors
/// 503 when loyalty does not answer.
pub async fn restore(env: &Env, payment: &Payment, refund: Id, amount: Money) -> Result<()> {
    let ask = RestorePoints { refund_id: refund, payment_id: payment.id, amount };
    let loyalty = call::service(env, "LOYALTY", &principal::service("payments")).repeatable();
    let restored: Result<Restored> = loyalty.post("/internal/points/restore", &ask).await;
    if let Err(problem) = &restored {
        log::error(
            "points wait to be given back",
            &[("refund", &refund.to_string()), ("problem", &problem.to_string())],
        );
    }
    restored.map(|_| ()).map_err(|problem| Problem::unavailable(problem.detail))
}
