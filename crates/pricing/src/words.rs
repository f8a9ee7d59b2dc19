//! How a price came about, for people.

use crate::document::ClosedOffer;
use crate::dynamic;
use crate::fees::FeeRules;
use crate::priced::{Outcome, PromotionOutcome, Reason};
use crate::tax::{TaxTable, WHOLE_PPM};
use kirana_contracts::order::{FeeKind, OrderLine, Totals};
use kirana_contracts::quote::PromotionNote;
use kirana_kernel::Money;

/// What a promotion did, in words.
#[must_use]
pub fn note(outcome: &PromotionOutcome, name: String) -> PromotionNote {
    let (amount, reason, explanation) = match outcome.outcome {
        Outcome::Applied { amount, uses: 1 } => (Some(amount), None, format!("{name}: {amount} off")),
        Outcome::Applied { amount, uses } => (Some(amount), None, format!("{name}: {amount} off, used {uses} times")),
        Outcome::NotApplied { reason } => (None, Some(reason.code()), format!("{name}: {}", why(reason))),
    };
    PromotionNote { promotion_id: outcome.promotion, name, amount, reason: reason.map(str::to_owned), explanation }
}

fn why(reason: Reason) -> String {
    match reason {
        Reason::OtherCurrency => "is in another currency".into(),
        Reason::OtherStore => "is for other stores".into(),
        Reason::OtherFranchisee => "is for the stores of others".into(),
        Reason::OutsideDates => "does not run on this day".into(),
        Reason::OutsideHours => "does not run at this hour".into(),
        Reason::UnknownSegment => "is for some customers, and who they are cannot be told right now".into(),
        Reason::OtherSegment => "is for other customers".into(),
        Reason::NotFirstOrder => "is for a customer's first order".into(),
        Reason::CouponMissing => "needs its coupon".into(),
        Reason::UsedUp => "is used up, or you have had it as often as one may".into(),
        Reason::NothingChosen => "is for other goods".into(),
        Reason::BelowMinimum { missing } => format!("needs {missing} more"),
        Reason::Excluded { .. } => "does not go together with another offer".into(),
        Reason::NotEnough => "needs more pieces".into(),
        Reason::NothingLeft => "there is nothing left that it could take off".into(),
    }
}

/// Why a promotion is not even tried, in words.
#[must_use]
pub fn closed(offer: &ClosedOffer) -> PromotionNote {
    let why = match offer.reason.as_str() {
        ClosedOffer::USED_UP => why(Reason::UsedUp),
        ClosedOffer::OTHER_STORE => why(Reason::OtherStore),
        ClosedOffer::OTHER_FRANCHISEE => why(Reason::OtherFranchisee),
        ClosedOffer::PAUSED => "is paused".into(),
        ClosedOffer::NOT_YET => "has not begun yet".into(),
        ClosedOffer::OVER => "is over".into(),
        _ => "is not given now".into(),
    };
    PromotionNote {
        promotion_id: offer.promotion_id,
        name: offer.name.clone(),
        amount: None,
        reason: Some(offer.reason.clone()),
        explanation: format!("{}: {why}", offer.name),
    }
}

/// The list price of a line whose price moves by itself, and why it does.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Of one piece, or of a kilogram.
    pub list: Money,
    /// A code of [`crate::dynamic`]; absent from a version that did not say.
    pub why: Option<String>,
}

/// What is to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The taxes.
    pub table: &'a TaxTable,
    /// The lines.
    pub lines: &'a [OrderLine],
    /// Of each of them, how its price moved.
    pub moved: &'a [Option<Moved>],
    /// What they come to.
    pub totals: &'a Totals,
    /// What fees are asked by.
    pub fees: &'a FeeRules,
    /// What the way to the customer costs as a rule; absent where there is none.
    pub delivery: Option<Money>,
}

