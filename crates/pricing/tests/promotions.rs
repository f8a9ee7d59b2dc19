//! Each kind of promotion, and how they go together, by numbers worked out by hand.

mod common;

use common::*;
use kirana_pricing::rules::{BulkMeasure, BundlePart, Caps, Stacking, Tier};
use kirana_pricing::{Benefit, CartLine, Reason, Selector};

#[test]
fn a_percentage_is_rounded_once_and_shared_out() {
    let cart = order(vec![line("tea/a", 1, 333), line("tea/b", 1, 333), line("tea/c", 1, 334)]);
    let priced = price(&cart, vec![promotion(1, percent(1_500))]);
    assert_eq!(priced.totals.discount, baht(150), "15 % of 10.00");
    assert_eq!(nets(&priced), [283, 283, 284], "49.95, 49.95 and 50.1 off: two satang left over");
    assert_eq!(priced.totals.total, baht(850));
}

#[test]
fn an_amount_off_is_shared_by_what_lines_cost_and_never_more_than_they_do() {
    let cart = order(vec![line("tea/a", 1, 10_000), line("tea/b", 1, 5_000), line("cake/c", 1, 5_000)]);
    let off = |amount| Benefit::AmountOff { amount: baht(amount), on: of(&["tea"]) };
    assert_eq!(nets(&price(&cart, vec![promotion(1, off(3_000))])), [8_000, 4_000, 5_000]);
    let priced = price(&cart, vec![promotion(1, off(99_999))]);
    assert_eq!((nets(&priced), outcome(&priced, 1)), (vec![0, 0, 5_000], applied(15_000, 1)));
}

#[test]
fn a_line_at_its_floor_leaves_an_amount_off_to_the_others() {
    let fixed = CartLine { floor: baht(9_500), ..line("tea/a", 1, 10_000) };
    let cart = order(vec![fixed, line("tea/b", 1, 10_000)]);
    let off = Benefit::AmountOff { amount: baht(2_100), on: Selector::default() };
    assert_eq!(nets(&price(&cart, vec![promotion(1, off)])), [9_900, 8_000], "by what can be taken: 5 to 100");
    let priced = price(&cart, vec![promotion(1, percent(1_000))]);
    assert_eq!(nets(&priced), [9_500, 9_000], "a percentage gives nobody another's part");
}

#[test]
fn an_amount_off_each_piece_counts_pieces() {
    let cart = order(vec![line("tea/a", 3, 1_000), CartLine { grams: Some(500), ..line("fruit/b", 1, 8_000) }]);
    let off = Benefit::AmountOffEach { amount: baht(150), on: Selector::default() };
    assert_eq!(nets(&price(&cart, vec![promotion(1, off)])), [2_550, 4_000], "half a kilogram has no pieces");
}

#[test]
fn buy_two_get_one_gives_the_cheapest() {
    let cart = order(vec![line("tea/dear", 3, 6_000), line("tea/cheap", 4, 4_000), line("cake/x", 9, 100)]);
    let gift = Benefit::BuyGet { buy: 2, buy_on: of(&["tea"]), get: 1, get_on: of(&["tea"]), percent_bp: 10_000 };
    let priced = price(&cart, vec![promotion(1, gift)]);
    assert_eq!(nets(&priced), [18_000, 8_000, 900], "seven teas are two sets; two of the cheap are free");
    assert_eq!(outcome(&priced, 1), applied(8_000, 2));
}

#[test]
fn what_is_bought_is_not_given_too() {
    let gift = |get_on| Benefit::BuyGet { buy: 2, buy_on: of(&["tea"]), get: 1, get_on, percent_bp: 5_000 };
    let cart = order(vec![line("tea/a", 2, 4_000), line("cake/b", 1, 3_000)]);
    assert_eq!(nets(&price(&cart, vec![promotion(1, gift(of(&["cake"])))])), [8_000, 1_500]);
    let either = price(&cart, vec![promotion(1, gift(of(&["tea", "cake"])))]);
    assert_eq!(nets(&either), [8_000, 1_500], "both teas must be bought, so the cake is given");
    let cheaper = order(vec![line("tea/a", 2, 1_000), line("cake/b", 1, 3_000)]);
    let either = price(&cheaper, vec![promotion(1, gift(of(&["tea", "cake"])))]);
    assert_eq!(nets(&either), [2_000, 1_500], "though a tea is cheaper");
    let short = price(&order(vec![line("tea/a", 2, 4_000)]), vec![promotion(1, gift(of(&["tea"])))]);
    assert_eq!(outcome(&short, 1), refused(Reason::NotEnough));
}

#[test]
fn a_bundle_costs_what_it_says_as_long_as_that_is_less() {
    let menu = Benefit::Bundle {
        parts: vec![BundlePart { pieces: 1, on: of(&["tea"]) }, BundlePart { pieces: 2, on: of(&["cake"]) }],
        price: baht(9_000),
    };
    let cart = order(vec![line("tea/a", 2, 5_000), line("cake/b", 4, 3_000)]);
    let priced = price(&cart, vec![promotion(1, menu.clone())]);
    assert_eq!((priced.totals.net, outcome(&priced, 1)), (baht(18_000), applied(4_000, 2)), "two of 110.00 for 90.00");
    let one = price(&order(vec![line("tea/a", 2, 5_000), line("cake/b", 3, 3_000)]), vec![promotion(1, menu.clone())]);
    assert_eq!(outcome(&one, 1), applied(2_000, 1));
    let dear = price(&order(vec![line("tea/a", 1, 3_000), line("cake/b", 2, 3_000)]), vec![promotion(1, menu)]);
    assert_eq!(outcome(&dear, 1), refused(Reason::NothingLeft), "90.00 for what costs 90.00");
}

