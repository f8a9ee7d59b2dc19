//! Goods that may be spoilt, such as those of a fridge that was warm: marked batch by batch, and not sold until a person has looked at them.
//! An order that was placed before keeps what it holds until that person has decided: of goods that are thrown away it gets others, as far as
//! others are there. What is held of them all the same goes the same way when its order lets go of it.

use super::batches::{self, Way};
use super::movement::finish;
use super::{Part, changed, expiry, hold, reasoned, skus};
use crate::command::Context;
use crate::{Refusal, Result};
use kirana_contracts::stock::{MoveKind, Quarantine, QuarantineOutcome, QuarantineRequest, QuarantinedBatch};
use kirana_contracts::store_state::Actor;
use kirana_events::EventData;
use kirana_kernel::Id;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Stock items of one quarantine at most.
const MOST: usize = 500;

#[derive(Deserialize)]
struct Document {
    document: String,
}

#[derive(Deserialize)]
struct Row {
    id: i64,
    sku: String,
    on_hand: i64,
    reserved: i64,
}

fn find(sql: &impl Sql, id: Id) -> Result<Option<Quarantine>> {
    let row: Option<Document> = sql.first("SELECT document FROM quarantines WHERE id = ?1", values![id.to_string()])?;
    Ok(row.map(|row| serde_json::from_str(&row.document)).transpose()?)
}

fn save(sql: &impl Sql, quarantine: &Quarantine) -> Result<()> {
    let open = i64::from(quarantine.outcome.is_none());
    Ok(sql.run(
        "INSERT OR REPLACE INTO quarantines (id, open, document) VALUES (?1, ?2, ?3)",
        values![quarantine.id.to_string(), open, serde_json::to_string(quarantine)?],
    )?)
}

/// Quarantines that nobody has looked at yet, or the last hundred of all, the newest first.
pub fn list(sql: &impl Sql, all: bool) -> Result<Vec<Quarantine>> {
    let rows: Vec<Document> = sql.query(
        "SELECT document FROM quarantines WHERE open = 1 OR ?1 = 1 ORDER BY id DESC LIMIT 100",
        values![i64::from(all)],
    )?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}

fn ids(quarantine: &Quarantine) -> BTreeSet<i64> {
    quarantine.batches.iter().map(|batch| batch.batch).collect()
}

fn rows(sql: &impl Sql, of: &BTreeSet<i64>) -> Result<Vec<Row>> {
    Ok(sql.query(
        "SELECT b.id AS id, b.sku AS sku, b.on_hand AS on_hand, b.reserved AS reserved
         FROM json_each(?1) wanted CROSS JOIN batches b ON b.id = wanted.value ORDER BY b.id",
        values![serde_json::to_string(of)?],
    )?)
}

/// Marks what is there of some items.
pub fn begin<S: Sql>(context: &mut Context<'_, S>, request: &QuarantineRequest) -> Result<Quarantine> {
    if let Some(known) = find(context.sql, request.id)? {
        return Ok(known);
    }
    let reason = reasoned(&request.reason)?;
    if request.skus.len() > MOST {
        return Err(Refusal::Invalid { path: "skus".into(), message: format!("expected {MOST} stock items at most") });
    }
    let wanted: BTreeSet<_> = request.skus.iter().collect();
    let found: Vec<Row> = context.sql.query(
        "SELECT b.id AS id, b.sku AS sku, b.on_hand AS on_hand, b.reserved AS reserved
         FROM json_each(?1) wanted CROSS JOIN batches b ON b.sku = wanted.value WHERE b.stocked = 1 ORDER BY b.id",
        values![serde_json::to_string(&wanted)?],
    )?;
    let of: BTreeSet<i64> = found.iter().map(|row| row.id).collect();
    context.sql.run(
        "UPDATE batches SET suspect_limit = issued + reserved, suspect = suspect + 1 WHERE id IN (SELECT value FROM json_each(?1))",
        values![serde_json::to_string(&of)?],
    )?;
    let batches = found
        .into_iter()
        .map(|row| QuarantinedBatch { batch: row.id, sku: row.sku, quantity: row.on_hand, held: row.reserved })
        .collect();
    let quarantine = Quarantine {
        id: request.id,
        at: context.now(),
        reason: reason.into(),
        batches,
        outcome: None,
        resolved_at: None,
        resolved_by: None,
    };
    save(context.sql, &quarantine)?;
    told(context, &quarantine)?;
    Ok(quarantine)
}

