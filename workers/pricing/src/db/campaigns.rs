//! SQL of campaigns.

use super::changed;
use crate::rules::campaign::{CampaignDetails, CampaignStatus};
use kirana_edge::db::{self, Db, Statement, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Campaign {
    /// Its id.
    pub id: Id,
    /// Whose it is; absent for the chain's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub franchisee_id: Option<Id>,
    /// Where it stands.
    pub status: CampaignStatus,
    /// What it is.
    #[serde(flatten)]
    pub details: CampaignDetails,
    /// What it has taken off already, where it has a budget; what is held for orders being placed counts.
    pub spent: Money,
    /// Who made it: hears when it begins and ends.
    #[serde(skip)]
    #[schema(ignore)]
    pub created_by: Id,
    /// Counts its changes: sent with the next one, so that two people do not overwrite each other.
    pub version: i64,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    name: String,
    franchisee_id: Option<String>,
    status: String,
    starts_at: i64,
    ends_at: Option<i64>,
    currency: String,
    budget: Option<i64>,
    spent: i64,
    created_by: String,
    version: i64,
}

impl TryFrom<Row> for Campaign {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self> {
        let currency = row.currency.parse()?;
        Ok(Self {
            id: db::id(&row.id)?,
            franchisee_id: row.franchisee_id.as_deref().map(db::id).transpose()?,
            status: CampaignStatus::from_name(&row.status)
                .ok_or_else(|| Problem::internal(format!("{} is no status", row.status)))?,
            details: CampaignDetails {
                name: row.name,
                starts_at: Timestamp::from_millis(row.starts_at),
                ends_at: row.ends_at.map(Timestamp::from_millis),
                currency,
                budget: row.budget.map(|amount| Money::new(amount, currency)),
            },
            spent: Money::new(row.spent, currency),
            created_by: db::id(&row.created_by)?,
            version: row.version,
        })
    }
}

/// The statement that makes a campaign.
#[must_use]
pub fn insert(campaign: &Campaign, now: Timestamp) -> Statement {
    let details = &campaign.details;
    stmt(
        "INSERT INTO campaigns (id, name, franchisee_id, status, starts_at, ends_at, currency, budget, version, created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10, ?10)",
        params![
            campaign.id,
            details.name.trim(),
            campaign.franchisee_id,
            campaign.status.name(),
            details.starts_at,
            details.ends_at,
            details.currency,
            details.budget.map(|budget| budget.amount),
            campaign.created_by,
            now
        ],
    )
}

/// The statements that change a campaign, if it is still at this version.
#[must_use]
pub fn update(
    id: Id,
    version: i64,
    details: &CampaignDetails,
    status: CampaignStatus,
    now: Timestamp,
) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE campaigns SET name = ?3, starts_at = ?4, ends_at = ?5, budget = ?6, status = ?7, version = version + 1, updated_at = ?8
             WHERE id = ?1 AND version = ?2",
            params![
                id,
                version,
                details.name.trim(),
                details.starts_at,
                details.ends_at,
                details.budget.map(|budget| budget.amount),
                status.name(),
                now
            ],
        ),
        require_one_change(),
        changed(),
    ]
}

/// The statements that move a campaign by its schedule, if it is still where it was.
#[must_use]
pub fn shift(id: Id, from: CampaignStatus, to: CampaignStatus, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE campaigns SET status = ?3, version = version + 1, updated_at = ?4 WHERE id = ?1 AND status = ?2",
            params![id, from.name(), to.name(), now],
        ),
        require_one_change(),
        changed(),
    ]
}

/// A campaign.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: Id) -> Result<Option<Campaign>> {
    let row: Option<Row> = db.first("SELECT * FROM campaigns WHERE id = ?1", params![id]).await?;
    row.map(TryInto::try_into).transpose()
}

/// Campaigns after one, the oldest first: all, or the chain's and those of one franchisee.
///
/// # Errors
/// 500 when the database refuses.
pub async fn page(db: &Db, franchisee: Option<Id>, after: Option<Id>, limit: usize) -> Result<Vec<Campaign>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT * FROM campaigns WHERE (?1 IS NULL OR franchisee_id = ?1 OR franchisee_id IS NULL) AND (?2 IS NULL OR id > ?2)
             ORDER BY id LIMIT ?3",
            params![franchisee, after, limit],
        )
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Campaigns whose time has come, to begin or to end.
///
/// # Errors
/// 500 when the database refuses.
pub async fn due(db: &Db, now: Timestamp) -> Result<Vec<Campaign>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT * FROM campaigns WHERE (status = 'scheduled' AND starts_at <= ?1)
                OR (status IN ('scheduled', 'active', 'paused') AND ends_at <= ?1) ORDER BY id LIMIT 100",
            params![now],
        )
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What an offer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferUsage {
    /// The offer.
    pub offer_id: Id,
    /// Orders that it was given on; those that were called off do not count.
    pub orders: i64,
    /// How often it was used in them.
    pub uses: i64,
    /// Customers who had it.
    pub customers: i64,
    /// What it took off, in minor units of the campaign's currency.
    pub amount: i64,
}

/// What each offer of a campaign did.
///
/// # Errors
/// 500 when the database refuses.
pub async fn usage(db: &Db, campaign: Id) -> Result<Vec<OfferUsage>> {
    #[derive(Deserialize)]
    struct Row {
        offer_id: String,
        orders: i64,
        uses: i64,
        customers: i64,
        amount: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT offer_id, COUNT(*) AS orders, SUM(uses) AS uses, COUNT(DISTINCT customer_id) AS customers, SUM(amount) AS amount
             FROM offer_uses WHERE campaign_id = ?1 GROUP BY offer_id ORDER BY offer_id LIMIT 200",
            params![campaign],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let Row { orders, uses, customers, amount, .. } = row;
            Ok(OfferUsage { offer_id: db::id(&row.offer_id)?, orders, uses, customers, amount })
        })
        .collect()
}
