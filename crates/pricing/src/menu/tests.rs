//! Quotes by a menu.

use super::*;
use crate::{Facts, PricedOrder, Terms, price_order, retotal};
use kirana_contracts::menu::{MenuProduct, Tax};
use kirana_contracts::order::Totals;
use kirana_contracts::quote::ModifierRequest;
use kirana_kernel::{Currency, Id, Timestamp};
use proptest::prelude::*;

fn baht(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

fn menu(rate_bp: u32, inclusive: bool) -> Menu {
    let id = Id::new(Timestamp::from_millis(1), [1; 10]);
    let modifier = |sku: &str, price| Modifier {
        sku: sku.into(),
        name: sku.into(),
        price: baht(price),
        age_restricted: sku.ends_with("/rum"),
        preselected: false,
    };
    let group = |id: &str, min, max, modifiers| ModifierGroup { id: id.into(), name: id.into(), min, max, modifiers };
    let variant = |sku: &str, price| MenuVariant {
        sku: sku.into(),
        name: "Medium".into(),
        price: baht(price),
        list_price: None,
        price_reason: None,
        by_weight: false,
        modifier_groups: vec!["sweetness".into(), "topping".into()],
        nutrition: None,
    };
    Menu {
        store_id: id,
        currency: Currency::THB,
        tax: Tax { name: "VAT".into(), rate_bp, inclusive },
        products: vec![MenuProduct {
            id,
            name: "Milk Tea".into(),
            description: String::new(),
            category: "Tea".into(),
            age_restricted: false,
            tax_class: "standard".into(),
            tags: Vec::new(),
            allergens: None,
            photo: None,
            variants: vec![variant("tea/small", 4_500), variant("tea/medium", 6_500)],
        }],
        modifier_groups: vec![
            group("sweetness", 1, 1, vec![modifier("sugar/50", 0), modifier("sugar/100", 0)]),
            group(
                "topping",
                0,
                3,
                vec![
                    modifier("topping/jelly", 2_000),
                    modifier("topping/pearls", 1_000),
                    modifier("topping/rum", 4_000),
                ],
            ),
        ],
        sold_out: Vec::new(),
        sold_out_modifiers: Vec::new(),
    }
}

fn line(variant: &str, quantity: i64, modifiers: &[(&str, i64)]) -> LineRequest {
    LineRequest {
        variant_sku: variant.into(),
        quantity,
        modifiers: modifiers
            .iter()
            .map(|(sku, quantity)| ModifierRequest { sku: (*sku).into(), quantity: *quantity })
            .collect(),
        grams: None,
    }
}

/// With no promotions, fees or taxes but the menu's.
fn quote(menu: &Menu, lines: &[LineRequest]) -> Result<PricedOrder, Vec<Fault>> {
    let facts = Facts {
        franchisee_id: menu.store_id,
        segments: Vec::new(),
        unknown_segments: Vec::new(),
        first_order: false,
        coupons: Vec::new(),
        used_up: Vec::new(),
        local: "2026-11-26T12:00:00".parse().unwrap(),
        delivery_fee: None,
        tip: None,
    };
    price_order(menu, lines, &facts, &Terms::default())
}

#[test]
fn a_quote_explains_itself() {
    let quote = quote(&menu(700, true), &[line("tea/medium", 2, &[("sugar/50", 1), ("topping/jelly", 1)])]).unwrap();
    assert_eq!(quote.totals.total, baht(17_000));
    assert_eq!(quote.totals.tax, baht(1_112), "170.00 * 7 / 107 = 11.1214...");
    assert_eq!(
        quote.explanation,
        [
            "2 × (65.00 THB Milk Tea, Medium + 1 × 20.00 THB topping/jelly) = 170.00 THB",
            "VAT 7.00 % contained in 170.00 THB = 11.12 THB, rounded half up",
            "total 170.00 THB",
        ]
    );
}

#[test]
fn tax_on_top_is_added() {
    let quote = quote(&menu(825, false), &[line("tea/small", 1, &[("sugar/50", 1)])]).unwrap();
    assert_eq!((quote.totals.tax, quote.totals.total), (baht(371), baht(4_871)), "45.00 * 8.25 % = 3.7125");
}

/// S20: what is poured into it makes it what only adults may buy.
#[test]
fn a_line_is_for_adults_with_one_thing_in_it_that_is() {
    let restricted = |modifiers: &[(&str, i64)]| {
        let lines = [line("tea/small", 1, &[("sugar/50", 1)]), line("tea/medium", 1, modifiers)];
        let quote = quote(&menu(700, true), &lines).unwrap();
        quote.lines.iter().map(|line| line.age_restricted).collect::<Vec<_>>()
    };
    assert_eq!(restricted(&[("sugar/50", 1), ("topping/jelly", 2)]), [false, false]);
    assert_eq!(restricted(&[("sugar/50", 1), ("topping/jelly", 1), ("topping/rum", 1)]), [false, true]);
    let mut adults = menu(700, true);
    adults.products[0].age_restricted = true;
    assert!(quote(&adults, &[line("tea/small", 1, &[("sugar/50", 1)])]).unwrap().lines[0].age_restricted);
}

#[test]
fn every_fault_names_its_field() {
    let wrong = [
        line("tea/huge", 1, &[]),
        line("tea/small", 0, &[("sugar/50", 1)]),
        line("tea/small", 1, &[]),
        line("tea/small", 1, &[("sugar/50", 1), ("sugar/100", 1), ("gold", 1)]),
    ];
    let faults = quote(&menu(0, true), &wrong).unwrap_err();
    let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "lines[0].variant_sku",
            "lines[1].quantity",
            "lines[2].modifiers",
            "lines[3].modifiers[2].sku",
            "lines[3].modifiers"
        ]
    );
    assert!(faults[2].message.contains("takes exactly 1 of sugar/50, sugar/100; 0 chosen"), "{}", faults[2].message);
    assert_eq!(quote(&menu(0, true), &[]).unwrap_err()[0].path, "lines");
}

fn any_line() -> impl Strategy<Value = LineRequest> {
    (prop::sample::select(vec!["tea/small", "tea/medium"]), 1..=MAX_QUANTITY, 0..2_i64, 0..2_i64).prop_map(
        |(variant, quantity, jelly, pearls)| {
            let mut modifiers = vec![("sugar/50", 1)];
            modifiers.extend((jelly > 0).then_some(("topping/jelly", jelly)));
            modifiers.extend((pearls > 0).then_some(("topping/pearls", pearls)));
            line(variant, quantity, &modifiers)
        },
    )
}

proptest! {
    #[test]
    fn totals_add_up_in_any_order(lines in prop::collection::vec(any_line(), 1..20), rate in 0..3_000_u32, inclusive: bool) {
        let menu = menu(rate, inclusive);
        let forward = quote(&menu, &lines).unwrap();
        let sum: i64 = forward.lines.iter().map(|line| line.total.amount).sum();
        prop_assert_eq!(forward.totals.subtotal.amount, sum);
        let tax = if inclusive { 0 } else { forward.totals.tax.amount };
        prop_assert_eq!(forward.totals.total.amount, sum + tax);
        prop_assert!(forward.totals.tax.amount >= 0);
        let backward = quote(&menu, &lines.iter().rev().cloned().collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(&forward.totals, &backward.totals);
        prop_assert_eq!(&retotal(&forward.totals, None, &forward.lines).unwrap(), &forward.totals);
        let plain = Totals::of(menu.currency, rate, inclusive, &forward.lines).unwrap();
        prop_assert_eq!(plain, forward.totals, "what the store makes of it is the same");
    }
}
