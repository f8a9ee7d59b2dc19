//! Taxes as their authorities work them out. Numbers are worked out by hand from what the named documents say;
//! minor units are minor units, so all of it is in one currency.

mod common;

use common::*;
use kirana_kernel::{Currency, Money};
use kirana_pricing::tax::{ComponentRounding, TaxBook, TaxRounding};
use kirana_pricing::{Benefit, CartLine, FeeRules, OrderContext, Priced, Promotion, Selector, TaxTable};

#[allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]
fn taxed(order: &OrderContext, promotions: Vec<Promotion>, table: &TaxTable) -> Priced {
    kirana_pricing::price(order, &book(promotions), &fees(), table).unwrap()
}

fn components(priced: &Priced) -> Vec<(&str, i64)> {
    priced.taxes.iter().map(|tax| (tax.name.as_str(), tax.amount.amount)).collect()
}

/// Texas Comptroller of Public Accounts, "Sales and Use Tax Frequently Asked Questions", Sales Tax Collection: the third
/// decimal place decides; an article of 250.00 at 8.25 % bears 20.625, so 20.63. Of a price of 20.00 that contains it, 1.52.
#[test]
fn texas_rounds_at_the_third_decimal_place() {
    let austin = |inclusive| TaxTable {
        components: ComponentRounding::Together,
        ..taxes(inclusive, &[("Texas", 62_500), ("Austin", 20_000)])
    };
    let priced = taxed(&order(vec![line("shirt/a", 1, 25_000)]), vec![], &austin(false));
    assert_eq!((priced.totals.tax, priced.totals.total), (baht(2_063), baht(27_063)));
    assert_eq!(components(&priced), [("Texas", 1_563), ("Austin", 500)], "15.625 and 5.00 of 20.63");
    let priced = taxed(&order(vec![line("shirt/a", 1, 2_000)]), vec![], &austin(true));
    assert_eq!((priced.totals.tax, priced.totals.total), (baht(152), baht(2_000)), "20.00 / 1.0825 = 18.48");
}

/// Texas Comptroller, Tax Policy News (2012), on computing sales tax: state and local tax may each be computed and added, 1.25
/// and 0.40 on 20.00; two articles of 7.00 in one sale are taxed on 14.00, not each by itself.
#[test]
fn texas_adds_state_and_city_and_taxes_the_whole_sale() {
    let table = taxes(false, &[("Texas", 62_500), ("City", 20_000)]);
    let priced = taxed(&order(vec![line("hat/a", 1, 2_000)]), vec![], &table);
    assert_eq!((components(&priced), priced.totals.tax), (vec![("Texas", 125), ("City", 40)], baht(165)));
    let combined = TaxTable { rounding: TaxRounding::Invoice, ..taxes(false, &[("Sales tax", 82_500)]) };
    let two = order(vec![line("hat/a", 1, 700), line("hat/b", 1, 700)]);
    let priced = taxed(&two, vec![], &combined);
    assert_eq!(priced.totals.tax, baht(116), "14.00 * 8.25 % = 1.155");
    assert_eq!(priced.lines.iter().map(|line| line.tax.amount).collect::<Vec<_>>(), [58, 58]);
    // The Comptroller's chart of 8.25 % (98-292): up to 0.06 no tax, from 0.07 to 0.18 one cent.
    let little = order(vec![line("nail/a", 1, 6), line("nail/b", 1, 6)]);
    assert_eq!(taxed(&little, vec![], &combined).totals.tax, baht(1), "one cent on 0.12");
    let each = TaxTable { rounding: TaxRounding::Line, ..combined };
    assert_eq!(taxed(&little, vec![], &each).totals.tax, baht(0), "which is not how Texas does it");
}

/// Texas Comptroller, memorandum STAR 200904303L (2009), on discounts and coupons: tax is due on what is charged in the end; a
/// dress marked 150.00 with 10 % off is taxed on 135.00. Restaurants (publication 94-117): a coupon of 5.00 on a meal of 15.00
/// leaves 10.00 to be taxed; of two meals for the price of one, only what is charged is.
#[test]
fn texas_taxes_what_is_left_after_discounts() {
    let table = taxes(false, &[("Sales tax", 82_500)]);
    let dress = taxed(&order(vec![line("dress/a", 1, 15_000)]), vec![promotion(1, percent(1_000))], &table);
    assert_eq!((dress.taxes[0].on, dress.totals.tax), (baht(13_500), baht(1_114)), "135.00 * 8.25 % = 11.1375");
    let off = Benefit::AmountOff { amount: baht(500), on: Selector::default() };
    let meal = taxed(&order(vec![line("meal/a", 1, 1_500)]), vec![promotion(1, off)], &table);
    assert_eq!((meal.taxes[0].on, meal.totals.tax), (baht(1_000), baht(83)), "10.00 * 8.25 % = 0.825");
    let free = Benefit::BuyGet {
        buy: 1,
        buy_on: Selector::default(),
        get: 1,
        get_on: Selector::default(),
        percent_bp: 10_000,
    };
    let meals = taxed(&order(vec![line("meal/a", 2, 1_500)]), vec![promotion(1, free)], &table);
    assert_eq!((meals.taxes[0].on, meals.totals.tax), (baht(1_500), baht(124)), "15.00 * 8.25 % = 1.2375");
}

