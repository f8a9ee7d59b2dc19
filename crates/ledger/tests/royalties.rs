//! Royalties against examples that were worked out by hand.

#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

mod common;

use common::*;
use kirana_kernel::Money;
use kirana_ledger::royalty::*;
use kirana_ledger::{Account, Ledger, Posted, Rate, What};
use proptest::prelude::*;

fn sold(kind: SoldKind, category: &str, tender: &str, net: i64) -> Sold {
    let of = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Sold { kind, category: of(category), tender: of(tender), list: baht(net + net / 10), net: baht(net) }
}

fn goods(net: i64) -> Sold {
    sold(SoldKind::Goods, "coffee", "card", net)
}

/// 6 % of net sales and 2 % for marketing; no tobacco, nothing that points paid for.
fn agreement(royalty: Royalty) -> Agreement {
    Agreement {
        currency: THB,
        base: Base::Net,
        fees_count: false,
        excluded_categories: ["tobacco".to_owned()].into(),
        excluded_tenders: ["points".to_owned()].into(),
        royalty,
        minimum: None,
        marketing_rate: Rate(20_000),
        taxes: Vec::new(),
    }
}

fn percentage() -> Agreement {
    agreement(Royalty::Percentage { rate: Rate(60_000) })
}

fn tiers() -> Vec<Tier> {
    [(0, 80_000), (10_000_000, 60_000), (50_000_000, 40_000)].map(|(from, rate)| Tier { from, rate: Rate(rate) }).into()
}

fn owed(agreement: &Agreement, base: i64) -> (i64, i64) {
    let told = compute(agreement, &[goods(base)], baht(0)).unwrap();
    (told.royalty.amount, told.marketing.amount)
}

