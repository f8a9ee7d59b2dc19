//! Quotes that are kept to.

mod common;

use common::*;
use kirana_kernel::{Currency, Money, Timestamp};
use kirana_pricing::terms::{Claim, Honour, Mismatch, QuoteTerms, honour};

fn terms() -> QuoteTerms {
    QuoteTerms {
        store_id: id(1),
        customer_id: Some(id(2)),
        cart_digest: vec![1, 2, 3],
        total: baht(1_380),
        expires_at: Timestamp::from_millis(1_000),
    }
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
