//! Drafting purchase orders for what is missing: because somebody asks, or because goods run low.

use crate::db::{self, Place};
use crate::events;
use crate::rules::purchase::{PurchaseLine, PurchaseOrder, PurchaseStatus};
use crate::rules::reorder::{self, Wanted};
use kirana_contracts::stock::Usage;
use kirana_edge::db::Db;
use kirana_edge::{Principal, Problem, Result, call, clock, log, principal};
use kirana_events::{EventData, PurchaseOrderEvent, StockEvent, StockLine};
use kirana_kernel::{Id, Timestamp};
use std::collections::BTreeMap;
use worker::Env;

/// Places that are looked at in one go; the next minute looks at more.
const AT_ONCE: usize = 25;

/// Whatever else is known of a place is newer.
const LONG_AGO: Timestamp = Timestamp::from_millis(0);

/// A new purchase order of these packs.
#[must_use]
pub fn draft(place: Id, supplier: &db::Supplier, lines: &[Wanted], automatic: bool) -> PurchaseOrder {
    PurchaseOrder {
        id: clock::new_id(),
        version: 0,
        store_id: place,
        supplier_id: supplier.id,
        supplier: supplier.name.clone(),
        status: PurchaseStatus::Draft,
        automatic,
        request: None,
        lines: lines
            .iter()
            .map(|line| PurchaseLine {
                sku: line.sku.clone(),
                pack_size: line.offer.pack_size,
                packs: line.packs,
                cost: line.offer.pack_price * line.packs,
                received: 0,
                received_cost: 0,
            })
            .collect(),
        deliveries: Vec::new(),
        created_at: clock::now(),
        approved_by: None,
    }
}

/// What is told of a purchase order that was drafted.
#[must_use]
pub fn drafted(order: &PurchaseOrder) -> PurchaseOrderEvent {
    PurchaseOrderEvent {
        purchase_order_id: order.id,
        store_id: order.store_id,
        supplier: order.supplier.clone(),
        automatic: order.automatic,
        cost: order.lines.iter().map(|line| line.cost).sum(),
        lines: order
            .lines
            .iter()
            .map(|line| StockLine { sku: line.sku.clone(), quantity: line.pack_size * line.packs })
            .collect(),
    }
}

/// Drafts what a place lacks by the pace of its sales: a purchase order for each supplier. What is on order already is not
/// ordered again, also when two look at once.
///
/// # Errors
/// 409 `changed_meanwhile` when somebody else drafted meanwhile, 500 when the place or the database does not answer.
pub async fn replenish(
    env: &Env,
    caller: &Principal,
    place: &Place,
    request_id: &str,
    automatic: bool,
) -> Result<Vec<PurchaseOrder>> {
    let database = Db::of(env)?;
    // What it was before anything is looked at: who writes meanwhile is noticed.
    let looked = match db::reorders(&database, &place.source).await? {
        Some(looked) => looked,
        None => {
            // Nothing was heard of it yet.
            database.batch(vec![db::remember_place(place, LONG_AGO)]).await?;
            0
        }
    };
    let object = call::object(env, "STORE_STATE", place.source.clone(), caller);
    let usage: Vec<Usage> = object.get("/usage").await?;
    let missing: BTreeMap<String, i64> = usage
        .into_iter()
        .filter_map(|usage| Some((usage.sku, usage.missing.filter(|missing| *missing > 0)?)))
        .collect();
    let on_order = db::on_order(&database, place.id).await?;
    let offers = db::offers(&database, &missing.keys().collect::<Vec<_>>()).await?;
    let (mut drafts, mut statements) = (Vec::new(), Vec::new());
    for (supplier, lines) in reorder::propose(&missing, &on_order, &offers) {
        let supplier = db::supplier(&database, kirana_edge::db::id(&supplier)?).await?;
        let (order, keep) = db::keep_purchase_order(&draft(place.id, &supplier, &lines, automatic))?;
        statements.extend(keep);
        statements.push(events::tell(request_id, drafted(&order), EventData::PurchaseOrderCreated)?);
        drafts.push(order);
    }
    if db::reordered(&database, &place.source, looked, clock::now(), statements).await? {
        Ok(drafts)
    } else {
        Err(Problem::conflict("changed_meanwhile", "somebody else drafted purchase orders meanwhile: look at those"))
    }
}

/// Copies how a place stands into the read model, whatever its events have told so far.
///
/// # Errors
/// 500 when the place or the database does not answer.
pub async fn refresh(env: &Env, place: &Place) -> Result<usize> {
    let object = call::object(env, "STORE_STATE", place.source.clone(), &principal::service("inventory"));
    let standing: StockEvent = object.get("/standing").await?;
    let mut statements = vec![db::remember_place(place, LONG_AGO)];
    for levels in standing.levels.chunks(500) {
        statements.push(db::tell_levels(&place.source, levels)?);
    }
    Db::of(env)?.batch(statements).await?;
    Ok(standing.levels.len())
}

/// Looks at the places whose turn it is. What fails is looked at again in ten minutes.
pub async fn due(env: &Env) {
    let places = match Db::of(env) {
        Ok(database) => db::claim_reorders(&database, clock::now(), AT_ONCE).await,
        Err(problem) => Err(problem),
    };
    let places = places.unwrap_or_else(|problem| {
        log::error("nobody looked what is missing", &[("problem", &problem.to_string())]);
        Vec::new()
    });
    for place in places {
        // The copy is brought up to date on the way: what an event should ever have left out is mended within a day.
        let done = async {
            refresh(env, &place).await?;
            replenish(env, &principal::service("inventory"), &place, "reorder", true).await
        };
        if let Err(problem) = done.await {
            log::error("nothing was reordered", &[("place", &place.source), ("problem", &problem.to_string())]);
        }
    }
}
