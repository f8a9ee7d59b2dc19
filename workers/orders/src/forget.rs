//! Forgetting a customer: in the stores that they ordered from, in the history, and their cart. The orders stay, with what was
//! bought and paid: the books need them.
//!
//! An order that is not over keeps its name and address until somebody has brought it, and an event that is on its way may
//! bring them back: so who is forgotten is looked after again each night for a month.

use crate::upstream;
use kirana_contracts::order::Order;
use kirana_contracts::store_state::Forget;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, clock, log, params, principal};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use worker::Env;

/// For how long it is looked again: longer than an order is under way, or an event kept by a queue.
const LOOKED_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);

/// Orders in one command.
const AT_ONCE: usize = 100;

/// The statement that notes whom to look after.
#[must_use]
pub fn remember(customer: Id, at: Timestamp) -> Vec<Statement> {
    vec![stmt("INSERT OR IGNORE INTO forgotten (customer_id, at) VALUES (?1, ?2)", params![customer, at])]
}

/// Forgets a customer wherever that can be done by now. Done twice, it is done once.
///
/// # Errors
/// 500, 503 when the database or a store cannot be reached: it is to be done again.
pub async fn everywhere(env: &Env, customer: Id) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        version: u32,
        document: String,
    }
    let db = Db::of(env)?;
    db.run("DELETE FROM carts WHERE owner = ?1", params![format!("customer {customer}")]).await?;
    let mut after = String::new();
    loop {
        let rows: Vec<Row> = db
            .all(
                "SELECT id, version, document FROM orders WHERE customer_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                params![customer, &after, AT_ONCE],
            )
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.id);
        let mut orders = Vec::new();
        for row in &rows {
            let order: Order = serde_json::from_str(&row.document)?;
            if !order.is_forgotten() {
                orders.push((row.version, order));
            }
        }
        let statements = in_stores(env, customer, orders).await?;
        if !statements.is_empty() {
            db.batch(statements).await?;
        }
    }
}

/// Has the stores forget the customer of these orders; answers the statements that do the same for the history.
async fn in_stores(env: &Env, customer: Id, orders: Vec<(u32, Order)>) -> Result<Vec<Statement>> {
    let mut by_store: BTreeMap<u32, Vec<Id>> = BTreeMap::new();
    for (_, order) in &orders {
        by_store.entry(order.store_number).or_default().push(order.id);
    }
    let mut forgotten = Vec::new();
    for (store, orders) in by_store {
        let command = Forget { customer_id: customer, orders };
        let object = upstream::object(env, store, &principal::service("orders")).repeatable();
        forgotten.extend(object.post::<_, Vec<Id>>("/orders/forget", &command).await?);
    }
    let here = orders.into_iter().filter(|(_, order)| forgotten.contains(&order.id));
    let statements = here.map(|(version, mut order)| {
        order.forget_customer();
        Ok(stmt(
            // A newer one came meanwhile: the night looks again.
            "UPDATE orders SET document = ?3 WHERE id = ?1 AND version = ?2",
            params![order.id, version, serde_json::to_string(&order)?],
        ))
    });
    statements.collect()
}

/// Looks after everybody who was forgotten in the last month.
///
/// # Errors
/// 500 when the database refuses; a store that cannot be reached is logged, and asked again the next night.
pub async fn again(env: &Env) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        customer_id: String,
    }
    let db = Db::of(env)?;
    db.run("DELETE FROM forgotten WHERE at < ?1", params![clock::now() - LOOKED_AFTER]).await?;
    let rows: Vec<Row> = db.all("SELECT customer_id FROM forgotten ORDER BY at", params![]).await?;
    for row in rows {
        if let Err(problem) = everywhere(env, kirana_edge::db::id(&row.customer_id)?).await {
            log::error("a customer could not be forgotten everywhere", &[("problem", &problem.to_string())]);
        }
    }
    Ok(())
}
