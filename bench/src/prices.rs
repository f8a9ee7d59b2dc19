//! What one price takes, natively: a cart of fifty lines, a thousand active promotions.

use crate::Bench;
use crate::measure::{Row, Target};
use anyhow::{Result, anyhow};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_pricing::rules::{BulkMeasure, BundlePart, Caps, Conditions, Stacking, Tier};
use kirana_pricing::tax::{ComponentRounding, TaxComponent, TaxRounding};
use kirana_pricing::{
    Benefit, CartLine, Fault, FeeRules, OrderContext, Promotion, RuleBook, Selector, TaxTable, price,
};
use std::time::Instant;

const LINES: usize = 50;
const RULES: usize = 1_000;
const ROUNDS: usize = 1_000;

/// Under a millisecond each.
const LEAST: f64 = 1_000.0;

/// Measures both ends: each promotion on one of 400 variants, of which the cart has fifty; and each on all goods.
pub fn measure(bench: &Bench) -> Result<()> {
    for (of, wide) in [("on one variant each", false), ("each on all goods", true)] {
        let row = row(of, wide).map_err(|faults| anyhow!("{faults:?}"))?;
        bench.keep(row);
    }
    Ok(())
}

fn row(of: &str, wide: bool) -> Result<Row, Vec<Fault>> {
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
    let book = RuleBook::new((0..RULES).map(|number| promotion(number, wide)).collect())?;
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        price(&order, &book, &fees, &taxes)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    Ok(Row {
        work: format!("price of {LINES} lines, {RULES} promotions {of}, natively"),
        connections: 1,
        rate: 1e3 / at(50),
        slowest: 1e3 / at(100),
        fastest: 1e3 / at(0),
        p50: at(50),
        p99: at(99),
        cpu: None,
        memory: None,
        floor: None,
        ratio: None,
        target: Some(Target::Rate(LEAST)),
        failed: 0,
        failure: None,
    })
}

fn id(number: usize) -> Id {
    let [.., a, b] = number.to_be_bytes();
    Id::new(Timestamp::from_millis(1), [0, 0, 0, 0, 0, 0, 0, 0, a, b])
}

fn thb(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

/// Every kind of promotion in turn.
fn promotion(number: usize, wide: bool) -> Promotion {
    let sku = format!("product-{}/medium", number * 7 % 400);
    let on =
        || if wide { Selector::default() } else { Selector { variants: vec![sku.clone()], ..Selector::default() } };
    let benefit = match number % 6 {
        0 => Benefit::Percentage { percent_bp: 100, on: on() },
        1 => Benefit::AmountOff { amount: thb(100), on: on() },
        2 => Benefit::AmountOffEach { amount: thb(10), on: on() },
        3 => Benefit::BuyGet { buy: 2, buy_on: on(), get: 1, get_on: on(), percent_bp: 5_000 },
        4 => Benefit::Bundle { parts: vec![BundlePart { pieces: 2, on: on() }], price: thb(9_000) },
        _ => Benefit::BulkTiers {
            measure: BulkMeasure::Pieces,
            tiers: vec![Tier { from: 3, percent_bp: 200 }, Tier { from: 10, percent_bp: 500 }],
            on: on(),
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
