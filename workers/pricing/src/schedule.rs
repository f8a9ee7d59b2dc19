//! What happens by the clock: campaigns begin and end; claims with which nothing was ordered are free again.

use crate::SOURCE;
use crate::db::campaigns::{self, Campaign};
use crate::db::claims::{self, Stale};
use crate::rules::campaign::CampaignStatus;
use kirana_contracts::order::Order;
use kirana_contracts::store_state::{Idempotency, object_name};
use kirana_edge::db::{Db, id, required_change_missing};
use kirana_edge::{Result, call, clock, outbox, principal};
use kirana_events::{CampaignEvent, EventData};
use std::time::Duration;
use worker::Env;

/// How much later than a claim is good its order is asked for: the clocks of two machines may differ.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// Lets campaigns begin and end whose time has come, each told once.
///
/// # Errors
/// 500 when the database refuses.
pub async fn campaigns(env: &Env) -> Result<()> {
    let (db, now) = (Db::of(env)?, clock::now());
    for campaign in campaigns::due(&db, now).await? {
        let over = campaign.details.ends_at.is_some_and(|end| end <= now);
        let to = if over { CampaignStatus::Ended } else { CampaignStatus::Active };
        let mut statements = campaigns::shift(campaign.id, campaign.status, to, now);
        let told = told(&campaign, "scheduled");
        let data = if over { EventData::CampaignDeactivated(told) } else { EventData::CampaignActivated(told) };
        // One that never began ends in silence.
        if !over || campaign.status != CampaignStatus::Scheduled {
            statements.push(outbox::caused_by(SOURCE.name, "schedule", None, campaign.id.to_string(), None, data)?);
        }
        match db.batch(statements).await {
            Err(error) if !required_change_missing(&error) => return Err(error.into()),
            // Somebody else was first.
            _ => {}
        }
    }
    Ok(())
}

fn told(campaign: &Campaign, reason: &str) -> CampaignEvent {
    CampaignEvent {
        campaign_id: campaign.id,
        name: campaign.details.name.clone(),
        reason: reason.to_owned(),
        maker_id: Some(campaign.created_by),
    }
}

/// What is told when somebody stops a campaign that runs.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn stopped(campaign: &Campaign, to: CampaignStatus, request: &str) -> Result<Option<kirana_edge::db::Statement>> {
    if campaign.status != CampaignStatus::Active || to == CampaignStatus::Active {
        return Ok(None);
    }
    let data = EventData::CampaignDeactivated(told(campaign, to.name()));
    outbox::caused_by(SOURCE.name, request, None, campaign.id.to_string(), None, data).map(Some)
}

/// Asks the stores what became of orders that something was held for, and gives it back where there is none: no order is placed
/// with a claim that has run out.
///
/// # Errors
/// 500 when the database refuses; a store that does not answer is asked again.
pub async fn claims(env: &Env) -> Result<()> {
    let db = Db::of(env)?;
    let caller = principal::service("pricing");
    for stale in claims::stale(&db, clock::now() - CLOCKS_DIFFER).await? {
        let (claim, good_until) = (id(&stale.id)?, stale.good_until);
        let object = call::object(env, "STORE_STATE", object_name(stale.store_number), &caller).repeatable();
        let Stale { scope, key, fingerprint, .. } = stale;
        let asked = object.post("/orders/replay", &Idempotency { scope, key, fingerprint }).await;
        let order: Option<Order> = match asked {
            Ok(order) => order,
            Err(problem) if problem.code == "idempotency_key_reused" => None,
            Err(problem) => {
                kirana_edge::log::error(
                    "a store does not say what became of an order",
                    &[("problem", &problem.to_string())],
                );
                continue;
            }
        };
        let statements = match order {
            Some(order) if order.claim_id == Some(claim) => vec![claims::keep(claim, order.id)],
            _ => claims::release(claim, false, Some(good_until)),
        };
        match db.batch(statements).await {
            Err(error) if !required_change_missing(&error) => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
