//! What orders, stores and prices add to the figures.

use kirana_contracts::order::Order;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData, PriceChange, StoreEvent};

/// The effects of an event.
///
/// # Errors
/// 500 when lines cannot be written as JSON.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    Ok(match &event.data {
        EventData::OrderCreated(data) => vec![count(&data.order, event, [1, 0, 0, 0], 0, 0)],
        EventData::OrderConfirmed(data) => {
            vec![count(&data.order, event, [0, 1, 0, 0], data.order.payment.paid.amount, 0), sell(&data.order, event)?]
        }
        EventData::OrderCompleted(data) => vec![count(&data.order, event, [0, 0, 1, 0], 0, 0)],
        EventData::OrderCancelled(data) => vec![count(&data.order, event, [0, 0, 0, 1], 0, 0)],
        EventData::OrderRefunded(data) => {
            vec![count(&data.order, event, [0; 4], 0, data.order.payment.refunded.amount)]
        }
        EventData::StoreCreated(store) | EventData::StoreUpdated(store) => vec![name(store, event)],
        EventData::PriceChanged(change) => vec![price(change, event)],
        _ => Vec::new(),
    })
}

fn name(store: &StoreEvent, event: &Event) -> Statement {
    stmt(
        "INSERT INTO stores (store_id, name, franchisee_id, version) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (store_id) DO UPDATE SET name = excluded.name, franchisee_id = excluded.franchisee_id, version = excluded.version
         WHERE excluded.version >= stores.version",
        params![store.store_id, &store.name, store.franchisee_id, event.occurred_at],
    )
}

fn price(change: &PriceChange, event: &Event) -> Statement {
    let store = change.store_id.map(|store| store.to_string()).unwrap_or_default();
    stmt(
        "INSERT OR REPLACE INTO price_changes (store_id, at, sku, currency, from_amount, to_amount)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![store, event.occurred_at, &change.sku, change.to.currency, change.from.amount, change.to.amount],
    )
}

fn day(event: &Event) -> String {
    event.occurred_at.to_string().chars().take(10).collect()
}

/// Adds to a store's day: orders placed, paid, completed, cancelled; revenue and what was given back.
fn count(
    order: &Order,
    event: &Event,
    [placed, paid, completed, cancelled]: [i64; 4],
    revenue: i64,
    refunded: i64,
) -> Statement {
    stmt(
        "INSERT INTO order_days (store_id, day, currency, placed, paid, completed, cancelled, revenue, refunded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (store_id, day, currency) DO UPDATE SET placed = placed + excluded.placed, paid = paid + excluded.paid,
            completed = completed + excluded.completed, cancelled = cancelled + excluded.cancelled,
            revenue = revenue + excluded.revenue, refunded = refunded + excluded.refunded",
        params![order.store_id, day(event), order.totals.total.currency, placed, paid, completed, cancelled, revenue, refunded],
    )
}

/// Adds an order's lines to what was sold; one statement over all of them.
fn sell(order: &Order, event: &Event) -> Result<Statement> {
    let lines: Vec<_> =
        order.lines.iter().map(|line| (&line.variant_sku, &line.name, line.quantity, line.total.amount)).collect();
    Ok(stmt(
        "INSERT INTO sales (store_id, day, currency, variant_sku, name, quantity, amount)
         SELECT ?1, ?2, ?3, json_extract(value, '$[0]'), MAX(json_extract(value, '$[1]')), SUM(json_extract(value, '$[2]')), SUM(json_extract(value, '$[3]'))
         FROM json_each(?4) WHERE true GROUP BY 4
         ON CONFLICT (store_id, day, variant_sku, currency) DO UPDATE SET quantity = quantity + excluded.quantity, amount = amount + excluded.amount",
        params![order.store_id, day(event), order.totals.total.currency, serde_json::to_string(&lines)?],
    ))
}
