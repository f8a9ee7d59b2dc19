//! For which orders a promotion is, and the first reason why it is not.

mod common;

use common::*;
use kirana_kernel::{Currency, Money};
use kirana_pricing::rules::Conditions;
use kirana_pricing::{Benefit, OrderContext, Reason, Selector};

fn cart() -> OrderContext {
    order(vec![line("tea/a", 1, 10_000)])
}

/// What ten per cent come to under these conditions.
fn tried(order: &OrderContext, conditions: Conditions) -> Result<i64, Reason> {
    let mut ten = promotion(1, percent(1_000));
    ten.conditions = conditions;
    match outcome(&price(order, vec![ten]), 1) {
        kirana_pricing::Outcome::Applied { amount, .. } => Ok(amount.amount),
        kirana_pricing::Outcome::NotApplied { reason } => Err(reason),
    }
}

#[test]
fn each_condition_gives_its_reason() {
    let none = Conditions::default;
    let order = cart();
    assert_eq!(tried(&order, none()), Ok(1_000));

    let at = |store| Conditions { stores: vec![id(store)], ..none() };
    assert_eq!((tried(&order, at(1)), tried(&order, at(2))), (Ok(1_000), Err(Reason::OtherStore)));

    let of = || Conditions { franchisees: vec![id(7)], ..none() };
    assert_eq!(tried(&order, of()), Err(Reason::OtherFranchisee));
    assert_eq!(tried(&OrderContext { franchisee_id: Some(id(7)), ..cart() }, of()), Ok(1_000));

    let festival = |until: &str| Conditions {
        dates: vec![serde_json::from_str(&format!(r#"{{"from":"2026-11-01T00:00:00","until":"{until}"}}"#)).unwrap()],
        ..none()
    };
    assert_eq!(tried(&order, festival("2026-11-27T17:31:00")), Ok(1_000));
    assert_eq!(tried(&order, festival("2026-11-27T17:30:00")), Err(Reason::OutsideDates));

    let hour = |until: &str| Conditions {
        hours: vec![serde_json::from_str(&format!(r#"{{"from":"17:00:00","until":"{until}"}}"#)).unwrap()],
        ..none()
    };
    assert_eq!(tried(&order, hour("18:00:00")), Ok(1_000));
    assert_eq!(tried(&order, hour("17:30:00")), Err(Reason::OutsideHours));

    let students = || Conditions { segments: vec!["students".into()], ..none() };
    assert_eq!(tried(&order, students()), Err(Reason::OtherSegment));
    assert_eq!(
        tried(&OrderContext { segments: vec!["old".into(), "students".into()], ..cart() }, students()),
        Ok(1_000)
    );

    let unknown = |segment: &str| OrderContext { unknown_segments: vec![segment.into()], ..cart() };
    assert_eq!(tried(&unknown("students"), students()), Err(Reason::UnknownSegment));
    assert_eq!(tried(&unknown("tier:grove"), students()), Err(Reason::OtherSegment), "of this one it is known");
    let known = OrderContext { segments: vec!["students".into()], ..unknown("students") };
    assert_eq!(tried(&known, students()), Ok(1_000));

    let first = || Conditions { first_order: true, ..none() };
    assert_eq!(tried(&order, first()), Err(Reason::NotFirstOrder));
    assert_eq!(tried(&OrderContext { first_order: true, ..cart() }, first()), Ok(1_000));

    let coupon = || Conditions { coupon: Some("SAVE10".into()), ..none() };
    assert_eq!(tried(&order, coupon()), Err(Reason::CouponMissing));
    assert_eq!(
        tried(&OrderContext { coupons: vec!["SAVE1".into(), "SAVE100".into()], ..cart() }, coupon()),
        Err(Reason::CouponMissing)
    );
    assert_eq!(tried(&OrderContext { coupons: vec!["save10".into()], ..cart() }, coupon()), Ok(1_000));

    let from = |amount| Conditions { min_subtotal: Some(baht(amount)), ..none() };
    assert_eq!(tried(&order, from(10_000)), Ok(1_000));
    assert_eq!(tried(&order, from(10_001)), Err(Reason::BelowMinimum { missing: baht(1) }));
}

#[test]
fn the_first_reason_is_told() {
    let all = Conditions {
        stores: vec![id(2)],
        first_order: true,
        min_subtotal: Some(baht(99_999)),
        ..Conditions::default()
    };
    assert_eq!(tried(&cart(), all), Err(Reason::OtherStore));
}

#[test]
fn amounts_of_another_currency_are_for_other_stores() {
    let dollars = Benefit::AmountOff { amount: Money::new(1, Currency::USD), on: Selector::default() };
    assert_eq!(outcome(&price(&cart(), vec![promotion(1, dollars)]), 1), refused(Reason::OtherCurrency));
}

#[test]
fn selectors_name_variants_products_categories_and_what_is_left_out() {
    let mut cart = order(vec![line("tea/a", 1, 1_000), line("tea/b", 1, 1_000), line("cake/c", 1, 1_000)]);
    cart.lines[2].product_id = id(9);
    let net = |on| nets(&price(&cart, vec![promotion(1, Benefit::Percentage { percent_bp: 10_000, on })]));
    let none = Selector::default;
    assert_eq!(net(none()), [0, 0, 0]);
    assert_eq!(net(Selector { variants: vec!["tea/b".into()], ..none() }), [1_000, 0, 1_000]);
    assert_eq!(net(Selector { products: vec![id(9)], ..none() }), [1_000, 1_000, 0]);
    assert_eq!(net(Selector { variants: vec!["tea/a".into()], products: vec![id(9)], ..none() }), [0, 1_000, 0]);
    assert_eq!(net(Selector { except_variants: vec!["tea/a".into()], ..of(&["tea"]) }), [1_000, 0, 1_000]);
    assert_eq!(net(Selector { except_variants: vec!["tea/a".into()], ..none() }), [1_000, 0, 0]);
    let priced = price(&cart, vec![promotion(1, Benefit::Percentage { percent_bp: 1, on: of(&["wine"]) })]);
    assert_eq!(outcome(&priced, 1), refused(Reason::NothingChosen));
}
