//! SQL of lists for people.

use super::Payment;
use super::payment::Row;
use crate::rules::status::{RefundStatus, Status};
use kirana_edge::db::Db;
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which payments.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this order.
    pub order: Option<Id>,
    /// Of this store.
    pub store: Option<Id>,
    /// That stand so.
    pub status: Option<Status>,
    /// By this gateway.
    pub gateway: Option<String>,
    /// That a person should look at.
    pub flagged: bool,
    /// Made before this one.
    pub before: Option<Id>,
}

/// Payments, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn payments(db: &Db, filter: &Filter, limit: usize) -> Result<Vec<Payment>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT * FROM payments WHERE (?1 IS NULL OR order_id = ?1) AND (?2 IS NULL OR store_id = ?2)
                AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR gateway = ?4) AND (?5 = 0 OR flag IS NOT NULL)
                AND (?6 IS NULL OR id < ?6) ORDER BY id DESC LIMIT ?7",
            params![
                filter.order,
                filter.store,
                filter.status.map(Status::as_str),
                filter.gateway.clone(),
                filter.flagged,
                filter.before,
                limit
            ],
        )
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A refund, as people see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundView {
    /// Its id.
    pub id: Id,
    /// The payment.
    pub payment_id: Id,
    /// The payment's order.
    pub order_id: Id,
    /// The payment's store.
    pub store_id: Id,
    /// By which gateway.
    pub gateway: String,
    /// How it stands.
    pub status: RefundStatus,
    /// What goes back.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Why it was refused the last time.
    pub failure: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct RefundRow {
    id: String,
    payment_id: String,
    order_id: String,
    store_id: String,
    gateway: String,
    status: RefundStatus,
    amount: i64,
    currency: String,
    reason: String,
    failure: Option<String>,
    attempts: u32,
    created_at: i64,
}

/// Refunds that stand so, of a store or of all, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn refunds(
    db: &Db,
    status: Option<&str>,
    store: Option<Id>,
    before: Option<Id>,
    limit: usize,
) -> Result<Vec<RefundView>> {
    let rows: Vec<RefundRow> = db
        .all(
            "SELECT r.id, r.payment_id, p.order_id, p.store_id, p.gateway, r.status, r.amount, p.currency, r.reason, r.failure,
                    r.attempts, r.created_at
             FROM refunds r JOIN payments p ON p.id = r.payment_id
             WHERE (?1 IS NULL OR r.status = ?1) AND (?2 IS NULL OR p.store_id = ?2) AND (?3 IS NULL OR r.id < ?3)
             ORDER BY r.id DESC LIMIT ?4",
            params![status, store, before, limit],
        )
        .await?;
    let view = |row: RefundRow| {
        Ok(RefundView {
            id: kirana_edge::db::id(&row.id)?,
            payment_id: kirana_edge::db::id(&row.payment_id)?,
            order_id: kirana_edge::db::id(&row.order_id)?,
            store_id: kirana_edge::db::id(&row.store_id)?,
            gateway: row.gateway,
            status: row.status,
            amount: Money::new(row.amount, row.currency.parse()?),
            reason: row.reason,
            failure: row.failure,
            attempts: row.attempts,
            created_at: Timestamp::from_millis(row.created_at),
        })
    };
    rows.into_iter().map(view).collect()
}
