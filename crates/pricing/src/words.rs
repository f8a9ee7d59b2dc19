//! How a price came about, for people.

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

/// Lines, fees, taxes, total, each with how it came about.
#[must_use]
pub fn explain(table: &TaxTable, lines: &[OrderLine], totals: &Totals) -> Vec<String> {
    let mut words: Vec<String> = lines.iter().flat_map(line).collect();
    for fee in &totals.fees {
        let name = match fee.kind {
            FeeKind::Delivery => "delivery",
            FeeKind::SmallOrder => "fee for a small order",
        };
        words.push(format!("{name} {}", fee.amount));
    }
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

fn line(line: &OrderLine) -> Vec<String> {
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
    words.extend(line.discounts.iter().map(|one| format!("  {} off by {}", one.amount, one.name)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_the_digits_that_it_has() {
        assert_eq!(
            (rate(70_000), rate(3_750), rate(82_500), rate(0)),
            ("7".into(), "0.375".into(), "8.25".into(), "0".into())
        );
    }
}