/// Australia, A New Tax System (Goods and Services Tax) Act 1999, section 9-90, and the explanatory memorandum to the Indirect
/// Tax Legislation Amendment Bill 2000, chapter 6: GST is one eleventh of the price; it may be summed over the invoice and
/// rounded once, half a cent up ("total invoice rule"), or rounded for each supply ("taxable supply rule").
#[test]
fn australia_knows_both_roundings() {
    let invoice = taxes(true, &[("GST", 100_000)]);
    let cart = order(vec![line("a/1", 1, 104), line("b/1", 1, 104), line("c/1", 1, 104)]);
    assert_eq!(taxed(&cart, vec![], &invoice).totals.tax, baht(28), "3.12 / 11 = 0.2836");
    let supply = TaxTable { rounding: TaxRounding::Line, ..invoice.clone() };
    assert_eq!(taxed(&cart, vec![], &supply).totals.tax, baht(27), "1.04 / 11 = 0.0945, three times 0.09");
    let half = order(vec![line("a/1", 1, 1_100), line("b/1", 11, 5)]);
    assert_eq!(taxed(&half, vec![], &invoice).totals.tax, baht(105), "11.55 / 11 = 1.05");
}

/// United Kingdom, HM Revenue and Customs, internal manual VATREC12020 (and VAT Notice 700, 17.6): retailers who work VAT out for
/// each line round it up and down to the nearest penny, and do not just round down. 20 % contained in a price is a sixth of it.
#[test]
fn the_united_kingdom_rounds_each_line_to_the_nearest_penny() {
    let table = TaxTable { rounding: TaxRounding::Line, ..taxes(true, &[("VAT", 200_000)]) };
    let priced = taxed(&order(vec![line("a/1", 1, 99), line("b/1", 1, 100), line("c/1", 1, 101)]), vec![], &table);
    let each: Vec<i64> = priced.lines.iter().map(|line| line.tax.amount).collect();
    assert_eq!(each, [17, 17, 17], "16.5 goes up, 16.67 up, 16.83 up");
    let priced = taxed(&order(vec![line("a/1", 1, 98)]), vec![], &table);
    assert_eq!(priced.totals.tax, baht(16), "16.33 goes down");
}

/// India, Central Goods and Services Tax Act 2017, section 15(3)(a) (a discount shown in the invoice is no part of the value) and
/// section 9 with the States' own acts: a restaurant's 5 % are 2.5 % for the Union and 2.5 % for the State, two taxes.
#[test]
fn india_splits_between_union_and_state() {
    let table = taxes(false, &[("CGST", 25_000), ("SGST", 25_000)]);
    let priced = taxed(&order(vec![line("thali/a", 1, 73_400)]), vec![], &table);
    assert_eq!(components(&priced), [("CGST", 1_835), ("SGST", 1_835)]);
    assert_eq!(priced.totals.total, baht(77_070));
    let odd = taxed(&order(vec![line("thali/a", 1, 8_060)]), vec![promotion(1, percent(1_000))], &table);
    assert_eq!((odd.totals.net, components(&odd)), (baht(7_254), vec![("CGST", 181), ("SGST", 181)]), "1.8135 each");
    let small = order(vec![line("chai/a", 1, 1_020)]);
    assert_eq!(taxed(&small, vec![], &table).totals.tax, baht(52), "0.255 each goes up twice");
    let once = TaxTable { components: ComponentRounding::Together, ..table };
    assert_eq!(taxed(&small, vec![], &once).totals.tax, baht(51), "0.51 together");
}