/// Lines, fees, taxes, total, each with how it came about.
#[must_use]
pub fn explain(told: &Told<'_>) -> Vec<String> {
    let Told { table, lines, moved, totals, .. } = *told;
    let moved = moved.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    let mut words: Vec<String> = lines.iter().zip(moved).flat_map(|(one, moved)| line(one, moved)).collect();
    words.extend(fees(told));
    let contained = if totals.tax_inclusive { "contained in" } else { "added to" };
    let single = || table.classes.values().flatten();
    if totals.taxes.is_empty() {
        let name = single().next().map_or("tax", |one| one.name.as_str());
        let (percent, hundredths) = (totals.tax_rate_bp / 100, totals.tax_rate_bp % 100);
        let base = totals.fees.iter().fold(totals.subtotal.amount, |sum, fee| sum + fee.amount.amount);
        let base = Money::new(base, totals.total.currency);
        words.push(format!("{name} {percent}.{hundredths:02} % {contained} {base} = {}, rounded half up", totals.tax));
    }
    for one in &totals.taxes {
        let rate = rate(one.rate_ppm);
        words.push(format!("{} {rate} % ({}) {contained} {} = {}", one.name, one.class, one.on, one.amount));
    }
    if let Some(tip) = totals.tip {
        words.push(format!("tip {tip}"));
    }
    words.push(format!("total {}", totals.total));
    words
}

/// Millionths as a percentage, with the digits that it has.
fn rate(ppm: u32) -> String {
    let unit = WHOLE_PPM / 100;
    let digits = format!("{:04}", ppm % unit);
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() { (ppm / unit).to_string() } else { format!("{}.{digits}", ppm / unit) }
}

/// Fees, and what they depend on.
fn fees(told: &Told<'_>) -> Vec<String> {
    let free_from = told.fees.delivery_free_from;
    let asked = |kind: FeeKind| told.totals.fees.iter().any(|fee| fee.kind == kind);
    let fee = |fee: &kirana_contracts::order::Fee| match (fee.kind, free_from, &told.fees.small_order) {
        (FeeKind::Delivery, Some(from), _) => format!("delivery {}, free from {from} on after discounts", fee.amount),
        (FeeKind::Delivery, None, _) => format!("delivery {}", fee.amount),
        (FeeKind::SmallOrder, _, Some(rule)) => {
            format!("fee for a small order {}, as it is below {} after discounts", fee.amount, rule.below)
        }
        (FeeKind::SmallOrder, _, None) => format!("fee for a small order {}", fee.amount),
    };
    let mut words: Vec<String> = told.totals.fees.iter().map(fee).collect();
    let costs = told.delivery.is_some_and(|fee| !fee.is_zero());
    if let Some(from) = free_from.filter(|_| costs && !asked(FeeKind::Delivery)) {
        words.push(format!("delivery is free, from {from} on after discounts"));
    }
    words
}

/// How a price that moves by itself came about.
fn moved(unit: Money, moved: &Moved) -> String {
    let direction = if unit.amount < moved.list.amount { "less" } else { "more" };
    let why = match moved.why.as_deref() {
        Some(dynamic::SHELF_LIFE) => ", as little of its shelf life is left",
        Some(dynamic::DEMAND) => ", by how much is sold of it",
        Some(dynamic::BOTH) => ", by what is left of its shelf life and how much is sold of it",
        _ => "",
    };
    format!("  {} by list: its dynamic price is {direction} now{why}", moved.list)
}

