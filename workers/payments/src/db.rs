//! SQL of payments and their ledger.

pub mod due;
pub mod list;
pub mod notices;

use crate::gateways::NextAction;
use crate::rules::plan::Facts;
use crate::rules::status::{CaptureMode, Known, Status};
use kirana_edge::db::{Db, Statement, constraint, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: Id,
    /// The order it pays.
    pub order_id: Id,
    /// The order's store.
    pub store_id: Id,
    /// Who pays.
    pub customer_id: Id,
    /// `stripe`, `razorpay`, `paypal`, `swish`, `d2i`, `cash_on_delivery`, or `sandbox`, which moves no money.
    pub gateway: String,
    /// The gateway's own id of it.
    pub reference: Option<String>,
    /// How it stands.
    pub status: Status,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// What is to be paid.
    pub amount: Money,
    /// What is held of it, or was before it was taken.
    pub authorised: Money,
    /// What of it was taken.
    pub captured: Money,
    /// What of that was given back.
    pub refunded: Money,
    /// Why it failed.
    pub failure: Option<String>,
    /// Why nobody knows what became of it, while nobody does.
    pub doubt: Option<String>,
    /// What a person should look at: `amount_mismatch`, `currency_mismatch`, `captured_twice`, `disputed`, `refunded_elsewhere`,
    /// `refund_taken_back`.
    pub flag: Option<String>,
    /// What the customer has to do; told to who pays only, and only in answers to `initiate` and `verify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<NextAction>,
    /// When it was asked for.
    pub created_at: Timestamp,
    #[serde(skip)]
    #[schema(ignore)]
    /// What the worker itself needs.
    pub inner: Inner,
}

/// What of a payment is nobody else's business.
#[derive(Clone, Debug, Default)]
pub struct Inner {
    /// What the request was: the same key with another is a mistake.
    pub fingerprint: String,
    /// The request that began it.
    pub request_id: String,
    /// The gateway's id of what refunds are of.
    pub transaction: Option<String>,
    /// What the gateway is asked besides: [`Ask`], as JSON.
    pub ask: Option<String>,
    /// The key of going on after consent.
    pub complete_id: Option<Id>,
    /// The key of taking what is held.
    pub capture_id: Option<Id>,
    /// So much of what is held is wanted.
    pub capture_amount: Option<i64>,
    /// It is to be given free.
    pub void_wanted: bool,
    /// Whoever changes it has read this one.
    pub version: u32,
    /// How often the sweep has asked.
    pub attempts: u32,
    /// When it asks next.
    pub next_at: Option<i64>,
}

/// What a gateway is asked besides the amount: kept while it may have to be asked again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ask {
    /// The gateway's token of a method.
    #[serde(default)]
    pub method: Option<String>,
    /// Where the customer's browser comes back to.
    #[serde(default)]
    pub return_url: Option<String>,
    /// Where it comes back to when they changed their mind.
    #[serde(default)]
    pub cancel_url: Option<String>,
}

impl Payment {
    /// What the rules need of it.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        Known {
            status: self.status,
            capture: self.capture,
            amount: self.amount,
            captured: self.captured,
            capture_amount: self.inner.capture_amount,
            transaction: self.inner.transaction.as_deref(),
        }
    }

    /// What the plan needs of it.
    #[must_use]
    pub fn facts(&self, is_closed: bool, now: Timestamp) -> Facts<'_> {
        Facts {
            gateway: &self.gateway,
            status: self.status,
            capture: self.capture,
            has_reference: self.reference.is_some(),
            is_closed,
            void_wanted: self.inner.void_wanted,
            capture_amount: self.inner.capture_amount,
            attempts: self.inner.attempts,
            age: now.since(self.created_at),
        }
    }
}

