//! The figures of many stores together: the chain, a franchisee, or the stores that somebody manages.

use super::sales::theirs;
use axum::extract::State;
use kirana_edge::db::{Db, stmt};
use kirana_edge::{Caller, Json, Principal, Problem, Query, Result, params};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Stores that a benchmark is of, at least: fewer would tell of one of them. One's own are not among them: who knows those would know the others.
const BENCHMARK_OF: i64 = 5;

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// The first day, such as `2026-11-20`, by each store's own clock.
    #[param(example = "2026-11-20")]
    pub from: String,
    /// The last day.
    #[param(example = "2026-11-26")]
    pub to: String,
    /// The stores of this franchisee alone.
    pub franchisee_id: Option<Id>,
    /// This store alone.
    pub store_id: Option<Id>,
}

/// What orders came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct SalesTotals {
    /// Orders placed.
    pub placed: i64,
    /// Orders paid.
    pub paid: i64,
    /// Orders completed.
    pub completed: i64,
    /// Orders called off or expired.
    pub cancelled: i64,
    /// What was paid, in minor units.
    pub revenue: i64,
    /// What was given back, in minor units.
    pub refunded: i64,
    /// Orders that became ready.
    pub made: i64,
    /// How long those took from paid to ready, in seconds, all together.
    pub make_seconds: i64,
}

/// A day of all of them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SummaryDay {
    /// The day, by each store's own clock.
    pub day: String,
    /// What the amounts are in.
    pub currency: String,
    /// What orders came to.
    #[serde(flatten)]
    pub totals: SalesTotals,
}

/// An hour of the day, over all days.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SummaryHour {
    /// The day, by each store's own clock.
    pub day: String,
    /// 0 to 23.
    pub hour: i64,
    /// What the amounts are in.
    pub currency: String,
    /// Orders placed.
    pub placed: i64,
    /// Orders paid.
    pub paid: i64,
    /// What was paid, in minor units.
    pub revenue: i64,
    /// What was given back, in minor units.
    pub refunded: i64,
}

/// A store over all days.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SummaryStore {
    /// The store.
    pub store_id: String,
    /// Its name; absent until its first event is heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub franchisee_id: Option<String>,
    /// What the amounts are in.
    pub currency: String,
    /// What orders came to.
    #[serde(flatten)]
    pub totals: SalesTotals,
}

/// The mean of the chain's stores that are not the caller's, without a name: what one's own are held against.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Benchmark {
    /// What the amounts are in.
    pub currency: String,
    /// Of how many stores: five at least, or there is none.
    pub stores: i64,
    /// What was paid in one of them, in minor units.
    pub revenue: f64,
    /// Orders paid in one of them.
    pub paid: f64,
    /// From paid to ready, in seconds; absent where nothing was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make_seconds: Option<f64>,
}

/// The figures of many stores.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// By day, the newest first.
    pub days: Vec<SummaryDay>,
    /// By hour of the last two days, for a day that is compared while it runs.
    pub hours: Vec<SummaryHour>,
    /// By store, the strongest first.
    pub stores: Vec<SummaryStore>,
    /// The mean of a store of the chain, in each currency with five stores or more that are not the caller's.
    pub benchmark: Vec<Benchmark>,
}

/// Whose figures somebody asks for, as the statements take it: a franchisee or any, and stores or any.
struct Scope {
    franchisee: Option<Id>,
    stores: Option<String>,
}

async fn scope(env: &Env, caller: &Principal, query: &SummaryQuery) -> Result<Scope> {
    caller.require(&[Role::Manager, Role::Owner, Role::Admin])?;
    let own = caller.franchisee.filter(|_| caller.has(Role::Owner));
    if query.franchisee_id.is_some_and(|asked| !caller.is_chain() && own != Some(asked)) {
        return Err(Problem::not_found("there is no such franchisee"));
    }
    if let Some(store) = query.store_id {
        theirs(env, caller, store).await?;
        return Ok(Scope { franchisee: query.franchisee_id, stores: Some(serde_json::to_string(&[store])?) });
    }
    if caller.is_chain() {
        return Ok(Scope { franchisee: query.franchisee_id, stores: None });
    }
    match own {
        Some(own) => Ok(Scope { franchisee: Some(own), stores: None }),
        None => Ok(Scope { franchisee: None, stores: Some(serde_json::to_string(&caller.stores)?) }),
    }
}

/// Whose figures are a caller's own, whatever they ask for.
fn own(caller: &Principal) -> Result<Scope> {
    if caller.is_chain() {
        return Ok(Scope { franchisee: None, stores: None });
    }
    let franchisee = caller.franchisee.filter(|_| caller.has(Role::Owner));
    Ok(Scope { franchisee, stores: Some(serde_json::to_string(&caller.stores)?) })
}

