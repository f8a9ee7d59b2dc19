//! Menu boards follow: what is sold out disappears from them or is struck, and a price that was changed in the store's menu is on them, within
//! a minute and with no person's hand. What a board shows is asked for anew each time and told only when it is news, so that no event that
//! is lost leaves a board wrong.

use crate::api::hub::hub_of;
use crate::db;
use kirana_contracts::menu::Menu;
use kirana_contracts::store_state::object_name;
use kirana_devices::hub::{Board, Shown};
use kirana_devices::playlist::shown;
use kirana_edge::db::Db;
use kirana_edge::{Result, call, log, principal};
use kirana_kernel::Id;
use serde_json::Value;
use std::collections::BTreeSet;
use worker::Env;

/// Looks after every store with boards that are there.
pub async fn follow(env: &Env) {
    let stores = match Db::of(env) {
        Ok(db) => db::stores_with_boards(&db).await,
        Err(problem) => Err(problem),
    };
    for (store, number) in stores.unwrap_or_default() {
        refresh(env, store, number).await;
    }
}

/// Looks after one. What fails is tried again in a minute.
pub async fn refresh(env: &Env, store: Id, number: u32) {
    if let Err(problem) = of_store(env, store, number).await {
        let (store, problem) = (store.to_string(), problem.to_string());
        log::error("the boards of a store could not be looked after", &[("store", &store), ("problem", &problem)]);
    }
}

async fn of_store(env: &Env, store: Id, number: u32) -> Result<()> {
    let hub = hub_of(env, number).repeatable();
    let boards: Vec<Board> = hub.get("/boards").await?;
    if boards.is_empty() {
        return Ok(());
    }
    let caller = principal::service("devices");
    let menu: Menu = call::service(env, "CATALOG", &caller).get(&format!("/internal/stores/{store}/menu")).await?;
    let skus = menu.products.iter().flat_map(|product| product.variants.iter().map(|variant| variant.sku.as_str()));
    let skus: Vec<&str> = skus.collect();
    let object = call::object(env, "STORE_STATE", object_name(number), &caller).repeatable();
    let gone: BTreeSet<String> = object.post("/sold-out", &skus).await?;
    for board in boards {
        let playlist = shown(&board.slides, &menu, &gone);
        let told = Shown { of: board.slides, playlist };
        match hub.post::<_, Value>(&format!("/devices/{}/shown", board.device), &told).await {
            // It got other slides meanwhile: whoever put them looks after it.
            Err(problem) if problem.status == 409 => {}
            told => drop(told?),
        }
    }
    Ok(())
}
