//! Leases: stock that a vending machine or counter may sell while its line is down.
//!
//! The goods are held for the lease as for an order, so nobody else can sell them. The device reports counters that only
//! grow; a report that comes twice, late or out of order changes nothing. What it sold beyond its lease was sold all the
//! same: it is taken from what is free, and what is not there is a variance.

use super::{Demand, Part, allocate, hold, offline, sensible, setup};
use crate::command::Context;
use crate::timers::{self, Kind};
use crate::{Refusal, Result};
use kirana_contracts::stock::{Lease, LeaseLine, LeaseRequest, LeaseSales, TransferLine};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::time::Duration;

/// A device's clock may be this wrong, and its last report this late.
const GRACE: Duration = Duration::from_secs(15 * 60);
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Deserialize)]
struct Document {
    document: String,
}

/// Holds stock for a device until a time.
pub fn grant<S: Sql>(context: &mut Context<'_, S>, request: &LeaseRequest) -> Result<Lease> {
    if request.until <= context.now() || request.until > context.now() + LONGEST {
        return Err(Refusal::Invalid {
            path: "until".into(),
            message: "expected a time within the next seven days".into(),
        });
    }
    let mut demand = Demand::new();
    for (index, line) in request.lines.iter().enumerate() {
        setup::item(context, &line.sku)?;
        *demand.entry(line.sku.clone()).or_default() += sensible(&format!("lines[{index}].quantity"), line.quantity)?;
    }
    if demand.is_empty() {
        return Err(Refusal::Invalid { path: "lines".into(), message: "expected at least one".into() });
    }
    let parts = allocate::allocate(context, context.now(), &demand)?;
    let random = context.random();
    let lease = Lease {
        id: Id::new(context.now(), random),
        device_id: request.device_id,
        until: request.until,
        lines: demand.into_iter().map(|(sku, leased)| LeaseLine { sku, leased, sold: 0 }).collect(),
        ended: false,
    };
    hold::hold(context, &lease.id.to_string(), &parts)?;
    save(context.sql, &lease)?;
    timers::set(context.sql, lease.until + GRACE, Kind::EndLease, &lease.id.to_string())?;
    super::changed(context, &super::skus(&parts))?;
    Ok(lease)
}

/// A lease.
pub fn get(sql: &impl Sql, id: Id) -> Result<Lease> {
    let row: Option<Document> = sql.first("SELECT document FROM leases WHERE id = ?1", values![id.to_string()])?;
    let row = row.ok_or_else(|| Refusal::UnknownDocument(format!("there is no lease {id}")))?;
    Ok(serde_json::from_str(&row.document)?)
}

fn save(sql: &impl Sql, lease: &Lease) -> Result<()> {
    Ok(sql.run(
        "INSERT OR REPLACE INTO leases (id, ended, document) VALUES (?1, ?2, ?3)",
        values![lease.id.to_string(), i64::from(lease.ended), serde_json::to_string(lease)?],
    )?)
}

/// Takes what the device's counters say it sold since its last report.
pub fn report<S: Sql>(context: &mut Context<'_, S>, id: Id, device: Id, sales: &LeaseSales) -> Result<Lease> {
    let mut lease = get(context.sql, id)?;
    if lease.device_id != device {
        return Err(Refusal::UnknownDocument(format!("there is no lease {id}")));
    }
    let mut sold = Demand::new();
    for (index, counter) in sales.sold.iter().enumerate() {
        let path = format!("sold[{index}]");
        if !(0..=kirana_kernel::MAX_QUANTITY).contains(&counter.total) {
            return Err(Refusal::Invalid { path, message: "expected a total of 0 or more".into() });
        }
        let line = lease.lines.iter_mut().find(|line| line.sku == counter.sku);
        let line = line.ok_or_else(|| Refusal::Invalid { path, message: format!("{} is not leased", counter.sku) })?;
        // Counters only grow: a smaller one is an old report.
        if counter.total > line.sold {
            sold.insert(counter.sku.clone(), counter.total - line.sold);
            line.sold = counter.total;
        }
    }
    let owner = lease.id.to_string();
    if !sold.is_empty() {
        let actor = lease.device_id.to_string();
        let used: Vec<Part> = hold::issue_some(context, &owner, &actor, &sold)?;
        for (_, sku, quantity) in used {
            if let Some(open) = sold.get_mut(&sku) {
                *open -= quantity;
            }
        }
        sold.retain(|_, open| *open > 0);
        offline::sell_beyond(context, &owner, &actor, &sold)?;
    }
    if sales.finished {
        close(context, &mut lease)?;
    }
    save(context.sql, &lease)?;
    Ok(lease)
}

/// A device needs its lease longer.
pub fn extend<S: Sql>(context: &mut Context<'_, S>, id: Id, until: Timestamp) -> Result<Lease> {
    let mut lease = open(context.sql, id)?;
    if until <= lease.until || until > context.now() + LONGEST {
        return Err(Refusal::Invalid {
            path: "until".into(),
            message: format!("expected a time after {} and within the next seven days", lease.until),
        });
    }
    lease.until = until;
    save(context.sql, &lease)?;
    timers::set(context.sql, until + GRACE, Kind::EndLease, &id.to_string())?;
    Ok(lease)
}

/// A device needs a part of its lease no more: at most what it has not sold of it.
pub fn release_some<S: Sql>(context: &mut Context<'_, S>, id: Id, lines: &[TransferLine]) -> Result<Lease> {
    let mut lease = open(context.sql, id)?;
    let mut freed = Demand::new();
    for (index, line) in lines.iter().enumerate() {
        let at = |field: &str| format!("lines[{index}].{field}");
        let leased = lease.lines.iter_mut().find(|leased| leased.sku == line.sku);
        let leased = leased
            .ok_or_else(|| Refusal::Invalid { path: at("sku"), message: format!("{} is not leased", line.sku) })?;
        let left = (leased.leased - leased.sold).max(0);
        if !(1..=left).contains(&line.quantity) {
            let message = format!("expected 1 to {left}: so much of {} is leased and not sold", line.sku);
            return Err(Refusal::Invalid { path: at("quantity"), message });
        }
        leased.leased -= line.quantity;
        *freed.entry(line.sku.clone()).or_default() += line.quantity;
    }
    if freed.is_empty() {
        return Err(Refusal::Invalid { path: "lines".into(), message: "expected at least one".into() });
    }
    hold::release_some(context, &id.to_string(), &freed)?;
    save(context.sql, &lease)?;
    Ok(lease)
}

/// A lease that is not over.
fn open(sql: &impl Sql, id: Id) -> Result<Lease> {
    let lease = get(sql, id)?;
    if lease.ended { Err(Refusal::Conflict("this lease is over: ask for another".into())) } else { Ok(lease) }
}

/// The time of a lease is over.
pub fn end<S: Sql>(context: &mut Context<'_, S>, id: Id) -> Result<()> {
    let mut lease = get(context.sql, id)?;
    close(context, &mut lease)?;
    save(context.sql, &lease)
}

fn close<S: Sql>(context: &mut Context<'_, S>, lease: &mut Lease) -> Result<()> {
    if !lease.ended {
        lease.ended = true;
        hold::release(context, &lease.id.to_string())?;
    }
    timers::clear(context.sql, Kind::EndLease, &lease.id.to_string())
}
