//! What should be where after each event, without accounts: a few sums that are kept by hand.

#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

use crate::common::{NOVEMBER, id, name, vat};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_ledger::rules::kind;
use kirana_ledger::{BusinessEvent, Split, TaxShare, Tender, What};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What a sum is of: `money` that the chain has anywhere, `rider <id>`, ... and its currency.
pub type Sum = (String, Currency);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Posted,
    Known,
    Nothing,
    Refused,
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub sums: BTreeMap<Sum, i64>,
    /// What was posted, and what each did.
    pub posted: Vec<(BusinessEvent, Vec<(Sum, i64)>)>,
    pub reversed: BTreeSet<String>,
    pub expected: Option<Expected>,
    pub now: i64,
    pub closed: i64,
}

impl Model {
    fn take(&mut self, effects: &[(Sum, i64)], paid_out: bool) -> bool {
        let mut after = self.sums.clone();
        let mut change: BTreeMap<&Sum, i64> = BTreeMap::new();
        for (sum, more) in effects {
            *after.entry(sum.clone()).or_default() += more;
            *change.entry(sum).or_default() += more;
        }
        let bounded = |sum: &Sum| {
            let of = |start: &str| sum.0.starts_with(start);
            of("held ")
                || of("rider ")
                || of("drawer ")
                || of("balance ")
                || of("points ")
                || of("disputed ")
                || paid_out && (of("franchisee ") || of("tips "))
        };
        if change.iter().any(|(sum, more)| bounded(sum) && *more < 0 && after[*sum] < 0) {
            return false;
        }
        self.sums = after;
        true
    }

    pub fn record(&mut self, event: &BusinessEvent) -> Expected {
        if self.posted.iter().any(|(known, _)| known.key == event.key && kind(&known.what) == kind(&event.what)) {
            return Expected::Known;
        }
        if let What::PaymentFailed { released: amount, .. }
        | What::DifferenceAccepted { amount, .. }
        | What::FranchiseeCredited { amount, .. }
        | What::GatewaySettled { amount, .. } = &event.what
            && amount.is_zero()
        {
            return Expected::Nothing;
        }
        let effects = effects(&event.what);
        let paid_out = matches!(event.what, What::FranchiseePaid { .. } | What::TipsPaid { .. });
        if !self.take(&effects, paid_out) {
            return Expected::Refused;
        }
        self.posted.push((event.clone(), effects));
        Expected::Posted
    }

    /// The id of one that was posted, and what is to come of taking it back.
    pub fn reverse(&mut self, place: usize) -> Option<(String, Expected)> {
        let (event, effects) = self.posted.get(place.checked_rem(self.posted.len())?)?.clone();
        let id = format!("{}/{}", kind(&event.what), event.key);
        if self.reversed.contains(&id) {
            return Some((id, Expected::Known));
        }
        let back: Vec<_> = effects.into_iter().map(|(sum, more)| (sum, -more)).collect();
        if !self.take(&back, false) {
            return Some((id, Expected::Refused));
        }
        self.reversed.insert(id.clone());
        Some((id, Expected::Posted))
    }
}

fn tender(to: &Tender) -> Vec<String> {
    match to {
        Tender::Gateway { .. } => vec!["money".into()],
        Tender::Cash { store } => vec!["money".into(), format!("drawer {store}")],
        // What customers hold is owed to them: the same amount the other way round.
        Tender::Balance { customer } => vec![format!("-balance {customer}")],
        Tender::Points { customer } => vec![format!("-points {customer}")],
    }
}

