//! Lines of orders, as the engine takes them.

mod common;

use common::*;
use kirana_contracts::order::{OrderLine, OrderModifier, Weight};
use kirana_pricing::{CartLine, Priced};

#[test]
fn a_line_costs_the_engine_what_it_costs_the_order() {
    let jelly = OrderModifier { sku: "jelly".into(), name: "Jelly".into(), quantity: 2, price: baht(1_050) };
    let tea = OrderLine {
        variant_sku: "tea/a".into(),
        product_id: id(1),
        name: "Tea".into(),
        quantity: 3,
        unit_price: baht(4_500),
        modifiers: vec![jelly],
        total: baht(19_800),
        discounts: Vec::new(),
        tax_class: "standard".into(),
        cancelled: 0,
        weight: None,
        substitute: None,
        age_restricted: false,
    };
    let weight = Weight { price_per_kg: baht(12_345), estimated_grams: 333, final_grams: None };
    let rice = OrderLine {
        variant_sku: "rice/kg".into(),
        quantity: 1,
        unit_price: baht(12_345),
        modifiers: Vec::new(),
        weight: Some(weight),
        ..tea.clone()
    };
    let lines = [&tea, &rice]
        .map(|line| CartLine::of_order(line.variant_sku.clone(), line, "any".into(), "food".into()).unwrap());
    let priced = price(&order(lines.to_vec()), vec![]);
    assert_eq!(nets(&priced), [tea.price().unwrap().amount, rice.price().unwrap().amount]);
    assert_eq!(nets(&priced), [19_800, 4_518], "3 * (45.00 + 2 * 10.50); 366 grams held at 123.45 a kilogram");
}

#[test]
fn a_price_comes_back_as_it_was_written() {
    let mut late = promotion(2, percent(1_000));
    late.conditions.coupon = Some("CODE".into());
    let priced = price(&order(vec![line("tea/a", 1, 999)]), vec![promotion(1, percent(1_000)), late]);
    let text = serde_json::to_string(&priced).unwrap();
    assert_eq!(serde_json::from_str::<Priced>(&text).unwrap(), priced);
    assert!(text.contains(r#""outcome":{"kind":"not_applied","reason":{"kind":"coupon_missing"}}"#), "{text}");
}
