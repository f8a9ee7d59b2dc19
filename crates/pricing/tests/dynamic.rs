//! Prices that follow shelf life and demand.

mod common;

use common::baht;
use kirana_pricing::dynamic::{DynamicRule, Shelf};
use proptest::prelude::*;

fn rule() -> DynamicRule {
    DynamicRule {
        floor_bp: 4_000,
        ceiling_bp: 11_000,
        fresh_until_bp: 5_000,
        last_bp: 2_000,
        demand_bp: 2_000,
        step: 100,
    }
}

fn shelf(left_hours: i64, sold: u32) -> Shelf {
    Shelf { left_seconds: left_hours * 3_600, life_seconds: 100 * 3_600, sold, expected: 10 }
}

#[test]
fn a_price_falls_with_age_and_rises_with_demand() {
    let price = |left, sold| rule().price(baht(10_000), shelf(left, sold)).map(|price| price.amount);
    assert_eq!([price(100, 10), price(50, 10)], [Some(10_000); 2], "fresh until half of it is left");
    assert_eq!(price(25, 10), Some(6_000), "half way from 100 to 20 per cent");
    assert_eq!(price(1, 10), Some(4_000), "21.6 per cent, but for the floor");
    assert_eq!([price(0, 10), price(-1, 10)], [None, None], "not for sale");
    assert_eq!(price(100, 15), Some(11_000), "half more demand: a tenth more");
    assert_eq!(price(100, 30), Some(11_000), "40 per cent more, but for the ceiling");
    assert_eq!(price(100, 0), Some(8_000));
    assert_eq!(price(37, 10), Some(7_900), "79.2 to whole baht");
    assert_eq!(price(37, 0), Some(6_300), "79.2 * 0.8 = 63.36");
    let unknown = Shelf { expected: 0, ..shelf(100, 99) };
    assert_eq!(rule().price(baht(10_000), unknown), Some(baht(10_000)));
}

#[test]
fn steps_do_not_lead_out_of_bounds() {
    let rule = DynamicRule { step: 1_000, floor_bp: 4_500, ..rule() };
    assert_eq!(
        rule.price(baht(10_000), shelf(1, 10)),
        Some(baht(5_000)),
        "45.00 is the floor: 50.00 is the lowest step"
    );
    let narrow = DynamicRule { floor_bp: 9_900, ceiling_bp: 10_100, ..rule };
    assert_eq!(narrow.price(baht(10_550), shelf(1, 10)), Some(baht(10_445)), "no step between 104.45 and 106.56");
}

#[test]
fn every_fault_names_its_field() {
    let wrong = DynamicRule { floor_bp: 10_001, ceiling_bp: 9_999, step: 0, ..rule() };
    let paths: Vec<String> = wrong.faults().into_iter().map(|fault| fault.path).collect();
    assert_eq!(paths, ["floor_bp", "ceiling_bp", "step"]);
    assert!(rule().faults().is_empty());
}

fn any_rule() -> impl Strategy<Value = DynamicRule> {
    (0..=10_000_u32, 10_000..=50_000_u32, 0..=10_000_u32, 0..=10_000_u32, 0..=10_000_u32, 1..500_i64).prop_map(
        |(floor_bp, ceiling_bp, fresh_until_bp, last_bp, demand_bp, step)| DynamicRule {
            floor_bp,
            ceiling_bp,
            fresh_until_bp,
            last_bp,
            demand_bp,
            step,
        },
    )
}

proptest! {
    #[test]
    fn older_is_never_dearer_and_more_wanted_never_cheaper(
        rule in any_rule(), list in 0..1_000_000_i64, left in 1..1_000_i64, more in 0..1_000_i64, sold in 0..50_u32, also in 0..50_u32
    ) {
        let at = |left_seconds, sold| rule.price(baht(list), Shelf { left_seconds, life_seconds: 1_000, sold, expected: 10 }).unwrap().amount;
        prop_assert!(at(left, sold) <= at(left + more, sold));
        prop_assert!(at(left, sold) <= at(left, sold + also));
        let (floor, ceiling) = (i64::from(rule.floor_bp) * list, i64::from(rule.ceiling_bp) * list);
        // Half a minor unit is what rounding the bound itself may take.
        prop_assert!((floor - 5_000..=ceiling + 5_000).contains(&(at(left, sold) * 10_000)));
    }
}