#[derive(Deserialize)]
struct Row {
    id: String,
    order_id: String,
    store_id: String,
    customer_id: String,
    gateway: String,
    reference: Option<String>,
    transaction_id: Option<String>,
    status: Status,
    capture: CaptureMode,
    amount: i64,
    authorised: i64,
    captured: i64,
    refunded: i64,
    currency: String,
    failure: Option<String>,
    doubt: Option<String>,
    flag: Option<String>,
    ask: Option<String>,
    complete_id: String,
    capture_id: String,
    capture_amount: Option<i64>,
    void_wanted: i64,
    version: u32,
    attempts: u32,
    next_at: Option<i64>,
    fingerprint: String,
    request_id: String,
    created_at: i64,
}

impl TryFrom<Row> for Payment {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self> {
        let currency = row.currency.parse()?;
        let inner = Inner {
            fingerprint: row.fingerprint,
            request_id: row.request_id,
            transaction: row.transaction_id,
            ask: row.ask,
            complete_id: Some(kirana_edge::db::id(&row.complete_id)?),
            capture_id: Some(kirana_edge::db::id(&row.capture_id)?),
            capture_amount: row.capture_amount,
            void_wanted: row.void_wanted != 0,
            version: row.version,
            attempts: row.attempts,
            next_at: row.next_at,
        };
        Ok(Self {
            id: kirana_edge::db::id(&row.id)?,
            order_id: kirana_edge::db::id(&row.order_id)?,
            store_id: kirana_edge::db::id(&row.store_id)?,
            customer_id: kirana_edge::db::id(&row.customer_id)?,
            gateway: row.gateway,
            reference: row.reference,
            status: row.status,
            capture: row.capture,
            amount: Money::new(row.amount, currency),
            authorised: Money::new(row.authorised, currency),
            captured: Money::new(row.captured, currency),
            refunded: Money::new(row.refunded, currency),
            failure: row.failure,
            doubt: row.doubt,
            flag: row.flag,
            action: None,
            created_at: Timestamp::from_millis(row.created_at),
            inner,
        })
    }
}

/// Writes a new payment with its events.
///
/// # Errors
/// False when the key was used before: then the payment is there.
pub async fn insert(db: &Db, payment: &Payment, key: &str, events: Vec<Statement>) -> Result<bool> {
    let mut statements = vec![stmt(
        "INSERT INTO payments (id, order_id, store_id, customer_id, gateway, status, amount, currency, idempotency_key, fingerprint, request_id,
            created_at, updated_at, capture, ask, complete_id, capture_id, next_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?12, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?13, ?14, ?15, ?16, ?17)",
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
            payment.inner.next_at
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

/// The statements that move a payment on, if it still is what was read; their batch fails when it is not.
#[must_use]
pub fn advance(payment: &Payment, status: Status, change: &Change<'_>, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE payments SET status = ?3, reference = COALESCE(reference, ?4), transaction_id = COALESCE(?5, transaction_id),
                authorised = COALESCE(?6, authorised), captured = COALESCE(?7, captured), failure = ?8, doubt = ?9,
                flag = COALESCE(?10, flag), next_at = CASE WHEN ?11 THEN NULL ELSE next_at END,
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

/// Remembers the sandbox's own id of a payment: what becomes of it, its notices tell.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_reference(db: &Db, id: Id, reference: &str) -> Result<()> {
    let sql = "UPDATE payments SET reference = ?2, next_at = NULL WHERE id = ?1";
    db.run(sql, params![id, reference]).await?;
    Ok(())
}

/// The statement that moves money in the ledger.
#[must_use]
pub fn transfer(id: Id, debit: &str, credit: &str, amount: Money, order: Id, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO ledger (id, debit, credit, amount, currency, order_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id, debit, credit, amount.amount, amount.currency, order, now],
    )
}

/// An account's balance.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    /// The account, such as `gateway:sandbox` or `sales:<store>`.
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
        "SELECT account, currency, SUM(amount) AS balance FROM
            (SELECT debit AS account, currency, amount FROM ledger UNION ALL SELECT credit, currency, -amount FROM ledger)
         GROUP BY account, currency ORDER BY account, currency LIMIT 1000",
        params![],
    )
    .await
}
