//! SQL of offers.

use super::changed;
use kirana_edge::db::{self, Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use kirana_pricing::Promotion;
use kirana_pricing::document::{ActiveOffer, ClosedOffer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashSet;
use utoipa::ToSchema;

/// Offers of one campaign at most.
pub const MAX_OFFERS: i64 = 200;

/// Offers that run at the same time at most, over all campaigns.
pub const MAX_ACTIVE: i64 = 2_000;

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// Its campaign.
    pub campaign_id: Id,
    /// What it gives, to whom, when.
    pub promotion: Promotion,
    /// How often it is given in all; absent for as often as it is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_limit: Option<i64>,
    /// How often each customer has it; absent for as often as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_limit: Option<i64>,
    /// How often it was given, where that is counted; what is held for orders being placed counts.
    pub used: i64,
    /// Is it given no more?
    pub withdrawn: bool,
}

impl Offer {
    /// Are there only so many of it? Then a share is claimed before it is given.
    #[must_use]
    pub fn is_claimed(&self, budget: bool) -> bool {
        budget || self.total_limit.is_some() || self.customer_limit.is_some() || self.promotion.conditions.first_order
    }
}

#[derive(Deserialize)]
struct Row {
    campaign_id: String,
    promotion: String,
    total_limit: Option<i64>,
    customer_limit: Option<i64>,
    used: i64,
    withdrawn_at: Option<i64>,
}

impl TryFrom<Row> for Offer {
    type Error = kirana_edge::Problem;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            campaign_id: db::id(&row.campaign_id)?,
            promotion: serde_json::from_str(&row.promotion)?,
            total_limit: row.total_limit,
            customer_limit: row.customer_limit,
            used: row.used,
            withdrawn: row.withdrawn_at.is_some(),
        })
    }
}

/// The statements that add an offer, if its campaign has room for one more.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn insert(offer: &Offer, now: Timestamp) -> Result<Vec<Statement>> {
    let coupon = offer.promotion.conditions.coupon.as_ref().map(|code| code.to_ascii_uppercase());
    // One of a customer's first order is one for each customer.
    let customer_limit = if offer.promotion.conditions.first_order { Some(1) } else { offer.customer_limit };
    Ok(vec![
        stmt(
            "INSERT INTO offers (id, campaign_id, promotion, coupon, total_limit, customer_limit, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
             WHERE (SELECT COUNT(*) FROM offers WHERE campaign_id = ?2) < ?8",
            params![
                offer.promotion.id,
                offer.campaign_id,
                serde_json::to_string(&offer.promotion)?,
                coupon,
                offer.total_limit,
                customer_limit,
                now,
                MAX_OFFERS
            ],
        ),
        changed(),
    ])
}

/// The statements that end an offer.
#[must_use]
pub fn withdraw(id: Id, campaign: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE offers SET withdrawn_at = COALESCE(withdrawn_at, ?3) WHERE id = ?1 AND campaign_id = ?2",
            params![id, campaign, now],
        ),
        changed(),
    ]
}

/// The offers of a campaign.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_campaign(db: &Db, campaign: Id) -> Result<Vec<Offer>> {
    let rows: Vec<Row> = db
        .all("SELECT * FROM offers WHERE campaign_id = ?1 ORDER BY id LIMIT ?2", params![campaign, MAX_OFFERS])
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// An offer behind a coupon, with its campaign's state.
#[derive(Debug, Deserialize)]
pub struct Behind {
    /// The offer.
    pub id: String,
    /// Its campaign's status.
    pub status: String,
    /// When its campaign begins.
    pub starts_at: i64,
    /// The first moment after its campaign.
    pub ends_at: Option<i64>,
    /// Is nothing left of it, or of its campaign's budget?
    pub spent: i64,
    /// Has the customer had it as often as one may?
    pub had: i64,
    /// What it is called.
    pub name: String,
}

