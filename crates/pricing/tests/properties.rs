//! What holds for any cart, any promotions and any taxes.

mod common;

use common::any::*;
use common::*;
use kirana_pricing::rules::{Caps, Conditions};
use kirana_pricing::{Benefit, CartLine, OrderContext, Outcome, Priced, Promotion, TaxTable};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]
fn priced(order: &OrderContext, promotions: &[Promotion], taxes: &TaxTable) -> Priced {
    kirana_pricing::price(order, &book(promotions.to_vec()), &fees(), taxes).unwrap()
}

/// What was taken off lines by each promotion.
fn taken(priced: &Priced) -> BTreeMap<kirana_kernel::Id, i64> {
    let mut taken = BTreeMap::new();
    for discount in priced.lines.iter().flat_map(|line| &line.discounts) {
        *taken.entry(discount.promotion).or_default() += discount.amount.amount;
    }
    taken
}

/// Lines with what was taken off them, but for what the caller calls them, in one order.
fn content(order: &OrderContext, priced: &Priced) -> Vec<String> {
    let of = |(asked, priced): (&CartLine, &kirana_pricing::priced::PricedLine)| {
        let (asked, priced) =
            (CartLine { id: String::new(), ..asked.clone() }, (&priced.discounts, priced.net, priced.tax));
        format!("{asked:?} {priced:?}")
    };
    let mut all: Vec<String> = order.lines.iter().zip(&priced.lines).map(of).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nothing_is_below_zero_or_below_its_floor(order in any_order(), promotions in any_promotions(), taxes in any_taxes()) {
        let priced = priced(&order, &promotions, &taxes);
        for (asked, line) in order.lines.iter().zip(&priced.lines) {
            prop_assert!(line.net.amount >= asked.floor.amount.min(line.list.amount), "{line:?}");
            prop_assert!(line.tax.amount >= 0 && line.discounts.iter().all(|discount| discount.amount.amount > 0));
        }
        prop_assert!(priced.totals.total.amount >= order.tip.amount);
    }

    #[test]
    fn all_sums_are_exact(order in any_order(), promotions in any_promotions(), taxes in any_taxes()) {
        let priced = priced(&order, &promotions, &taxes);
        let totals = priced.totals;
        for line in &priced.lines {
            let off: i64 = line.discounts.iter().map(|discount| discount.amount.amount).sum();
            prop_assert_eq!(line.net.amount, line.list.amount - off);
        }
        let net: i64 = priced.lines.iter().map(|line| line.net.amount).sum();
        let fees: i64 = priced.fees.iter().map(|fee| fee.amount.amount).sum();
        let items = priced.lines.iter().map(|line| line.tax.amount).chain(priced.fees.iter().map(|fee| fee.tax.amount));
        let tax: i64 = items.sum();
        prop_assert_eq!(tax, priced.taxes.iter().map(|tax| tax.amount.amount).sum::<i64>());
        prop_assert_eq!((totals.net.amount, totals.fees.amount, totals.tax.amount), (net, fees, tax));
        prop_assert_eq!(totals.discount.amount, totals.list.amount - net);
        let on_top = if taxes.inclusive { 0 } else { tax };
        prop_assert_eq!(totals.total.amount, net + fees + on_top + totals.tip.amount);
    }

    #[test]
    fn the_explanation_is_what_was_done(order in any_order(), promotions in any_promotions()) {
        let priced = priced(&order, &promotions, &no_tax());
        let taken = taken(&priced);
        prop_assert_eq!(priced.promotions.len(), promotions.len(), "each is explained");
        for one in &priced.promotions {
            match one.outcome {
                Outcome::Applied { amount, .. } => prop_assert_eq!(Some(&amount.amount), taken.get(&one.promotion)),
                Outcome::NotApplied { .. } => prop_assert!(!taken.contains_key(&one.promotion)),
            }
        }
    }

    #[test]
    fn no_cap_is_passed(order in any_order(), promotions in any_promotions()) {
        let priced = priced(&order, &promotions, &no_tax());
        for one in &priced.promotions {
            let promotion = promotions.iter().find(|promotion| promotion.id == one.promotion).unwrap();
            let Outcome::Applied { amount, uses } = one.outcome else { continue };
            let Caps { per_use, per_order, uses: most } = &promotion.caps;
            prop_assert!(per_order.is_none_or(|cap| amount.amount <= cap.amount), "{promotion:?}");
            prop_assert!(per_use.is_none_or(|cap| amount.amount <= cap.amount * i64::from(uses)), "{promotion:?}");
            prop_assert!(most.is_none_or(|most| uses <= most));
            let gross: Option<i64> = match &promotion.benefit {
                Benefit::AmountOff { amount, .. } => Some(amount.amount),
                _ => None,
            };
            prop_assert!(gross.is_none_or(|gross| amount.amount <= gross));
        }
    }

    #[test]
    fn the_order_of_lines_and_rules_is_all_the_same(
        (order, shuffled) in any_order().prop_flat_map(|order| (Just(order.clone()), Just(order.lines).prop_shuffle())),
        (promotions, other) in any_promotions().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        taxes in any_taxes(),
    ) {
        let named = shuffled.into_iter().enumerate().map(|(place, line)| CartLine { id: format!("l{place}"), ..line });
        let turned = OrderContext { lines: named.collect(), ..order.clone() };
        let (one, two) = (priced(&order, &promotions, &taxes), priced(&turned, &other, &taxes));
        prop_assert_eq!(content(&order, &one), content(&turned, &two));
        prop_assert_eq!((one.totals, one.promotions, one.taxes), (two.totals, two.promotions, two.taxes));
    }

    #[test]
    fn a_rule_that_cannot_apply_changes_its_explanation_only(
        order in any_order(), promotions in any_promotions(), place in 0..8_usize, priority in -3..4_i32, taxes in any_taxes()
    ) {
        let mut more = promotions.clone();
        if let Some(mut copy) = promotions.get(place).cloned() {
            copy.id = id(99);
            copy.priority = priority;
            copy.conditions = Conditions { coupon: Some("NOT SHOWN".into()), ..copy.conditions };
            more.push(copy);
        }
        let (without, mut with) = (priced(&order, &promotions, &taxes), priced(&order, &more, &taxes));
        with.promotions.retain(|one| one.promotion != id(99));
        prop_assert_eq!(without, with);
    }

    #[test]
    fn a_coupon_must_be_shown(order in any_order(), promotions in any_promotions()) {
        let bare = OrderContext { coupons: vec!["CODES".into()], ..order };
        let taken = taken(&priced(&bare, &promotions, &no_tax()));
        for promotion in promotions.iter().filter(|promotion| promotion.conditions.coupon.is_some()) {
            prop_assert!(!taken.contains_key(&promotion.id));
        }
    }

    /// Percentages of the whole cart, capped or not, any number of them, where no line has a floor.
    #[test]
    fn who_buys_more_never_pays_less(
        order in any_order(), rules in prop::collection::vec((1..=10_000_u32, any_caps()), 0..5), place in 0..8_usize, by in prop_oneof![1..4_i64, 1..300_i64]
    ) {
        let rules = rules.into_iter().map(|(bp, caps)| Promotion { caps, ..promotion(0, percent(bp)) }).collect();
        let mut order = order;
        order.lines.iter_mut().for_each(|line| line.floor = baht(0));
        let (cheap, dear) = (order.clone(), dearer(order, place, by));
        let rules = numbered(rules);
        let (cheap, dear) = (priced(&cheap, &rules, &no_tax()), priced(&dear, &rules, &no_tax()));
        prop_assert!(cheap.totals.total.amount <= dear.totals.total.amount, "{:?} {:?}", cheap.totals, dear.totals);
    }

    /// Percentages of parts of the cart that overlap, or meet floors: a minor unit that cannot be divided may fall to a line that the next
    /// takes more, or less, from. Never more than one for each promotion.
    #[test]
    fn who_buys_more_of_what_overlaps_pays_at_most_a_minor_unit_less_for_each_rule(
        order in any_order(), rules in prop::collection::vec(any_percentage(), 0..5), place in 0..8_usize, by in prop_oneof![1..4_i64, 1..300_i64]
    ) {
        let count = i64::try_from(rules.len()).unwrap();
        let rules = numbered(rules.into_iter().map(|benefit| promotion(0, benefit)).collect());
        let (cheap, dear) = (priced(&order, &rules, &no_tax()), priced(&dearer(order.clone(), place, by), &rules, &no_tax()));
        prop_assert!(cheap.totals.total.amount <= dear.totals.total.amount + count, "{:?} {:?}", cheap.totals, dear.totals);
    }
}

