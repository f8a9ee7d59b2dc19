//! SQL of payments.

use kirana_books::read::MOST_ACCOUNTS;
use kirana_edge::db::{Db, Statement, constraint, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A payment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: Id,
    /// The order it pays.
    pub order_id: Id,
    /// The order's store.
    pub store_id: Id,
    /// Who pays.
    pub customer_id: Id,
    /// `sandbox`, ...
    pub gateway: String,
    /// The gateway's own id of it.
    pub reference: Option<String>,
    /// `initiated`, `completed`, `failed` or `refunded`.
    pub status: String,
    /// What is to be paid.
    pub amount: Money,
    /// What of it was given back.
    pub refunded: Money,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    #[serde(skip)]
    #[schema(ignore)]
    /// What the request was: the same key with another is a mistake.
    pub fingerprint: String,
    #[serde(skip)]
    #[schema(ignore)]
    /// The request that began it.
    pub request_id: String,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    order_id: String,
    store_id: String,
    customer_id: String,
    gateway: String,
    reference: Option<String>,
    status: String,
    amount: i64,
    refunded: i64,
    currency: String,
    failure: Option<String>,
    fingerprint: String,
    request_id: String,
    created_at: i64,
}

impl TryFrom<Row> for Payment {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self> {
        let currency = row.currency.parse()?;
        Ok(Self {
            id: kirana_edge::db::id(&row.id)?,
            order_id: kirana_edge::db::id(&row.order_id)?,
            store_id: kirana_edge::db::id(&row.store_id)?,
            customer_id: kirana_edge::db::id(&row.customer_id)?,
            gateway: row.gateway,
            reference: row.reference,
            status: row.status,
            amount: Money::new(row.amount, currency),
            refunded: Money::new(row.refunded, currency),
            failure: row.failure,
            fingerprint: row.fingerprint,
            request_id: row.request_id,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Writes a new payment with its events.
///
/// # Errors
/// False when the key was used before: then the payment is there.
pub async fn insert(db: &Db, payment: &Payment, key: &str, events: Vec<Statement>) -> Result<bool> {
    let mut statements = vec![stmt(
        "INSERT INTO payments (id, order_id, store_id, customer_id, gateway, status, amount, currency, idempotency_key, fingerprint, request_id, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 'initiated', ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
        params![
            payment.id,
            payment.order_id,
            payment.store_id,
            payment.customer_id,
            &payment.gateway,
            payment.amount.amount,
            payment.amount.currency,
            key,
            &payment.fingerprint,
            &payment.request_id,
            payment.created_at
        ],
    )];
    statements.extend(events);
    match db.batch(statements).await {
        Ok(_) => Ok(true),
        Err(error) if constraint(&error, "payments.idempotency_key") => Ok(false),
        Err(error) => Err(error.into()),
    }
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

/// Remembers the gateway's own id of a payment.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_reference(db: &Db, id: Id, reference: &str) -> Result<()> {
    db.run("UPDATE payments SET reference = ?2 WHERE id = ?1", params![id, reference]).await?;
    Ok(())
}

/// The statements that move a payment on, once: from `initiated` only.
#[must_use]
pub fn settle(id: Id, status: &'static str, failure: Option<&str>, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE payments SET status = ?2, failure = ?3, updated_at = ?4 WHERE id = ?1 AND status = 'initiated'",
            params![id, status, failure, now],
        ),
        require_one_change(),
    ]
}

/// The statements that do nothing to a payment but make their batch fail when it is settled.
#[must_use]
pub fn unsettled(id: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("UPDATE payments SET updated_at = ?2 WHERE id = ?1 AND status = 'initiated'", params![id, now]),
        require_one_change(),
    ]
}

/// Notes a notice of a gateway, once; the batch fails when it was noted before.
#[must_use]
pub fn note_webhook(gateway: &str, event_id: &str, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT OR IGNORE INTO webhooks (gateway, event_id, received_at) VALUES (?1, ?2, ?3)",
            params![gateway, event_id, now],
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
