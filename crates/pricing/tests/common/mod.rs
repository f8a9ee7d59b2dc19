//! Carts, promotions and taxes for tests.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

pub mod any;

use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_pricing::rules::{Caps, Conditions, Stacking};
use kirana_pricing::tax::{ComponentRounding, TaxComponent, TaxRounding};
use kirana_pricing::{
    Benefit, CartLine, FeeRules, OrderContext, Outcome, Priced, Promotion, Reason, RuleBook, Selector, TaxTable,
};

pub fn id(number: u8) -> Id {
    Id::new(Timestamp::from_millis(1), [0, 0, 0, 0, 0, 0, 0, 0, 0, number])
}

pub fn baht(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

/// A line whose category is its sku up to the slash.
pub fn line(sku: &str, quantity: i64, unit_price: i64) -> CartLine {
    CartLine {
        id: sku.to_owned(),
        variant_sku: sku.to_owned(),
        product_id: id(1),
        category: sku.split('/').next().unwrap_or_default().to_owned(),
        tax_class: "food".to_owned(),
        quantity,
        unit_price: baht(unit_price),
        grams: None,
        floor: baht(0),
    }
}

pub fn order(lines: Vec<CartLine>) -> OrderContext {
    OrderContext {
        currency: Currency::THB,
        store_id: id(1),
        franchisee_id: None,
        segments: Vec::new(),
        unknown_segments: Vec::new(),
        first_order: false,
        coupons: Vec::new(),
        used_up: Vec::new(),
        local: "2026-11-27T17:30:00".parse().unwrap(),
        lines,
        delivery_fee: None,
        tip: baht(0),
    }
}

pub fn promotion(number: u8, benefit: Benefit) -> Promotion {
    Promotion {
        id: id(number),
        name: format!("promotion {number}"),
        priority: 0,
        benefit,
        conditions: Conditions::default(),
        stacking: Stacking::default(),
        caps: Caps::default(),
    }
}

pub fn percent(percent_bp: u32) -> Benefit {
    Benefit::Percentage { percent_bp, on: Selector::default() }
}

pub fn of(categories: &[&str]) -> Selector {
    Selector { categories: categories.iter().map(|name| (*name).to_owned()).collect(), ..Selector::default() }
}

/// Taxes of one class `food`, and of `service` for fees, with the same components.
pub fn taxes(inclusive: bool, components: &[(&str, u32)]) -> TaxTable {
    let components: Vec<TaxComponent> = components
        .iter()
        .map(|(name, rate_ppm)| TaxComponent { name: (*name).to_owned(), rate_ppm: *rate_ppm })
        .collect();
    TaxTable {
        place: "TH".to_owned(),
        inclusive,
        rounding: TaxRounding::Invoice,
        components: ComponentRounding::Separately,
        classes: [("food".to_owned(), components.clone()), ("service".to_owned(), components)].into(),
    }
}

pub fn no_tax() -> TaxTable {
    taxes(true, &[])
}

pub fn fees() -> FeeRules {
    FeeRules { delivery_tax_class: "service".to_owned(), ..FeeRules::default() }
}

pub fn book(promotions: Vec<Promotion>) -> RuleBook {
    RuleBook::new(promotions).unwrap()
}

/// Priced by these promotions, without taxes.
pub fn price(order: &OrderContext, promotions: Vec<Promotion>) -> Priced {
    kirana_pricing::price(order, &book(promotions), &fees(), &no_tax()).unwrap()
}

/// What each line costs after discounts, in minor units.
pub fn nets(priced: &Priced) -> Vec<i64> {
    priced.lines.iter().map(|line| line.net.amount).collect()
}

pub fn outcome(priced: &Priced, number: u8) -> Outcome {
    priced.promotions.iter().find(|one| one.promotion == id(number)).unwrap().outcome.clone()
}

pub fn applied(amount: i64, uses: u32) -> Outcome {
    Outcome::Applied { amount: baht(amount), uses }
}

pub fn refused(reason: Reason) -> Outcome {
    Outcome::NotApplied { reason }
}