#[test]
fn pieces_are_in_one_set_only() {
    let gift = Benefit::BuyGet { buy: 1, buy_on: of(&["tea"]), get: 1, get_on: of(&["tea"]), percent_bp: 10_000 };
    let pair = Benefit::Bundle { parts: vec![BundlePart { pieces: 2, on: of(&["tea"]) }], price: baht(100) };
    let cart = order(vec![line("tea/a", 3, 5_000)]);
    let priced = price(&cart, vec![promotion(1, gift), promotion(2, pair)]);
    assert_eq!(outcome(&priced, 1), applied(5_000, 1));
    assert_eq!(outcome(&priced, 2), refused(Reason::NotEnough), "one tea is left");
}

#[test]
fn the_highest_tier_reached_counts_for_all() {
    let tiers = vec![Tier { from: 10, percent_bp: 500 }, Tier { from: 20, percent_bp: 1_000 }];
    let bulk = Benefit::BulkTiers { measure: BulkMeasure::Pieces, tiers, on: of(&["tea"]) };
    let cart = |a, b| order(vec![line("tea/a", a, 1_000), line("tea/b", b, 1_000), line("cake/c", 50, 100)]);
    let net = |a, b| price(&cart(a, b), vec![promotion(1, bulk.clone())]).totals.net.amount;
    assert_eq!([net(4, 5), net(5, 5), net(10, 9), net(10, 10)], [14_000, 14_500, 23_050, 23_000]);
    let tiers = vec![Tier { from: 1_000, percent_bp: 1_000 }];
    let heavy = Benefit::BulkTiers { measure: BulkMeasure::Grams, tiers, on: Selector::default() };
    let rice = |grams| order(vec![CartLine { grams: Some(grams), ..line("rice/a", 1, 4_005) }, line("tea/b", 1, 999)]);
    assert_eq!(nets(&price(&rice(1_500), vec![promotion(1, heavy.clone())])), [5_407, 999], "60.08 without 6.01");
    assert_eq!(outcome(&price(&rice(999), vec![promotion(1, heavy)]), 1), refused(Reason::NotEnough));
}

#[test]
fn promotions_take_from_what_others_left_by_priority() {
    let half = || promotion(1, percent(5_000));
    let mut amount = promotion(2, Benefit::AmountOff { amount: baht(1_000), on: Selector::default() });
    let cart = order(vec![line("tea/a", 1, 10_000)]);
    assert_eq!(price(&cart, vec![half(), amount.clone()]).totals.net, baht(4_000), "the smaller id first");
    amount.priority = 1;
    assert_eq!(price(&cart, vec![half(), amount]).totals.net, baht(4_500), "the greater priority first");
}

#[test]
fn who_is_exclusive_comes_first_or_not_at_all() {
    let with = |number, stacking| {
        let mut made = promotion(number, percent(1_000));
        made.stacking = stacking;
        made
    };
    let group = |name: &str| Stacking::ExclusiveIn { group: name.to_owned() };
    let cart = order(vec![line("tea/a", 1, 10_000)]);
    let late =
        price(&cart, vec![with(1, Stacking::Stackable), with(2, Stacking::Exclusive), with(3, Stacking::Stackable)]);
    assert_eq!(outcome(&late, 2), refused(Reason::Excluded { by: id(1) }));
    assert_eq!(late.totals.net, baht(8_100));
    let early = price(&cart, vec![with(1, Stacking::Exclusive), with(2, Stacking::Stackable), with(3, group("a"))]);
    assert_eq!(early.totals.net, baht(9_000));
    assert_eq!(outcome(&early, 3), refused(Reason::Excluded { by: id(1) }));
    let groups = price(&cart, vec![with(1, group("a")), with(2, group("b")), with(3, group("a"))]);
    assert_eq!(groups.totals.net, baht(8_100));
    assert_eq!(outcome(&groups, 3), refused(Reason::Excluded { by: id(1) }));
}

#[test]
fn caps_hold_for_each_use_and_for_the_order() {
    let capped = |benefit, per_use: Option<i64>, per_order: Option<i64>, uses| {
        let mut made = promotion(1, benefit);
        made.caps = Caps { per_use: per_use.map(baht), per_order: per_order.map(baht), uses };
        made
    };
    let cart = order(vec![line("tea/dear", 2, 6_000), line("tea/cheap", 2, 1_000)]);
    let gift = || Benefit::BuyGet { buy: 1, buy_on: of(&["tea"]), get: 1, get_on: of(&["tea"]), percent_bp: 10_000 };
    let net = |promotion| price(&cart, vec![promotion]).totals.net.amount;
    assert_eq!(net(capped(gift(), None, None, None)), 12_000);
    assert_eq!(net(capped(gift(), Some(700), None, None)), 12_600, "each tea free up to 7.00");
    assert_eq!(net(capped(gift(), None, Some(1_500), None)), 12_500);
    assert_eq!(net(capped(gift(), None, None, Some(1))), 13_000);
    assert_eq!(net(capped(percent(5_000), Some(2_000), Some(3_000), None)), 12_000);
}
