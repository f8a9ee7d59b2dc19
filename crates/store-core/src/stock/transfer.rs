//! Transfers: what leaves one store arrives at another as it left, with its date, its origin and its worth.

use super::batches::{self, NewBatch, Passport, Way};
use super::movement::finish;
use super::{Demand, allocate, expiry, sensible, setup};
use crate::command::Context;
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result, keys};
use kirana_contracts::stock::{Move, MoveKind, TransferIn, TransferOut, TransferPart};
use kirana_contracts::store_state::{Actor, Idempotency};
use kirana_events::EventData;
use kirana_kernel::Id;
use kirana_sql::Sql;

/// A document's own key: the platform tells each side until it has an answer.
fn key(transfer: Id, side: &str) -> Option<Idempotency> {
    let key = Idempotency { scope: "transfer".into(), key: format!("{transfer} {side}"), fingerprint: String::new() };
    (!sabotage::on(Guard::TransferOnce)).then_some(key)
}

/// Goods leave. All of it or nothing.
pub fn send<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, out: &TransferOut) -> Result<Vec<TransferPart>> {
    keys::once(context, key(out.transfer_id, "out").as_ref(), |context| {
        let mut demand = Demand::new();
        for (index, line) in out.lines.iter().enumerate() {
            let quantity = sensible(&format!("lines[{index}].quantity"), line.quantity)?;
            setup::item(context, &line.sku)?;
            let sum = demand.entry(line.sku.clone()).or_default();
            *sum += quantity;
        }
        if demand.is_empty() {
            return Err(Refusal::Invalid { path: "lines".into(), message: "expected at least one".into() });
        }
        let parts = allocate::allocate(context, context.now(), &demand)?;
        let moves = batches::take(context.sql, &parts, Way::Issued)?;
        let sent = moves.iter().map(|part| under_way(context.sql, part)).collect::<Result<Vec<_>>>()?;
        let reference = out.transfer_id.to_string();
        let name = &actor.party.name;
        finish(context, MoveKind::TransferOut, name, Some(&reference), None, moves, EventData::StockUpdated)?;
        Ok(sent)
    })
}

fn under_way(sql: &impl Sql, part: &Move) -> Result<TransferPart> {
    let batch = super::listed::get(sql, part.batch)?;
    Ok(TransferPart {
        sku: part.sku.clone(),
        quantity: -part.quantity,
        value: -part.value,
        expires_at: batch.expires_at,
        supplier: batch.supplier,
        lot: batch.lot,
        origin: batch.origin,
        certification: batch.certification,
    })
}

/// Goods arrive; each part is a batch of its own. What expired on the way comes in and is thrown away, so that it is seen.
pub fn arrive<S: Sql>(context: &mut Context<'_, S>, actor: &Actor, came: &TransferIn) -> Result<Vec<Move>> {
    let side = format!("in {}", came.delivery);
    keys::once(context, key(came.transfer_id, &side).as_ref(), |context| {
        let mut moves = Vec::with_capacity(came.parts.len());
        for (index, part) in came.parts.iter().enumerate() {
            let quantity = sensible(&format!("parts[{index}].quantity"), part.quantity)?;
            let item = setup::item(context, &part.sku)?;
            let new = NewBatch {
                sku: &part.sku,
                quantity,
                cost: part.value,
                expires_at: part.expires_at,
                passport: Passport {
                    supplier: part.supplier.clone(),
                    lot: part.lot.clone(),
                    origin: part.origin.clone(),
                    certification: part.certification.clone(),
                },
            };
            let batch = batches::create(context, &new)?;
            expiry::watch(context.sql, batch, part.expires_at, item.near_expiry_hours)?;
            moves.push(Move { batch, sku: part.sku.clone(), quantity, value: part.value });
        }
        if moves.is_empty() {
            return Err(Refusal::Invalid { path: "parts".into(), message: "expected at least one".into() });
        }
        let reference = came.transfer_id.to_string();
        let name = &actor.party.name;
        finish(context, MoveKind::TransferIn, name, Some(&reference), None, moves.clone(), EventData::StockUpdated)?;
        Ok(moves)
    })
}
