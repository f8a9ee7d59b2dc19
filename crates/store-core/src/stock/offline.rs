//! What was sold while the line was down is true whatever the books say: taken as far as it is there, the rest a variance.

use super::batches::{self, Way};
use super::{Demand, allocate, journal, moved, reasoned, skus};
use crate::command::Context;
use crate::{Refusal, Result};
use kirana_contracts::stock::{MoveKind, Variance};
use kirana_events::{EventData, StockLine, VarianceEvent};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// Takes a demand out of what is free, as far as it goes, and writes the rest down as variances. Answers the entry of the
/// journal, if anything was there, and whether anything was short.
pub fn sell_beyond<S: Sql>(
    context: &mut Context<'_, S>,
    reference: &str,
    actor: &str,
    demand: &Demand,
) -> Result<(Option<i64>, bool)> {
    if demand.is_empty() {
        return Ok((None, false));
    }
    let (parts, missing) = allocate::as_far_as_it_goes(context, context.now(), demand)?;
    let mut entry = None;
    if !parts.is_empty() {
        let moves = batches::take(context.sql, &parts, Way::Issued)?;
        let skus = skus(&parts);
        entry = Some(journal::write(context, MoveKind::Sale, actor, Some(reference), None, &moves)?);
        moved(context, &skus, None, EventData::StockUpdated)?;
    }
    if missing.is_empty() {
        return Ok((entry, false));
    }
    let rows: Vec<_> = missing.iter().collect();
    context.sql.run(
        "INSERT INTO variances (at, sku, quantity, reference)
         SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?2 FROM json_each(?3)",
        values![context.now().millis(), reference, serde_json::to_string(&rows)?],
    )?;
    let lines = missing.into_iter().map(|(sku, quantity)| StockLine { sku, quantity }).collect();
    let variance = VarianceEvent { reference: reference.into(), lines };
    context.emit(reference.into(), None, EventData::StockVariance(variance));
    Ok((entry, true))
}

#[derive(Deserialize)]
struct Row {
    id: i64,
    at: i64,
    sku: String,
    quantity: i64,
    reference: String,
    resolved_at: Option<i64>,
    resolution: Option<String>,
}

/// Variances that nobody has looked into yet, oldest first; or the last five hundred of all.
pub fn variances(sql: &impl Sql, all: bool) -> Result<Vec<Variance>> {
    let order = if all { "ORDER BY id DESC" } else { "WHERE resolved_at IS NULL ORDER BY id" };
    let rows: Vec<Row> = sql.query(
        &format!("SELECT id, at, sku, quantity, reference, resolved_at, resolution FROM variances {order} LIMIT 500"),
        values![],
    )?;
    Ok(rows
        .into_iter()
        .map(|row| Variance {
            id: row.id,
            at: Timestamp::from_millis(row.at),
            sku: row.sku,
            quantity: row.quantity,
            reference: row.reference,
            resolved_at: row.resolved_at.map(Timestamp::from_millis),
            resolution: row.resolution,
        })
        .collect())
}

/// Somebody looked into a variance.
pub fn resolve<S: Sql>(context: &mut Context<'_, S>, id: i64, resolution: &str) -> Result<()> {
    #[derive(Deserialize)]
    struct Done {
        #[allow(dead_code)]
        id: i64,
    }
    let done: Option<Done> = context.sql.first(
        "UPDATE variances SET resolved_at = ?2, resolution = ?3 WHERE id = ?1 AND resolved_at IS NULL RETURNING id",
        values![id, context.now().millis(), reasoned(resolution)?],
    )?;
    done.map(|_| ()).ok_or_else(|| Refusal::UnknownDocument(format!("there is no open variance {id}")))
}
