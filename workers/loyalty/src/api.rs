//! Points, as their owner and the chain see them.

use crate::SOURCE;
use crate::rules::Worth;
use crate::tiers::{self, LoyaltyTier};
use axum::extract::State;
use kirana_contracts::segment::of_tier;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, Query, Result, clock, params};
use kirana_events::Ack;
use kirana_kernel::{Currency, Id, Money, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// 365 days, in milliseconds.
const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// A points account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Whose.
    pub customer_id: String,
    /// How many.
    pub points: i64,
    /// What they pay for, in the currency that was asked about, rounded down: see `points` in `POST /payments/initiate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Money>,
    /// Points of the last 365 days, less what went back; what they paid for takes nothing away.
    pub earned: i64,
    /// The tier that these are in.
    pub tier: LoyaltyTier,
    /// The next tier; absent in the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_tier: Option<LoyaltyTier>,
}

/// In which currency.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorthQuery {
    /// Says what the points are worth in it.
    #[param(example = "THB")]
    pub currency: Option<Currency>,
}

/// The tiers there are, the lowest first.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/api/v1/loyalty/tiers", tag = "loyalty", responses((status = 200, body = Vec<LoyaltyTier>)))]
#[worker::send]
pub async fn all_tiers(State(env): State<Env>) -> Result<Json<Vec<LoyaltyTier>>> {
    Ok(Json(tiers::tiers(&env)?))
}

/// How somebody stands.
#[derive(Deserialize)]
struct Standing {
    customer_id: String,
    points: i64,
    earned: i64,
}

async fn standing(env: &Env, customer: Id) -> Result<Option<Standing>> {
    let sql = "SELECT customer_id, points,
                (SELECT COALESCE(SUM(points), 0) FROM entries e
                  WHERE e.customer_id = a.customer_id AND at > ?2 AND cause NOT LIKE 'spent %' AND cause NOT LIKE 'restored %') AS earned
             FROM accounts a WHERE customer_id = ?1";
    Db::of(env)?.first(sql, params![customer, clock::now().millis() - YEAR_MS]).await
}

/// `GET /internal/customers/{id}/segments`: the segment of the tier that a customer is in, for their price; none for who has no account.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn segments(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Vec<String>>> {
    caller.require_service()?;
    let Some(Standing { earned, .. }) = standing(&env, id).await? else { return Ok(Json(Vec::new())) };
    let (tier, _) = tiers::of(&tiers::tiers(&env)?, earned.max(0));
    Ok(Json(tier.iter().map(|tier| of_tier(&tier.name)).collect()))
}

/// The points of a customer: one's own, or for support and admins anybody's.
///
/// # Errors
/// 404 for who has none, or is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/loyalty/customer/{id}", tag = "loyalty", params(("id" = Id, Path, description = "The customer"), WorthQuery),
    responses((status = 200, body = Account), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn account(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<WorthQuery>,
) -> Result<Json<Account>> {
    let unknown = || Problem::not_found("there is no points account of this customer");
    if caller.id != id && !caller.has_any(&[Role::Support, Role::Admin]) {
        return Err(unknown());
    }
    let Standing { customer_id, points, earned } = standing(&env, id).await?.ok_or_else(unknown)?;
    let tiers = tiers::tiers(&env)?;
    let (tier, next_tier) = tiers::of(&tiers, earned.max(0));
    let tier = tier.ok_or_else(|| Problem::internal("the lowest tier does not begin at nothing"))?;
    let worth = match query.currency {
        Some(currency) => Some(Worth::of(&env)?.value(points, currency)),
        None => None,
    };
    Ok(Json(Account { customer_id, points, worth, earned, tier, next_tier }))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
