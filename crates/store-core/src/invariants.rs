//! What must never be otherwise in a store, asked of its tables.

use crate::Result;
use kirana_contracts::order::Order;
use kirana_kernel::{OrderStatus, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// Each query answers what is wrong as `wrong`; all answer nothing.
const CHECKS: &[&str] = &[
    "SELECT 'item ' || i.sku || ': on hand or reserved differs from its batches' AS wrong FROM items i
     WHERE i.on_hand <> COALESCE((SELECT SUM(b.on_hand) FROM batches b WHERE b.sku = i.sku), 0)
        OR i.reserved <> COALESCE((SELECT SUM(b.reserved) FROM batches b WHERE b.sku = i.sku), 0)",
    "SELECT 'batch ' || b.id || ': reserved is not the sum of live reservations' AS wrong FROM batches b
     WHERE b.reserved <> COALESCE((SELECT SUM(json_extract(part.value, '$[2]')) FROM reservations r, json_each(r.held) part
                                   WHERE json_extract(part.value, '$[0]') = b.id), 0)",
    "SELECT 'batch ' || id || ': received + adjusted is not on_hand + issued + spoiled' AS wrong FROM batches
     WHERE received + adjusted <> on_hand + issued + spoiled",
    "SELECT 'batch ' || b.id || ': the journal does not add up to it' AS wrong FROM batches b
     WHERE b.on_hand <> COALESCE((SELECT SUM(CASE j.kind WHEN 'receive' THEN 1 WHEN 'adjust' THEN 1 ELSE -1 END * json_extract(m.value, '$[2]'))
                                  FROM journal j, json_each(j.moves) m WHERE json_extract(m.value, '$[0]') = b.id), 0)",
    "SELECT 'order ' || o.id || ' is ' || o.status || ' and holds stock' AS wrong FROM orders o JOIN reservations r ON r.order_id = o.id
     WHERE o.status NOT IN ('placed', 'confirmed')",
    "SELECT 'order ' || o.id || ' is placed and has no deadline' AS wrong FROM orders o
     WHERE o.status = 'placed' AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.reference = o.id AND t.kind = 'pay_by')",
];

/// What is wrong; nothing, always.
pub fn violations(sql: &impl Sql, _now: Timestamp) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Wrong {
        wrong: String,
    }
    #[derive(Deserialize)]
    struct Document {
        document: String,
    }
    let mut found = Vec::new();
    for check in CHECKS {
        found.extend(sql.query::<Wrong>(check, values![])?.into_iter().map(|row| row.wrong));
    }
    let rows: Vec<Document> = sql.query("SELECT document FROM orders", values![])?;
    for row in rows {
        found.extend(timeline_faults(&serde_json::from_str(&row.document)?));
    }
    Ok(found)
}

/// Steps that the table does not allow, and versions that were left out.
fn timeline_faults(order: &Order) -> Vec<String> {
    let mut faults = Vec::new();
    let mut status: Option<OrderStatus> = None;
    for (index, entry) in order.timeline.iter().enumerate() {
        if entry.version as usize != index + 1 {
            faults.push(format!("order {}: version {} is step {}", order.id, entry.version, index + 1));
        }
        let allowed = match status {
            None => entry.to == OrderStatus::Placed,
            Some(from) => from == entry.to || from.may_become(entry.to),
        };
        if !allowed {
            faults.push(format!("order {}: {status:?} became {}", order.id, entry.to));
        }
        status = Some(entry.to);
    }
    if status != Some(order.status) {
        faults.push(format!("order {}: its timeline ends at {status:?}, it is {}", order.id, order.status));
    }
    faults
}
