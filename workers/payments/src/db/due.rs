//! SQL of what is asked again, and of what people want of a payment that is held.

use super::Payment;
use super::payment::Row;
use kirana_edge::db::{Answer, Db, Statement, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use std::time::Duration;

/// Payments that nobody has settled and that are due, the longest waiting first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn payments(db: &Db, now: Timestamp, most: u32) -> Result<Vec<Payment>> {
    let sql = "SELECT * FROM payments WHERE next_at <= ?1 ORDER BY next_at LIMIT ?2";
    let rows: Vec<Row> = db.all(sql, params![now, most]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A payment as it stands when it is to be asked about.
pub struct Standing {
    /// It was taken for this question.
    pub is_ours: bool,
    /// Its order was called off.
    pub is_closed: bool,
    /// The payment: another may have written since it was read.
    pub payment: Payment,
}

/// Takes a payment for one question, the next to be after `pause`, and reads how it stands. It is not ours when another took it since it
/// was read, or it is not due. Without a pause it is only read.
///
/// # Errors
/// 500 when the database refuses, or the payment is gone.
pub async fn claim(db: &Db, payment: &Payment, now: Timestamp, pause: Option<Duration>) -> Result<Standing> {
    #[derive(Deserialize)]
    struct Closed {}
    let claim = pause.map(|pause| {
        stmt(
            "UPDATE payments SET attempts = attempts + 1, next_at = ?3 WHERE id = ?1 AND attempts = ?2 AND (attempts = 0 OR next_at <= ?4)
             AND status NOT IN ('completed', 'refunded', 'failed', 'cancelled')",
            params![payment.id, payment.inner.attempts, now + pause, now],
        )
    });
    let mut statements = vec![
        stmt("SELECT order_id FROM closed_orders WHERE order_id = ?1", params![payment.order_id]),
        by_id(payment.id),
    ];
    statements.splice(0..0, claim);
    let answers = db.answers(statements).await?;
    let [before @ .., closed, read] = answers.as_slice() else {
        return Err(Problem::internal("the database answered less than it was asked"));
    };
    let is_ours = before.first().is_none_or(|claimed| claimed.changes == 1);
    Ok(Standing { is_ours, is_closed: !closed.rows::<Closed>()?.is_empty(), payment: the_one(read)? })
}

/// Remembers the sandbox's own id of a payment, and reads it: what becomes of it, its notices tell.
///
/// # Errors
/// 500 when the database refuses, or the payment is gone.
pub async fn with_reference(db: &Db, id: Id, reference: &str) -> Result<Payment> {
    let sql = "UPDATE payments SET reference = ?2, next_at = NULL WHERE id = ?1";
    let answers = db.answers(vec![stmt(sql, params![id, reference]), by_id(id)]).await?;
    the_one(answers.last().ok_or_else(|| Problem::internal("the database answered nothing"))?)
}

fn by_id(id: Id) -> Statement {
    stmt("SELECT * FROM payments WHERE id = ?1", params![id])
}

fn the_one(read: &Answer) -> Result<Payment> {
    let row = read.rows::<Row>()?.into_iter().next();
    row.ok_or_else(|| Problem::internal("the payment is gone"))?.try_into()
}

/// The statement that lets the sweep ask at once.
#[must_use]
pub fn soon(payment: Id, now: Timestamp) -> Statement {
    stmt(
        "UPDATE payments SET next_at = ?2 WHERE id = ?1 AND status NOT IN ('completed', 'refunded', 'failed', 'cancelled')",
        params![payment, now],
    )
}

/// Notes that so much of what is held is wanted; the first word counts. False when the payment is not held, or is to be given free.
///
/// # Errors
/// 500 when the database refuses.
pub async fn want_capture(db: &Db, payment: Id, amount: i64, now: Timestamp) -> Result<bool> {
    let changed = db
        .run(
            "UPDATE payments SET capture_amount = COALESCE(capture_amount, ?2), next_at = ?3, attempts = 0, version = version + 1
             WHERE id = ?1 AND status = 'authorised' AND void_wanted = 0 AND COALESCE(capture_amount, ?2) = ?2",
            params![payment, amount, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Notes that what is held is to be given free, or what was not paid yet ended. False when it is settled, or being taken.
///
/// # Errors
/// 500 when the database refuses.
pub async fn want_void(db: &Db, payment: Id, now: Timestamp) -> Result<bool> {
    let changed = db
        .run(
            "UPDATE payments SET void_wanted = 1, next_at = ?2, attempts = 0, version = version + 1
             WHERE id = ?1 AND capture_amount IS NULL AND status IN ('initiated', 'unknown', 'requires_action', 'pending', 'authorised')",
            params![payment, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Remembers which of an order's payments Razorpay's checkout spoke of.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_transaction(db: &Db, payment: Id, transaction: &str) -> Result<()> {
    let sql = "UPDATE payments SET transaction_id = ?2, version = version + 1 WHERE id = ?1 AND captured = 0";
    db.run(sql, params![payment, transaction]).await?;
    Ok(())
}

/// The statement that makes the payments of an order due that nobody has settled: it was called off.
#[must_use]
pub fn of_order(order: Id, now: Timestamp) -> Statement {
    stmt(
        "UPDATE payments SET next_at = ?2 WHERE order_id = ?1 AND (gateway <> 'sandbox' OR reference IS NULL)
         AND status IN ('initiated', 'unknown', 'requires_action', 'pending', 'authorised')",
        params![order, now],
    )
}

/// Notes who takes the cash, a rider or somebody of the store; the first word counts.
///
/// # Errors
/// 500 when the database refuses.
pub async fn collected_by(db: &Db, payment: Id, who: Id, is_rider: bool) -> Result<()> {
    let hands = if is_rider { "rider" } else { "store" };
    let sql = "UPDATE payments SET collected_by = ?2, collected_as = ?3, version = version + 1
               WHERE id = ?1 AND status = 'pending' AND collected_by IS NULL";
    db.run(sql, params![payment, who, hands]).await?;
    Ok(())
}

/// The payment that a gateway calls so, by its id or by that of its transaction.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_reference(
    db: &Db,
    gateway: &str,
    reference: Option<&str>,
    transaction: Option<&str>,
) -> Result<Option<Payment>> {
    let row: Option<Row> = match (reference, transaction) {
        (Some(reference), _) => {
            db.first("SELECT * FROM payments WHERE gateway = ?1 AND reference = ?2", params![gateway, reference])
                .await?
        }
        (None, Some(transaction)) => {
            db.first("SELECT * FROM payments WHERE gateway = ?1 AND transaction_id = ?2", params![gateway, transaction])
                .await?
        }
        (None, None) => None,
    };
    row.map(TryInto::try_into).transpose()
}
