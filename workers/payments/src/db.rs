//! SQL of payments.

pub mod due;
pub mod list;
pub mod methods;
pub mod notices;
mod payment;

pub use payment::{Ask, Inner, Payment};

use crate::rules::status::Status;
use kirana_books::read::MOST_ACCOUNTS;
use kirana_contracts::risk::Review;
use kirana_edge::db::{Db, Statement, constraint, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};
use payment::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Writes a new payment with its events, and with what was posted of it.
///
/// # Errors
/// 409 `insufficient_balance` when the books have less. False when the key was used before: then the payment is there.
pub async fn insert(db: &Db, payment: &Payment, key: &str, events: Vec<Statement>) -> Result<bool> {
    let mut statements = vec![stmt(
        "INSERT INTO payments (id, order_id, store_id, customer_id, gateway, status, amount, currency, idempotency_key, fingerprint, request_id,
            created_at, updated_at, capture, ask, complete_id, capture_id, next_at, captured, review, step_up)
         VALUES (?1, ?2, ?3, ?4, ?5, ?12, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        params![
            payment.id,
            payment.order_id,
            payment.store_id,
            payment.customer_id,
            &payment.gateway,
            payment.amount.amount,
            payment.amount.currency,
            key,
            &payment.inner.fingerprint,
            &payment.inner.request_id,
            payment.created_at,
            payment.status.as_str(),
            payment.capture.as_str(),
            payment.inner.ask.clone(),
            payment.inner.complete_id.unwrap_or(payment.id),
            payment.inner.capture_id.unwrap_or(payment.id),
            payment.inner.next_at,
            payment.captured.amount,
            payment.review.map(Review::as_str),
            payment.inner.step_up
        ],
    )];
    statements.extend(events);
    match db.batch(statements).await {
        Ok(_) => Ok(true),
        Err(error) if constraint(&error, "payments.idempotency_key") => Ok(false),
        Err(error) if kirana_books::below_zero(&error) => Err(insufficient(payment)),
        Err(error) => Err(error.into()),
    }
}

/// The books have less than that.
#[must_use]
pub fn insufficient(payment: &Payment) -> Problem {
    Problem::conflict(
        "insufficient_balance",
        format!("the gift balance is less than {}: see GET /gift-balance, and pay the rest otherwise", payment.amount),
    )
}

/// The payment that a key made.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_key(db: &Db, customer: Id, key: &str) -> Result<Option<Payment>> {
    let row: Option<Row> = db
        .first("SELECT * FROM payments WHERE customer_id = ?1 AND idempotency_key = ?2", params![customer, key])
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// One payment.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: Id) -> Result<Option<Payment>> {
    let row: Option<Row> = db.first("SELECT * FROM payments WHERE id = ?1", params![id]).await?;
    row.map(TryInto::try_into).transpose()
}

/// The payments of an order.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_order(db: &Db, order: Id) -> Result<Vec<Payment>> {
    let rows: Vec<Row> =
        db.all("SELECT * FROM payments WHERE order_id = ?1 ORDER BY id LIMIT 100", params![order]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The last thousand payments of a customer, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_customer(db: &Db, customer: Id) -> Result<Vec<Payment>> {
    let rows: Vec<Row> =
        db.all("SELECT * FROM payments WHERE customer_id = ?1 ORDER BY id DESC LIMIT 1000", params![customer]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What a payment becomes by one step.
#[derive(Debug, Default)]
pub struct Change<'a> {
    /// The gateway's id of it, where none is known yet.
    pub reference: Option<&'a str>,
    /// The gateway's id of what refunds are of.
    pub transaction: Option<&'a str>,
    /// What is held.
    pub authorised: Option<i64>,
    /// What was taken.
    pub captured: Option<i64>,
    /// Why it failed.
    pub failure: Option<&'a str>,
    /// Why nobody knows.
    pub doubt: Option<&'a str>,
    /// What a person should look at.
    pub flag: Option<&'a str>,
}

/// The statements that move a payment on, if it still is what was read; their batch fails when it is not. That a dispute was opened is no news of
/// one that is decided.
#[must_use]
pub fn advance(payment: &Payment, status: Status, change: &Change<'_>, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE payments SET status = ?3, reference = COALESCE(reference, ?4), transaction_id = COALESCE(?5, transaction_id),
                authorised = COALESCE(?6, authorised), captured = COALESCE(?7, captured), failure = ?8, doubt = ?9,
                flag = CASE WHEN ?10 = 'disputed' AND flag IN ('dispute_won', 'dispute_lost') THEN flag ELSE COALESCE(?10, flag) END, next_at = CASE WHEN ?11 THEN NULL ELSE next_at END,
                ask = CASE WHEN ?11 THEN NULL ELSE ask END, updated_at = ?12, version = version + 1
             WHERE id = ?1 AND version = ?2",
            params![
                payment.id,
                payment.inner.version,
                status.as_str(),
                change.reference,
                change.transaction,
                change.authorised,
                change.captured,
                change.failure,
                change.doubt,
                change.flag,
                status.is_settled(),
                now
            ],
        ),
        require_one_change(),
    ]
}

/// An account's balance.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    /// The account, such as `gateway:sandbox` or `deposits:<store>`.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// Debits less credits, in minor units.
    pub balance: i64,
}

/// Every account's balance; per currency they sum to zero.
///
/// # Errors
/// 500 when the database refuses.
pub async fn balances(db: &Db) -> Result<Vec<Balance>> {
    db.all(
        "SELECT account, currency, balance FROM ledger_balances ORDER BY account, currency LIMIT ?1",
        params![MOST_ACCOUNTS],
    )
    .await
}
