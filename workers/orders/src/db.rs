//! SQL of the history.

use kirana_contracts::order::Order;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, OrderStatus, Timestamp};
use serde::Deserialize;
use worker::Env;

/// Whose orders.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// A customer's.
    Customer(Id),
    /// A store's.
    Store(Id),
}

/// The statement that brings the history up to an order's version; a stale one changes nothing.
///
/// # Errors
/// 500 when the order cannot be written as JSON.
pub fn keep(order: &Order) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO orders (id, store_id, customer_id, status, version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, document = excluded.document
         WHERE excluded.version > orders.version",
        params![order.id, order.store_id, order.customer.id, order.status, order.version, serde_json::to_string(order)?],
    ))
}

/// What was ordered at a store in a span of time and paid, the oldest first, 200 at most.
///
/// # Errors
/// 500 when the database refuses.
pub async fn paid_between(
    env: &Env,
    store: Id,
    from: Timestamp,
    until: Timestamp,
    after: Option<Id>,
) -> Result<Vec<Order>> {
    #[derive(Deserialize)]
    struct Row {
        document: String,
    }
    // Ids begin with their moment.
    let first = |moment: Timestamp| Id::new(moment, [0; 10]);
    let rows: Vec<Row> = Db::of(env)?
        .all(
            "SELECT document FROM orders WHERE store_id = ?1 AND id >= ?2 AND id < ?3 AND (?4 IS NULL OR id > ?4)
                AND status NOT IN ('placed', 'cancelled', 'expired') ORDER BY id LIMIT 200",
            params![store, first(from), first(until), after],
        )
        .await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}

/// Has somebody ordered before, but for one order? What was called off or never paid does not count, and what was ordered some seconds ago may not
/// be known yet.
///
/// # Errors
/// 500 when the database refuses.
pub async fn has_ordered(env: &Env, customer: Id, but: Option<Id>) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "1")]
        _one: i64,
    }
    let row: Option<Row> = Db::of(env)?
        .first(
            "SELECT 1 FROM orders WHERE customer_id = ?1 AND status NOT IN ('cancelled', 'expired') AND id <> COALESCE(?2, '') LIMIT 1",
            params![customer, but],
        )
        .await?;
    Ok(row.is_some())
}

/// Orders before one, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(
    env: &Env,
    whose: Whose,
    status: Option<OrderStatus>,
    before: Option<Id>,
    limit: usize,
) -> Result<Vec<Order>> {
    #[derive(Deserialize)]
    struct Row {
        document: String,
    }
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let (sql, id) = match whose {
        Whose::Customer(id) => (
            "SELECT document FROM orders WHERE customer_id = ?1 AND id < ?2 AND (?3 IS NULL OR status = ?3) ORDER BY id DESC LIMIT ?4",
            id,
        ),
        Whose::Store(id) => (
            "SELECT document FROM orders WHERE store_id = ?1 AND id < ?2 AND (?3 IS NULL OR status = ?3) ORDER BY id DESC LIMIT ?4",
            id,
        ),
    };
    let rows: Vec<Row> = Db::of(env)?.all(sql, params![id, before, status, limit + 1]).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}