/// What an event does to the sums, told anew and without looking at the rules.
pub fn effects(what: &What) -> Vec<(Sum, i64)> {
    let mut out = Vec::new();
    let mut add = |sum: String, money: &Money, sign: i64| match sum.strip_prefix('-') {
        Some(owed) => out.push(((owed.to_owned(), money.currency), -sign * money.amount)),
        None => out.push(((sum, money.currency), sign * money.amount)),
    };
    let money = || "money".to_owned();
    match what {
        What::PaymentAuthorised { gateway, store, amount } => {
            add(format!("held {gateway}"), amount, 1);
            add(format!("held {store}"), amount, 1);
        }
        What::PaymentCaptured { gateway, store, amount, released } => {
            add(format!("held {gateway}"), released, -1);
            add(format!("held {store}"), released, -1);
            add(money(), amount, 1);
            add(format!("deposits {store}"), amount, 1);
        }
        What::PaymentFailed { gateway, store, released } | What::PaymentVoided { gateway, store, released } => {
            add(format!("held {gateway}"), released, -1);
            add(format!("held {store}"), released, -1);
        }
        What::PaymentRefunded { to, store, amount } => {
            tender(to).into_iter().for_each(|sum| add(sum, amount, -1));
            add(format!("deposits {store}"), amount, -1);
        }
        What::RefundReversed { to, store, amount } => {
            tender(to).into_iter().for_each(|sum| add(sum, amount, 1));
            add(format!("deposits {store}"), amount, 1);
        }
        What::CashCollected { rider, store, due, collected } => {
            add(money(), collected, 1);
            add(format!("rider {rider}"), collected, 1);
            add(format!("deposits {store}"), due, 1);
        }
        What::RiderSettled { rider, store, owed, handed } => {
            add(format!("rider {rider}"), owed, -1);
            add(format!("drawer {store}"), handed, 1);
            add(money(), handed, 1);
            add(money(), owed, -1);
        }
        What::CashTaken { store, due, taken } => {
            add(money(), taken, 1);
            add(format!("drawer {store}"), taken, 1);
            add(format!("deposits {store}"), due, 1);
        }
        What::CashBanked { store, amount, .. } => add(format!("drawer {store}"), amount, -1),
        What::GiftBalanceBought { customer, paid_with, amount } => {
            tender(paid_with).into_iter().for_each(|sum| add(sum, amount, 1));
            add(format!("balance {customer}"), amount, 1);
        }
        What::GiftCardRedeemed { card, customer, amount } => {
            add(format!("balance {card}"), amount, -1);
            add(format!("balance {customer}"), amount, 1);
        }
        What::GiftCardVoided { card, paid_back, amount } => {
            add(format!("balance {card}"), amount, -1);
            tender(paid_back).into_iter().for_each(|sum| add(sum, amount, -1));
        }
        What::GiftBalanceSpent { customer, store, amount } => {
            add(format!("balance {customer}"), amount, -1);
            add(format!("deposits {store}"), amount, 1);
        }
        What::PointsEarned { customer, value, .. } => add(format!("points {customer}"), value, 1),
        What::PointsRedeemed { customer, store, value } => {
            add(format!("points {customer}"), value, -1);
            add(format!("deposits {store}"), value, 1);
        }
        What::PointsExpired { customer, value, .. } => add(format!("points {customer}"), value, -1),
        What::OrderCompleted { store, split } | What::OrderCredited { store, split } => {
            let sign = if matches!(what, What::OrderCompleted { .. }) { 1 } else { -1 };
            add(format!("deposits {store}"), &split.total, -sign);
            add(format!("tips {store}"), &split.tips, sign);
            split.taxes.iter().for_each(|share| add("tax".into(), &share.amount, sign));
        }
        What::DisputeOpened { gateway, amount, fee } => {
            add(format!("disputed {gateway}"), amount, 1);
            add(money(), fee, -1);
        }
        What::DisputeWon { gateway, amount, fee_returned } => {
            add(format!("disputed {gateway}"), amount, -1);
            add(money(), fee_returned, 1);
        }
        What::DisputeLost { gateway, amount, .. } => {
            add(format!("disputed {gateway}"), amount, -1);
            add(money(), amount, -1);
        }
        What::GatewayFeeCharged { fee, tax, .. } => {
            add(money(), fee, -1);
            tax.iter().for_each(|share| add(money(), &share.amount, -1));
        }
        What::GatewaySettled { .. } | What::PeriodClosed { .. } => {}
        What::DifferenceAccepted { amount, .. } => add(money(), amount, -1),
        What::FranchiseeCredited { franchisee, amount, .. } => add(format!("franchisee {franchisee}"), amount, 1),
        What::RoyaltyAccrued { franchisee, royalty, marketing, taxes, .. } => {
            let all = [royalty, marketing].into_iter().chain(taxes.iter().map(|share| &share.amount));
            all.for_each(|money| add(format!("franchisee {franchisee}"), money, -1));
            taxes.iter().for_each(|share| add("tax".into(), &share.amount, 1));
        }
        What::FranchiseePaid { franchisee, amount, .. } => {
            add(money(), amount, -1);
            add(format!("franchisee {franchisee}"), amount, -1);
        }
        What::FranchiseeCollected { franchisee, amount, .. } => {
            add(money(), amount, 1);
            add(format!("franchisee {franchisee}"), amount, 1);
        }
        What::TipsPaid { store, amount, .. } => {
            add(money(), amount, -1);
            add(format!("tips {store}"), amount, -1);
        }
        What::TaxPaid { amount, .. } => {
            add(money(), amount, -1);
            add("tax".into(), amount, -1);
        }
    }
    out
}