/// Thailand, Revenue Code, sections 79 and 80 with the decrees that reduce the rate to 7 %: the base is what is received without
/// discounts given at the sale; of a price that contains it, 7 parts of 107 are the tax.
#[test]
fn thailand_takes_seven_of_a_hundred_and_seven() {
    let table = taxes(true, &[("VAT", 70_000)]);
    let priced = taxed(&order(vec![line("tea/a", 2, 8_500)]), vec![], &table);
    assert_eq!((priced.totals.tax, priced.totals.total), (baht(1_112), baht(17_000)), "170.00 * 7 / 107 = 11.1215");
    let less = taxed(&order(vec![line("tea/a", 2, 8_500)]), vec![promotion(1, percent(3_706))], &table);
    assert_eq!((less.totals.net, less.totals.tax), (baht(10_700), baht(700)));
}

/// The City of New York, "Sales Tax" (NYC311): 4 % for the State, 4.5 % for the City and 0.375 % for the Metropolitan Commuter
/// Transportation District are 8.875 %.
#[test]
fn rates_are_finer_than_hundredths_of_a_per_cent() {
    let parts = [("State", 40_000), ("City", 45_000), ("MCTD", 3_750)];
    let table = TaxTable { components: ComponentRounding::Together, ..taxes(false, &parts) };
    let priced = taxed(&order(vec![line("a/1", 1, 10_000)]), vec![], &table);
    assert_eq!(priced.totals.tax, baht(888), "8.875 goes up");
    assert_eq!(components(&priced), [("State", 400), ("City", 450), ("MCTD", 38)]);
}

#[test]
fn goods_by_weight_and_fees_have_classes_of_their_own() {
    let mut table = taxes(false, &[("VAT", 100_000)]);
    table.classes.insert("fresh".into(), Vec::new());
    table
        .classes
        .insert("service".into(), vec![kirana_pricing::tax::TaxComponent { name: "VAT".into(), rate_ppm: 200_000 }]);
    let fruit = CartLine { tax_class: "fresh".into(), grams: Some(333), ..line("fruit/a", 1, 9_990) };
    let cart =
        OrderContext { delivery_fee: Some(baht(3_000)), tip: baht(555), ..order(vec![fruit, line("tea/a", 1, 5_000)]) };
    let small =
        kirana_pricing::fees::SmallOrderFee { below: baht(10_000), amount: baht(1_001), tax_class: "service".into() };
    let rules = FeeRules { small_order: Some(small), ..fees() };
    let priced = kirana_pricing::price(&cart, &book(vec![]), &rules, &table).unwrap();
    assert_eq!(nets(&priced), [3_327, 5_000], "0.333 * 99.90 = 33.2667");
    let each: Vec<i64> = priced.lines.iter().map(|line| line.tax.amount).collect();
    assert_eq!((each, components(&priced)), (vec![0, 500], vec![("VAT", 500), ("VAT", 800)]), "40.01 * 20 % = 8.002");
    assert_eq!(priced.totals.total, baht(3_327 + 5_000 + 3_000 + 1_001 + 500 + 800 + 555));
    let free = FeeRules { delivery_free_from: Some(baht(8_327)), ..fees() };
    assert_eq!(kirana_pricing::price(&cart, &book(vec![]), &free, &table).unwrap().totals.fees, baht(0));
}

#[test]
fn a_place_has_its_own_table_or_that_around_it() {
    let named = |place: &str| TaxTable { place: place.into(), ..no_tax() };
    let book = TaxBook { tables: vec![named("US-TX"), named("US-TX-Austin"), named("US")] };
    let of = |place| book.of(place).map(|table| table.place.as_str());
    assert_eq!(
        [of("US-TX-Austin"), of("US-TX-Waco"), of("US-CA"), of("TH")],
        [Some("US-TX-Austin"), Some("US-TX"), Some("US"), None]
    );
}

#[test]
fn what_cannot_be_taxed_or_added_is_refused() {
    let mut cart = order(vec![CartLine { tax_class: "gold".into(), ..line("tea/a", 0, 1) }, line("tea/a", 1, 1)]);
    cart.tip = Money::new(1, Currency::USD);
    let paths = |cart: &OrderContext| {
        let faults = kirana_pricing::price(cart, &book(vec![]), &fees(), &no_tax()).unwrap_err();
        faults.into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(&cart), ["tip", "lines[0].quantity", "lines[1].id"]);
    let gold = order(vec![CartLine { tax_class: "gold".into(), ..line("tea/a", 1, 1) }]);
    assert_eq!(paths(&gold), ["lines[0].tax_class"]);
    let much = order(vec![line("tea/a", 1_000, 9_007_199_254_740_991)]);
    assert_eq!(paths(&much), ["lines"]);
    let table = taxes(false, &[("a", 600_000), ("b", 600_000)]);
    let faults = kirana_pricing::price(&order(vec![line("tea/a", 1, 1)]), &book(vec![]), &fees(), &table).unwrap_err();
    assert_eq!(faults[0].path, "taxes");
}
