//! The offers of a campaign, and whether a coupon is good.

use super::campaigns::{own, seen};
use super::faulty;
use crate::db::offers::{self, Behind, MAX_OFFERS, Offer};
use crate::rules::campaign::{is_coupon, offer_faults};
use crate::segments;
use axum::extract::State;
use http::StatusCode;
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::Db;
use kirana_edge::{Caller, FieldError, Json, Path, Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Timestamp};
use kirana_pricing::Promotion;
use kirana_pricing::rules::{Benefit, Caps, Conditions, Stacking};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A new offer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    /// What it is called on receipts, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "Happy hour")]
    pub name: String,
    /// The greater goes first; among equals the older.
    #[serde(default)]
    pub priority: i32,
    /// What it gives.
    pub benefit: Benefit,
    /// For which orders.
    #[serde(default)]
    pub conditions: Conditions,
    /// How it goes together with others.
    #[serde(default)]
    pub stacking: Stacking,
    /// What it gives at most in one order.
    #[serde(default)]
    pub caps: Caps,
    /// How often it is given in all; absent for as often as it is wanted.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub total_limit: Option<i64>,
    /// How often each customer has it; absent for as often as they like.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub customer_limit: Option<i64>,
}

/// The offers of a campaign.
///
/// # Errors
/// 404 for what is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/offers", tag = "pricing", params(("id" = Id, Path, description = "The campaign")),
    responses((status = 200, body = Vec<Offer>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Vec<Offer>>> {
    let db = Db::of(&env)?;
    seen(&db, &caller, id).await?;
    Ok(Json(offers::of_campaign(&db, id).await?))
}

/// Adds an offer. It is given while its campaign runs. An offer is not changed: what it gave is on receipts; it is withdrawn,
/// and another one added.
///
/// # Errors
/// 403 for the chain's campaign, 404, 409 `campaign_ended` or `too_many_offers`, 422 `invalid_body`, 503 while nobody can tell which
/// segments there are.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/offers", tag = "pricing", params(("id" = Id, Path, description = "The campaign")),
    request_body = NewOffer,
    responses((status = 201, body = Offer), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn add(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<NewOffer>,
) -> Result<(StatusCode, Json<Offer>)> {
    let db = Db::of(&env)?;
    let campaign = own(&db, &caller, id).await?;
    if campaign.status == crate::rules::campaign::CampaignStatus::Ended {
        return Err(Problem::conflict("campaign_ended", "the campaign has ended: make another one"));
    }
    let NewOffer { name, priority, benefit, conditions, stacking, caps, total_limit, customer_limit } = body;
    let promotion = Promotion { id: clock::new_id(), name, priority, benefit, conditions, stacking, caps };
    let mut faults = faulty(promotion.faults(), "").errors;
    let limits = offer_faults(&promotion, campaign.details.currency, total_limit, customer_limit);
    faults.extend(limits.into_iter().map(|fault| {
        let path = fault.path.strip_prefix("promotion.").map(str::to_owned).unwrap_or(fault.path);
        FieldError { path, ..fault }
    }));
    if !(1..=100).contains(&promotion.name.trim().chars().count()) {
        faults.push(FieldError { path: "name".into(), message: "expected 1 to 100 characters".into() });
    }
    faults.extend(segments::faults(&env, &promotion.conditions.segments).await?);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let offer = Offer { campaign_id: id, promotion, total_limit, customer_limit, used: 0, withdrawn: false };
    let entry = Entry {
        action: "offer.added",
        object: offer.promotion.id.to_string(),
        after: Some(serde_json::to_string(&offer)?),
        ..Entry::default()
    };
    audit::note(&env, "pricing", &caller, &request_id, entry).await?;
    let added = db.batch(offers::insert(&offer, clock::now())?).await?;
    if added.first() == Some(&0) {
        let detail = format!("a campaign has {MAX_OFFERS} offers at most: make another one");
        return Err(Problem::conflict("too_many_offers", detail));
    }
    Ok((StatusCode::CREATED, Json(offer)))
}

/// Withdraws an offer: it is given no more, also where a quote has promised it.
///
/// # Errors
/// 403 for the chain's campaign, 404.
#[utoipa::path(delete, path = "/api/v1/campaigns/{id}/offers/{offer_id}", tag = "pricing",
    params(("id" = Id, Path, description = "The campaign"), ("offer_id" = Id, Path, description = "The offer")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn withdraw(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, offer)): Path<(Id, Id)>,
) -> Result<StatusCode> {
    let db = Db::of(&env)?;
    own(&db, &caller, id).await?;
    let unknown = || Problem::not_found("there is no such offer");
    let before = offers::of_campaign(&db, id).await?.into_iter().find(|one| one.promotion.id == offer);
    let before = before.ok_or_else(unknown)?;
    if !before.withdrawn {
        let entry = Entry {
            action: "offer.withdrawn",
            object: offer.to_string(),
            before: Some(serde_json::to_string(&before)?),
            ..Entry::default()
        };
        audit::note(&env, "pricing", &caller, &request_id, entry).await?;
    }
    let changed = db.batch(offers::withdraw(offer, id, clock::now())).await?;
    if changed.first() == Some(&0) {
        return Err(unknown());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a coupon is good for whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CouponState {
    /// Is it?
    pub valid: bool,
    /// What it gives is called; absent for a code that is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why it is not: `unknown`, `not_yet`, `over`, `paused`, `used_up` or `used_by_you`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when it is good, where that is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Whether a coupon is good for whoever asks, now. What it gives depends on the order: a quote says that.
///
/// # Errors
/// 422 `invalid_body` for what can be no coupon.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/validate", tag = "pricing", params(("id" = String, Path, description = "The coupon's code")),
    responses((status = 200, body = CouponState), (status = 422, body = Problem)))]
#[worker::send]
pub async fn validate(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(code): Path<String>,
) -> Result<Json<CouponState>> {
    if !is_coupon(&code) {
        return Err(Problem::invalid_field("id", "expected 3 to 40 letters, digits and hyphens"));
    }
    let found = offers::behind(&Db::of(&env)?, &code, caller.id).await?;
    let now = clock::now().millis();
    let states = found.into_iter().map(|behind| state_of(behind, now));
    // The best that any of them says.
    let best = states.reduce(|best, other| if other.valid && !best.valid { other } else { best });
    let unknown = CouponState { valid: false, name: None, reason: Some("unknown".into()), until: None };
    Ok(Json(best.unwrap_or(unknown)))
}

fn state_of(behind: Behind, now: i64) -> CouponState {
    let reason = match behind.status.as_str() {
        "paused" => Some("paused"),
        "ended" => Some("over"),
        _ if behind.starts_at > now => Some("not_yet"),
        _ if behind.ends_at.is_some_and(|end| end <= now) => Some("over"),
        _ if behind.had == 1 => Some("used_by_you"),
        _ if behind.spent == 1 => Some("used_up"),
        "active" => None,
        _ => Some("not_yet"),
    };
    CouponState {
        valid: reason.is_none(),
        name: Some(behind.name),
        reason: reason.map(str::to_owned),
        until: behind.ends_at.map(Timestamp::from_millis),
    }
}
