//! SQL of refunds: what is due back, and what became of it.

use crate::rules::status::RefundStatus;
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

/// The statements that ask for less cash where an order costs less than was promised at its door, or for none: then the promise ends. An older
/// word changes nothing: [`order_total`] comes before.
#[must_use]
pub fn promise_less(order: Id, version: u32, open: i64, now: Timestamp) -> Vec<Statement> {
    const LESS: &str = "UPDATE payments SET amount = ?3, updated_at = ?4, version = version + 1
         WHERE order_id = ?1 AND gateway = 'cash_on_delivery' AND status = 'pending' AND amount > ?3
         AND (SELECT version FROM order_totals WHERE order_id = ?1) = ?2";
    const NONE: &str = "UPDATE payments SET void_wanted = 1, next_at = ?3, attempts = 0, version = version + 1
         WHERE order_id = ?1 AND gateway = 'cash_on_delivery' AND status = 'pending'
         AND (SELECT version FROM order_totals WHERE order_id = ?1) = ?2";
    vec![if open > 0 {
        stmt(LESS, params![order, version, open, now])
    } else {
        stmt(NONE, params![order, version, now])
    }]
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
pub const PAYABLE: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// A refund.
#[derive(Debug, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: String,
    /// The payment.
    pub payment_id: String,
    /// The gateway's key of it: another after a refusal, the same after silence.
    pub attempt_id: String,
    /// When that key was made.
    pub attempt_at: i64,
    /// The gateway's own id of it.
    pub reference: Option<String>,
    /// How it stands.
    pub status: RefundStatus,
    /// What is given back, in minor units.
    pub amount: i64,
    /// Why.
    pub reason: String,
    /// What it is for.
    pub cause: String,
    /// How often it was tried.
    pub attempts: u32,
}

impl Refund {
    /// Did the platform begin it by itself?
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.cause.starts_with("closed ") || self.cause.starts_with("version ")
    }
}

/// The statement that begins a refund for a cause: nothing when there is one for it, or more would go back than came.
#[must_use]
pub fn begin_refund(id: Id, payment: Id, amount: i64, reason: &str, cause: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT OR IGNORE INTO refunds (id, payment_id, attempt_id, attempt_at, status, amount, reason, cause, created_at, next_at)
         SELECT ?1, p.id, ?1, ?6, 'initiated', ?3, ?4, ?5, ?6, ?6 FROM payments p WHERE p.id = ?2 AND p.status IN ('completed', 'refunded')
            AND ?3 + COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) <= p.captured",
        params![id, payment, amount, reason, cause, now],
    )
}

/// Makes the refunds that are due, and answers all whose gateway is to be asked now: of orders that were called off, everything;
/// of orders that cost less than was captured for them, the difference. Orders that were called off longer ago than `since` are not
/// looked at: nothing is due for them, unless somebody pays late.
///
/// # Errors
/// 500 when the database refuses.
pub async fn open_refunds(db: &Db, now: Timestamp, since: Timestamp, new_id: impl Fn() -> Id) -> Result<Vec<Refund>> {
    #[derive(Deserialize)]
    struct Due {
        id: String,
        amount: i64,
        cause: String,
        reason: String,
    }
    // The planner would begin with payments, of which there are ever more. An order that never changed has no total here; of one that did,
    // the newest payment gives back first.
    let due: Vec<Due> = db
        .all(
            "SELECT * FROM (
                SELECT p.id AS id, 'closed ' || p.id AS cause, 'the order was called off' AS reason,
                       p.captured - COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) AS amount
                FROM closed_orders c CROSS JOIN payments p ON p.order_id = c.order_id
                WHERE c.at >= ?1 AND p.status = 'completed' AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.cause = 'closed ' || p.id) LIMIT 50)
             UNION ALL SELECT * FROM (
                SELECT id, 'version ' || version || ' of ' || order_id || ' ' || id AS cause, 'the order costs less' AS reason,
                       MIN(left_of_it, kept - total) AS amount
                FROM (SELECT p.id AS id, t.order_id AS order_id, t.version AS version, t.total AS total,
                             p.captured - COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) AS left_of_it,
                             (SELECT SUM(q.captured) FROM payments q WHERE q.order_id = t.order_id AND q.status IN ('completed', 'refunded'))
                             - COALESCE((SELECT SUM(r.amount) FROM refunds r JOIN payments q ON q.id = r.payment_id
                                         WHERE q.order_id = t.order_id AND r.status <> 'failed'), 0) AS kept
                      FROM order_totals t CROSS JOIN payments p ON p.order_id = t.order_id WHERE t.at >= ?2 AND p.status = 'completed')
                WHERE kept > total AND left_of_it > 0 ORDER BY id DESC LIMIT 1)",
            params![since, now - PAYABLE],
        )
        .await?;
    let statements: Vec<_> = due
        .iter()
        .filter(|due| due.amount > 0)
        .map(|due| {
            let payment = kirana_edge::db::id(&due.id)?;
            Ok(begin_refund(new_id(), payment, due.amount, &due.reason, &due.cause, now))
        })
        .collect::<Result<_>>()?;
    if !statements.is_empty() {
        db.batch(statements).await?;
    }
    db.all("SELECT * FROM refunds WHERE next_at <= ?1 ORDER BY next_at LIMIT 50", params![now]).await
}

