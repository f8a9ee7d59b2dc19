//! Orders: a document each, moved along one table of states.

pub mod age;
pub mod amend;
pub mod forget;
pub mod kitchen;
pub mod offline;
pub mod payment;
pub mod place;
pub mod saga;
mod saved;
pub mod slots;
pub mod status;

pub use saved::{Saved, create, save, save_with_entry};
pub use status::{advance, advance_from};

use crate::command::Context;
use crate::stock::batches::moves_of;
use crate::{Refusal, Result};
use kirana_contracts::order::{Order, Party, TimelineEntry};
use kirana_contracts::stock::Move;
use kirana_contracts::store_state::{Actor, Claim};
use kirana_kernel::{Id, OrderStatus, Role, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Deserialize)]
struct Document {
    document: String,
}

/// The order as a command finds it, from memory where it is there.
pub fn load<S: Sql>(context: &Context<'_, S>, id: Id) -> Result<Order> {
    if let Some(known) = context.memory.read(|kept| kept.order(id))? {
        return Ok((*known).clone());
    }
    let order = Rc::new(read(context.sql, id)?);
    context.memory.learn(|kept| kept.keep(order.clone()))?;
    Ok(Rc::unwrap_or_clone(order))
}

/// The order as its table has it, or a refusal.
pub fn read(sql: &impl Sql, id: Id) -> Result<Order> {
    let row: Option<Document> = sql.first("SELECT document FROM orders WHERE id = ?1", values![id.to_string()])?;
    let row = row.ok_or(Refusal::UnknownOrder(id))?;
    Ok(serde_json::from_str(&row.document)?)
}

/// What an order has used up and not given back, by batch: quantities and values below zero.
pub fn used_up(sql: &impl Sql, order: &str) -> Result<Vec<Move>> {
    #[derive(Deserialize)]
    struct Row {
        moves: String,
    }
    let rows: Vec<Row> = sql.query(
        "SELECT j.moves AS moves FROM orders o, json_each(o.entries) e JOIN journal j ON j.id = e.value WHERE o.id = ?1",
        values![order],
    )?;
    let mut sums: BTreeMap<i64, Move> = BTreeMap::new();
    for row in rows {
        for part in moves_of(&row.moves)? {
            let empty = Move { batch: part.batch, sku: part.sku.clone(), quantity: 0, value: 0 };
            let sum = sums.entry(part.batch).or_insert(empty);
            sum.quantity += part.quantity;
            sum.value += part.value;
        }
    }
    Ok(sums.into_values().filter(|sum| sum.quantity < 0).collect())
}

/// Notes that an entry of the journal belongs to an order.
pub fn note_entry(sql: &impl Sql, order: &str, entry: i64) -> Result<()> {
    Ok(sql.run(
        "UPDATE orders SET entries = json_insert(entries, '$[#]', CAST(?2 AS INTEGER)) WHERE id = ?1",
        values![order, entry],
    )?)
}

/// What the kitchen has to do with, the longest waiting first.
pub fn tickets(sql: &impl Sql) -> Result<Vec<Order>> {
    let rows: Vec<Document> = sql.query(
        // The first condition is that of the index.
        "SELECT document FROM orders WHERE status IN ('confirmed', 'preparing', 'ready', 'dispatched')
           AND status <> 'dispatched' ORDER BY placed_at LIMIT 500",
        values![],
    )?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}

/// A worker of the platform, or the store itself.
pub fn platform(name: &str) -> Actor {
    Actor { party: Party { id: Id::new(Timestamp::from_millis(0), [0; 10]), name: name.into() }, role: Role::Service }
}

/// Adds a step to the timeline.
pub fn note(order: &mut Order, at: Timestamp, from: Option<OrderStatus>, actor: &Actor, reason: Option<String>) {
    order.version += 1;
    order.timeline.push(TimelineEntry {
        at,
        version: order.version,
        from,
        to: order.status,
        actor: actor.party.clone(),
        role: actor.role,
        reason,
    });
}

/// Adds to the timeline without moving the order.
pub fn remark<S: Sql>(context: &mut Context<'_, S>, mut order: Order, actor: &Actor, text: String) -> Result<Saved> {
    let status = order.status;
    note(&mut order, context.now(), Some(status), actor, Some(text));
    save(context, order)
}

/// A claim that has run out may be somebody else's by now.
pub fn claim_holds(claim: Option<Claim>, now: Timestamp) -> Result<()> {
    match claim {
        Some(claim) if now > claim.good_until => Err(Refusal::Conflict(
            "the offers of this order were held for it, and are not any more: order again".into(),
        )),
        _ => Ok(()),
    }
}
