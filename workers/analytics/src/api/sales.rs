//! Figures, for those who run stores.

use axum::extract::State;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::db::{Db, stmt};
use kirana_edge::{Caller, Json, Principal, Problem, Query, Result, call, params, principal};
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SalesQuery {
    /// The store.
    pub store_id: Id,
    /// The first day, such as `2026-11-01`; all if not given.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// A store's figures.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Sales {
    /// The store's name; absent until its first event is heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_name: Option<String>,
    /// By day, the newest first.
    pub days: Vec<SalesDay>,
    /// By product, the best selling first.
    pub products: Vec<ProductSales>,
    /// What had another price from when on, the newest first: those of the store, and those of the chain's menus.
    pub price_changes: Vec<PriceMove>,
    /// What passed its date, the dearest first.
    pub waste: Vec<Waste>,
    /// What came in on purchase orders, by supplier, the dearest first.
    pub purchases: Vec<Purchases>,
}

/// Goods that passed their date.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Waste {
    /// The stock item.
    pub sku: String,
    /// How much, in its unit.
    pub quantity: i64,
    /// What it was worth, in minor units of the store's currency.
    pub value: i64,
}

/// Goods that came from a supplier.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Purchases {
    /// Who delivered.
    pub supplier: String,
    /// What they cost, in minor units of the store's currency.
    pub cost: i64,
}

/// A price that changed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PriceMove {
    /// The variant or modifier.
    pub sku: String,
    /// When.
    pub at: Timestamp,
    /// Only in this store?
    pub own: bool,
    /// What it cost.
    pub from: Money,
    /// What it costs.
    pub to: Money,
}

/// A store's day, by its own clock.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SalesDay {
    /// The day.
    pub day: String,
    /// What the amounts are in.
    pub currency: String,
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

/// What was sold of a variant.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProductSales {
    /// The variant.
    pub variant_sku: String,
    /// Its name.
    pub name: String,
    /// What the amount is in.
    pub currency: String,
    /// Pieces.
    pub quantity: i64,
    /// What they weigh, in grams, where they are sold by weight; 0 for all else.
    pub grams: i64,
    /// In minor units.
    pub amount: i64,
}

/// The store, if the caller works there.
///
/// # Errors
/// 404 for one that is not theirs.
pub async fn theirs(env: &Env, caller: &Principal, store: Id) -> Result<StoreInfo> {
    let info: StoreInfo = call::service(env, "STORES", &principal::service("analytics"))
        .get(&format!("/internal/stores/{store}"))
        .await?;
    if caller.may_work_in(info.id, info.franchisee_id) {
        Ok(info)
    } else {
        Err(Problem::not_found("there is no such store"))
    }
}

/// A store's sales by day and by product.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/analytics/sales", tag = "analytics", params(SalesQuery),
    responses((status = 200, body = Sales), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn sales(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<SalesQuery>,
) -> Result<Json<Sales>> {
    let store = theirs(&env, &caller, query.store_id).await?;
    let (from, to) = (query.from.unwrap_or_default(), query.to.unwrap_or_else(|| "9999-12-31".into()));
    let db = Db::of(&env)?;
    let answers = db
        .answers(vec![
            stmt(
                "SELECT day, currency, placed, paid, completed, cancelled, revenue, refunded, made, make_seconds FROM order_days
             WHERE store_id = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day DESC LIMIT 400",
                params![store.id, &from, &to],
            ),
            stmt(
                "SELECT variant_sku, MAX(name) AS name, currency, SUM(quantity) AS quantity, SUM(grams) AS grams, SUM(amount) AS amount FROM sales
             WHERE store_id = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY variant_sku, currency
             HAVING SUM(quantity) <> 0 OR SUM(amount) <> 0 ORDER BY quantity DESC LIMIT 100",
                params![store.id, &from, &to],
            ),
            stmt(
                "SELECT sku, SUM(quantity) AS quantity, SUM(value) AS value FROM waste
             WHERE source = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY sku ORDER BY value DESC LIMIT 100",
                params![object_name(store.number), &from, &to],
            ),
            stmt(
                "SELECT supplier, SUM(cost) AS cost FROM purchases
             WHERE store_id = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY supplier ORDER BY cost DESC LIMIT 100",
                params![store.id, &from, &to],
            ),
            stmt(
                "SELECT name FROM stores WHERE store_id = ?1",
                params![store.id],
            ),
        ])
        .await?;
    let [days, products, waste, purchases, named] = answers.as_slice() else {
        return Err(Problem::internal("five queries have five answers"));
    };
    let price_changes = price_changes(&db, store.id, &from, &to).await?;
    Ok(Json(Sales {
        store_name: named.rows::<NameRow>()?.into_iter().next().map(|row| row.name),
        days: days.rows()?,
        products: products.rows()?,
        price_changes,
        waste: waste.rows()?,
        purchases: purchases.rows()?,
    }))
}

#[derive(Deserialize)]
struct NameRow {
    name: String,
}

async fn price_changes(db: &Db, store: Id, from: &str, to: &str) -> Result<Vec<PriceMove>> {
    #[derive(Deserialize)]
    struct Row {
        store_id: String,
        at: i64,
        sku: String,
        currency: String,
        from_amount: i64,
        to_amount: i64,
    }
    // Days are text, as in the other figures: what is no day bounds nothing.
    let rows: Vec<Row> = db
        .all(
            "SELECT store_id, at, sku, currency, from_amount, to_amount FROM price_changes
             WHERE store_id IN (?1, '') AND at >= COALESCE(unixepoch(NULLIF(?2, '')) * 1000, 0)
               AND at < COALESCE(unixepoch(?3, '+1 day') * 1000, 9007199254740991)
             ORDER BY at DESC, sku LIMIT 100",
            params![store, from, to],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let currency = row.currency.parse()?;
            Ok(PriceMove {
                sku: row.sku,
                at: Timestamp::from_millis(row.at),
                own: !row.store_id.is_empty(),
                from: Money::new(row.from_amount, currency),
                to: Money::new(row.to_amount, currency),
            })
        })
        .collect()
}
