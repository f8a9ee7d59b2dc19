//! Worked examples that tax authorities have published, figure by figure. Minor units are minor units, so all of it is in one currency.
//! Of Thailand's Revenue Department none was found whose figures could be read: its rule is in `taxes.rs`.

mod common;

use common::*;
use kirana_pricing::tax::ComponentRounding;
use kirana_pricing::{Priced, TaxTable};

#[allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]
fn taxed(amount: i64, table: &TaxTable) -> Priced {
    kirana_pricing::price(&order(vec![line("a/1", 1, amount)]), &book(vec![]), &fees(), table).unwrap()
}

/// Texas Comptroller of Public Accounts, form 98-292, "8 1/4 % Sales and Use Tax Chart" ("Includes any applicable local tax. Rate = .0825"),
/// first column: up to which amount so many cents are taken.
#[test]
fn texas_chart_of_eight_and_a_quarter_per_cent() {
    const THROUGH: [i64; 48] = [
        6, 18, 30, 42, 54, 66, 78, 90, 103, 115, 127, 139, 151, 163, 175, 187, 199, 212, 224, 236, 248, 260, 272, 284,
        296, 309, 321, 333, 345, 357, 369, 381, 393, 406, 418, 430, 442, 454, 466, 478, 490, 503, 515, 527, 539, 551,
        563, 575,
    ];
    let once = taxes(false, &[("Sales tax", 82_500)]);
    let parts =
        TaxTable { components: ComponentRounding::Together, ..taxes(false, &[("Texas", 62_500), ("Local", 20_000)]) };
    for (cents, through) in (0..).zip(THROUGH) {
        for (amount, tax) in [(through, cents), (through + 1, cents + 1)] {
            assert_eq!(taxed(amount, &once).totals.tax, baht(tax), "on {amount}");
            assert_eq!(taxed(amount, &parts).totals.tax, baht(tax), "on {amount}, of the State and of the city");
        }
    }
}

/// HM Revenue and Customs, "Calculating VAT for VAT-inclusive and VAT-exclusive prices" (hmrc.gov.uk/vat/forms-rates/rates/calculating.htm):
/// 100 pounds and 20 % are 20 and 120 in all; 100 pounds and 5 % are 5 and 105. The other way round it is the same.
#[test]
fn united_kingdom_with_and_without_vat() {
    for (rate, tax, total) in [(200_000, 2_000, 12_000), (50_000, 500, 10_500)] {
        let on_top = taxed(10_000, &taxes(false, &[("VAT", rate)]));
        assert_eq!((on_top.totals.tax, on_top.totals.total), (baht(tax), baht(total)));
        let contained = taxed(total, &taxes(true, &[("VAT", rate)]));
        assert_eq!((contained.totals.tax, contained.totals.total), (baht(tax), baht(total)));
    }
}

/// India, Central Board of Excise and Customs, "Frequently Asked Questions on GST", how a transaction is taxed under Central and State GST at
/// once, Illustration I, as it is quoted: steel for 100 rupees within Uttar Pradesh, at rates supposed to be 10 % and 10 %, bears 10 rupees
/// of each in addition to the price.
#[test]
fn india_takes_both_taxes_on_the_same_price() {
    let priced = taxed(10_000, &taxes(false, &[("CGST", 100_000), ("SGST", 100_000)]));
    let each: Vec<_> = priced.taxes.iter().map(|tax| (tax.on, tax.amount)).collect();
    assert_eq!(each, [(baht(10_000), baht(1_000)), (baht(10_000), baht(1_000))]);
    assert_eq!(priced.totals.total, baht(12_000));
}