/// The same cart with one line whose price is greater.
fn dearer(mut order: OrderContext, place: usize, by: i64) -> OrderContext {
    let count = order.lines.len();
    if let Some(line) = order.lines.get_mut(place % count) {
        line.unit_price = baht(line.unit_price.amount + by);
    }
    order
}

proptest! {
    #[test]
    fn what_is_written_is_read(promotions in any_promotions()) {
        let text = serde_json::to_string(&promotions).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Promotion>>(&text).unwrap(), promotions);
    }
}

#[test]
fn a_benefit_has_the_fields_of_its_kind() {
    let read = |text: &str| serde_json::from_str::<Benefit>(text).map_err(|error| error.to_string());
    assert!(read(r#"{"kind":"percentage","percent_bp":1000}"#).is_ok());
    let wrong = [
        (r#"{"kind":"percentage"}"#, "missing field `percent_bp`"),
        (r#"{"kind":"percentage","percent_bp":1000,"price":{"amount":1,"currency":"THB"}}"#, "unknown field `price`"),
        (r#"{"kind":"percentage","percent_bp":1000,"percentage":10}"#, "unknown field `percentage`"),
        (r#"{"kind":"free_beer"}"#, "unknown variant `free_beer`"),
    ];
    for (text, said) in wrong {
        assert!(read(text).unwrap_err().contains(said), "{text}: {:?}", read(text));
    }
}
