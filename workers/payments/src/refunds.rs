//! SQL of refunds: what is due back, and what became of it.

use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use serde::Deserialize;

/// The statement that remembers what an order costs since it changed.
#[must_use]
pub fn order_total(order: Id, version: u32, total: Money, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO order_totals (order_id, version, total, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (order_id) DO UPDATE SET version = excluded.version, total = excluded.total, at = excluded.at
         WHERE excluded.version > order_totals.version",
        params![order, version, total.amount, now],
    )
}

/// The statement that remembers it where something is known of the order already: a payment is asked for what it costs now.
#[must_use]
pub fn order_total_if_known(order: Id, version: u32, total: Money) -> Statement {
    stmt(
        "UPDATE order_totals SET version = ?2, total = ?3 WHERE order_id = ?1 AND version < ?2",
        params![order, version, total.amount],
    )
}

/// How long after it changed an order may still be paid.
const PAYABLE: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// A refund that its gateway has not been asked for, or has not answered.
#[derive(Debug, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: String,
    /// The payment.
    pub payment_id: String,
    /// What is given back, in minor units.
    pub amount: i64,
    /// Why.
    pub reason: String,
}

/// The statement that begins a refund for a cause: nothing when there is one for it, or more would go back than came.
#[must_use]
pub fn begin_refund(id: Id, payment: Id, amount: i64, reason: &str, cause: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT OR IGNORE INTO refunds (id, payment_id, status, amount, reason, cause, created_at)
         SELECT ?1, p.id, 'initiated', ?3, ?4, ?5, ?6 FROM payments p WHERE p.id = ?2 AND p.status IN ('completed', 'refunded')
            AND ?3 + COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) <= p.amount",
        params![id, payment, amount, reason, cause, now],
    )
}

/// Makes the refunds that are due, and answers all that wait for their gateway: of orders that were called off, everything;
/// of orders that cost less than was captured for them, the difference.
///
/// # Errors
/// 500 when the database refuses.
pub async fn open_refunds(db: &Db, now: Timestamp, new_id: impl Fn() -> Id) -> Result<Vec<Refund>> {
    #[derive(Deserialize)]
    struct Due {
        id: String,
        amount: i64,
        cause: String,
        reason: String,
    }
    let closed: Vec<Due> = db
        .all(
            "SELECT p.id AS id, 'closed ' || p.id AS cause, 'the order was called off' AS reason,
                    p.amount - COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) AS amount
             FROM closed_orders c JOIN payments p ON p.order_id = c.order_id
             WHERE p.status = 'completed' AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.cause = 'closed ' || p.id) LIMIT 50",
            params![],
        )
        .await?;
    db.run("DELETE FROM order_totals WHERE at < ?1", params![now - PAYABLE]).await?;
    // An order that never changed has no row here. The newest payment gives back first.
    let beyond: Vec<Due> = db
        .all(
            "SELECT id, 'version ' || version || ' of ' || order_id || ' ' || id AS cause, 'the order costs less' AS reason,
                    MIN(left_of_it, kept - total) AS amount
             FROM (SELECT p.id AS id, t.order_id AS order_id, t.version AS version, t.total AS total,
                          p.amount - COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) AS left_of_it,
                          (SELECT SUM(q.amount) FROM payments q WHERE q.order_id = t.order_id AND q.status IN ('completed', 'refunded'))
                          - COALESCE((SELECT SUM(r.amount) FROM refunds r JOIN payments q ON q.id = r.payment_id
                                      WHERE q.order_id = t.order_id AND r.status <> 'failed'), 0) AS kept
                   FROM order_totals t JOIN payments p ON p.order_id = t.order_id WHERE p.status = 'completed')
             WHERE kept > total AND left_of_it > 0 ORDER BY id DESC LIMIT 1",
            params![],
        )
        .await?;
    let statements: Vec<_> = closed
        .iter()
        .chain(&beyond)
        .filter(|due| due.amount > 0)
        .map(|due| {
            let payment = kirana_edge::db::id(&due.id)?;
            Ok(begin_refund(new_id(), payment, due.amount, &due.reason, &due.cause, now))
        })
        .collect::<Result<_>>()?;
    if !statements.is_empty() {
        db.batch(statements).await?;
    }
    db.all("SELECT id, payment_id, amount, reason FROM refunds WHERE status = 'initiated' AND reference IS NULL ORDER BY created_at LIMIT 50", params![])
        .await
}

/// A refund by its id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn refund(db: &Db, id: Id) -> Result<Option<Refund>> {
    db.first("SELECT id, payment_id, amount, reason FROM refunds WHERE id = ?1", params![id]).await
}

/// Remembers the gateway's own id of a refund.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_refund_reference(db: &Db, id: &str, reference: &str) -> Result<()> {
    db.run("UPDATE refunds SET reference = ?2 WHERE id = ?1", params![id, reference]).await?;
    Ok(())
}

/// The statements that complete a refund, once.
#[must_use]
pub fn complete_refund(id: Id, payment: Id, amount: i64, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("UPDATE refunds SET status = 'completed' WHERE id = ?1 AND status = 'initiated'", params![id]),
        require_one_change(),
        stmt(
            "UPDATE payments SET refunded = refunded + ?2, updated_at = ?3,
                    status = CASE WHEN refunded + ?2 = amount THEN 'refunded' ELSE status END WHERE id = ?1",
            params![payment, amount, now],
        ),
    ]
}

/// Is there a refund for this cause?
///
/// # Errors
/// 500 when the database refuses.
pub async fn has_cause(db: &Db, cause: &str) -> Result<bool> {
    let found: Option<Refund> =
        db.first("SELECT id, payment_id, amount, reason FROM refunds WHERE cause = ?1", params![cause]).await?;
    Ok(found.is_some())
}
