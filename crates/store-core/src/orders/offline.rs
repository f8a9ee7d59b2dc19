//! Sales that a counter made while the line was down, told later in one batch with their own times and keys.
//!
//! They happened: nothing is refused for want of stock. Each is applied once, by the device's key; what the books did not
//! have is a variance; a gap in the device's own count is kept until it is filled.

use super::create;
use super::place::{pickup_number, sellables_of};
use crate::command::Context;
use crate::sabotage::{self, Guard};
use crate::stock::{self, Demand, allocate};
use crate::{Refusal, Result, keys};
use kirana_contracts::order::{Order, Party, PaymentSummary, TimelineEntry};
use kirana_contracts::stock::{OfflineBatch, OfflineOutcome, OfflineResult, OfflineSale};
use kirana_contracts::store_state::{Actor, Idempotency};
use kirana_events::OrderNews;
use kirana_kernel::{Fulfilment, Id, Money, OrderStatus, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::time::Duration;

/// Sales in one batch at most.
pub const MAX_SALES: usize = 500;
/// A device's clock may run this far ahead.
const AHEAD: Duration = Duration::from_secs(10 * 60);
/// A device may come back from a cupboard after years and tell its sales again.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Checks a batch before anything of it is written.
pub fn check(batch: &OfflineBatch) -> Result<()> {
    let refuse = |path: String, message: String| Err(Refusal::Invalid { path, message });
    if batch.sales.is_empty() || batch.sales.len() > MAX_SALES {
        return refuse("sales".into(), format!("expected 1 to {MAX_SALES}"));
    }
    for (index, sale) in batch.sales.iter().enumerate() {
        let at = |field: &str| format!("sales[{index}].{field}");
        if sale.key.is_empty() || sale.key.len() > 255 {
            return refuse(at("key"), "expected 1 to 255 characters".into());
        }
        if sale.seq == 0 || sale.seq > 1 << 50 {
            return refuse(at("seq"), "expected the device's own count, from 1".into());
        }
        if sale.lines.is_empty() || sale.lines.iter().any(|line| !(1..=1_000).contains(&line.quantity)) {
            return refuse(at("lines"), "expected at least one line, each with 1 to 1000 pieces".into());
        }
        if sale.tender.is_empty() || sale.tender.len() > 40 {
            return refuse(at("tender"), "expected how it was paid, such as cash".into());
        }
    }
    Ok(())
}

/// Applies one sale.
pub fn apply<S: Sql>(
    context: &mut Context<'_, S>,
    actor: &Actor,
    batch: &OfflineBatch,
    sale: &OfflineSale,
) -> Result<OfflineResult> {
    let key = Idempotency {
        scope: format!("offline {}", batch.device_id),
        key: sale.key.clone(),
        fingerprint: sale.seq.to_string(),
    };
    if !sabotage::on(Guard::OfflineOnce)
        && let Some(id) = known(context.sql, &key)?
    {
        return Ok(OfflineResult { key: sale.key.clone(), outcome: OfflineOutcome::Duplicate, order_id: id });
    }
    let mut order = begin(context, actor, batch, sale)?;
    let demand = match allocate::demand_of(context.sql, context.memory, &sellables_of(&sale.lines)) {
        Ok(demand) => demand,
        // Sold though this store keeps no stock of it: a variance under its own name.
        Err(Refusal::NotStocked(_)) => lines_as_demand(sale),
        Err(other) => return Err(other),
    };
    for status in [
        OrderStatus::Placed,
        OrderStatus::Confirmed,
        OrderStatus::Preparing,
        OrderStatus::Ready,
        OrderStatus::Collected,
        OrderStatus::Completed,
    ] {
        step(&mut order, sale.sold_at.min(context.now()), status, actor);
    }
    let owner = order.id.to_string();
    let (entry, short) = stock::offline::sell_beyond(context, &owner, &actor.party.name, &demand)?;
    let order = create(context, order, entry)?;
    keys::remember_for(context, &key, &owner, &order.id, FOR_EVER)?;
    count(context.sql, batch.device_id, sale.seq)?;
    for status in [OrderStatus::Placed, OrderStatus::Confirmed, OrderStatus::Completed] {
        context.tell(OrderNews::Became(status), &order, None, None);
    }
    let outcome = if short { OfflineOutcome::AppliedShort } else { OfflineOutcome::Applied };
    Ok(OfflineResult { key: sale.key.clone(), outcome, order_id: order.id })
}

/// The order that a device's key became, whenever that was: these keys are never forgotten, as the orders are not.
fn known(sql: &impl Sql, key: &Idempotency) -> Result<Option<Id>> {
    keys::answer_of(sql, &key.scope, &key.key, &key.fingerprint)
}

fn lines_as_demand(sale: &OfflineSale) -> Demand {
    let mut demand = Demand::new();
    for line in &sale.lines {
        *demand.entry(line.variant_sku.clone()).or_default() += line.quantity;
    }
    demand
}

fn begin<S: Sql>(
    context: &mut Context<'_, S>,
    actor: &Actor,
    batch: &OfflineBatch,
    sale: &OfflineSale,
) -> Result<Order> {
    if sale.sold_at > context.now() + AHEAD {
        return Err(Refusal::Invalid {
            path: "sold_at".into(),
            message: format!("{} has not come yet: set the device's clock", sale.sold_at),
        });
    }
    let random = context.random();
    // Ids begin with their moment: what was sold last week is found there, not among what came today.
    let sold_at = sale.sold_at.min(context.now()).max(Timestamp::from_millis(0));
    let total = sale.totals.total;
    Ok(Order {
        id: Id::in_store(sold_at, random, batch.store_number),
        version: 0,
        status: OrderStatus::Placed,
        pickup_number: pickup_number(context, &format!("offline {}", batch.device_id))?,
        store_id: batch.store_id,
        store_number: batch.store_number,
        customer: Party { id: actor.party.id, name: actor.party.name.clone() },
        fulfilment: Fulfilment::Pickup,
        lines: sale.lines.clone(),
        totals: sale.totals.clone(),
        tax_table: None,
        promotions: Vec::new(),
        claim_id: None,
        payment: PaymentSummary {
            payment_id: None,
            payments: Vec::new(),
            tender: Some(sale.tender.clone()),
            paid: total,
            refunded: Money::zero(total.currency),
            last_failure: None,
            promised: None,
        },
        note: None,
        table: None,
        deliver_to: None,
        pickup_at: None,
        slot: None,
        promised_at: None,
        tickets: Vec::new(),
        placed_at: sale.sold_at.min(context.now()),
        pay_by: sale.sold_at,
        due_at: None,
        // Whoever sold it at the till has looked.
        age: None,
        timeline: Vec::new(),
    })
}

fn step(order: &mut Order, at: Timestamp, to: OrderStatus, actor: &Actor) {
    let from = (order.version > 0).then_some(order.status);
    order.version += 1;
    order.status = to;
    order.timeline.push(TimelineEntry {
        at,
        version: order.version,
        from,
        to,
        actor: actor.party.clone(),
        role: actor.role,
        reason: from.is_none().then(|| "sold while the line was down".into()),
    });
}

#[derive(Deserialize)]
struct Counted {
    seq: u64,
    gaps: String,
}

/// Counts a device's sales: the highest number, and the numbers below it that are still missing.
fn count(sql: &impl Sql, device: Id, seq: u64) -> Result<()> {
    let (highest, mut gaps) = counted(sql, device)?;
    if seq > highest {
        // A device that lost its memory must not fill the store's.
        gaps.extend((highest + 1..seq).take(1_000));
    } else {
        gaps.retain(|gap| *gap != seq);
    }
    Ok(sql.run(
        "INSERT OR REPLACE INTO device_sales (device_id, seq, gaps) VALUES (?1, ?2, ?3)",
        values![device.to_string(), i64::try_from(highest.max(seq)).unwrap_or(i64::MAX), serde_json::to_string(&gaps)?],
    )?)
}

/// How far a device has told its sales, and what is missing of them.
pub fn counted(sql: &impl Sql, device: Id) -> Result<(u64, Vec<u64>)> {
    let row: Option<Counted> =
        sql.first("SELECT seq, gaps FROM device_sales WHERE device_id = ?1", values![device.to_string()])?;
    row.map_or(Ok((0, Vec::new())), |row| Ok((row.seq, serde_json::from_str(&row.gaps)?)))
}
