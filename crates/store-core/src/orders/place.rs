//! Placing an order: the key, the stock of every ingredient, the order, its deadline and its events, all or nothing.

use super::{Saved, advance, age, create, kitchen, platform, saga, slots};
use crate::command::Context;
use crate::stock::{self, Demand, allocate, hold};
use crate::{Result, keys};
use kirana_contracts::order::{Order, OrderLine, PaymentSummary, TimelineEntry, Weight};
use kirana_contracts::store_state::PlaceOrder;
use kirana_events::{EventData, OfferEvent, OrderNews, StockLine, StockLines};
use kirana_kernel::{Id, Money, OrderStatus, Role, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

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
    if let Some(order) = keys::answer_of(context.sql, &key.scope, &key.key, &key.fingerprint)? {
        return Ok(Placed { order, replayed: true });
    }
    super::claim_holds(command.claim, context.now())?;
    let demand = allocate::demand_of(context.sql, context.memory, &sellables_of(&command.lines))?;
    let parts = allocate::allocate(context, context.now(), &demand)?;
    let slot = slots::take(context, command.pickup_at)?;
    let mut order = begin(context, command, slot)?;
    age::require(&order, context.now())?;
    saga::await_step(context, &mut order)?;
    hold::hold(context, &order.id.to_string(), &parts)?;
    let mut order = create(context, order, None)?;
    tell(context, &order, demand);
    tell_offers(context, &order);
    if order.totals.total.is_zero() {
        // Nothing is to be paid: nobody would ever say that it is.
        let reason = Some("there is nothing to pay".into());
        order = advance(context, order.into_order(), OrderStatus::Confirmed, &platform("payments"), reason)?;
    }
    keys::remember(context, key, &order.id.to_string(), &order.text())?;
    let skus = stock::skus(&parts);
    stock::changed(context, &skus)?;
    Ok(Placed { order: order.into_order(), replayed: false })
}

/// Pieces of each variant and modifier, over all lines; grams of what is sold by weight.
pub fn sellables_of(lines: &[OrderLine]) -> BTreeMap<&str, i64> {
    let mut pieces = BTreeMap::new();
    for line in lines.iter().filter(|line| line.quantity > 0) {
        let amount = line.weight.as_ref().map_or(line.quantity, Weight::grams_held);
        *pieces.entry(line.variant_sku.as_str()).or_default() += amount;
        for modifier in &line.modifiers {
            *pieces.entry(modifier.sku.as_str()).or_default() += modifier.quantity * line.quantity;
        }
    }
    pieces
}

fn begin<S: Sql>(context: &mut Context<'_, S>, command: &PlaceOrder, slot: Option<Timestamp>) -> Result<Order> {
    let now = context.now();
    let currency = command.totals.total.currency;
    let pieces = command.lines.iter().map(|line| line.quantity).sum();
    let random = context.random();
    Ok(Order {
        id: Id::in_store(now, random, command.store_number),
        version: 1,
        status: OrderStatus::Placed,
        pickup_number: pickup_number(context, &command.day)?,
        store_id: command.store_id,
        store_number: command.store_number,
        customer: command.customer.clone(),
        fulfilment: command.fulfilment,
        lines: command.lines.clone(),
        totals: command.totals.clone(),
        tax_table: command.tax_table.clone(),
        promotions: command.promotions.clone(),
        claim_id: command.claim.map(|claim| claim.id),
        payment: PaymentSummary {
            payment_id: None,
            payments: Vec::new(),
            tender: None,
            paid: Money::zero(currency),
            refunded: Money::zero(currency),
            last_failure: None,
            promised: None,
        },
        note: command.note.clone(),
        table: command.table.clone(),
        deliver_to: command.deliver_to.clone(),
        pickup_at: command.pickup_at,
        slot,
        promised_at: Some(kitchen::promise(context, pieces, command.pickup_at)?),
        tickets: Vec::new(),
        placed_at: now,
        pay_by: now + context.settings.payment_deadline,
        due_at: None,
        age: command.age,
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
pub fn pickup_number<S: Sql>(context: &Context<'_, S>, day: &str) -> Result<String> {
    let name = format!("orders {day}");
    let last = context.memory.count(&name, || last(context.sql, &name))?;
    context.sql.run("INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)", values![name, last])?;
    let count = last - 1;
    let letter = u8::try_from(count / 999 % 26).map_or('A', |index| char::from(b'A' + index));
    Ok(format!("{letter}-{:03}", count % 999 + 1))
}

fn last(sql: &impl Sql, name: &str) -> Result<i64> {
    #[derive(Deserialize)]
    struct Row {
        value: i64,
    }
    let row: Option<Row> = sql.first("SELECT value FROM counters WHERE name = ?1", values![name])?;
    Ok(row.map_or(0, |row| row.value))
}

/// What promotions take off an order.
fn tell_offers<S: Sql>(context: &mut Context<'_, S>, order: &Order) {
    if !order.promotions.is_empty() {
        context.emit(order.id.to_string(), Some(order.store_id), EventData::OfferApplied(offers(order)));
    }
}

/// The same, as it is told.
pub fn offers(order: &Order) -> OfferEvent {
    OfferEvent {
        order_id: order.id,
        version: order.version,
        customer_id: order.customer.id,
        claim_id: order.claim_id,
        promotions: order.promotions.clone(),
    }
}

fn tell<S: Sql>(context: &mut Context<'_, S>, order: &Saved, demand: Demand) {
    context.tell(OrderNews::Became(OrderStatus::Placed), order, None, None);
    let lines = demand.into_iter().map(|(sku, quantity)| StockLine { sku, quantity }).collect();
    let reserved = EventData::InventoryReserved(StockLines { order_id: order.id, lines });
    context.emit(order.id.to_string(), Some(order.store_id), reserved);
}