/// Orders that hold something of these batches, those that were placed first before others. A machine's lease is no order: what lies in it
/// cannot be swapped by the books.
fn owners(sql: &impl Sql, of: &BTreeSet<i64>) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Held {
        owner: String,
        held: String,
    }
    let rows: Vec<Held> = sql.query(
        "SELECT r.owner AS owner, r.held AS held FROM reservations r CROSS JOIN orders o ON o.id = r.owner ORDER BY o.placed_at, o.id",
        values![],
    )?;
    let mut owners = Vec::new();
    for row in rows {
        let parts: Vec<Part> = serde_json::from_str(&row.held)?;
        if parts.iter().any(|(batch, _, _)| of.contains(batch)) {
            owners.push(row.owner);
        }
    }
    Ok(owners)
}

fn told<S: Sql>(context: &mut Context<'_, S>, quarantine: &Quarantine) -> Result<()> {
    let parts: Vec<Part> =
        quarantine.batches.iter().map(|batch| (batch.batch, batch.sku.clone(), batch.quantity)).collect();
    changed(context, &skus(&parts))
}

/// Somebody has looked. Who comes later finds what was decided, and changes nothing.
pub fn resolve<S: Sql>(
    context: &mut Context<'_, S>,
    actor: &Actor,
    id: Id,
    outcome: QuarantineOutcome,
) -> Result<Quarantine> {
    let known = find(context.sql, id)?;
    let mut quarantine = known.ok_or_else(|| Refusal::UnknownDocument(format!("there is no quarantine {id}")))?;
    if quarantine.outcome.is_some() {
        return Ok(quarantine);
    }
    quarantine.outcome = Some(outcome);
    quarantine.resolved_at = Some(context.now());
    quarantine.resolved_by = Some(actor.party.name.clone());
    save(context.sql, &quarantine)?;
    let of = ids(&quarantine);
    let list = serde_json::to_string(&of)?;
    match outcome {
        QuarantineOutcome::Released => {
            context.sql.run(
                "UPDATE batches SET suspect = suspect - 1 WHERE id IN (SELECT value FROM json_each(?1))",
                values![list],
            )?;
            // What passed its date meanwhile has gone already; what came back since has not.
            expiry::discard(context, &of.into_iter().collect::<Vec<_>>())?;
        }
        QuarantineOutcome::Spoilt => {
            context
                .sql
                .run("UPDATE batches SET condemned = 1 WHERE id IN (SELECT value FROM json_each(?1))", values![list])?;
            for owner in owners(context.sql, &of)? {
                hold::rebook(context, &owner, &of)?;
            }
            let free = |row: Row| (row.on_hand > row.reserved).then(|| (row.id, row.sku, row.on_hand - row.reserved));
            let parts: Vec<Part> = rows(context.sql, &of)?.into_iter().filter_map(free).collect();
            throw_away(context, &actor.party.name, Some(&id.to_string()), &quarantine.reason, &parts)?;
        }
    }
    told(context, &quarantine)?;
    Ok(quarantine)
}

/// Throws free parts away.
pub fn throw_away<S: Sql>(
    context: &mut Context<'_, S>,
    actor: &str,
    reference: Option<&str>,
    reason: &str,
    parts: &[Part],
) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let moves = batches::take(context.sql, parts, Way::Spoiled)?;
    finish(context, MoveKind::Spoil, actor, reference, Some(reason), moves, EventData::StockAdjusted)?;
    Ok(())
}
