//! Goods that pass their date: a warning before, thrown away at it, with no request needed.

use super::Part;
use super::batches::{self, Way};
use super::movement::finish;
use crate::Result;
use crate::command::Context;
use crate::sabotage::{self, Guard};
use crate::timers::{self, Kind};
use kirana_contracts::stock::MoveKind;
use kirana_events::{EventData, Expiry};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// Sets the timers of a batch with a date.
pub fn watch(sql: &impl Sql, batch: i64, expires_at: Option<Timestamp>, near_expiry_hours: i64) -> Result<()> {
    let Some(expires_at) = expires_at else { return Ok(()) };
    let reference = batch.to_string();
    timers::set(sql, expires_at, Kind::Expire, &reference)?;
    let before = Duration::from_secs(u64::try_from(near_expiry_hours).unwrap_or(0) * 3600);
    if !before.is_zero() {
        timers::set(sql, expires_at - before, Kind::NearExpiry, &reference)?;
    }
    Ok(())
}

/// Warns that a batch will expire soon, if anything is left of it.
pub fn warn<S: Sql>(context: &mut Context<'_, S>, batch: i64) -> Result<()> {
    timers::clear(context.sql, Kind::NearExpiry, &batch.to_string())?;
    let batch = super::listed::get(context.sql, batch)?;
    let Some(expires_at) = batch.expires_at.filter(|_| batch.on_hand > 0) else { return Ok(()) };
    let near = Expiry { batch: batch.id, sku: batch.sku, quantity: batch.on_hand, value: batch.value, expires_at };
    context.emit(near.sku.clone(), None, EventData::ItemNearExpiry(near));
    Ok(())
}

/// A batch passed its date: what is free of it is thrown away now, what is held when its order lets go of it.
pub fn expire<S: Sql>(context: &mut Context<'_, S>, batch: i64) -> Result<()> {
    timers::clear(context.sql, Kind::Expire, &batch.to_string())?;
    discard(context, &[batch])
}

/// Throws away what is free of these batches and has passed its date, or was found spoilt.
pub fn discard<S: Sql>(context: &mut Context<'_, S>, of: &[i64]) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        id: i64,
        sku: String,
        free: i64,
        expires_at: Option<i64>,
        condemned: i64,
    }
    let of: BTreeSet<_> = of.iter().collect();
    let rows: Vec<Row> = context.sql.query(
        "SELECT b.id AS id, b.sku AS sku, b.on_hand - b.reserved AS free, b.expires_at AS expires_at, b.condemned AS condemned
         FROM json_each(?1) wanted CROSS JOIN batches b ON b.id = wanted.value
         WHERE (b.expires_at <= ?2 OR b.condemned = 1) AND b.on_hand > b.reserved",
        values![serde_json::to_string(&of)?, context.now().millis()],
    )?;
    let (spoilt, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.condemned == 1);
    if !spoilt.is_empty() {
        let parts: Vec<Part> = spoilt.into_iter().map(|row| (row.id, row.sku, row.free)).collect();
        super::quarantine::throw_away(context, "store", None, "found spoilt before", &parts)?;
    }
    if rows.is_empty() || sabotage::on(Guard::ExpirySweep) {
        return Ok(());
    }
    let parts: Vec<Part> = rows.iter().map(|row| (row.id, row.sku.clone(), row.free)).collect();
    let moves = batches::take(context.sql, &parts, Way::Spoiled)?;
    for (row, part) in
        rows.iter().flat_map(|row| moves.iter().filter(|part| part.batch == row.id).map(move |part| (row, part)))
    {
        let expired = Expiry {
            batch: row.id,
            sku: row.sku.clone(),
            quantity: row.free,
            value: -part.value,
            expires_at: row.expires_at.map_or(context.now(), Timestamp::from_millis),
        };
        context.emit(row.sku.clone(), None, EventData::ItemExpired(expired));
    }
    finish(context, MoveKind::Expire, "store", None, Some("passed its date"), moves, EventData::StockUpdated)?;
    Ok(())
}
