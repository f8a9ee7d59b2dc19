//! What was sold while the line was down, at the price that was taken for it.

use kirana_contracts::menu::Tax;
use kirana_contracts::order::{OrderLine, OrderModifier, Totals};
use kirana_contracts::quote::LineRequest;
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_pricing::{MAX_LINES, MAX_QUANTITY};

/// The lines at what was taken for all of them: each line keeps its share of the price, the last takes the rest.
#[must_use]
pub fn charged(
    mut lines: Vec<OrderLine>,
    tax: &Tax,
    currency: Currency,
    total: i64,
) -> Option<(Vec<OrderLine>, Totals)> {
    if !(0..=1_000_000_000_000).contains(&total) {
        return None;
    }
    // What was taken includes the tax, whatever the prices do.
    let listed: i64 = lines.iter().map(|line| line.total.amount).sum();
    let count = lines.len();
    let mut open = total;
    for (index, line) in lines.iter_mut().enumerate() {
        let share = match listed {
            _ if index + 1 == count => open,
            0 => 0,
            listed => {
                let share = i128::from(total) * i128::from(line.total.amount) / i128::from(listed);
                i64::try_from(share).ok()?.min(open)
            }
        };
        open -= share;
        line.total = Money::new(share, currency);
    }
    let totals = Totals::of(currency, tax.rate_bp, true, &lines).ok()?;
    Some((lines, totals))
}

/// Lines of what is not on the menu, without a price of their own.
#[must_use]
pub fn unlisted(requests: &[LineRequest], currency: Currency) -> Option<Vec<OrderLine>> {
    let sensible = |line: &LineRequest| (1..=MAX_QUANTITY).contains(&line.quantity) && line.variant_sku.len() <= 200;
    if requests.is_empty() || requests.len() > MAX_LINES || !requests.iter().all(sensible) {
        return None;
    }
    let nothing = Money::zero(currency);
    let lines = requests.iter().map(|line| OrderLine {
        variant_sku: line.variant_sku.clone(),
        product_id: Id::new(Timestamp::from_millis(0), [0; 10]),
        name: line.variant_sku.clone(),
        quantity: line.quantity,
        unit_price: nothing,
        modifiers: line
            .modifiers
            .iter()
            .map(|choice| OrderModifier {
                sku: choice.sku.clone(),
                name: choice.sku.clone(),
                quantity: choice.quantity.clamp(1, 20),
                price: nothing,
            })
            .collect(),
        total: nothing,
        discounts: Vec::new(),
        tax_class: "standard".into(),
        cancelled: 0,
        weight: None,
        substitute: None,
        age_restricted: false,
    });
    Some(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_shared_to_the_cent() {
        let request = |sku: &str| LineRequest { variant_sku: sku.into(), quantity: 1, modifiers: vec![], grams: None };
        let mut lines = unlisted(&[request("a"), request("b"), request("c")], Currency::USD).unwrap();
        for line in &mut lines {
            line.total = Money::new(100, Currency::USD);
        }
        let tax = Tax { name: "VAT".into(), rate_bp: 700, inclusive: true };
        let (lines, totals) = charged(lines, &tax, Currency::USD, 500).unwrap();
        assert_eq!(lines.iter().map(|line| line.total.amount).collect::<Vec<_>>(), [166, 166, 168]);
        assert_eq!((totals.total.amount, totals.tax.amount), (500, 33));
        assert!(charged(lines, &tax, Currency::USD, -1).is_none());
        assert!(unlisted(&[], Currency::USD).is_none());
    }
}
