//! What the stores tell of offers: given, given otherwise, or as if they had not been.

use crate::db::claims;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData, OfferEvent, ReadData, reads};

/// The events that it hears of.
pub const READS: ReadData = reads!(OfferApplied, OfferReleased);

/// The effects of an event. Those of one order come in their order: a store tells one thing after another.
///
/// # Errors
/// None of its own.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::OfferApplied(offer) => Ok(applied(event, offer)),
        EventData::OfferReleased(offer) => {
            let mut statements = vec![forget(offer)];
            statements.extend(offer.claim_id.into_iter().flat_map(|claim| claims::release(claim, true, None)));
            Ok(statements)
        }
        _ => Ok(Vec::new()),
    }
}

fn forget(offer: &OfferEvent) -> Statement {
    stmt("DELETE FROM offer_uses WHERE order_id = ?1", params![offer.order_id])
}

fn applied(event: &Event, offer: &OfferEvent) -> Vec<Statement> {
    let mut statements = vec![forget(offer)];
    for one in &offer.promotions {
        statements.push(stmt(
            "INSERT INTO offer_uses (order_id, offer_id, campaign_id, store_number, customer_id, amount, uses, currency, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                offer.order_id,
                one.promotion_id,
                one.campaign_id,
                offer.order_id.store_number(),
                offer.customer_id,
                one.amount.amount,
                one.uses,
                one.amount.currency,
                event.occurred_at
            ],
        ));
    }
    if let Some(claim) = offer.claim_id {
        statements.push(claims::keep(claim, offer.order_id));
        for one in &offer.promotions {
            statements.extend(claims::takes(claim, one.promotion_id, one.amount.amount));
        }
    }
    statements
}
