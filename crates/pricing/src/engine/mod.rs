//! From an order and rules to a price.

mod benefit;
mod conditions;
mod pieces;
mod prepare;

pub use prepare::RuleBook;

use crate::context::{self, CartLine, OrderContext};
use crate::fees::{Fee, FeeRules};
use crate::menu::Fault;
use crate::priced::{
    LineDiscount, Outcome, Priced, PricedFee, PricedLine, PricedTotals, PromotionOutcome, Reason, TaxAmount,
};
use crate::share::sort;
use crate::tax::{self, TaxTable, Taxable};
use benefit::Left;
use conditions::{Taken, below_minimum, who_and_when};
use kirana_kernel::money::MAX_AMOUNT;
use kirana_kernel::{Id, Money};

/// How much a promotion took off and how often it was used, or why it did nothing.
type Tried = Result<(i64, u32), Reason>;

/// What promotions did, lines in their canonical order.
struct Discounted {
    lines: Vec<Left>,
    discounts: Vec<Vec<LineDiscount>>,
    outcomes: Vec<(Id, Tried)>,
}

/// Prices an order: promotions by priority, each on what those before left; then fees; then taxes on what is left; then the
/// tip. The same lines in another order cost the same.
///
/// # Errors
/// Every fault of the order, of amounts in other currencies, and of tax classes that the place does not know.
pub fn price(order: &OrderContext, rules: &RuleBook, fees: &FeeRules, taxes: &TaxTable) -> Result<Priced, Vec<Fault>> {
    context::check(order)?;
    check_terms(order, fees, taxes)?;
    // Their content, and only then the caller's ids: what cannot be divided goes to the same goods in whatever order they came.
    let mut places: Vec<usize> = (0..order.lines.len()).collect();
    sort(&mut places, &|a, b| order.lines.get(a).map(key).cmp(&order.lines.get(b).map(key)));
    let lines: Vec<&CartLine> = places.iter().filter_map(|place| order.lines.get(*place)).collect();
    let discounted = discount(order, rules, &lines);
    let net = discounted.lines.iter().map(|line| line.cost).sum();
    let fees = fees.of(order, net);
    let classes =
        lines.iter().zip(&discounted.lines).map(|(line, left)| Taxable { class: &line.tax_class, amount: left.cost });
    let fee_classes = fees.iter().map(|fee| Taxable { class: fee.tax_class, amount: fee.amount.amount });
    let (item_taxes, assessed) = tax::assess(taxes, &classes.chain(fee_classes).collect::<Vec<_>>());
    let money = |amount: i128| Money::new(i64::try_from(amount).unwrap_or(MAX_AMOUNT), order.currency);
    let taxes_by_class = assessed
        .into_iter()
        .map(|tax| TaxAmount {
            class: tax.class.to_owned(),
            name: tax.component.name.clone(),
            rate_ppm: tax.component.rate_ppm,
            on: money(tax.on),
            amount: money(tax.amount),
        })
        .collect();
    let totals = totals(order, &lines, net, &fees, &item_taxes, taxes.inclusive)?;
    let (line_taxes, fee_taxes) = item_taxes.split_at(lines.len().min(item_taxes.len()));
    let fees = fees.iter().zip(fee_taxes);
    let fees = fees.map(|(fee, tax)| PricedFee { kind: fee.kind, amount: fee.amount, tax: money(*tax) }).collect();
    let mut priced: Vec<Option<PricedLine>> = vec![None; lines.len()];
    for (((place, line), left), (tax, discounts)) in
        places.iter().zip(&lines).zip(&discounted.lines).zip(line_taxes.iter().zip(discounted.discounts))
    {
        if let Some(slot) = priced.get_mut(*place) {
            *slot = Some(PricedLine {
                id: line.id.clone(),
                list: money(line.list()),
                discounts,
                net: money(left.cost.into()),
                tax: money(*tax),
            });
        }
    }
    let outcome = |(promotion, outcome): (Id, Tried)| PromotionOutcome {
        promotion,
        outcome: match outcome {
            Ok((amount, uses)) => Outcome::Applied { amount: money(amount.into()), uses },
            Err(reason) => Outcome::NotApplied { reason },
        },
    };
    Ok(Priced {
        currency: order.currency,
        lines: priced.into_iter().flatten().collect(),
        fees,
        taxes: taxes_by_class,
        totals,
        promotions: discounted.outcomes.into_iter().map(outcome).collect(),
    })
}

type Key<'a> = (&'a str, Id, &'a str, &'a str, i64, i64, Option<i64>, i64, &'a str);

