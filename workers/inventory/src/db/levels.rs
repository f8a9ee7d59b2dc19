//! SQL of the read model: how stock stands across places, as their events tell.

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Principal, Result, params};
use kirana_events::StockLevel;
use kirana_kernel::{Id, Role, Timestamp};
use serde::Deserialize;
use serde_json::json;

/// Whose stock somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Everybody's?
    pub chain: bool,
    /// That of this franchisee.
    pub franchisee: Option<Id>,
    /// That of these places.
    pub places: Vec<Id>,
}

impl Scope {
    /// What the caller may see.
    #[must_use]
    pub fn of(caller: &Principal) -> Self {
        let crew = caller.has_any(&[Role::Staff, Role::Manager, Role::Device]);
        Self {
            chain: caller.is_chain(),
            franchisee: caller.franchisee.filter(|_| caller.has(Role::Owner)),
            places: if crew { caller.stores.clone() } else { Vec::new() },
        }
    }

    /// Only this place, which the caller may see.
    #[must_use]
    pub fn only(place: Id) -> Self {
        Self { chain: false, franchisee: None, places: vec![place] }
    }
}

/// The statement that brings the read model up to date; what is older than it has changes nothing.
///
/// # Errors
/// 500 when the levels cannot be written as JSON.
pub fn tell_levels(source: &str, levels: &[StockLevel]) -> Result<Statement> {
    let row = |level: &StockLevel| {
        let layers = level.layers.as_ref().map(|layers| {
            let layers: Vec<_> = layers
                .iter()
                .map(|layer| {
                    (layer.received_at.millis(), layer.expires_at.map(Timestamp::millis), layer.on_hand, layer.value)
                })
                .collect();
            json!(layers)
        });
        json!([
            level.sku,
            level.name,
            level.unit,
            level.on_hand,
            level.reserved,
            level.low_stock_threshold,
            level.at.millis(),
            level.value,
            layers
        ])
    };
    let rows: Vec<_> = levels.iter().map(row).collect();
    Ok(stmt(
        "INSERT INTO stock_levels (source, sku, name, unit, on_hand, reserved, low_stock_threshold, at, value, layers)
         SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
                json_extract(value, '$[4]'), json_extract(value, '$[5]'), json_extract(value, '$[6]'), json_extract(value, '$[7]'),
                COALESCE(json_extract(value, '$[8]'), 'null') FROM json_each(?2) WHERE true
         ON CONFLICT (source, sku) DO UPDATE SET name = excluded.name, unit = excluded.unit, on_hand = excluded.on_hand,
                reserved = excluded.reserved, low_stock_threshold = excluded.low_stock_threshold, at = excluded.at, value = excluded.value,
                layers = CASE excluded.layers WHEN 'null' THEN stock_levels.layers ELSE excluded.layers END
         WHERE excluded.at >= stock_levels.at",
        params![source, serde_json::to_string(&rows)?],
    ))
}

/// Whose stock a query looks at: `?1` is a franchisee, `?2` a list of places. Written out for each case, so that each finds its
/// index.
macro_rules! in_scope {
    ($scope:expr, $before:expr, $after:expr) => {
        if $scope.chain {
            concat!($before, " (?1 IS ?1 AND ?2 IS ?2) ", $after)
        } else {
            concat!(
                $before,
                " l.source IN (SELECT source FROM places WHERE franchisee_id = ?1
                               UNION SELECT source FROM places WHERE id IN (SELECT value FROM json_each(?2))) ",
                $after
            )
        }
    };
}

/// How a stock item stands in a place.
#[derive(Debug, Deserialize)]
pub struct StockRow {
    /// The place's object.
    pub source: String,
    /// The place.
    pub place_id: String,
    /// Its name.
    pub place: String,
    /// The stock item.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: String,
    /// What is there.
    pub on_hand: i64,
    /// What of it is held.
    pub reserved: i64,
    /// Low at or below this.
    pub low_stock_threshold: i64,
    /// What is on hand is worth this.
    pub value: i64,
    /// In this.
    pub currency: Option<String>,
    /// When that was so.
    pub at: i64,
}

/// Which rows of the read model.
#[derive(Debug, Default)]
pub struct StockFilter<'a> {
    /// Of this stock item.
    pub sku: Option<&'a str>,
    /// Only what is low or gone.
    pub low: bool,
    /// After this place and item.
    pub after: (&'a str, &'a str),
    /// So many, and one more.
    pub limit: usize,
}

/// Stock across places, by place and item.
///
/// # Errors
/// 500 when the database refuses.
pub async fn stock(db: &Db, scope: &Scope, filter: &StockFilter<'_>) -> Result<Vec<StockRow>> {
    let query = in_scope!(
        scope,
        "SELECT l.source AS source, p.id AS place_id, p.name AS place, l.sku AS sku, l.name AS name, l.unit AS unit, l.on_hand AS on_hand,
                l.reserved AS reserved, l.low_stock_threshold AS low_stock_threshold, l.value AS value, p.currency AS currency, l.at AS at
         FROM stock_levels l JOIN places p ON p.source = l.source WHERE",
        "AND (?3 IS NULL OR l.sku = ?3) AND (?4 = 0 OR l.on_hand - l.reserved <= l.low_stock_threshold)
           AND (l.source, l.sku) > (?5, ?6) ORDER BY l.source, l.sku LIMIT ?7"
    );
    let (source, sku) = filter.after;
    let places = serde_json::to_string(&scope.places)?;
    db.all(query, params![scope.franchisee, places, filter.sku, filter.low, source, sku, filter.limit + 1]).await
}

