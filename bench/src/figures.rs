//! Reports over a million order lines: a year of twenty stores. Nobody places half a million orders to measure how they are read: what they
//! would have left in the tables of analytics is written there while nothing runs.

use crate::Bench;
use crate::load::{Ask, Caller};
use crate::measure::Work;
use anyhow::{Context, Result};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const LINES: u64 = 1_000_000;
const DAYS: u64 = 365;
const PRODUCTS: u64 = 60;

/// The database that has the figures.
fn database(state: &Path) -> Result<PathBuf> {
    let mut folders = vec![state.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "sqlite") {
                let has = "SELECT 1 FROM sqlite_master WHERE name = 'order_days'";
                if Connection::open(&path)?.query_row(has, [], |_| Ok(())).is_ok() {
                    return Ok(path);
                }
            }
        }
    }
    anyhow::bail!("no database of analytics under {}", state.display())
}

/// Lines at random, the same each time, summed up as orders leave them.
fn fill(state: &Path, stores: &[String], franchisee: &str) -> Result<()> {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let mut products: BTreeMap<(u64, u64, u64), (i64, i64)> = BTreeMap::new();
    let mut days: BTreeMap<(u64, u64), (i64, i64)> = BTreeMap::new();
    for line in 0..LINES {
        let (store, day, product) = (draw(stores.len() as u64), draw(DAYS), draw(PRODUCTS));
        let amount = i64::try_from(2_000 + draw(9_000))?;
        let sold = products.entry((store, day, product)).or_default();
        (sold.0, sold.1) = (sold.0 + 1, sold.1 + amount);
        let sums = days.entry((store, day)).or_default();
        // Two lines make an order.
        (sums.0, sums.1) = (sums.0 + i64::from(line % 2 == 0), sums.1 + amount);
    }
    let mut database = Connection::open(database(state)?)?;
    let all = database.transaction()?;
    let day = |number: u64| -> Result<String> {
        let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).context("no such day")?;
        Ok((first + chrono::Days::new(number)).to_string())
    };
    for ((store, date, product), (quantity, amount)) in products {
        all.prepare_cached(
            "INSERT INTO sales (store_id, day, variant_sku, name, currency, quantity, amount) VALUES (?1, ?2, ?3, ?4, 'THB', ?5, ?6)",
        )?
        .execute(params![
            stores[usize::try_from(store)?],
            day(date)?,
            format!("drink-{product}/medium"),
            format!("Drink {product}"),
            quantity,
            amount
        ])?;
    }
    for ((store, date), (orders, amount)) in days {
        all.prepare_cached(
            "INSERT INTO order_days (store_id, day, currency, placed, paid, completed, revenue, made, make_seconds)
             VALUES (?1, ?2, 'THB', ?3, ?3, ?3, ?4, ?3, ?3 * 240)",
        )?
        .execute(params![stores[usize::try_from(store)?], day(date)?, orders, amount])?;
    }
    for store in stores {
        all.execute(
            "INSERT OR IGNORE INTO stores (store_id, name, franchisee_id, version) VALUES (?1, ?1, ?2, 0)",
            params![store, franchisee],
        )?;
    }
    all.commit()?;
    Ok(())
}

/// The year's figures of the chain, and what one store sold in it.
pub fn measure(bench: &mut Bench) -> Result<()> {
    eprintln!("  bench: a million order lines");
    let stores = bench.world.stores.clone();
    let franchisee = bench.world.chain.franchisee.as_str().context("no franchisee")?.to_owned();
    bench.world.platform.kill_then(|state| fill(state, &stores, &franchisee))?;
    bench.world.chain.admin.get("/api/v1/auth/me")?.expect(200)?;
    let token = bench.world.chain.admin.token().context("no token")?;
    let chain = "/api/v1/analytics/summary?from=2024-01-01&to=2024-12-31";
    let one = format!("/api/v1/analytics/sales?store_id={}&from=2024-01-01&to=2024-12-31", stores[0]);
    let summary = |caller: &Caller, _: u64| caller.expect(200, &Ask::get(chain).by(&token)).map(drop);
    bench.measure(&Work::of("a year of the chain, 1,000,000 order lines", 4, &summary))?;
    let sales = |caller: &Caller, _: u64| caller.expect(200, &Ask::get(&one).by(&token)).map(drop);
    bench.measure(&Work::of("a year of one store, by product", 4, &sales))?;
    Ok(())
}
