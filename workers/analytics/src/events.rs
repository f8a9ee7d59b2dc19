//! What orders, stores and prices add to the figures.

use crate::local::Clock;
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
    OrderReady,
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

/// The effects of an event; `clock` is its store's.
///
/// # Errors
/// 500 when lines cannot be written as JSON.
pub fn apply(event: &Event, clock: &Clock) -> Result<Vec<Statement>> {
    Ok(match &event.data {
        EventData::OrderCreated(data) => {
            count(&data.order, data.order.placed_at, clock, Figures { placed: 1, ..Figures::default() })
        }
        EventData::OrderCompleted(data) => {
            let at = came_to(&data.order, OrderStatus::Completed).unwrap_or(event.occurred_at);
            count(&data.order, at, clock, Figures { completed: 1, ..Figures::default() })
        }
        EventData::OrderReady(data) => made(&data.order, clock),
        EventData::OrderConfirmed(data)
        | EventData::OrderAmended(data)
        | EventData::OrderCancelled(data)
        | EventData::OrderRefunded(data) => figures(event, data, clock)?,
        EventData::ItemExpired(lost) => vec![waste(lost, event, clock)],
        EventData::PurchaseOrderReceived(came) => vec![purchase(came, event, clock)],
        EventData::StoreCreated(store) | EventData::StoreUpdated(store) => vec![name(store, event)],
        EventData::PriceChanged(change) => vec![price(change, event)],
        _ => Vec::new(),
    })
}

/// How long it took until it was ready: the first time. What is taken back to the kitchen and comes again is one order.
fn made(order: &Order, clock: &Clock) -> Vec<Statement> {
    let readied = order.timeline.iter().filter(|entry| entry.to == OrderStatus::Ready && entry.from != Some(entry.to));
    let (Some(confirmed), Some(ready), 1) =
        (came_to(order, OrderStatus::Confirmed), came_to(order, OrderStatus::Ready), readied.count())
    else {
        return Vec::new();
    };
    let seconds = i64::try_from(ready.since(confirmed).as_secs()).unwrap_or(0);
    count(order, ready, clock, Figures { made: 1, make_seconds: seconds, ..Figures::default() })
}

/// What changed in the figures of an order that was sold: by the difference to what it came to before.
fn figures(event: &Event, data: &OrderEvent, clock: &Clock) -> Result<Vec<Statement>> {
    let order = &data.order;
    let moved = figures::moved(&event.data);
    let mut statements = Vec::new();
    if event.data.type_name() == "OrderCancelled" {
        let add = Figures { cancelled: 1, ..Figures::default() };
        statements.extend(count(order, event.occurred_at, clock, add));
    }
    // An offline sale is told later than it happened.
    let sold_at = came_to(order, OrderStatus::Confirmed).unwrap_or(event.occurred_at);
    if moved.sold != 0 || moved.paid != 0 {
        let add = Figures { paid: moved.sold, revenue: moved.paid, ..Figures::default() };
        statements.extend(count(order, sold_at, clock, add));
    }
    if moved.refunded != 0 {
        // Money goes back on the day on which it does.
        let add = Figures { refunded: moved.refunded, ..Figures::default() };
        statements.extend(count(order, event.occurred_at, clock, add));
    }
    if !moved.lines.is_empty() {
        statements.push(sell(order, &clock.day_and_hour(sold_at).0, &moved.lines)?);
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

/// When an order first came to a status.
fn came_to(order: &Order, status: OrderStatus) -> Option<Timestamp> {
    order.timeline.iter().find(|entry| entry.to == status && entry.from != Some(status)).map(|entry| entry.at)
}

/// What is added to a store's day.
#[derive(Clone, Copy, Default)]
struct Figures {
    placed: i64,
    paid: i64,
    completed: i64,
    cancelled: i64,
    revenue: i64,
    refunded: i64,
    made: i64,
    make_seconds: i64,
}

/// Adds to a store's day, and to the hour of it where that is of what is bought and sold.
fn count(order: &Order, at: Timestamp, clock: &Clock, add: Figures) -> Vec<Statement> {
    let (day, hour) = clock.day_and_hour(at);
    let currency = order.totals.total.currency;
    let mut statements = vec![stmt(
        "INSERT INTO order_days (store_id, day, currency, placed, paid, completed, cancelled, revenue, refunded, made, make_seconds)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (store_id, day, currency) DO UPDATE SET placed = placed + excluded.placed, paid = paid + excluded.paid,
            completed = completed + excluded.completed, cancelled = cancelled + excluded.cancelled,
            revenue = revenue + excluded.revenue, refunded = refunded + excluded.refunded,
            made = made + excluded.made, make_seconds = make_seconds + excluded.make_seconds",
        params![
            order.store_id,
            &day,
            currency,
            add.placed,
            add.paid,
            add.completed,
            add.cancelled,
            add.revenue,
            add.refunded,
            add.made,
            add.make_seconds
        ],
    )];
    if add.placed != 0 || add.paid != 0 || add.revenue != 0 || add.refunded != 0 {
        statements.push(stmt(
            "INSERT INTO order_hours (store_id, day, hour, currency, placed, paid, revenue, refunded)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (store_id, day, hour, currency) DO UPDATE SET placed = placed + excluded.placed,
                paid = paid + excluded.paid, revenue = revenue + excluded.revenue, refunded = refunded + excluded.refunded",
            params![order.store_id, &day, hour, currency, add.placed, add.paid, add.revenue, add.refunded],
        ));
    }
    statements
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
fn waste(lost: &Expiry, event: &Event, clock: &Clock) -> Statement {
    stmt(
        "INSERT INTO waste (source, day, sku, quantity, value) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (source, day, sku) DO UPDATE SET quantity = quantity + excluded.quantity, value = value + excluded.value",
        params![&event.source, clock.day_and_hour(event.occurred_at).0, &lost.sku, lost.quantity, lost.value],
    )
}

/// Adds goods that came to what was bought.
fn purchase(came: &PurchaseOrderEvent, event: &Event, clock: &Clock) -> Statement {
    stmt(
        "INSERT INTO purchases (store_id, day, supplier, cost) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (store_id, day, supplier) DO UPDATE SET cost = cost + excluded.cost",
        params![came.store_id, clock.day_and_hour(event.occurred_at).0, &came.supplier, came.cost],
    )
}
