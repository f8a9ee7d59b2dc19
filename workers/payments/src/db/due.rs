//! SQL of what is asked again, and of what people want of a payment that is held.

use super::Payment;
use super::payment::Row;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
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

/// Takes a payment for one question: false when another took it since it was read, or it is not due. The next question is after `pause`.
///
/// # Errors
/// 500 when the database refuses.
pub async fn claim(db: &Db, payment: &Payment, now: Timestamp, pause: Duration) -> Result<bool> {
    let changed = db
        .run(
            "UPDATE payments SET attempts = attempts + 1, next_at = ?3 WHERE id = ?1 AND attempts = ?2 AND (attempts = 0 OR next_at <= ?4)
             AND status NOT IN ('completed', 'refunded', 'failed', 'cancelled')",
            params![payment.id, payment.inner.attempts, now + pause, now],
        )
        .await?;
    Ok(changed == 1)
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

/// Was this order called off?
///
/// # Errors
/// 500 when the database refuses.
pub async fn is_closed(db: &Db, order: Id) -> Result<bool> {
    #[derive(Deserialize)]
    struct Closed {}
    let sql = "SELECT order_id FROM closed_orders WHERE order_id = ?1";
    Ok(db.first::<Closed>(sql, params![order]).await?.is_some())
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
