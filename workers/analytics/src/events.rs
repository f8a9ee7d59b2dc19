//! What orders, stores and prices add to the figures.

use crate::rules::figures;
use kirana_contracts::order::Order;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{
    Event, EventData, Expiry, LineFigures, OrderEvent, PriceChange, PurchaseOrderEvent, ReadData, StoreEvent, reads,
};
use kirana_kernel::{OrderStatus, Timestamp};

/// The events that it hears of.
pub const READS: ReadData = reads!(
    OrderCreated,
    OrderConfirmed,
    OrderCompleted,
    OrderCancelled,
    OrderAmended,
    OrderRefunded,
    ItemExpired,
    PurchaseOrderReceived,
    StoreCreated,
    StoreUpdated,
    PriceChanged
);

/// The effects of an event.
///
/// # Errors
/// 500 when lines cannot be written as JSON.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    Ok(match &event.data {
        EventData::OrderCreated(data) => {
            vec![count(&data.order, &day(data.order.placed_at), Day { placed: 1, ..Day::default() })]
        }
        EventData::OrderCompleted(data) => {
            vec![count(
                &data.order,
                &day_of(event, &data.order, OrderStatus::Completed),
                Day { completed: 1, ..Day::default() },
            )]
        }
        EventData::OrderConfirmed(data)
        | EventData::OrderAmended(data)
        | EventData::OrderCancelled(data)
        | EventData::OrderRefunded(data) => figures(event, data)?,
        EventData::ItemExpired(lost) => vec![waste(lost, event)],
        EventData::PurchaseOrderReceived(came) => vec![purchase(came, event)],
        EventData::StoreCreated(store) | EventData::StoreUpdated(store) => vec![name(store, event)],
        EventData::PriceChanged(change) => vec![price(change, event)],
        _ => Vec::new(),
    })
}

/// What changed in the figures of an order that was sold: by the difference to what it came to before.
fn figures(event: &Event, data: &OrderEvent) -> Result<Vec<Statement>> {
    let order = &data.order;
    let moved = figures::moved(&event.data);
    let mut statements = Vec::new();
    if event.data.type_name() == "OrderCancelled" {
        statements.push(count(order, &day(event.occurred_at), Day { cancelled: 1, ..Day::default() }));
    }
    let sold_on = day_of(event, order, OrderStatus::Confirmed);
    if moved.sold != 0 || moved.paid != 0 {
        let sold = Day { paid: moved.sold, revenue: moved.paid, ..Day::default() };
        statements.push(count(order, &sold_on, sold));
    }
    if moved.refunded != 0 {
        // Money goes back on the day on which it does.
        let back = Day { refunded: moved.refunded, ..Day::default() };
        statements.push(count(order, &day(event.occurred_at), back));
    }
    if !moved.lines.is_empty() {
        statements.push(sell(order, &sold_on, &moved.lines)?);
    }
    Ok(statements)
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

/// A day (UTC), such as `2026-11-26`.
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// The day on which an order came to a status; an offline sale is told later than it happened.
fn day_of(event: &Event, order: &Order, status: OrderStatus) -> String {
    let entry = order.timeline.iter().find(|entry| entry.to == status && entry.from != Some(status));
    day(entry.map_or(event.occurred_at, |entry| entry.at))
}

/// What is added to a store's day.
#[derive(Clone, Copy, Default)]
struct Day {
    placed: i64,
    paid: i64,
    completed: i64,
    cancelled: i64,
    revenue: i64,
    refunded: i64,
}

/// Adds to a store's day.
fn count(order: &Order, day: &str, add: Day) -> Statement {
    stmt(
        "INSERT INTO order_days (store_id, day, currency, placed, paid, completed, cancelled, revenue, refunded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (store_id, day, currency) DO UPDATE SET placed = placed + excluded.placed, paid = paid + excluded.paid,
            completed = completed + excluded.completed, cancelled = cancelled + excluded.cancelled,
            revenue = revenue + excluded.revenue, refunded = refunded + excluded.refunded",
        params![
            order.store_id,
            day,
            order.totals.total.currency,
            add.placed,
            add.paid,
            add.completed,
            add.cancelled,
            add.revenue,
            add.refunded
        ],
    )
}

/// Adds lines to what was sold, or takes them off; one statement over all of them.
fn sell(order: &Order, day: &str, lines: &[LineFigures]) -> Result<Statement> {
    let lines: Vec<_> =
        lines.iter().map(|line| (&line.variant_sku, &line.name, line.quantity, line.grams, line.amount)).collect();
    Ok(stmt(
        "INSERT INTO sales (store_id, day, currency, variant_sku, name, quantity, grams, amount)
         SELECT ?1, ?2, ?3, json_extract(value, '$[0]'), MAX(json_extract(value, '$[1]')), SUM(json_extract(value, '$[2]')),
                SUM(json_extract(value, '$[3]')), SUM(json_extract(value, '$[4]'))
         FROM json_each(?4) WHERE true GROUP BY 4
         ON CONFLICT (store_id, day, variant_sku, currency) DO UPDATE SET quantity = quantity + excluded.quantity,
            grams = grams + excluded.grams, amount = amount + excluded.amount",
        params![order.store_id, day, order.totals.total.currency, serde_json::to_string(&lines)?],
    ))
}

/// Adds what passed its date to what was lost.
fn waste(lost: &Expiry, event: &Event) -> Statement {
    stmt(
        "INSERT INTO waste (source, day, sku, quantity, value) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (source, day, sku) DO UPDATE SET quantity = quantity + excluded.quantity, value = value + excluded.value",
        params![&event.source, day(event.occurred_at), &lost.sku, lost.quantity, lost.value],
    )
}

/// Adds goods that came to what was bought.
fn purchase(came: &PurchaseOrderEvent, event: &Event) -> Statement {
    stmt(
        "INSERT INTO purchases (store_id, day, supplier, cost) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (store_id, day, supplier) DO UPDATE SET cost = cost + excluded.cost",
        params![came.store_id, day(event.occurred_at), &came.supplier, came.cost],
    )
}
