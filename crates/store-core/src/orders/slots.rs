//! Slots for scheduled pickup: capacity is stock too, taken in the same transaction as the goods.

use super::kitchen;
use crate::command::Context;
use crate::memory::Memory;
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result};
use kirana_contracts::order::Order;
use kirana_contracts::store_state::{Slot, SlotTable};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How far ahead somebody may order.
const AHEAD: Duration = Duration::from_secs(14 * 24 * 3600);

#[derive(Deserialize)]
struct Taken {
    taken: i64,
}

/// The beginning of the slot that a time is in.
fn slot_of(at: Timestamp, minutes: i64) -> i64 {
    let length = minutes * 60_000;
    at.millis().div_euclid(length) * length
}

/// Takes a place in the slot, or refuses with the next slot that has one.
pub fn take<S: Sql>(context: &Context<'_, S>, pickup_at: Option<Timestamp>) -> Result<Option<Timestamp>> {
    let Some(at) = pickup_at else { return Ok(None) };
    if at <= context.now() || at > context.now() + AHEAD {
        return Err(Refusal::Invalid {
            path: "pickup_at".into(),
            message: "expected a time within the next fourteen days".into(),
        });
    }
    let settings = kitchen::settings(context.sql, context.memory)?;
    let slot = slot_of(at, settings.slot_minutes);
    let capacity = settings.slot_capacity.filter(|_| !sabotage::on(Guard::SlotCapacity)).unwrap_or(i64::from(u32::MAX));
    let taken: Option<Taken> = context.sql.first(
        "INSERT INTO slots (start, taken) VALUES (?1, 1)
         ON CONFLICT (start) DO UPDATE SET taken = taken + 1 WHERE taken < ?2 RETURNING taken",
        values![slot, capacity],
    )?;
    if taken.is_some() {
        return Ok(Some(Timestamp::from_millis(slot)));
    }
    let length = settings.slot_minutes * 60_000;
    let mut next = slot + length;
    for _ in 0..96 {
        let row: Option<Taken> = context.sql.first("SELECT taken FROM slots WHERE start = ?1", values![next])?;
        if row.is_none_or(|row| row.taken < capacity) {
            break;
        }
        next += length;
    }
    Err(Refusal::SlotFull { slot: Timestamp::from_millis(slot), next: Timestamp::from_millis(next) })
}

/// Slots that one answer tells of at most: two days of the shortest.
const MOST: i64 = 576;

/// The slots that begin between two times and have not begun, with what is left of each.
///
/// # Errors
/// [`Refusal::Invalid`] for more than are told of at once.
pub fn table<S: Sql>(sql: &S, memory: &Memory, now: Timestamp, from: Timestamp, until: Timestamp) -> Result<SlotTable> {
    #[derive(Deserialize)]
    struct Row {
        start: i64,
        taken: i64,
    }
    let settings = kitchen::settings(sql, memory)?;
    let length = settings.slot_minutes * 60_000;
    let first = slot_of(from.max(now), settings.slot_minutes);
    let first = if first > now.millis() { first } else { first + length };
    if (until.millis() - first) / length > MOST {
        let message = format!("expected a time within {MOST} slots of the first");
        return Err(Refusal::Invalid { path: "until".into(), message });
    }
    let rows: Vec<Row> =
        sql.query("SELECT start, taken FROM slots WHERE start >= ?1 AND start < ?2", values![first, until.millis()])?;
    let taken: BTreeMap<i64, i64> = rows.into_iter().map(|row| (row.start, row.taken)).collect();
    let left = |start| settings.slot_capacity.map(|capacity| (capacity - taken.get(&start).unwrap_or(&0)).max(0));
    let starts =
        std::iter::successors(Some(first), |start| Some(start + length)).take_while(|start| *start < until.millis());
    let slots = starts.map(|start| Slot { begins: Timestamp::from_millis(start), left: left(start) }).collect();
    Ok(SlotTable { slot_minutes: settings.slot_minutes, soonest: kitchen::ready_at(sql, memory, now, 1)?, slots })
}

/// Gives the place of an order back that will not be made.
pub fn give_back<S: Sql>(context: &Context<'_, S>, order: &Order) -> Result<()> {
    let Some(slot) = order.slot else { return Ok(()) };
    Ok(context.sql.run("UPDATE slots SET taken = taken - 1 WHERE start = ?1", values![slot.millis()])?)
}
