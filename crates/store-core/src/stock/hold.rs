//! Holding stock for an order or a lease, and ending that.

use super::batches::{self, Way};
use super::{Demand, Part, allocate, changed, expiry, journal, moved, skus};
use crate::Result;
use crate::command::Context;
use crate::sabotage::{self, Guard};
use kirana_contracts::stock::{Move, MoveKind};
use kirana_events::EventData;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Holds parts for an owner: an order or a lease.
pub fn hold<S: Sql>(context: &mut Context<'_, S>, owner: &str, parts: &[Part]) -> Result<()> {
    batches::hold(context.sql, parts, 1)?;
    write(context.sql, owner, parts)
}

/// What is held for an owner.
pub fn held(sql: &impl Sql, owner: &str) -> Result<Vec<Part>> {
    #[derive(Deserialize)]
    struct Row {
        held: String,
    }
    let row: Option<Row> = sql.first("SELECT held FROM reservations WHERE owner = ?1", values![owner])?;
    Ok(row.map(|row| serde_json::from_str(&row.held)).transpose()?.unwrap_or_default())
}

fn write(sql: &impl Sql, owner: &str, parts: &[Part]) -> Result<()> {
    if parts.is_empty() {
        return Ok(sql.run("DELETE FROM reservations WHERE owner = ?1", values![owner])?);
    }
    Ok(sql.run(
        "INSERT OR REPLACE INTO reservations (owner, held) VALUES (?1, ?2)",
        values![owner, serde_json::to_string(parts)?],
    )?)
}

/// Frees all that is held for an owner without a word to anybody: for what holds something else right away.
pub fn let_go(sql: &impl Sql, owner: &str) -> Result<Vec<Part>> {
    let parts = held(sql, owner)?;
    if !sabotage::on(Guard::ReleaseOfHeldStock) {
        batches::hold(sql, &parts, -1)?;
    }
    write(sql, owner, &[])?;
    Ok(parts)
}

/// Parts that are wanted, at most so much of each item, and the rest of them; what is wanted beyond stays open.
fn part(parts: impl IntoIterator<Item = Part>, open: &mut Demand) -> (Vec<Part>, Vec<Part>) {
    let (mut taken, mut kept) = (Vec::new(), Vec::new());
    for (batch, sku, quantity) in parts {
        let wanted = open.get_mut(&sku).map_or(0, |wanted| {
            let part = quantity.min(*wanted);
            *wanted -= part;
            part
        });
        if wanted > 0 {
            taken.push((batch, sku.clone(), wanted));
        }
        if quantity > wanted {
            kept.push((batch, sku, quantity - wanted));
        }
    }
    (taken, kept)
}

/// Holds other batches for an owner instead of these, as far as others are there.
pub fn rebook<S: Sql>(context: &mut Context<'_, S>, owner: &str, away: &BTreeSet<i64>) -> Result<()> {
    let (from, mut kept): (Vec<Part>, Vec<Part>) =
        held(context.sql, owner)?.into_iter().partition(|(batch, _, _)| away.contains(batch));
    let mut demand = Demand::new();
    for (_, sku, quantity) in &from {
        *demand.entry(sku.clone()).or_default() += quantity;
    }
    let (found, _) = allocate::as_far_as_it_goes(context, context.now(), &demand)?;
    let mut open = Demand::new();
    for (_, sku, quantity) in &found {
        *open.entry(sku.clone()).or_default() += quantity;
    }
    let (freed, rest) = part(from, &mut open);
    kept.extend(rest);
    batches::hold(context.sql, &freed, -1)?;
    batches::hold(context.sql, &found, 1)?;
    kept.extend(found);
    write(context.sql, owner, &kept)
}

/// Frees all that is held for an owner; answers what that was. What expired meanwhile is thrown away at once.
pub fn release<S: Sql>(context: &mut Context<'_, S>, owner: &str) -> Result<Vec<Part>> {
    let parts = let_go(context.sql, owner)?;
    let skus = skus(&parts);
    let batches: Vec<i64> = parts.iter().map(|(batch, _, _)| *batch).collect();
    expiry::discard(context, &batches)?;
    changed(context, &skus)?;
    Ok(parts)
}

/// Frees so much of each item of what is held for an owner, the last to expire first: what is kept should go first. What
/// expired meanwhile is thrown away at once.
pub fn release_some<S: Sql>(context: &mut Context<'_, S>, owner: &str, quantities: &Demand) -> Result<()> {
    let mut open = quantities.clone();
    let (freed, mut kept) = part(held(context.sql, owner)?.into_iter().rev(), &mut open);
    kept.reverse();
    batches::hold(context.sql, &freed, -1)?;
    write(context.sql, owner, &kept)?;
    let skus = skus(&freed);
    let batches: Vec<i64> = freed.iter().map(|(batch, _, _)| *batch).collect();
    expiry::discard(context, &batches)?;
    changed(context, &skus)
}

/// Uses up all that is held for an owner; answers the entry of the journal, if anything was held.
pub fn issue<S: Sql>(context: &mut Context<'_, S>, owner: &str, actor: &str) -> Result<Option<i64>> {
    let parts = held(context.sql, owner)?;
    issue_parts(context, owner, actor, &parts, &[])
}

/// Uses up a part of what is held for an owner: at most so much of each item. Answers what went out.
pub fn issue_some<S: Sql>(
    context: &mut Context<'_, S>,
    owner: &str,
    actor: &str,
    quantities: &Demand,
) -> Result<Vec<Part>> {
    let mut open = quantities.clone();
    let (used, kept) = part(held(context.sql, owner)?, &mut open);
    issue_parts(context, owner, actor, &used, &kept)?;
    Ok(used)
}

fn issue_parts<S: Sql>(
    context: &mut Context<'_, S>,
    owner: &str,
    actor: &str,
    used: &[Part],
    kept: &[Part],
) -> Result<Option<i64>> {
    if used.is_empty() {
        return Ok(None);
    }
    let moves: Vec<Move> = batches::take_held(context.sql, used, Way::Issued)?;
    write(context.sql, owner, kept)?;
    let skus = skus(used);
    let entry = journal::write(context, MoveKind::Sale, actor, Some(owner), None, &moves)?;
    moved(context, &skus, None, EventData::StockUpdated)?;
    Ok(Some(entry))
}
