//! Words that the tests share.

#![allow(dead_code, reason = "not every test uses every word")]
#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_ledger::{BusinessEvent, ClosingBalance, Name, Period, Split, TaxName, TaxShare, Tender, What};

/// 2026-11-01T00:00:00Z.
pub const NOVEMBER: i64 = 1_793_491_200_000;
pub const DAY: i64 = 86_400_000;
pub const THB: Currency = Currency::THB;

pub fn id(number: u64) -> Id {
    format!("00000000-0000-7000-8000-{number:012}").parse().unwrap()
}

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub fn vat() -> TaxName {
    "TH/vat".parse().unwrap()
}

pub fn baht(amount: i64) -> Money {
    Money::new(amount, THB)
}

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOVEMBER + millis)
}

pub fn november() -> Period {
    Period { name: "2026-11".into(), from: at(0), until: at(30 * DAY) }
}

pub fn event(key: impl Into<String>, millis: i64, order: Option<u64>, what: What) -> BusinessEvent {
    BusinessEvent { key: key.into(), at: at(millis), order: order.map(id), what }
}

/// An order of `total`, a seventh of it tax, some of it tips and fees.
pub fn split(total: i64) -> Split {
    let (tax, tips, fees) = (total / 7, total / 20, total / 10);
    let taxes = vec![TaxShare { tax: vat(), amount: baht(tax) }];
    let net_sales = baht(total - tax - tips - fees);
    Split { total: baht(total), net_sales, taxes, tips: baht(tips), fees: baht(fees), rounding: baht(0) }
}

/// Each event with every amount it can have, in an order in which all can be posted.
pub fn one_of_each() -> Vec<BusinessEvent> {
    let (gateway, bank, store, customer, rider, franchisee) =
        (name("stripe"), name("main"), id(1), id(2), id(3), id(4));
    let card = || Tender::Gateway { gateway: name("stripe") };
    let with_rounding = |up: i64| {
        let mut all = split(10_000);
        (all.rounding, all.total) = (baht(up), baht(10_000 + up));
        all
    };
    let whats = vec![
        What::PaymentAuthorised { gateway: gateway.clone(), store, amount: baht(30_000) },
        What::PaymentCaptured { gateway: gateway.clone(), store, amount: baht(9_000), released: baht(10_000) },
        What::PaymentFailed { gateway: gateway.clone(), store, released: baht(10_000) },
        What::PaymentVoided { gateway: gateway.clone(), store, released: baht(10_000) },
        What::PaymentRefunded { to: card(), store, amount: baht(500) },
        What::RefundReversed { to: card(), store, amount: baht(500) },
        What::CashCollected { rider, store, due: baht(4_510), collected: baht(4_500) },
        What::RiderSettled { rider, store, owed: baht(1_000), handed: baht(990) },
        What::RiderSettled { rider, store, owed: baht(1_000), handed: baht(1_020) },
        What::CashTaken { store, due: baht(4_490), taken: baht(4_500) },
        What::CashBanked { store, bank: bank.clone(), amount: baht(500) },
        What::GiftBalanceBought { customer, paid_with: card(), amount: baht(5_000) },
        What::GiftBalanceBought { customer: rider, paid_with: card(), amount: baht(2_000) },
        What::GiftCardRedeemed { card: rider, customer, amount: baht(1_000) },
        What::GiftCardVoided { card: rider, paid_back: card(), amount: baht(1_000) },
        What::GiftBalanceSpent { customer, store, amount: baht(1_000) },
        What::PointsEarned { customer, store, value: baht(900) },
        What::PointsRedeemed { customer, store, value: baht(300) },
        What::PointsExpired { customer, store, value: baht(100) },
        What::OrderCompleted { store, split: with_rounding(3) },
        What::OrderCredited { store, split: with_rounding(3) },
        What::DisputeOpened { gateway: gateway.clone(), amount: baht(700), fee: baht(150) },
        What::DisputeWon { gateway: gateway.clone(), amount: baht(300), fee_returned: baht(150) },
        What::DisputeLost { gateway: gateway.clone(), store, amount: baht(400) },
        What::GatewayFeeCharged {
            gateway: gateway.clone(),
            fee: baht(90),
            tax: Some(TaxShare { tax: vat(), amount: baht(6) }),
        },
        What::GatewaySettled { gateway: gateway.clone(), bank: bank.clone(), amount: baht(5_000) },
        What::DifferenceAccepted { gateway, amount: baht(5) },
        What::FranchiseeCredited { franchisee, store, amount: baht(8_000) },
        What::RoyaltyAccrued {
            franchisee,
            fund: name("th"),
            royalty: baht(400),
            marketing: baht(160),
            taxes: vec![TaxShare { tax: vat(), amount: baht(39) }],
        },
        What::FranchiseePaid { franchisee, bank: bank.clone(), amount: baht(7_000) },
        What::FranchiseeCollected { franchisee, bank: bank.clone(), amount: baht(10) },
        What::OrderCompleted { store, split: split(10_000) },
        What::TipsPaid { store, bank: bank.clone(), amount: baht(100) },
        What::TaxPaid { tax: vat(), bank, amount: baht(100) },
        What::PeriodClosed {
            entity: name("chain"),
            period: november(),
            balances: vec![
                ClosingBalance { account: format!("sales:{store}").parse().unwrap(), balance: baht(-100) },
                ClosingBalance { account: "gateway-fees:stripe".parse().unwrap(), balance: baht(90) },
            ],
        },
    ];
    let one = |(place, what)| event(format!("k{place}"), i64::try_from(place).unwrap() * 1_000, Some(9), what);
    whats.into_iter().enumerate().map(one).collect()
}