/// Forgets what orders cost since they changed, once nobody pays for them any more.
///
/// # Errors
/// 500 when the database refuses.
pub async fn forget_totals(db: &Db, now: Timestamp) -> Result<()> {
    db.run("DELETE FROM order_totals WHERE at < ?1", params![now - PAYABLE]).await?;
    Ok(())
}

/// Takes a refund for one try: false when another took it since it was read. The next try is after `pause`.
///
/// # Errors
/// 500 when the database refuses.
pub async fn claim(db: &Db, refund: &Refund, now: Timestamp, pause: std::time::Duration) -> Result<bool> {
    let sql = "UPDATE refunds SET attempts = attempts + 1, next_at = ?3
               WHERE id = ?1 AND attempts = ?2 AND next_at IS NOT NULL AND status IN ('initiated', 'pending')";
    Ok(db.run(sql, params![&refund.id, refund.attempts, now + pause]).await? == 1)
}

/// A refund by its id, by the key of its last attempt, or by the gateway's id of it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn refund(db: &Db, ours: Option<Id>, reference: Option<&str>) -> Result<Option<Refund>> {
    let sql = "SELECT * FROM refunds WHERE id = ?1 OR attempt_id = ?1 OR reference = ?2 LIMIT 1";
    db.first(sql, params![ours, reference]).await
}

/// The statement that lets the gateway be asked at once.
#[must_use]
pub fn soon(refund: &Refund, now: Timestamp) -> Statement {
    stmt(
        "UPDATE refunds SET next_at = ?2 WHERE id = ?1 AND status IN ('initiated', 'pending')",
        params![&refund.id, now],
    )
}

/// What of a payment was to go back by now, in minor units, what failed left out.
///
/// # Errors
/// 500 when the database refuses.
pub async fn asked_for(db: &Db, payment: Id) -> Result<i64> {
    #[derive(Deserialize)]
    struct Sum {
        amount: i64,
    }
    let sql = "SELECT COALESCE(SUM(amount), 0) AS amount FROM refunds WHERE payment_id = ?1 AND status <> 'failed'";
    Ok(db.first::<Sum>(sql, params![payment]).await?.map_or(0, |sum| sum.amount))
}

/// Notes that the gateway is at it. Without a next try where its notices alone tell what became of it (the sandbox).
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_pending(db: &Db, refund: &Refund, reference: Option<&str>, is_asked_again: bool) -> Result<()> {
    let sql =
        "UPDATE refunds SET reference = COALESCE(?2, reference), status = CASE WHEN ?3 THEN 'pending' ELSE status END,
                   next_at = CASE WHEN ?3 THEN next_at END
               WHERE id = ?1 AND attempt_id = ?4 AND status IN ('initiated', 'pending')";
    db.run(sql, params![&refund.id, reference, is_asked_again, &refund.attempt_id]).await?;
    Ok(())
}

/// The statement after a refusal: another attempt, with a key of its own. Nothing when that attempt is over already.
#[must_use]
pub fn anew(refund: &Refund, key: Id, failure: &str, now: Timestamp) -> Statement {
    stmt(
        "UPDATE refunds SET attempt_id = ?2, attempt_at = ?3, reference = NULL, status = 'initiated', failure = ?4
         WHERE id = ?1 AND attempt_id = ?5 AND status IN ('initiated', 'pending')",
        params![&refund.id, key, now, failure, &refund.attempt_id],
    )
}

/// The statement that leaves a refund to a person.
#[must_use]
pub fn fail(refund: &Refund, failure: &str) -> Statement {
    stmt(
        "UPDATE refunds SET status = 'failed', failure = ?2, next_at = NULL
         WHERE id = ?1 AND attempt_id = ?3 AND status IN ('initiated', 'pending')",
        params![&refund.id, failure, &refund.attempt_id],
    )
}

/// The statements that complete a refund, once; `reference` is the gateway's own id of it, by which its report names it.
#[must_use]
pub fn complete_refund(id: Id, reference: Option<&str>, payment: Id, amount: i64, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE refunds SET status = 'completed', failure = NULL, next_at = NULL, reference = COALESCE(reference, ?2)
             WHERE id = ?1 AND status IN ('initiated', 'pending')",
            params![id, reference],
        ),
        require_one_change(),
        stmt(
            "UPDATE payments SET refunded = refunded + ?2, updated_at = ?3, version = version + 1,
                    status = CASE WHEN refunded + ?2 = captured THEN 'refunded' ELSE status END WHERE id = ?1",
            params![payment, amount, now],
        ),
    ]
}

/// Is there a refund for this cause?
///
/// # Errors
/// 500 when the database refuses.
pub async fn has_cause(db: &Db, cause: &str) -> Result<bool> {
    let found: Option<Refund> = db.first("SELECT * FROM refunds WHERE cause = ?1", params![cause]).await?;
    Ok(found.is_some())
}