#[test]
fn a_percentage_of_what_counts() {
    let all = [
        goods(1_000_000),
        sold(SoldKind::Goods, "tobacco", "card", 200_000),
        sold(SoldKind::Goods, "coffee", "points", 30_000),
        sold(SoldKind::Fee, "", "card", 40_000),
        sold(SoldKind::Tip, "", "card", 50_000),
        sold(SoldKind::Tax, "", "card", 70_000),
        sold(SoldKind::GiftBalance, "", "card", 500_000),
        goods(-12_345),
    ];
    let told = compute(&percentage(), &all, baht(0)).unwrap();
    assert_eq!(told.sales, baht(1_877_655));
    // 1,000,000 - 12,345 = 987,655; 6 % is 59,259.3; 2 % is 19,753.1.
    assert_eq!((told.base, told.royalty, told.marketing), (baht(987_655), baht(59_259), baht(19_753)));
    assert_eq!(told.total, baht(79_012));
    let reasons: Vec<_> = told.exclusions.iter().map(|one| (&one.reason, one.amount.amount)).collect();
    let kind = ExclusionReason::Kind;
    let (category, tender) = (ExclusionReason::Category("tobacco".into()), ExclusionReason::Tender("points".into()));
    let expected = [
        (&kind(SoldKind::Fee), 40_000),
        (&kind(SoldKind::Tip), 50_000),
        (&kind(SoldKind::Tax), 70_000),
        (&kind(SoldKind::GiftBalance), 500_000),
        (&category, 200_000),
        (&tender, 30_000),
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn of_list_prices_with_fees_and_tax_on_top() {
    let tax = TaxRate { tax: vat(), rate: Rate(70_000) };
    let agreement = Agreement { base: Base::Gross, fees_count: true, taxes: vec![tax], ..percentage() };
    let told = compute(&agreement, &[goods(100_000), sold(SoldKind::Fee, "", "card", 10_000)], baht(0)).unwrap();
    // 110,000 + 11,000 = 121,000; 6 % is 7,260; 2 % is 2,420; 7 % of 9,680 is 677.6.
    assert_eq!((told.base, told.royalty, told.marketing), (baht(121_000), baht(7_260), baht(2_420)));
    assert_eq!((told.taxes[0].amount, told.total), (baht(678), baht(10_358)));
}

#[test]
fn tiers_by_part_and_by_what_is_reached() {
    let marginal = agreement(Royalty::Marginal { tiers: tiers() });
    // 8 % of 10,000,000 + 6 % of 40,000,000 + 4 % of 10,000,000.
    assert_eq!(owed(&marginal, 60_000_000), (800_000 + 2_400_000 + 400_000, 1_200_000));
    assert_eq!(owed(&marginal, 10_000_000), (800_000, 200_000));
    assert_eq!(owed(&marginal, 9_999_999), (800_000, 200_000));
    let told = compute(&marginal, &[goods(60_000_000)], baht(0)).unwrap();
    assert_eq!(
        told.bands.iter().map(|band| band.base.amount).collect::<Vec<_>>(),
        [10_000_000, 40_000_000, 10_000_000]
    );

    let reached = agreement(Royalty::Reached { tiers: tiers() });
    assert_eq!(owed(&reached, 60_000_000), (2_400_000, 1_200_000), "4 % of all");
    assert_eq!(owed(&reached, 9_999_999), (800_000, 200_000), "8 %, half up");
    assert_eq!(owed(&reached, 10_000_000), (600_000, 200_000), "6 % from its first unit on");
}

#[test]
fn a_minimum_and_a_fixed_royalty() {
    let agreement = Agreement { minimum: Some(baht(50_000)), ..percentage() };
    let told = compute(&agreement, &[goods(500_000)], baht(0)).unwrap();
    assert_eq!((told.minimum_added, told.royalty, told.marketing), (baht(20_000), baht(50_000), baht(10_000)));
    let told = compute(&agreement, &[goods(900_000)], baht(0)).unwrap();
    assert_eq!((told.minimum_added, told.royalty), (baht(0), baht(54_000)));
    let fixed = self::agreement(Royalty::Fixed { amount: baht(30_000) });
    assert_eq!(owed(&fixed, 0), (30_000, 0));
}

#[test]
fn more_taken_back_than_sold_counts_against_the_next_period() {
    let first = compute(&percentage(), &[goods(1_000), goods(-5_000)], baht(0)).unwrap();
    assert_eq!((first.base, first.royalty, first.carried_out), (baht(0), baht(0), baht(-4_000)));
    let second = compute(&percentage(), &[goods(104_000)], first.carried_out).unwrap();
    assert_eq!((second.base, second.royalty, second.carried_out), (baht(100_000), baht(6_000), baht(0)));
}

#[test]
fn agreements_that_make_no_sense_say_so() {
    let fault = |agreement: Agreement| agreement.check().unwrap_err().to_string();
    assert_eq!(percentage().check(), Ok(()));
    assert_eq!(agreement(Royalty::Marginal { tiers: tiers() }).check(), Ok(()));
    let steep = Agreement { marketing_rate: Rate(1_000_001), ..percentage() };
    assert_eq!(
        fault(steep),
        "the marketing fee is 1000001 millionths: expected no more than 1000000, a hundred per cent"
    );
    let late = Royalty::Reached { tiers: vec![Tier { from: 5, rate: Rate(1) }] };
    assert_eq!(fault(agreement(late)), "tier 1 begins at 5 minor units: expected 0");
    let flat = Royalty::Marginal { tiers: [0, 7, 7].map(|from| Tier { from, rate: Rate(1) }).into() };
    assert_eq!(fault(agreement(flat)), "tier 3 begins at 7 minor units: expected more than the 7 of the tier before");
    assert_eq!(
        fault(agreement(Royalty::Reached { tiers: vec![] })),
        "there are no tiers: expected at least one, from 0"
    );
    let dollars = Agreement { minimum: Some(Money::new(5, kirana_kernel::Currency::USD)), ..percentage() };
    assert_eq!(fault(dollars), "the minimum is 0.05 USD: expected zero or more, in THB");
}

#[test]
fn from_sales_to_the_bank() {
    let (mut ledger, franchisee, store) = (Ledger::new(), id(4), id(1));
    for number in 0..10 {
        let split = split(100_000);
        let completed = event(id(number).to_string(), 5, Some(number), What::OrderCompleted { store, split });
        ledger.record(&completed).unwrap();
    }
    let earned = store_result(store, THB, &november(), ledger.transactions()).unwrap();
    // Of 100,000 each: 14,285 tax, 5,000 tips.
    assert_eq!(earned, baht(807_150));
    let credited = What::FranchiseeCredited { franchisee, store, amount: earned };
    ledger.record(&event("november", 30 * DAY - 1, None, credited)).unwrap();
    let sales = ledger.holds(&Account::Sales(store), THB);
    let fees = ledger.holds(&Account::FeeIncome(store), THB);
    assert_eq!((sales, fees), (baht(707_150), baht(100_000)));
    let royalty = compute(&percentage(), &[goods(sales.amount)], baht(0)).unwrap();
    let accrual = royalty.event("s1".into(), &november(), franchisee, name("th"));
    assert_eq!(ledger.record(&accrual), Ok(Posted::New));
    // 807,150 - 42,429 - 14,143.
    let owed = ledger.holds(&Account::Franchisee(franchisee), THB);
    assert_eq!(owed, baht(750_578));
    let terms = PayoutTerms { minimum: baht(10_000), reserve: baht(50_578) };
    let amount = payout(owed, &terms).unwrap();
    assert_eq!(amount, baht(700_000));
    let paid = What::FranchiseePaid { franchisee, bank: name("main"), amount };
    assert_eq!(ledger.record(&event("p1", 31 * DAY, None, paid)), Ok(Posted::New));
    assert_eq!(payout(ledger.holds(&Account::Franchisee(franchisee), THB), &terms), Ok(baht(0)));
    ledger.close(&november(), &name("chain")).unwrap();
    let again = store_result(store, THB, &november(), ledger.transactions()).unwrap();
    assert_eq!(again, earned, "the close does not change what was earned");
}

proptest! {
    #[test]
    fn statements_add_up(sales in prop::collection::vec(-50_000_000_i64..90_000_000, 0..20), by_part: bool, minimum in 0_i64..900_000) {
        let royalty = if by_part { Royalty::Marginal { tiers: tiers() } } else { Royalty::Reached { tiers: tiers() } };
        let agreement = Agreement { minimum: Some(baht(minimum)), ..agreement(royalty) };
        let all: Vec<_> = sales.iter().map(|net| goods(*net)).collect();
        let told = compute(&agreement, &all, baht(0)).unwrap();
        let sum: i64 = sales.iter().sum();
        prop_assert_eq!(told.base.amount + told.carried_out.amount, sum);
        prop_assert!(told.base.amount == 0 || told.carried_out.amount == 0);
        prop_assert_eq!(told.bands.iter().map(|band| band.base.amount).sum::<i64>(), told.base.amount);
        let by_rate: i64 = told.bands.iter().map(|band| band.royalty.amount).sum();
        prop_assert_eq!(told.royalty.amount, by_rate.max(minimum));
        prop_assert_eq!(told.total.amount, told.royalty.amount + told.marketing.amount);
        let mut turned = all;
        turned.reverse();
        prop_assert_eq!(compute(&agreement, &turned, baht(0)).unwrap(), told);
    }
}
