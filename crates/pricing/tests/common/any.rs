//! Any cart, any promotion, any taxes, small enough that they meet.

use super::{baht, id, line, order, taxes};
use kirana_kernel::Money;
use kirana_pricing::rules::{BulkMeasure, BundlePart, Caps, Conditions, Stacking, Tier};
use kirana_pricing::tax::{ComponentRounding, TaxRounding};
use kirana_pricing::{Benefit, CartLine, OrderContext, Promotion, Selector, TaxTable};
use proptest::prelude::*;

const SKUS: [&str; 5] = ["tea/a", "tea/b", "cake/a", "cake/b", "rice/kg"];

pub fn any_line() -> impl Strategy<Value = CartLine> {
    let price = prop_oneof![0..20_i64, 0..20_000_i64, 0..10_000_000_000_i64];
    (prop::sample::select(SKUS.to_vec()), 1..6_i64, price, 1..5_000_i64, 0..4_i64).prop_map(
        |(sku, quantity, price, grams, floor)| {
            let plain = line(sku, quantity, price);
            let weighed = sku == "rice/kg";
            CartLine {
                quantity: if weighed { 1 } else { quantity },
                grams: weighed.then_some(grams),
                floor: baht(if floor == 0 { price / 2 } else { 0 }),
                ..plain
            }
        },
    )
}

pub fn any_order() -> impl Strategy<Value = OrderContext> {
    let fee = prop::option::of((0..5_000_i64).prop_map(baht));
    (prop::collection::vec(any_line(), 1..8), fee, 0..1_000_i64, any::<bool>()).prop_map(|(lines, fee, tip, coupon)| {
        let lines = lines.into_iter().enumerate();
        let lines = lines.map(|(place, line)| CartLine { id: format!("l{place}"), ..line }).collect();
        let coupons = if coupon { vec!["CODE".to_owned()] } else { Vec::new() };
        OrderContext { delivery_fee: fee, tip: baht(tip), coupons, ..order(lines) }
    })
}

pub fn any_selector() -> impl Strategy<Value = Selector> {
    let some = |from: Vec<&'static str>| prop::sample::subsequence(from, 0..=2);
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    (
        some(vec!["tea", "cake", "rice"]),
        some(SKUS.to_vec()),
        prop::option::weighted(0.2, prop::sample::select(SKUS.to_vec())),
    )
        .prop_map(move |(categories, variants, except)| Selector {
            variants: owned(variants),
            products: Vec::new(),
            categories: owned(categories),
            except_variants: owned(except.into_iter().collect()),
        })
}

pub fn any_percentage() -> impl Strategy<Value = Benefit> {
    (1..=10_000_u32, any_selector()).prop_map(|(percent_bp, on)| Benefit::Percentage { percent_bp, on })
}

fn any_benefit() -> impl Strategy<Value = Benefit> {
    let amount = || (1..30_000_i64).prop_map(baht);
    let part = (1..3_u32, any_selector()).prop_map(|(pieces, on)| BundlePart { pieces, on });
    prop_oneof![
        any_percentage(),
        (amount(), any_selector()).prop_map(|(amount, on)| Benefit::AmountOff { amount, on }),
        (amount(), any_selector()).prop_map(|(amount, on)| Benefit::AmountOffEach { amount, on }),
        (1..4_u32, any_selector(), 1..3_u32, any_selector(), 1..=10_000_u32).prop_map(
            |(buy, buy_on, get, get_on, percent_bp)| Benefit::BuyGet { buy, buy_on, get, get_on, percent_bp }
        ),
        (prop::collection::vec(part, 1..3), amount()).prop_map(|(parts, price)| Benefit::Bundle { parts, price }),
        (1..6_i64, 1..5_000_u32, any::<bool>(), any_selector()).prop_map(|(from, percent_bp, pieces, on)| {
            let (measure, times) = if pieces { (BulkMeasure::Pieces, 1) } else { (BulkMeasure::Grams, 500) };
            let tiers = vec![
                Tier { from: from * times, percent_bp },
                Tier { from: 3 * from * times, percent_bp: percent_bp * 2 },
            ];
            Benefit::BulkTiers { measure, tiers, on }
        }),
    ]
}

pub fn any_caps() -> impl Strategy<Value = Caps> {
    let cap = || prop::option::weighted(0.3, (0..5_000_i64).prop_map(baht));
    (cap(), cap(), prop::option::weighted(0.2, 1..3_u32)).prop_map(|(per_use, per_order, uses)| Caps {
        per_use,
        per_order,
        uses,
    })
}

fn any_promotion() -> impl Strategy<Value = Promotion> {
    let stacking = prop_oneof![
        6 => Just(Stacking::Stackable),
        1 => Just(Stacking::Exclusive),
        2 => prop::sample::select(vec!["a", "b"]).prop_map(|group| Stacking::ExclusiveIn { group: group.to_owned() }),
    ];
    let minimum: BoxedStrategy<Option<Money>> = prop::option::weighted(0.2, (0..20_000_i64).prop_map(baht)).boxed();
    let coupon = prop::option::weighted(0.2, Just("CODE".to_owned()));
    (any_benefit(), -2..3_i32, stacking, minimum, coupon, any_caps()).prop_map(
        |(benefit, priority, stacking, min_subtotal, coupon, caps)| Promotion {
            id: id(0),
            name: String::new(),
            priority,
            benefit,
            conditions: Conditions { min_subtotal, coupon, ..Conditions::default() },
            stacking,
            caps,
        },
    )
}

/// Gives each promotion an id of its own.
pub fn numbered(promotions: Vec<Promotion>) -> Vec<Promotion> {
    let numbers = 1_u8..;
    promotions.into_iter().zip(numbers).map(|(promotion, number)| Promotion { id: id(number), ..promotion }).collect()
}

pub fn any_promotions() -> impl Strategy<Value = Vec<Promotion>> {
    prop::collection::vec(any_promotion(), 0..8).prop_map(numbered)
}

pub fn any_taxes() -> impl Strategy<Value = TaxTable> {
    let rates = prop::collection::vec(0..300_000_u32, 0..4);
    (any::<bool>(), rates, any::<bool>(), any::<bool>()).prop_map(|(inclusive, rates, line, together)| {
        let named: Vec<(&str, u32)> = rates.into_iter().map(|rate| ("tax", rate)).collect();
        TaxTable {
            rounding: if line { TaxRounding::Line } else { TaxRounding::Invoice },
            components: if together { ComponentRounding::Together } else { ComponentRounding::Separately },
            ..taxes(inclusive, &named)
        }
    })
}