fn line(line: &OrderLine, by: Option<&Moved>) -> Vec<String> {
    let extras: Vec<_> = line
        .modifiers
        .iter()
        .filter(|modifier| !modifier.price.is_zero())
        .map(|modifier| format!(" + {} × {} {}", modifier.quantity, modifier.price, modifier.name))
        .collect();
    let list = line.price().unwrap_or(line.total);
    let what = match &line.weight {
        Some(weight) => {
            let grams = weight.grams_held();
            format!("{}.{:03} kg × {} {}", grams / 1_000, grams % 1_000, weight.price_per_kg, line.name)
        }
        None => format!("{} × ({} {}{})", line.quantity, line.unit_price, line.name, extras.concat()),
    };
    let mut words = vec![format!("{what} = {list}")];
    let unit = line.weight.as_ref().map_or(line.unit_price, |weight| weight.price_per_kg);
    words.extend(by.map(|by| moved(unit, by)));
    words.extend(line.discounts.iter().map(|one| format!("  {} off by {}", one.amount, one.name)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::order::Fee;
    use kirana_kernel::{Currency, Id, Timestamp};

    fn baht(amount: i64) -> Money {
        Money::new(amount, Currency::THB)
    }

    /// What is said of fees, of an order with these.
    fn of_fees(fees: &[(FeeKind, i64)], rules: &FeeRules, delivery: Option<i64>) -> Vec<String> {
        let fee =
            |(kind, amount): &(FeeKind, i64)| Fee { kind: *kind, amount: baht(*amount), tax_class: String::new() };
        let totals = Totals {
            subtotal: baht(0),
            discount: None,
            fees: fees.iter().map(fee).collect(),
            tax: baht(0),
            tax_inclusive: true,
            tax_rate_bp: 0,
            taxes: Vec::new(),
            tip: None,
            total: baht(0),
        };
        let table = TaxTable::single("VAT", 0, true);
        super::fees(&Told {
            table: &table,
            lines: &[],
            moved: &[],
            totals: &totals,
            fees: rules,
            delivery: delivery.map(baht),
        })
    }

    #[test]
    fn fees_name_what_they_depend_on() {
        let small = crate::fees::SmallOrderFee { below: baht(20_000), amount: baht(1_000), tax_class: String::new() };
        let rules = FeeRules {
            delivery_tax_class: String::new(),
            delivery_free_from: Some(baht(50_000)),
            small_order: Some(small),
        };
        let asked = [(FeeKind::Delivery, 4_000), (FeeKind::SmallOrder, 1_000)];
        assert_eq!(
            of_fees(&asked, &rules, Some(4_000)),
            [
                "delivery 40.00 THB, free from 500.00 THB on after discounts",
                "fee for a small order 10.00 THB, as it is below 200.00 THB after discounts"
            ]
        );
        assert_eq!(of_fees(&[], &rules, Some(4_000)), ["delivery is free, from 500.00 THB on after discounts"]);
        // Picked up, there is no way that could be free; without a threshold there is none to name.
        assert!(of_fees(&[], &rules, None).is_empty());
        assert_eq!(of_fees(&asked[..1], &FeeRules::default(), Some(4_000)), ["delivery 40.00 THB"]);
    }

    #[test]
    fn a_price_that_moved_names_the_list_price_and_why() {
        let by = |why: Option<&str>| moved(baht(5_000), &Moved { list: baht(6_500), why: why.map(str::to_owned) });
        assert_eq!(
            by(Some(dynamic::SHELF_LIFE)),
            "  65.00 THB by list: its dynamic price is less now, as little of its shelf life is left"
        );
        assert_eq!(by(None), "  65.00 THB by list: its dynamic price is less now", "by an older version");
        let dearer = moved(baht(7_000), &Moved { list: baht(6_500), why: Some(dynamic::DEMAND.into()) });
        assert_eq!(dearer, "  65.00 THB by list: its dynamic price is more now, by how much is sold of it");
    }

    #[test]
    fn what_is_not_given_says_why_to_whoever_it_concerns() {
        let offer = |reason: &str, coupon: Option<&str>| ClosedOffer {
            promotion_id: Id::new(Timestamp::from_millis(1), [1; 10]),
            name: "Leaflet".into(),
            coupon: coupon.map(str::to_owned),
            reason: reason.into(),
        };
        for (reason, words) in [
            (ClosedOffer::USED_UP, "Leaflet: is used up, or you have had it as often as one may"),
            (ClosedOffer::PAUSED, "Leaflet: is paused"),
            (ClosedOffer::NOT_YET, "Leaflet: has not begun yet"),
            (ClosedOffer::OVER, "Leaflet: is over"),
            (ClosedOffer::OTHER_STORE, "Leaflet: is for other stores"),
            (ClosedOffer::OTHER_FRANCHISEE, "Leaflet: is for the stores of others"),
            ("of_a_newer_version", "Leaflet: is not given now"),
        ] {
            let note = closed(&offer(reason, None));
            assert_eq!((note.explanation.as_str(), note.reason.as_deref(), note.amount), (words, Some(reason), None));
        }
        let (shown, none) = (vec!["leaflet".to_owned()], Vec::new());
        assert!(offer(ClosedOffer::USED_UP, None).concerns(&none));
        for (coupon, coupons, told) in
            [(Some("LEAFLET"), &shown, true), (Some("LEAFLET"), &none, false), (None, &shown, false)]
        {
            assert_eq!(offer(ClosedOffer::PAUSED, coupon).concerns(coupons), told, "{coupon:?}");
        }
    }

    #[test]
    fn a_rate_has_the_digits_that_it_has() {
        assert_eq!(
            (rate(70_000), rate(3_750), rate(82_500), rate(0)),
            ("7".into(), "0.375".into(), "8.25".into(), "0".into())
        );
    }
}