fn key(line: &CartLine) -> Key<'_> {
    let CartLine { id, variant_sku, product_id, category, tax_class, quantity, unit_price, grams, floor } = line;
    (variant_sku, *product_id, category, tax_class, unit_price.amount, *quantity, *grams, floor.amount, id)
}

fn check_terms(order: &OrderContext, fees: &FeeRules, taxes: &TaxTable) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |path: String, message: String| faults.push(Fault { path, message });
    if fees.amounts().any(|money| money.currency != order.currency || !(0..=MAX_AMOUNT).contains(&money.amount)) {
        wrong("fees".into(), format!("expected amounts of {}", order.currency));
    }
    if !taxes.is_sound() {
        wrong("taxes".into(), "expected rates of a class that sum to at most 100 %".into());
    }
    for (index, line) in order.lines.iter().enumerate() {
        if !taxes.classes.contains_key(&line.tax_class) {
            wrong(format!("lines[{index}].tax_class"), format!("{} is not known in {}", line.tax_class, taxes.place));
        }
    }
    let delivered = order.delivery_fee.is_some().then_some(&fees.delivery_tax_class);
    for class in delivered.into_iter().chain(fees.small_order.as_ref().map(|fee| &fee.tax_class)) {
        if !taxes.classes.contains_key(class) {
            wrong("fees".into(), format!("the tax class {class} is not known in {}", taxes.place));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn discount(order: &OrderContext, rules: &RuleBook, lines: &[&CartLine]) -> Discounted {
    let left = |line: &&CartLine| {
        let pieces = if line.grams.is_some() { 0 } else { line.quantity };
        let cost = i64::try_from(line.list()).unwrap_or(MAX_AMOUNT);
        Left { cost, floor: line.floor.amount, pieces, free: pieces, grams: line.grams.unwrap_or(0) }
    };
    let mut all: Vec<Left> = lines.iter().map(left).collect();
    let list = all.iter().map(|line| line.cost).sum();
    let named = rules.named(lines);
    let every: Vec<usize> = (0..lines.len()).collect();
    let mut discounts = vec![Vec::new(); lines.len()];
    let mut outcomes = Vec::with_capacity(rules.len());
    let mut taken = Taken::default();
    for rule in &rules.rules {
        let id = rule.promotion.id;
        let tried = who_and_when(rule, order).map_or_else(
            || {
                let chosen = rule.chosen(&named, &every, lines);
                let refused =
                    if chosen.iter().any(|some| some.is_empty()) { Some(Reason::NothingChosen) } else { None };
                let refused = refused.or_else(|| below_minimum(rule, list));
                match refused.or_else(|| taken.excludes(&rule.promotion.stacking)) {
                    Some(reason) => Err(reason),
                    None => benefit::effect(&rule.promotion, &chosen, &all),
                }
            },
            Err,
        );
        let outcome = tried.map(|effect| {
            taken.note(id, &rule.promotion.stacking);
            let mut sum = 0;
            for (index, amount) in effect.off {
                if let (Some(line), Some(discounts)) = (all.get_mut(index), discounts.get_mut(index)) {
                    line.cost -= amount;
                    sum += amount;
                    discounts.push(LineDiscount { promotion: id, amount: Money::new(amount, order.currency) });
                }
            }
            for (index, pieces) in effect.taken {
                if let Some(line) = all.get_mut(index) {
                    line.free -= pieces;
                }
            }
            (sum, effect.uses)
        });
        outcomes.push((id, outcome));
    }
    Discounted { lines: all, discounts, outcomes }
}

fn totals(
    order: &OrderContext,
    lines: &[&CartLine],
    net: i64,
    fees: &[Fee<'_>],
    taxes: &[i128],
    tax_inclusive: bool,
) -> Result<PricedTotals, Vec<Fault>> {
    let too_much = || vec![Fault { path: "lines".into(), message: "the total is not exact everywhere".into() }];
    let money = |amount: i128| match i64::try_from(amount) {
        Ok(amount) if amount <= MAX_AMOUNT => Ok(Money::new(amount, order.currency)),
        _ => Err(too_much()),
    };
    let (list, net): (i128, i128) = (lines.iter().map(|line| line.list()).sum(), net.into());
    let fees: i128 = fees.iter().map(|fee| i128::from(fee.amount.amount)).sum();
    let (tax, tip): (i128, i128) = (taxes.iter().sum(), order.tip.amount.into());
    let on_top = if tax_inclusive { 0 } else { tax };
    Ok(PricedTotals {
        list: money(list)?,
        discount: money(list - net)?,
        net: money(net)?,
        fees: money(fees)?,
        tax: money(tax)?,
        tax_inclusive,
        tip: order.tip,
        total: money(net + fees + on_top + tip)?,
    })
}