fn day(field: &'static str, text: &str) -> Result<()> {
    let bytes = text.as_bytes();
    let is_day = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    let wrong = || Problem::bad_request("invalid_query", format!("{field}: expected a day such as 2026-11-26"));
    if is_day { Ok(()) } else { Err(wrong()) }
}

/// The figures of all stores that the caller leads: by day, by hour of the last two days, by store, and what a store of the chain comes
/// to in the mean.
///
/// # Errors
/// 400 `invalid_query`, 404 for a franchisee or a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/analytics/summary", tag = "analytics", params(SummaryQuery),
    responses((status = 200, body = Summary), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn summary(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<SummaryQuery>,
) -> Result<Json<Summary>> {
    day("from", &query.from)?;
    day("to", &query.to)?;
    let Scope { franchisee, stores } = scope(&env, &caller, &query).await?;
    let db = Db::of(&env)?;
    let own = own(&caller)?;
    let bounds = || params![&query.from, &query.to, franchisee, stores.clone()];
    // One call for all of it: a look at the figures is looked at together.
    let answers = db
        .answers(vec![
            stmt(
                "SELECT d.day, d.currency, SUM(placed) AS placed, SUM(paid) AS paid, SUM(completed) AS completed, SUM(cancelled) AS cancelled,
                SUM(revenue) AS revenue, SUM(refunded) AS refunded, SUM(made) AS made, SUM(make_seconds) AS make_seconds
             FROM order_days d LEFT JOIN stores s ON s.store_id = d.store_id
             WHERE d.day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR s.franchisee_id = ?3)
                AND (?4 IS NULL OR d.store_id IN (SELECT value FROM json_each(?4)))
             GROUP BY d.day, d.currency ORDER BY d.day DESC, d.currency LIMIT 400",
                bounds(),
            ),
            stmt(
                "SELECT h.day, h.hour, h.currency, SUM(placed) AS placed, SUM(paid) AS paid, SUM(revenue) AS revenue, SUM(refunded) AS refunded
             FROM order_hours h LEFT JOIN stores s ON s.store_id = h.store_id
             WHERE h.day BETWEEN max(?1, date(?2, '-1 day')) AND ?2 AND (?3 IS NULL OR s.franchisee_id = ?3)
                AND (?4 IS NULL OR h.store_id IN (SELECT value FROM json_each(?4)))
             GROUP BY h.day, h.hour, h.currency ORDER BY h.day, h.hour, h.currency LIMIT 200",
                bounds(),
            ),
            stmt(
                "SELECT d.store_id, MAX(s.name) AS name, MAX(s.franchisee_id) AS franchisee_id, d.currency, SUM(placed) AS placed, SUM(paid) AS paid,
                SUM(completed) AS completed, SUM(cancelled) AS cancelled, SUM(revenue) AS revenue, SUM(refunded) AS refunded,
                SUM(made) AS made, SUM(make_seconds) AS make_seconds
             FROM order_days d LEFT JOIN stores s ON s.store_id = d.store_id
             WHERE d.day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR s.franchisee_id = ?3)
                AND (?4 IS NULL OR d.store_id IN (SELECT value FROM json_each(?4)))
             GROUP BY d.store_id, d.currency ORDER BY SUM(revenue) DESC, d.store_id LIMIT 1000",
                bounds(),
            ),
            stmt(
                "SELECT d.currency, COUNT(DISTINCT d.store_id) AS stores, SUM(revenue) * 1.0 / COUNT(DISTINCT d.store_id) AS revenue,
                SUM(paid) * 1.0 / COUNT(DISTINCT d.store_id) AS paid, SUM(make_seconds) * 1.0 / NULLIF(SUM(made), 0) AS make_seconds
             FROM order_days d LEFT JOIN stores s ON s.store_id = d.store_id
             WHERE d.day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR s.franchisee_id IS NOT ?3)
                AND (?4 IS NULL OR d.store_id NOT IN (SELECT value FROM json_each(?4)))
             GROUP BY d.currency HAVING COUNT(DISTINCT d.store_id) >= ?5 ORDER BY d.currency",
                params![&query.from, &query.to, own.franchisee, own.stores, BENCHMARK_OF],
            ),
        ])
        .await?;
    let [days, hours, stores, benchmark] = answers.as_slice() else {
        return Err(Problem::internal("four queries have four answers"));
    };
    Ok(Json(Summary { days: days.rows()?, hours: hours.rows()?, stores: stores.rows()?, benchmark: benchmark.rows()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day() {
        assert!(day("from", "2026-11-26").is_ok());
        for wrong in ["", "2026", "2026-11-26T00:00:00Z", "26.11.2026", "2026/11/26", "abcd-ef-gh"] {
            assert_eq!(day("from", wrong).unwrap_err().status, 400, "{wrong}");
        }
    }
}
