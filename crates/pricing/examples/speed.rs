//! How long one price takes: fifty lines, a thousand active promotions. `cargo run --release -p kirana-pricing --example speed`.
#![allow(clippy::disallowed_methods, reason = "it measures, natively")]
#![allow(clippy::print_stdout, reason = "what it measures is printed")]

use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_pricing::rules::{BulkMeasure, BundlePart, Caps, Conditions, Stacking, Tier};
use kirana_pricing::tax::{ComponentRounding, TaxComponent, TaxRounding};
use kirana_pricing::{
    Benefit, CartLine, Fault, FeeRules, OrderContext, Outcome, Promotion, RuleBook, Selector, TaxTable, price,
};
use std::time::Instant;

const LINES: usize = 50;
const RULES: usize = 1_000;
const ROUNDS: u32 = 1_000;

fn id(number: usize) -> Id {
    let [.., a, b] = number.to_be_bytes();
    Id::new(Timestamp::from_millis(1), [0, 0, 0, 0, 0, 0, 0, 0, a, b])
}

fn thb(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

/// Every kind of promotion in turn. `wide`: each on all goods; else on one of 400 variants, of which the cart has 50.
fn promotion(number: usize, wide: bool) -> Promotion {
    let sku = |offset: usize| format!("product-{}/medium", (number * 7 + offset) % 400);
    let on = |offset| {
        if wide { Selector::default() } else { Selector { variants: vec![sku(offset)], ..Selector::default() } }
    };
    let benefit = match number % 6 {
        0 => Benefit::Percentage { percent_bp: 100, on: on(0) },
        1 => Benefit::AmountOff { amount: thb(100), on: on(0) },
        2 => Benefit::AmountOffEach { amount: thb(10), on: on(0) },
        3 => Benefit::BuyGet { buy: 2, buy_on: on(0), get: 1, get_on: on(0), percent_bp: 5_000 },
        4 => Benefit::Bundle { parts: vec![BundlePart { pieces: 2, on: on(0) }], price: thb(9_000) },
        _ => Benefit::BulkTiers {
            measure: BulkMeasure::Pieces,
            tiers: vec![Tier { from: 3, percent_bp: 200 }, Tier { from: 10, percent_bp: 500 }],
            on: on(0),
        },
    };
    let conditions = Conditions { min_subtotal: Some(thb(10_000)), ..Conditions::default() };
    Promotion {
        id: id(number),
        name: format!("promotion {number}"),
        priority: i32::try_from(number % 10).unwrap_or(0),
        benefit,
        conditions,
        stacking: Stacking::Stackable,
        caps: Caps::default(),
    }
}

fn order() -> OrderContext {
    let line = |number: usize| CartLine {
        id: format!("line {number}"),
        variant_sku: format!("product-{}/medium", number * 8),
        product_id: id(number),
        category: format!("category {}", number % 12),
        tax_class: "food".into(),
        quantity: 1 + i64::try_from(number % 5).unwrap_or(0),
        unit_price: thb(4_500 + i64::try_from(number * 37).unwrap_or(0)),
        grams: None,
        floor: thb(0),
    };
    OrderContext {
        currency: Currency::THB,
        store_id: id(0),
        franchisee_id: None,
        segments: Vec::new(),
        unknown_segments: Vec::new(),
        first_order: false,
        coupons: Vec::new(),
        used_up: Vec::new(),
        local: chrono::NaiveDateTime::default(),
        lines: (0..LINES).map(line).collect(),
        delivery_fee: Some(thb(3_000)),
        tip: thb(0),
    }
}

fn main() -> Result<(), Vec<Fault>> {
    let component = |name: &str| TaxComponent { name: name.into(), rate_ppm: 25_000 };
    let taxes = TaxTable {
        place: "IN".into(),
        inclusive: false,
        rounding: TaxRounding::Invoice,
        components: ComponentRounding::Separately,
        classes: [("food".into(), vec![component("CGST"), component("SGST")])].into(),
    };
    let fees = FeeRules { delivery_tax_class: "food".into(), ..FeeRules::default() };
    let order = order();
    for (words, wide) in [("on one variant each", false), ("all on all goods", true)] {
        let started = Instant::now();
        let book = RuleBook::new((0..RULES).map(|number| promotion(number, wide)).collect())?;
        let ready = started.elapsed();
        let mut times = Vec::new();
        let mut applied = 0;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let priced = price(&order, &book, &fees, &taxes)?;
            times.push(started.elapsed());
            applied = priced.promotions.iter().filter(|one| matches!(one.outcome, Outcome::Applied { .. })).count();
        }
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied().unwrap_or_default();
        println!(
            "{LINES} lines, {RULES} promotions {words} ({applied} applied): fastest {:?}, median {:?}, 99 % {:?}; made ready once in {ready:?}",
            at(0),
            at(50),
            at(99)
        );
    }
    Ok(())
}