/// The offers behind a coupon, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn behind(db: &Db, code: &str, customer: Id) -> Result<Vec<Behind>> {
    db.all(
        "SELECT o.id AS id, c.status AS status, c.starts_at AS starts_at, c.ends_at AS ends_at,
                json_extract(o.promotion, '$.name') AS name,
                (o.used >= COALESCE(o.total_limit, o.used + 1)) OR (c.spent >= COALESCE(c.budget, c.spent + 1)) AS spent,
                COALESCE((SELECT u.used >= o.customer_limit FROM offer_customers u WHERE u.offer_id = o.id AND u.customer_id = ?2), 0) AS had
         FROM offers o JOIN campaigns c ON c.id = o.campaign_id
         WHERE o.coupon = ?1 AND o.withdrawn_at IS NULL AND c.status <> 'draft' ORDER BY o.id DESC LIMIT 20",
        params![code.to_ascii_uppercase(), customer],
    )
    .await
}

/// An offer that runs, or would if nothing stood against it, with what decides where it runs.
#[derive(Clone, Debug)]
pub struct Running {
    /// As it is told.
    pub offer: ActiveOffer,
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// The coupon that it needs.
    pub coupon: Option<String>,
    /// Why it is given nowhere now, if so.
    pub closed: Option<&'static str>,
    /// The only stores it is for; any, where there are none.
    pub stores: HashSet<Id>,
    /// The only franchisees it is for; any, where there are none.
    pub franchisees: HashSet<Id>,
    /// Of whose stores it is, where a franchisee made it.
    pub owner: Option<Id>,
}

/// Every offer of every campaign that is active, also where nothing is left of it; and those behind a coupon whose campaign has not begun or is
/// paused, as whoever shows it is told so.
///
/// # Errors
/// 500 when the database refuses.
pub async fn running(db: &Db) -> Result<Vec<Running>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        campaign_id: String,
        franchisee_id: Option<String>,
        status: String,
        ends_at: Option<i64>,
        promotion: String,
        coupon: Option<String>,
        claimed: i64,
        spent: i64,
    }
    #[derive(Deserialize)]
    struct Scope {
        name: String,
        #[serde(default)]
        conditions: ScopeConditions,
    }
    #[derive(Default, Deserialize)]
    struct ScopeConditions {
        #[serde(default)]
        stores: HashSet<Id>,
        #[serde(default)]
        franchisees: HashSet<Id>,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT o.id AS id, o.campaign_id AS campaign_id, c.franchisee_id AS franchisee_id, c.status AS status, c.ends_at AS ends_at,
                    o.promotion AS promotion, o.coupon AS coupon,
                    (o.total_limit IS NOT NULL OR o.customer_limit IS NOT NULL OR c.budget IS NOT NULL) AS claimed,
                    (o.used >= COALESCE(o.total_limit, o.used + 1)) OR (c.spent >= COALESCE(c.budget, c.spent + 1)) AS spent
             FROM campaigns c JOIN offers o ON o.campaign_id = c.id
             WHERE o.withdrawn_at IS NULL AND (c.status = 'active' OR (c.status IN ('scheduled', 'paused') AND o.coupon IS NOT NULL))
             ORDER BY c.status <> 'active', spent, o.id LIMIT ?1",
            params![MAX_ACTIVE],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let scope: Scope = serde_json::from_str(&row.promotion)?;
            Ok(Running {
                id: db::id(&row.id)?,
                name: scope.name,
                coupon: row.coupon,
                closed: match row.status.as_str() {
                    "paused" => Some(ClosedOffer::PAUSED),
                    "scheduled" => Some(ClosedOffer::NOT_YET),
                    _ => (row.spent == 1).then_some(ClosedOffer::USED_UP),
                },
                offer: ActiveOffer {
                    campaign_id: db::id(&row.campaign_id)?,
                    claimed: row.claimed == 1,
                    ends_at: row.ends_at.map(Timestamp::from_millis),
                    promotion: RawValue::from_string(row.promotion)?,
                },
                stores: scope.conditions.stores,
                franchisees: scope.conditions.franchisees,
                owner: row.franchisee_id.as_deref().map(db::id).transpose()?,
            })
        })
        .collect()
}
