//! Campaigns: who makes them, when they run, what they did.

use crate::db::campaigns::{self, Campaign, OfferUsage};
use crate::rules::campaign::{CampaignDetails, CampaignStatus, campaign_faults};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Money, Role};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use worker::Env;

/// A change of a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignChange {
    /// What it is from now on. Its currency stays.
    pub campaign: CampaignDetails,
    /// Where it is moved: `scheduled` lets it begin when its time comes, `paused` stops it, `ended` ends it for good.
    pub status: CampaignStatus,
    /// The version that was read.
    pub version: i64,
}

/// A campaign that the caller may see: the chain's, or one of its own franchisee; the chain sees all.
///
/// # Errors
/// 404 for what is not there, and the same for somebody else's.
pub async fn seen(db: &Db, caller: &Principal, id: Id) -> Result<Campaign> {
    let unknown = || Problem::not_found("there is no such campaign");
    let campaign = campaigns::by_id(db, id).await?.ok_or_else(unknown)?;
    let of_others = campaign.franchisee_id.is_some() && campaign.franchisee_id != caller.franchisee;
    if of_others && !caller.is_chain() { Err(unknown()) } else { Ok(campaign) }
}

/// A campaign that is the caller's to change.
///
/// # Errors
/// 404 for what is not the caller's to see, 403 for what is the chain's.
pub async fn own(db: &Db, caller: &Principal, id: Id) -> Result<Campaign> {
    let campaign = seen(db, caller, id).await?;
    let owns = caller.is_chain()
        || (caller.has(Role::Owner) && campaign.franchisee_id.is_some() && campaign.franchisee_id == caller.franchisee);
    if owns { Ok(campaign) } else { Err(Problem::forbidden("this campaign is the chain's: ask there to change it")) }
}

/// Campaigns, the oldest first: for the chain all, for a franchisee its own and the chain's.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "pricing", params(PageQuery),
    responses((status = 200, body = Page<Campaign>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Campaign>>> {
    let (limit, after) = (query.limit()?, query.after()?);
    // A manager without a franchisee sees the chain's.
    let nobody = Id::new(kirana_kernel::Timestamp::from_millis(0), [0; 10]);
    let franchisee = if caller.is_chain() { None } else { Some(caller.franchisee.unwrap_or(nobody)) };
    let found = campaigns::page(&Db::of(&env)?, franchisee, after, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |campaign| campaign.id.to_string())))
}

/// Makes a campaign: a draft, which has no effect yet. The chain's runs in all stores, a franchisee's in its own.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/campaigns", tag = "pricing", request_body = CampaignDetails,
    responses((status = 201, body = Campaign), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(details): Json<CampaignDetails>,
) -> Result<(StatusCode, Json<Campaign>)> {
    let faults = campaign_faults(&details, 0);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    if !caller.is_chain() && caller.franchisee.is_none() {
        return Err(Problem::forbidden("campaigns are made by the chain and by franchisees"));
    }
    let campaign = Campaign {
        id: clock::new_id(),
        franchisee_id: if caller.is_chain() { None } else { caller.franchisee },
        status: CampaignStatus::Draft,
        spent: Money::zero(details.currency),
        details,
        created_by: caller.id,
        version: 1,
    };
    let entry = Entry {
        action: "campaign.made",
        object: campaign.id.to_string(),
        after: Some(serde_json::to_string(&campaign)?),
        ..Entry::default()
    };
    audit::note(&env, "pricing", &caller, &request_id, entry).await?;
    Db::of(&env)?.batch(vec![campaigns::insert(&campaign, clock::now())]).await?;
    Ok((StatusCode::CREATED, Json(campaign)))
}

/// A campaign.
///
/// # Errors
/// 404 for what is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", tag = "pricing", params(("id" = Id, Path, description = "The campaign")),
    responses((status = 200, body = Campaign), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Campaign>> {
    Ok(Json(seen(&Db::of(&env)?, &caller, id).await?))
}

/// Changes a campaign, or moves it. One that is scheduled begins within a minute of its time.
///
/// # Errors
/// 403 for the chain's, 404, 409 `campaign_changed`, `invalid_transition`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/campaigns/{id}", tag = "pricing", params(("id" = Id, Path, description = "The campaign")),
    request_body = CampaignChange,
    responses((status = 200, body = Campaign), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<CampaignChange>,
) -> Result<Json<Campaign>> {
    let db = Db::of(&env)?;
    let before = own(&db, &caller, id).await?;
    let mut faults = campaign_faults(&body.campaign, before.spent.amount);
    if body.campaign.currency != before.details.currency {
        let message = format!("expected {}: its offers are in it", before.details.currency);
        faults.push(kirana_edge::FieldError { path: "currency".into(), message });
    }
    if !faults.is_empty() {
        faults.iter_mut().for_each(|fault| fault.path.insert_str(0, "campaign."));
        return Err(Problem::invalid_fields(faults));
    }
    if !before.status.may_become(body.status) {
        let (from, to) = (before.status.name(), body.status.name());
        return Err(Problem::conflict("invalid_transition", format!("a campaign that is {from} cannot become {to}")));
    }
    if before.version == body.version {
        let entry = Entry {
            action: "campaign.changed",
            object: id.to_string(),
            before: Some(serde_json::to_string(&before)?),
            after: Some(json!({"campaign": &body.campaign, "status": body.status}).to_string()),
            ..Entry::default()
        };
        audit::note(&env, "pricing", &caller, &request_id, entry).await?;
    }
    let mut statements = campaigns::update(id, body.version, &body.campaign, body.status, clock::now());
    statements.extend(crate::schedule::stopped(&before, body.status, &request_id.0)?);
    match db.batch(statements).await {
        Err(error) if required_change_missing(&error) => Err(Problem::conflict(
            "campaign_changed",
            format!("it is at version {} by now: read it again", before.version),
        )),
        Err(error) => Err(error.into()),
        // Whoever lets it begin now, or stops it, sees that at once.
        Ok(_) => {
            crate::schedule::campaigns(&env).await?;
            get(State(env), Caller(caller), Path(id)).await
        }
    }
}

/// What each offer of a campaign did so far: orders, uses, customers, and what it took off. Some seconds behind.
///
/// # Errors
/// 404 for what is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/usage", tag = "pricing", params(("id" = Id, Path, description = "The campaign")),
    responses((status = 200, body = Vec<OfferUsage>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn usage(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<OfferUsage>>> {
    let db = Db::of(&env)?;
    seen(&db, &caller, id).await?;
    Ok(Json(campaigns::usage(&db, id).await?))
}
