//! Stocktakes: counted by one person while the store goes on selling, approved by another.

use super::level;
use super::movement::{correct, finish};
use crate::command::Context;
use crate::{Refusal, Result};
use kirana_contracts::stock::{CountLine, MoveKind, Stocktake, StocktakeLine, StocktakeStatus};
use kirana_contracts::store_state::Actor;
use kirana_events::EventData;
use kirana_kernel::{Id, MAX_QUANTITY, Role};
use kirana_sql::{Sql, values};
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    document: String,
}

/// Begins a stocktake.
pub fn open<S: Sql>(context: &mut Context<'_, S>, actor: &Actor) -> Result<Stocktake> {
    let random = context.random();
    let stocktake = Stocktake {
        id: Id::new(context.now(), random),
        status: StocktakeStatus::Counting,
        opened_at: context.now(),
        counted_by: actor.party.clone(),
        approved_by: None,
        lines: Vec::new(),
    };
    save(context.sql, &stocktake)?;
    Ok(stocktake)
}

/// A stocktake.
pub fn get(sql: &impl Sql, id: Id) -> Result<Stocktake> {
    let row: Option<Document> = sql.first("SELECT document FROM stocktakes WHERE id = ?1", values![id.to_string()])?;
    let row = row.ok_or_else(|| Refusal::UnknownDocument(format!("there is no stocktake {id}")))?;
    Ok(serde_json::from_str(&row.document)?)
}

/// The last hundred stocktakes, newest first.
pub fn list(sql: &impl Sql) -> Result<Vec<Stocktake>> {
    let rows: Vec<Document> = sql.query("SELECT document FROM stocktakes ORDER BY id DESC LIMIT 100", values![])?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.document)?)).collect()
}

fn save(sql: &impl Sql, stocktake: &Stocktake) -> Result<()> {
    let status = serde_json::to_value(stocktake.status)?;
    Ok(sql.run(
        "INSERT OR REPLACE INTO stocktakes (id, status, document) VALUES (?1, ?2, ?3)",
        values![stocktake.id.to_string(), status.as_str().unwrap_or_default(), serde_json::to_string(stocktake)?],
    )?)
}

fn counting(stocktake: &Stocktake) -> Result<()> {
    if stocktake.status == StocktakeStatus::Counting {
        Ok(())
    } else {
        Err(Refusal::Conflict("this stocktake is over: open another".into()))
    }
}

/// Writes counted lines; a line that was counted before is counted anew. The books of that very moment are what it is
/// compared with, so sales between the count and the approval change nothing.
pub fn count<S: Sql>(context: &mut Context<'_, S>, id: Id, lines: &[CountLine]) -> Result<Stocktake> {
    let mut stocktake = get(context.sql, id)?;
    counting(&stocktake)?;
    for (index, line) in lines.iter().enumerate() {
        if !(0..=MAX_QUANTITY).contains(&line.counted) {
            let path = format!("lines[{index}].counted");
            return Err(Refusal::Invalid { path, message: format!("expected 0 to {MAX_QUANTITY}") });
        }
        let expected = level(context.sql, &line.sku)?.on_hand;
        stocktake.lines.retain(|known| known.sku != line.sku);
        stocktake.lines.push(StocktakeLine {
            sku: line.sku.clone(),
            counted: line.counted,
            expected,
            variance: line.counted - expected,
            value: 0,
        });
    }
    if stocktake.lines.len() > 5_000 {
        return Err(Refusal::Invalid {
            path: "lines".into(),
            message: "expected at most 5000 items a stocktake".into(),
        });
    }
    save(context.sql, &stocktake)?;
    Ok(stocktake)
}

/// Takes the variances into the books: all of them, or none.
pub fn approve<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, id: Id) -> Result<Stocktake> {
    let mut stocktake = get(context.sql, id)?;
    if stocktake.status == StocktakeStatus::Approved {
        return Ok(stocktake);
    }
    counting(&stocktake)?;
    if !matches!(actor.role, Role::Manager | Role::Owner | Role::Admin) {
        return Err(Refusal::Forbidden("a stocktake is approved by a manager or owner".into()));
    }
    if actor.party.id == stocktake.counted_by.id {
        return Err(Refusal::Forbidden("who counted does not approve: ask another manager".into()));
    }
    let mut moves = Vec::new();
    for (index, line) in stocktake.lines.iter_mut().enumerate().filter(|(_, line)| line.variance != 0) {
        let done = correct(context, &format!("lines[{index}].variance"), &line.sku, line.variance)?;
        line.value = done.iter().map(|part| part.value).sum();
        moves.extend(done);
    }
    stocktake.status = StocktakeStatus::Approved;
    stocktake.approved_by = Some(actor.party.clone());
    save(context.sql, &stocktake)?;
    if moves.is_empty() {
        return Ok(stocktake);
    }
    let reference = stocktake.id.to_string();
    let reason = Some("stocktake");
    finish(context, MoveKind::Count, &actor.party.name, Some(&reference), reason, moves, EventData::StockAdjusted)?;
    Ok(stocktake)
}

/// Throws a stocktake away.
pub fn discard<S: Sql>(context: &mut Context<'_, S>, id: Id) -> Result<Stocktake> {
    let mut stocktake = get(context.sql, id)?;
    if stocktake.status != StocktakeStatus::Discarded {
        counting(&stocktake)?;
        stocktake.status = StocktakeStatus::Discarded;
        save(context.sql, &stocktake)?;
    }
    Ok(stocktake)
}
