//! Prices that move by themselves: looked at each minute, by what a store's stock says; the catalogue shows them on its menu, and so quotes
//! and orders have them too.

use crate::db::dynamic as kept;
use kirana_contracts::menu::{Menu, MovingPrice, MovingPrices};
use kirana_contracts::stock::{Batch, Usage};
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::db::Db;
use kirana_edge::{Result, call, clock, log, principal};
use kirana_kernel::{Id, Timestamp};
use kirana_pricing::dynamic::{DynamicRule, Shelf};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use utoipa::ToSchema;
use worker::Env;

/// Stores of one minute.
const MOST: u32 = 30;

/// How long prices stay as they are.
const LOOK_AFTER: Duration = Duration::from_secs(50);

/// Hours in which a day's sales are made, as far as demand knows.
const SELLING_HOURS: i64 = 12;

const HOUR_MS: i64 = 3_600_000;

/// How a variant's price moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DynamicPrice {
    /// The variant on the menu.
    #[schema(example = "mango-juice/large")]
    pub variant_sku: String,
    /// The stock item whose dates and sales it follows.
    #[schema(example = "mango-pulp")]
    pub stock_sku: String,
    /// How.
    pub rule: DynamicRule,
}

/// All of a store's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DynamicPrices {
    /// At most 100, one for a variant.
    #[schema(max_items = 100)]
    pub prices: Vec<DynamicPrice>,
}

/// Moves the prices that are due. A fault is logged; the next minute looks again.
///
/// # Errors
/// 500 when the database refuses.
pub async fn look(env: &Env) -> Result<()> {
    let (db, now) = (Db::of(env)?, clock::now());
    for store in kept::due(&db, now - LOOK_AFTER, MOST).await? {
        if let Err(problem) = of_store(env, &db, store).await {
            log::error(
                "prices of a store do not move",
                &[("store", &store.to_string()), ("problem", &problem.to_string())],
            );
        }
    }
    Ok(())
}

/// Moves the prices of a store to where they belong now.
///
/// # Errors
/// 503 when the store or the catalogue does not answer, 500 when the database refuses.
pub async fn of_store(env: &Env, db: &Db, store: Id) -> Result<()> {
    let now = clock::now();
    let body = kept::rules(db, store).await?;
    let DynamicPrices { prices } = body.map(|body| serde_json::from_str(&body)).transpose()?.unwrap_or_default();
    let asking = principal::service("pricing");
    let catalog = call::service(env, "CATALOG", &asking).repeatable();
    let menu: Menu = catalog.get(&format!("/internal/stores/{store}/menu")).await?;
    let info: StoreInfo = call::service(env, "STORES", &asking).get(&format!("/internal/stores/{store}")).await?;
    let state = call::object(env, "STORE_STATE", object_name(info.number), &asking);
    let usage: Vec<Usage> = if prices.is_empty() { Vec::new() } else { state.get("/usage").await? };
    let hour = now.millis().div_euclid(HOUR_MS);
    let mut moving = Vec::new();
    let skus: BTreeSet<&str> = prices.iter().map(|one| one.stock_sku.as_str()).collect();
    let mut statements = vec![kept::checked(store, now)];
    for sku in skus {
        let batches: Vec<Batch> = state.get(&format!("/batches?sku={}", escaped(sku))).await?;
        let used = usage.iter().find(|one| one.sku == sku);
        let before = kept::used_before(db, store, sku, hour).await?;
        let shelf = shelf(&batches, used, before, now);
        statements.extend(used.map(|used| kept::remember(store, sku, hour, used.used)).unwrap_or_default());
        for one in prices.iter().filter(|one| one.stock_sku == sku) {
            let variant = menu
                .products
                .iter()
                .flat_map(|product| &product.variants)
                .find(|variant| variant.sku == one.variant_sku);
            let Some(variant) = variant else { continue };
            let list = variant.list_price.unwrap_or(variant.price);
            let price = shelf.and_then(|shelf| one.rule.price(list, shelf)).unwrap_or(list);
            if price != list {
                let reason = shelf.and_then(|shelf| one.rule.why(shelf)).map(str::to_owned);
                moving.push(MovingPrice { sku: one.variant_sku.clone(), price, reason });
            }
        }
    }
    let _: Value =
        catalog.put(&format!("/internal/stores/{store}/moving-prices"), &MovingPrices { prices: moving }).await?;
    db.batch(statements).await?;
    Ok(())
}

fn escaped(sku: &str) -> String {
    form_urlencoded::byte_serialize(sku.as_bytes()).collect()
}

/// What is known of goods now: the batch that ends first says how fresh they are. Nothing of goods that do not end, or are not there.
fn shelf(batches: &[Batch], usage: Option<&Usage>, before: Option<i64>, now: Timestamp) -> Option<Shelf> {
    let ends = |batch: &&Batch| batch.on_hand > 0 && batch.expires_at.is_some_and(|end| end > now);
    let first = batches.iter().filter(ends).min_by_key(|batch| batch.expires_at)?;
    let seconds = |from: Timestamp, to: Timestamp| (to.millis() - from.millis()) / 1_000;
    let end = first.expires_at?;
    let (sold, expected) = match (usage, before) {
        (Some(usage), Some(before)) => {
            let an_hour = usage.used / (usage.days.max(1) * SELLING_HOURS);
            (u32::try_from(usage.used - before).unwrap_or(0), u32::try_from(an_hour).unwrap_or(0))
        }
        _ => (0, 0),
    };
    Some(Shelf { left_seconds: seconds(now, end), life_seconds: seconds(first.received_at, end), sold, expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(1_763_636_400_000 + hours * HOUR_MS)
    }

    fn batch(on_hand: i64, received: i64, expires: Option<i64>) -> Batch {
        Batch {
            id: 1,
            sku: "mango".into(),
            on_hand,
            reserved: 0,
            value: 0,
            received_at: at(received),
            expires_at: expires.map(at),
            supplier: None,
            lot: None,
            origin: None,
            certification: None,
            suspect: false,
        }
    }

    #[test]
    fn the_batch_that_ends_first_and_is_there_says_how_fresh_goods_are() {
        let batches = [
            batch(0, 0, Some(2)),
            batch(5, 0, Some(10)),
            batch(5, 2, Some(40)),
            batch(9, 0, None),
            batch(3, -9, Some(1)),
        ];
        let usage = Usage { sku: "mango".into(), available: 5, used: 240, days: 10, cover_tenths: None, missing: None };
        let found = shelf(&batches, Some(&usage), Some(236), at(4)).unwrap();
        assert_eq!(found, Shelf { left_seconds: 6 * 3_600, life_seconds: 10 * 3_600, sold: 4, expected: 2 });
        assert_eq!(shelf(&batches, Some(&usage), None, at(4)).unwrap().expected, 0, "nobody knows demand yet");
        assert_eq!(shelf(&batches[3..4], Some(&usage), None, at(4)), None);
    }
}