/// What is on hand, summed for a place or a stock item.
#[derive(Debug, Deserialize)]
pub struct Worth {
    /// The place's id, or the sku.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What the value is in.
    pub currency: Option<String>,
    /// Stock items, or places, that have any.
    pub count: i64,
    /// What it is worth.
    pub value: i64,
}

/// What stock is worth, by place.
///
/// # Errors
/// 500 when the database refuses.
pub async fn worth_by_place(db: &Db, scope: &Scope) -> Result<Vec<Worth>> {
    let query = in_scope!(
        scope,
        "SELECT p.id AS key, p.name AS name, p.currency AS currency, COUNT(*) AS count, SUM(l.value) AS value
         FROM stock_levels l JOIN places p ON p.source = l.source WHERE l.on_hand > 0 AND",
        "GROUP BY l.source ORDER BY value DESC, key LIMIT 1000"
    );
    db.all(query, params![scope.franchisee, serde_json::to_string(&scope.places)?]).await
}

/// What stock is worth, by stock item.
///
/// # Errors
/// 500 when the database refuses.
pub async fn worth_by_item(db: &Db, scope: &Scope) -> Result<Vec<Worth>> {
    let query = in_scope!(
        scope,
        "SELECT l.sku AS key, MAX(l.name) AS name, p.currency AS currency, COUNT(*) AS count, SUM(l.value) AS value
         FROM stock_levels l JOIN places p ON p.source = l.source WHERE l.on_hand > 0 AND",
        "GROUP BY l.sku, p.currency ORDER BY value DESC, key LIMIT 1000"
    );
    db.all(query, params![scope.franchisee, serde_json::to_string(&scope.places)?]).await
}

/// Stock of one age, summed for a place or a stock item.
#[derive(Debug, Deserialize)]
pub struct AgeRow {
    /// The place's id, or the sku.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What the value is in.
    pub currency: Option<String>,
    /// It came in at most so many days ago: 1, 3, 7, 30, 90, or 91 for before that.
    pub age_days: i64,
    /// It passes its date within so many days: 1, 3 or 7; absent for later or never.
    pub left_days: Option<i64>,
    /// What it is worth.
    pub value: i64,
}

/// Everything on hand by the age of its batches, summed by `by`.
macro_rules! by_age {
    ($scope:expr, $key:literal, $name:literal) => {
        in_scope!(
            $scope,
            concat!("SELECT ", $key, " AS key, MAX(", $name, ") AS name, p.currency AS currency,
                CASE WHEN ?3 - layer.value ->> 0 <= 86400000 THEN 1 WHEN ?3 - layer.value ->> 0 <= 3 * 86400000 THEN 3
                     WHEN ?3 - layer.value ->> 0 <= 7 * 86400000 THEN 7 WHEN ?3 - layer.value ->> 0 <= 30 * 86400000 THEN 30
                     WHEN ?3 - layer.value ->> 0 <= 90 * 86400000 THEN 90 ELSE 91 END AS age_days,
                CASE WHEN layer.value ->> 1 - ?3 <= 86400000 THEN 1 WHEN layer.value ->> 1 - ?3 <= 3 * 86400000 THEN 3
                     WHEN layer.value ->> 1 - ?3 <= 7 * 86400000 THEN 7 END AS left_days,
                SUM(layer.value ->> 3) AS value
             FROM stock_levels l JOIN places p ON p.source = l.source, json_each(l.layers) layer
             WHERE layer.value IS NOT NULL AND l.on_hand > 0 AND"),
            concat!("AND (?4 IS NULL OR l.sku = ?4) GROUP BY ", $key, ", p.currency, age_days, left_days ORDER BY key LIMIT 20000")
        )
    };
}

/// What is on hand by age, by place.
///
/// # Errors
/// 500 when the database refuses.
pub async fn ages_by_place(db: &Db, scope: &Scope, now: Timestamp, sku: Option<&str>) -> Result<Vec<AgeRow>> {
    let query = by_age!(scope, "p.id", "p.name");
    db.all(query, params![scope.franchisee, serde_json::to_string(&scope.places)?, now, sku]).await
}

/// What is on hand by age, by stock item.
///
/// # Errors
/// 500 when the database refuses.
pub async fn ages_by_item(db: &Db, scope: &Scope, now: Timestamp, sku: Option<&str>) -> Result<Vec<AgeRow>> {
    let query = by_age!(scope, "l.sku", "l.name");
    db.all(query, params![scope.franchisee, serde_json::to_string(&scope.places)?, now, sku]).await
}

/// How far the read model has heard of a source.
///
/// # Errors
/// 500 when the database refuses.
pub async fn heard(db: &Db, source: &str) -> Result<u64> {
    #[derive(Deserialize)]
    struct Row {
        seq: u64,
    }
    let row: Option<Row> = db.first("SELECT seq FROM inbox WHERE source = ?1", params![source]).await?;
    Ok(row.map_or(0, |row| row.seq))
}
