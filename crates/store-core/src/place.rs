//! Placing an order: the key, the stock of every ingredient, the order, its deadline and its events, all or nothing.

use crate::command::Context;
use crate::stock::{self, Demand};
use crate::{Refusal, Result, orders, timers};
use kirana_contracts::order::{Order, PaymentSummary, TimelineEntry};
use kirana_contracts::store_state::PlaceOrder;
use kirana_events::{EventData, OrderEvent, StockLine, StockLines};
use kirana_kernel::{Id, Money, OrderStatus, Role};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a key gives the same answer.
const KEY_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// The answer to an order that was placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The order as it was when it was placed.
    pub order: Order,
    /// Was it placed by an earlier call with the same key?
    pub replayed: bool,
}

/// Places an order.
pub fn place<S: Sql>(context: &mut Context<'_, S>, command: &PlaceOrder) -> Result<Placed> {
    let key = &command.idempotency;
    if let Some(order) = replay(context.sql, &key.scope, &key.key, &key.fingerprint)? {
        return Ok(Placed { order, replayed: true });
    }
    let demand = stock::demand_of(context.sql, &sellables(command))?;
    let parts = stock::allocate(context.sql, &demand)?;
    let order = begin(context, command)?;
    stock::hold(context, order.id, &parts)?;
    orders::save(context.sql, &order)?;
    remember(context, command, &order)?;
    timers::set(context.sql, order.pay_by, timers::Kind::PayBy, &order.id.to_string())?;
    tell(context, &order, demand)?;
    let skus = stock::skus(&parts);
    stock::changed(context, &skus, None, EventData::StockUpdated)?;
    Ok(Placed { order, replayed: false })
}

/// The order that a key was answered with, if it was.
pub fn replay(sql: &impl Sql, scope: &str, key: &str, fingerprint: &str) -> Result<Option<Order>> {
    #[derive(Deserialize)]
    struct Row {
        fingerprint: String,
        answer: String,
    }
    let row: Option<Row> =
        sql.first("SELECT fingerprint, answer FROM idempotency WHERE scope = ?1 AND key = ?2", values![scope, key])?;
    match row {
        None => Ok(None),
        Some(row) if row.fingerprint != fingerprint => Err(Refusal::KeyReused),
        Some(row) => Ok(Some(serde_json::from_str(&row.answer)?)),
    }
}

/// Pieces of each variant and modifier, over all lines.
fn sellables(command: &PlaceOrder) -> BTreeMap<&str, i64> {
    let mut pieces = BTreeMap::new();
    for line in &command.lines {
        *pieces.entry(line.variant_sku.as_str()).or_default() += line.quantity;
        for modifier in &line.modifiers {
            *pieces.entry(modifier.sku.as_str()).or_default() += modifier.quantity * line.quantity;
        }
    }
    pieces
}

fn begin<S: Sql>(context: &mut Context<'_, S>, command: &PlaceOrder) -> Result<Order> {
    let now = context.now();
    let currency = command.totals.total.currency;
    let random = context.random();
    Ok(Order {
        id: Id::in_store(now, random, command.store_number),
        version: 1,
        status: OrderStatus::Placed,
        pickup_number: pickup_number(context.sql, &command.day)?,
        store_id: command.store_id,
        store_number: command.store_number,
        customer: command.customer.clone(),
        fulfilment: command.fulfilment,
        lines: command.lines.clone(),
        totals: command.totals.clone(),
        payment: PaymentSummary {
            payment_id: None,
            paid: Money::zero(currency),
            refunded: Money::zero(currency),
            last_failure: None,
        },
        note: command.note.clone(),
        placed_at: now,
        pay_by: now + context.settings.payment_deadline,
        timeline: vec![TimelineEntry {
            at: now,
            version: 1,
            from: None,
            to: OrderStatus::Placed,
            actor: command.customer.clone(),
            role: Role::Customer,
            reason: None,
        }],
    })
}

/// `A-001` to `A-999`, then `B-001`; new each day.
fn pickup_number(sql: &impl Sql, day: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Row {
        value: i64,
    }
    let row: Option<Row> = sql.first(
        "INSERT INTO counters (name, value) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        values![format!("orders {day}")],
    )?;
    let count = row.map_or(1, |row| row.value) - 1;
    let letter = u8::try_from(count / 999 % 26).map_or('A', |index| char::from(b'A' + index));
    Ok(format!("{letter}-{:03}", count % 999 + 1))
}

fn remember<S: Sql>(context: &Context<'_, S>, command: &PlaceOrder, order: &Order) -> Result<()> {
    let key = &command.idempotency;
    Ok(context.sql.run(
        "INSERT INTO idempotency (scope, key, fingerprint, order_id, answer, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            key.scope.as_str(),
            key.key.as_str(),
            key.fingerprint.as_str(),
            order.id.to_string(),
            serde_json::to_string(order)?,
            (context.now() + KEY_LIFETIME).millis()
        ],
    )?)
}

fn tell<S: Sql>(context: &mut Context<'_, S>, order: &Order, demand: Demand) -> Result<()> {
    let created = EventData::OrderCreated(OrderEvent { order: order.clone(), reason: None });
    context.emit(order.id.to_string(), Some(order.store_id), created);
    let lines = demand.into_iter().map(|(sku, quantity)| StockLine { sku, quantity }).collect();
    let reserved = EventData::InventoryReserved(StockLines { order_id: order.id, lines });
    context.emit(order.id.to_string(), Some(order.store_id), reserved);
    Ok(())
}
