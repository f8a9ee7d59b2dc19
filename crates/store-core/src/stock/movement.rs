//! Movements that people tell: received, corrected, spoilt, returned.

use super::batches::{self, NewBatch, Passport, Way};
use super::{Demand, Part, allocate, expiry, journal, level, moved, reasoned, sensible, setup, tags};
use crate::command::Context;
use crate::{Refusal, Result, orders};
use kirana_contracts::stock::{Adjustment, Move, MoveKind, Moved, Movement, Receipt, Spoilage, StockReturn};
use kirana_contracts::store_state::Actor;
use kirana_events::{EventData, StockEvent};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;

/// Does a movement.
pub fn perform<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, movement: &Movement) -> Result<Moved> {
    match movement {
        Movement::Receive(receipt) => receive(context, actor, receipt),
        Movement::Adjust(adjustment) => adjust(context, actor, adjustment),
        Movement::Spoil(spoilage) => spoil(context, actor, spoilage),
        Movement::Return(stock_return) => bring_back(context, actor, stock_return),
    }
}

/// Ends a movement: sums, journal, events.
pub fn finish<S: Sql>(
    context: &mut Context<'_, S>,
    kind: MoveKind,
    actor: &str,
    reference: Option<&str>,
    reason: Option<&str>,
    moves: Vec<Move>,
    event: fn(StockEvent) -> EventData,
) -> Result<Moved> {
    let mut skus: Vec<_> = moves.iter().map(|part| part.sku.clone()).collect();
    skus.sort();
    skus.dedup();
    let entry = journal::write(context, kind, actor, reference, reason, &moves)?;
    moved(context, &skus, reason.map(str::to_owned), event)?;
    let sku = skus.first().ok_or_else(|| Refusal::Fault("a movement of nothing".into()))?;
    Ok(Moved { entry, moves, level: level(context.sql, sku)? })
}

/// Takes goods in as a batch.
fn receive<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, receipt: &Receipt) -> Result<Moved> {
    let item = setup::item(context, &receipt.sku)?;
    let quantity = setup::in_unit("quantity", receipt.quantity, receipt.measure, &item)?;
    if !(0..=1_000_000_000_000).contains(&receipt.cost) {
        return Err(Refusal::Invalid {
            path: "cost".into(),
            message: "expected 0 to 1000000000000 minor units".into(),
        });
    }
    if let Some(expires_at) = receipt.expires_at.filter(|expires_at| *expires_at <= context.now()) {
        return Err(Refusal::Invalid {
            path: "expires_at".into(),
            message: format!("{expires_at} has passed: expired goods cannot be taken in"),
        });
    }
    let passport = Passport {
        supplier: receipt.supplier.clone(),
        lot: receipt.lot.clone(),
        origin: receipt.origin.clone(),
        certification: receipt.certification.clone(),
    };
    let new = NewBatch { sku: &receipt.sku, quantity, cost: receipt.cost, expires_at: receipt.expires_at, passport };
    let batch = batches::create(context, &new)?;
    tags::bind(context.sql, batch, quantity, &receipt.tags)?;
    expiry::watch(context.sql, batch, receipt.expires_at, item.near_expiry_hours)?;
    let moves = vec![Move { batch, sku: receipt.sku.clone(), quantity, value: receipt.cost }];
    let reference = receipt.reference.as_deref();
    finish(context, MoveKind::Receive, &actor.party.name, reference, None, moves, EventData::StockUpdated)
}

/// Corrects a count: what was found goes to the newest batch, what is missing is taken by the item's policy.
fn adjust<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, adjustment: &Adjustment) -> Result<Moved> {
    let reason = reasoned(&adjustment.reason)?;
    if adjustment.delta == 0 {
        return Err(Refusal::Invalid { path: "delta".into(), message: "expected another number than 0".into() });
    }
    let moves = correct(context, "delta", &adjustment.sku, adjustment.delta)?;
    finish(context, MoveKind::Adjust, &actor.party.name, None, Some(reason), moves, EventData::StockAdjusted)
}

/// What makes the books of an item right by `delta`; the batches are changed, the journal is not yet written.
pub fn correct<S: Sql>(context: &mut Context<'_, S>, path: &str, sku: &str, delta: i64) -> Result<Vec<Move>> {
    let now = level(context.sql, sku)?;
    sensible(path, delta.checked_abs().unwrap_or(i64::MAX)).map_err(|_| Refusal::Invalid {
        path: path.into(),
        message: format!("expected at most {} up or down", kirana_kernel::MAX_QUANTITY),
    })?;
    if delta > 0 {
        let moves = vec![found(context, path, sku, delta)?];
        batches::put(context.sql, &moves, Way::Adjusted)?;
        return Ok(moves);
    }
    let missing = -delta;
    if missing > now.available {
        return Err(Refusal::Held { sku: sku.into(), wanted: missing, available: now.available });
    }
    let parts = of_any_date(context, sku, missing)?;
    batches::take(context.sql, &parts, Way::Adjusted)
}