/// Any event with amounts up to a few thousand, few stores and people, two currencies.
pub fn any_what() -> impl Strategy<Value = What> {
    let who = (1_u64..3, prop::sample::select(vec!["THB", "JPY"]), prop::sample::select(vec!["stripe", "razorpay"]));
    (0..33_usize, who, 1_i64..5_000, 1_i64..3_000, 0..4_usize).prop_map(
        |(which, (who, currency, gateway), big, small, to)| made(which, who, currency, gateway, big, small, to),
    )
}

fn made(which: usize, who: u64, currency: &str, gateway: &str, big: i64, small: i64, to: usize) -> What {
    let currency: Currency = currency.parse().unwrap();
    let of = |amount: i64| Money::new(amount, currency);
    let (gateway, bank, store, entity) = (name(gateway), name("main"), id(who), name("th"));
    let (customer, rider, franchisee): (Id, Id, Id) = (id(10 + who), id(20 + who), id(30));
    let (big, small, coins) = (of(big), of(small), of((small / 25 + 1) * 25));
    let share = TaxShare { tax: vat(), amount: of(small.amount / 9) };
    let tenders = [
        Tender::Gateway { gateway: gateway.clone() },
        Tender::Cash { store },
        Tender::Balance { customer },
        Tender::Points { customer },
    ];
    let to = tenders[to].clone();
    let paid_with = if matches!(to, Tender::Balance { .. }) { tenders[0].clone() } else { to.clone() };
    let split = || {
        let (tips, fees) = (of(small.amount / 5), of(small.amount / 7));
        let rounding = of(small.amount % 5 - 2);
        let total = of(big.amount + tips.amount + fees.amount + rounding.amount + share.amount.amount);
        Split { total, net_sales: big, taxes: vec![share.clone()], tips, fees, rounding }
    };
    match which {
        0 | 1 => What::PaymentAuthorised { gateway, store, amount: big },
        2 => What::PaymentCaptured { gateway, store, amount: small, released: small },
        3 => What::PaymentFailed { gateway, store, released: of(small.amount % 500) },
        4 => What::PaymentVoided { gateway, store, released: small },
        5 => What::PaymentRefunded { to, store, amount: small },
        6 => What::RefundReversed { to, store, amount: small },
        7 => What::CashCollected { rider, store, due: small, collected: coins },
        8 => {
            What::RiderSettled { rider, store, owed: small, handed: of(small.amount + big.amount % 11 - 5).max_zero() }
        }
        9 => What::CashTaken { store, due: small, taken: coins },
        10 => What::CashBanked { store, bank, amount: small },
        11 => What::GiftBalanceBought { customer, paid_with, amount: big },
        12 => What::GiftBalanceSpent { customer, store, amount: small },
        13 => What::PointsEarned { customer, store, value: big },
        14 => What::PointsRedeemed { customer, store, value: small },
        15 => What::PointsExpired { customer, store, value: small },
        16 | 17 => What::OrderCompleted { store, split: split() },
        18 => What::OrderCredited { store, split: split() },
        19 => What::DisputeOpened { gateway, amount: big, fee: of(small.amount / 9) },
        20 => What::DisputeWon { gateway, amount: small, fee_returned: of(small.amount / 9) },
        21 => What::DisputeLost { gateway, store, amount: small },
        22 => What::GatewayFeeCharged { gateway, fee: small, tax: (big.amount % 2 == 0).then_some(share) },
        23 => What::GatewaySettled { gateway, bank, amount: of(big.amount - small.amount) },
        24 => What::DifferenceAccepted { gateway, amount: of(small.amount % 21 - 10) },
        25 => What::FranchiseeCredited { franchisee, store, amount: of(big.amount - small.amount / 9) },
        26 => What::RoyaltyAccrued {
            franchisee,
            fund: entity,
            royalty: small,
            marketing: of(small.amount / 3),
            taxes: vec![share],
        },
        27 => What::FranchiseePaid { franchisee, bank, amount: small },
        28 => What::FranchiseeCollected { franchisee, bank, amount: small },
        29 => What::TipsPaid { store, bank, amount: of(small.amount / 5 + 1) },
        30 => What::GiftCardRedeemed { card: customer, customer: id(10 + (who + 1) % 3), amount: small },
        31 => What::GiftCardVoided { card: customer, paid_back: paid_with, amount: small },
        _ => What::TaxPaid { tax: vat(), bank, amount: small },
    }
}

trait MaxZero {
    fn max_zero(self) -> Self;
}

impl MaxZero for Money {
    fn max_zero(self) -> Self {
        Self::new(self.amount.max(0), self.currency)
    }
}

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOVEMBER + millis)
}
