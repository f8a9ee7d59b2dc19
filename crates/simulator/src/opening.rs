//! How both stores begin.

use crate::world::{DEADLINE, ITEMS};
use kirana_contracts::stock::{Ingredient, IssuePolicy, Receipt, Recipe, StockItem, StockSetup, Unit};
use kirana_kernel::Timestamp;
use kirana_store_core::Settings;
use std::time::Duration;

/// What the deployer of a store set.
pub fn settings(number: usize) -> Settings {
    Settings {
        source: format!("store-{number}"),
        payment_deadline: DEADLINE,
        complete_after: Duration::from_secs(900),
        late_after: Duration::from_secs(1_800),
        abandon_after: Duration::from_secs(72 * 3_600),
        resend_after: Duration::from_secs(5),
    }
}

/// The first goods of an item.
pub fn opening(sku: &str, expires_at: Timestamp, expires: bool) -> Receipt {
    Receipt {
        sku: sku.into(),
        quantity: 50,
        measure: None,
        cost: 333,
        supplier: None,
        lot: None,
        expires_at: expires.then_some(expires_at),
        origin: None,
        certification: None,
        reference: None,
        tags: Vec::new(),
    }
}

/// Stock items and recipes.
pub fn setup() -> StockSetup {
    let units = [Unit::Piece, Unit::G, Unit::Ml, Unit::Piece];
    let policies = [IssuePolicy::Fefo, IssuePolicy::Fefo, IssuePolicy::Fifo, IssuePolicy::Lifo];
    let items = ITEMS.iter().zip(units).zip(policies).map(|((sku, unit), policy)| StockItem {
        sku: (*sku).into(),
        name: (*sku).into(),
        unit,
        low_stock_threshold: 5,
        policy,
        piece_size: None,
        near_expiry_hours: 6,
        cover_days: Some(2),
    });
    let recipe = |sku: &str, parts: &[(&str, i64)]| Recipe {
        sku: sku.into(),
        ingredients: parts
            .iter()
            .map(|(sku, quantity)| Ingredient {
                sku: (*sku).into(),
                quantity: *quantity,
                measure: None,
                yield_percent: None,
            })
            .collect(),
    };
    StockSetup {
        items: items.collect(),
        recipes: vec![
            recipe("milk-tea", &[("cup", 1), ("pearls", 3), ("milk", 2)]),
            recipe("mango-juice", &[("cup", 1), ("mango", 2)]),
            recipe("extra-pearls", &[("pearls", 2)]),
        ],
    }
}
