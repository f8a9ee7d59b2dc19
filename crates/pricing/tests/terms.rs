//! Quotes that are kept to.

mod common;

use common::any::{any_order, any_promotions, any_taxes};
use common::*;
use kirana_kernel::{Currency, Money, Timestamp};
use kirana_pricing::priced::PricedTax;
use kirana_pricing::terms::{Claim, Honour, Mismatch, QuoteTerms, honour};
use kirana_pricing::{CartLine, OrderContext};
use proptest::prelude::*;

fn terms() -> QuoteTerms {
    let cart =
        OrderContext { delivery_fee: Some(baht(30)), ..order(vec![line("tea/a", 1, 1_000), line("cake/b", 1, 500)]) };
    QuoteTerms {
        quote_id: id(7),
        store_id: id(1),
        customer_id: Some(id(2)),
        cart_digest: vec![1, 2, 3],
        priced: price(&cart, vec![promotion(1, percent(1_000))]),
        expires_at: Timestamp::from_millis(1_000),
    }
}

#[test]
fn the_bytes_that_are_signed_are_fixed() {
    let text = String::from_utf8_lossy(&terms().signable()).into_owned();
    let (head, rest) = text.split_at(17);
    assert_eq!(head, "14:kirana-quote-1");
    let lines =
        "1:2,6:cake/b,3:500,3:450,1:0,1:1,36:00000000-0001-7000-8000-000000000001,2:50,5:tea/a,4:1000,3:900,1:0,1:1,";
    assert!(rest.contains(&format!("3:\u{1}\u{2}\u{3},4:1000,3:THB,{lines}")), "{rest}");
    assert!(
        rest.ends_with("1:1,8:delivery,2:30,1:0,1:0,9:inclusive,4:1500,3:150,4:1350,2:30,1:0,1:0,4:1380,"),
        "{rest}"
    );
}

#[test]
fn whatever_is_changed_changes_the_bytes() {
    let good = terms().signable();
    let changes: [fn(&mut QuoteTerms); 14] = [
        |terms| terms.quote_id = id(8),
        |terms| terms.store_id = id(8),
        |terms| terms.customer_id = None,
        |terms| terms.cart_digest = vec![1, 2],
        |terms| terms.expires_at = Timestamp::from_millis(1_001),
        |terms| terms.priced.currency = Currency::USD,
        |terms| terms.priced.lines[0].net = baht(1),
        |terms| terms.priced.lines[0].tax = baht(1),
        |terms| terms.priced.lines[0].discounts[0].promotion = id(8),
        |terms| terms.priced.fees[0].amount = baht(1),
        |terms| terms.priced.fees.clear(),
        |terms| terms.priced.totals.total = baht(1),
        |terms| terms.priced.totals.tip = baht(1),
        |terms| terms.priced.totals.tax_inclusive = false,
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let mut changed = terms();
        change(&mut changed);
        assert_ne!(changed.signable(), good, "change {place}");
    }
}

#[test]
fn no_field_runs_into_the_next() {
    let with = |class: &str, name: &str| {
        let mut terms = terms();
        let (class, name) = (class.to_owned(), name.to_owned());
        terms.priced.taxes = vec![PricedTax { class, name, rate_ppm: 0, on: baht(0), amount: baht(0) }];
        terms.signable()
    };
    assert_ne!(with("a,:b", ""), with("a", "b,:"), "alike but for their lengths");
}

#[test]
fn a_quote_is_kept_to_until_it_runs_out() {
    let terms = terms();
    let claim = |total, now| Claim {
        store_id: id(1),
        customer_id: Some(id(2)),
        cart_digest: &[1, 2, 3],
        total: baht(total),
        now: Timestamp::from_millis(now),
    };
    assert_eq!(honour(&terms, claim(1_380, 999)), Honour::AsQuoted);
    assert_eq!(honour(&terms, claim(9_999, 999)), Honour::AsQuoted, "it became dearer");
    assert_eq!(honour(&terms, claim(1_379, 999)), Honour::AsNow, "it became cheaper");
    assert_eq!(honour(&terms, claim(1_380, 1_000)), Honour::AsNow);
    assert_eq!(honour(&terms, claim(1_381, 1_000)), Honour::Ask { more: baht(1) });
    let other = [
        (Claim { store_id: id(9), ..claim(1, 1) }, Mismatch::Store),
        (Claim { customer_id: None, ..claim(1, 1) }, Mismatch::Customer),
        (Claim { cart_digest: &[1], ..claim(1, 1) }, Mismatch::Cart),
        (Claim { total: Money::new(1, Currency::USD), ..claim(1, 1) }, Mismatch::Currency),
    ];
    for (claim, mismatch) in other {
        assert_eq!(honour(&terms, claim), Honour::Refuse(mismatch));
    }
    let anybody = QuoteTerms { customer_id: None, ..terms.clone() };
    assert_eq!(honour(&anybody, claim(1_380, 999)), Honour::AsQuoted);
}

proptest! {
    #[test]
    fn the_order_of_lines_is_not_signed(order in any_order(), promotions in any_promotions(), taxes in any_taxes()) {
        let turned: Vec<CartLine> = order.lines.iter().rev().cloned().collect();
        let turned = OrderContext { lines: turned, ..order.clone() };
        let signed = |order: &OrderContext| {
            let priced = kirana_pricing::price(order, &book(promotions.clone()), &fees(), &taxes).unwrap();
            QuoteTerms { priced, ..terms() }.signable()
        };
        prop_assert_eq!(signed(&order), signed(&turned));
    }
}
