//! Writing an order: once, whoever else is told of it.

use crate::Result;
use crate::command::Context;
use kirana_contracts::order::Order;
use kirana_sql::{Sql, values};
use serde_json::value::{RawValue, to_raw_value};
use std::ops::Deref;
use std::rc::Rc;

/// An order as it was just written, with its JSON: events and answers take that as it is. It cannot be changed any more, so the
/// JSON stays true.
pub struct Saved {
    order: Rc<Order>,
    text: Box<RawValue>,
}

impl Saved {
    fn new(order: Order) -> Result<Self> {
        let text = to_raw_value(&order)?;
        Ok(Self { order: order.into(), text })
    }

    /// Its JSON.
    pub fn text(&self) -> &RawValue {
        &self.text
    }

    /// The order, to be answered or changed again.
    pub fn into_order(self) -> Order {
        Rc::unwrap_or_clone(self.order)
    }

    /// Keeps it in memory.
    fn keep<S: Sql>(self, context: &Context<'_, S>) -> Result<Self> {
        context.memory.change(|kept| kept.keep(self.order.clone()))?;
        Ok(self)
    }
}

impl Deref for Saved {
    type Target = Order;

    fn deref(&self) -> &Order {
        &self.order
    }
}

/// Writes a new order, with the journal's entry of what it used up, if it did already.
pub fn create<S: Sql>(context: &Context<'_, S>, order: Order, entry: Option<i64>) -> Result<Saved> {
    let saved = Saved::new(order)?;
    context.sql.run(
        "INSERT INTO orders (id, status, placed_at, pieces, document, entries) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            saved.id.to_string(),
            saved.status.name(),
            saved.placed_at.millis(),
            saved.pieces(),
            saved.text.get(),
            entry.map_or_else(|| "[]".to_owned(), |entry| format!("[{entry}]"))
        ],
    )?;
    saved.keep(context)
}

/// Writes an order that has changed.
pub fn save<S: Sql>(context: &Context<'_, S>, order: Order) -> Result<Saved> {
    save_with_entry(context, order, None)
}

/// The same, with an entry of the journal that belongs to it from now on.
pub fn save_with_entry<S: Sql>(context: &Context<'_, S>, order: Order, entry: Option<i64>) -> Result<Saved> {
    let saved = Saved::new(order)?;
    let (id, status, pieces, text) = (saved.id.to_string(), saved.status.name(), saved.pieces(), saved.text.get());
    match entry {
        None => context.sql.run(
            "UPDATE orders SET status = ?2, pieces = ?3, document = ?4 WHERE id = ?1",
            values![id, status, pieces, text],
        )?,
        Some(entry) => context.sql.run(
            "UPDATE orders SET status = ?2, pieces = ?3, document = ?4,
                entries = json_insert(entries, '$[#]', CAST(?5 AS INTEGER)) WHERE id = ?1",
            values![id, status, pieces, text, entry],
        )?,
    }
    saved.keep(context)
}
