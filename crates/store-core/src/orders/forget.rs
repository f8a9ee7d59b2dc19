//! Forgetting a customer: what is personal leaves their orders, and the answers that were given to them.

use super::{load, save};
use crate::command::Context;
use crate::{Refusal, Result, outbox};
use kirana_contracts::order::Order;
use kirana_contracts::store_state::Forget;
use kirana_kernel::Id;
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// Forgets a customer in those of their orders that are over; answers which these are. Asked twice, it is done once.
pub fn forget<S: Sql>(context: &mut Context<'_, S>, command: &Forget) -> Result<Vec<Id>> {
    let mut forgotten = Vec::new();
    for id in &command.orders {
        let mut order = match load(context, *id) {
            Err(Refusal::UnknownOrder(_)) => continue,
            found => found?,
        };
        if order.customer.id != command.customer_id || !order.status.is_over() {
            continue;
        }
        if !order.is_forgotten() {
            order.forget_customer();
            save(context, order)?;
        }
        forgotten.push(*id);
    }
    forget_answers(context.sql, &forgotten)?;
    outbox::forget_heard(context.sql, context.memory)?;
    Ok(forgotten)
}

/// A key is answered as before, but for what is personal in it.
fn forget_answers(sql: &impl Sql, orders: &[Id]) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        scope: String,
        key: String,
        answer: String,
    }
    let rows: Vec<Row> = sql.query(
        "SELECT scope, key, answer FROM idempotency WHERE order_id IN (SELECT value FROM json_each(?1))",
        values![serde_json::to_string(orders)?],
    )?;
    for row in rows {
        let mut order: Order = serde_json::from_str(&row.answer)?;
        order.forget_customer();
        sql.run(
            "UPDATE idempotency SET answer = ?3 WHERE scope = ?1 AND key = ?2",
            values![row.scope, row.key, serde_json::to_string(&order)?],
        )?;
    }
    Ok(())
}