/// Goods that were found belong to the newest batch of the item that is still good, and are worth what is left of it. Where
/// none is, they are as old as the newest, and are thrown away at the next alarm.
fn found<S: Sql>(context: &Context<'_, S>, path: &str, sku: &str, delta: i64) -> Result<Move> {
    #[derive(Deserialize)]
    struct Row {
        id: i64,
        on_hand: i64,
        value: i64,
        received: i64,
        cost: i64,
        expires_at: Option<i64>,
    }
    let now = context.now();
    let row: Option<Row> = context.sql.first(
        "SELECT id, on_hand, value, received, cost, expires_at FROM batches WHERE sku = ?1
         ORDER BY expires_at IS NOT NULL AND expires_at <= ?2, id DESC LIMIT 1",
        values![sku, now.millis()],
    )?;
    let Some(newest) = row else {
        return Err(Refusal::Invalid {
            path: path.into(),
            message: "nothing was received yet: receive it as a batch".into(),
        });
    };
    if let Some(passed) = newest.expires_at.map(Timestamp::from_millis).filter(|date| *date <= now) {
        expiry::watch(context.sql, newest.id, Some(passed), 0)?;
    }
    let (value, of) = if newest.on_hand > 0 { (newest.value, newest.on_hand) } else { (newest.cost, newest.received) };
    let worth = if of == 0 { 0 } else { i128::from(value) * i128::from(delta) / i128::from(of) };
    let worth = i64::try_from(worth).unwrap_or(0);
    Ok(Move { batch: newest.id, sku: sku.into(), quantity: delta, value: worth })
}

/// Free parts of an item whatever their date, by policy: for what is lost, not for what is sold.
fn of_any_date<S: Sql>(context: &Context<'_, S>, sku: &str, quantity: i64) -> Result<Vec<Part>> {
    let long_ago = Timestamp::from_millis(0);
    allocate::allocate(context, long_ago, &Demand::from([(sku.to_owned(), quantity)]))
}

/// Takes out what was lost.
fn spoil<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, spoilage: &Spoilage) -> Result<Moved> {
    let reason = reasoned(&spoilage.reason)?;
    let quantity = sensible("quantity", spoilage.quantity)?;
    let now = level(context.sql, &spoilage.sku)?;
    let parts = match spoilage.batch {
        Some(id) => {
            let batch = super::listed::get(context.sql, id)?;
            if batch.sku != spoilage.sku {
                return Err(Refusal::Invalid {
                    path: "batch".into(),
                    message: format!("batch {id} is of {}", batch.sku),
                });
            }
            let free = batch.on_hand - batch.reserved;
            if quantity > free {
                return Err(Refusal::Held { sku: batch.sku, wanted: quantity, available: free });
            }
            vec![(id, batch.sku, quantity)]
        }
        None if quantity > now.available => {
            return Err(Refusal::Held { sku: spoilage.sku.clone(), wanted: quantity, available: now.available });
        }
        None => of_any_date(context, &spoilage.sku, quantity)?,
    };
    let moves = batches::take(context.sql, &parts, Way::Spoiled)?;
    finish(context, MoveKind::Spoil, &actor.party.name, None, Some(reason), moves, EventData::StockAdjusted)
}

/// Brings goods back from a sale, to the batches they came from.
fn bring_back<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, back: &StockReturn) -> Result<Moved> {
    let reason = reasoned(&back.reason)?;
    let quantity = sensible("quantity", back.quantity)?;
    let owner = back.order_id.to_string();
    let used = orders::used_up(context.sql, &owner)?;
    let mut open = quantity;
    let mut moves = Vec::new();
    for part in used.into_iter().filter(|part| part.sku == back.sku) {
        let returned = open.min(-part.quantity);
        if returned > 0 {
            let value = batches::share(-part.value, returned, -part.quantity);
            moves.push(Move { batch: part.batch, sku: part.sku, quantity: returned, value });
            open -= returned;
        }
    }
    if open > 0 {
        return Err(Refusal::Invalid {
            path: "quantity".into(),
            message: format!("the order used up {} of {} that did not come back yet", quantity - open, back.sku),
        });
    }
    batches::put(context.sql, &moves, Way::Issued)?;
    let ids: Vec<i64> = moves.iter().map(|part| part.batch).collect();
    let moved = finish(
        context,
        MoveKind::Return,
        &actor.party.name,
        Some(&owner),
        Some(reason),
        moves,
        EventData::StockUpdated,
    )?;
    orders::note_entry(context.sql, &owner, moved.entry)?;
    // What expired while it was away is thrown away at once.
    expiry::discard(context, &ids)?;
    Ok(Moved { level: level(context.sql, &back.sku)?, ..moved })
}
