//! SQL of the history.

use kirana_contracts::order::Order;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Fulfilment, Id, Timestamp};
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

/// Which of them.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// With one of these statuses: a JSON array.
    pub status: Option<String>,
    /// Placed at this moment or after it.
    pub from: Option<Timestamp>,
    /// Placed before this moment.
    pub until: Option<Timestamp>,
    /// Handed over so.
    pub fulfilment: Option<Fulfilment>,
    /// With this pickup number, or with this in their customer's name.
    pub found: Option<&'a str>,
}

/// Orders before one, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(
    env: &Env,
    whose: Whose,
    wanted: &Wanted<'_>,
    before: Option<Id>,
    limit: usize,
) -> Result<Vec<Order>> {
    #[derive(Deserialize)]
    struct Row {
        document: String,
    }
    // Ids begin with their moment; `g` is above all of them, and nothing is below an empty text.
    let first = |moment: Timestamp| Id::new(moment, [0; 10]).to_string();
    let until = wanted.until.map(first).into_iter().chain(before.map(|id| id.to_string())).min();
    let until = until.unwrap_or_else(|| "g".to_owned());
    let from = wanted.from.map(first).unwrap_or_default();
    let fulfilment = wanted.fulfilment.map(|one| serde_json::to_string(&one)).transpose()?;
    let (sql, id) = match (whose, wanted.found) {
        (Whose::Customer(id), None) => (
            "SELECT document FROM orders WHERE customer_id = ?1 AND id < ?2 AND id >= ?3
                AND (?4 IS NULL OR status IN (SELECT value FROM json_each(?4)))
                AND (?5 IS NULL OR document -> '$.fulfilment' = ?5) ORDER BY id DESC LIMIT ?6",
            id,
        ),
        (Whose::Customer(id), Some(_)) => (
            "SELECT document FROM orders WHERE customer_id = ?1 AND id < ?2 AND id >= ?3
                AND (?4 IS NULL OR status IN (SELECT value FROM json_each(?4)))
                AND (?5 IS NULL OR document -> '$.fulfilment' = ?5) AND document ->> '$.pickup_number' = ?7
             ORDER BY id DESC LIMIT ?6",
            id,
        ),
        (Whose::Store(id), None) => (
            "SELECT document FROM orders WHERE store_id = ?1 AND id < ?2 AND id >= ?3
                AND (?4 IS NULL OR status IN (SELECT value FROM json_each(?4)))
                AND (?5 IS NULL OR document -> '$.fulfilment' = ?5) ORDER BY id DESC LIMIT ?6",
            id,
        ),
        // Every row that is looked at is read, and paid for.
        (Whose::Store(id), Some(_)) => (
            "SELECT document FROM (SELECT id, status, document FROM orders WHERE store_id = ?1 AND id < ?2 AND id >= ?3
                ORDER BY id DESC LIMIT 5000)
             WHERE (?4 IS NULL OR status IN (SELECT value FROM json_each(?4)))
                AND (?5 IS NULL OR document -> '$.fulfilment' = ?5)
                AND (document ->> '$.pickup_number' = ?7 OR instr(lower(document ->> '$.customer.name'), lower(?7)) > 0)
             ORDER BY id DESC LIMIT ?6",
            id,
        ),
    };
    let mut values = params![id, until, from, wanted.status.clone(), fulfilment, limit + 1];
    values.extend(wanted.found.map(Into::into));
    let rows: Vec<Row> = Db::of(env)?.all(sql, values).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}
