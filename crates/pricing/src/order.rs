//! The price of an order at a store: its menu's lines, what promotions take off them, fees, taxes, the tip; in the words of
//! [`kirana_contracts::order`].

use crate::context::{CartLine, OrderContext};
use crate::document::ClosedOffer;
use crate::engine::{self, RuleBook};
use crate::fees::FeeRules;
use crate::menu::{self, Fault, MenuLine};
use crate::priced::{Outcome, Priced};
use crate::tax::{self, TaxTable, Taxable};
use crate::words;
use chrono::NaiveDateTime;
use kirana_contracts::menu::Menu;
use kirana_contracts::order::{Discount, Fee, OrderLine, OrderPromotion, TaxAmount, Totals};
use kirana_contracts::quote::{LineRequest, PromotionNote};
use kirana_contracts::tax::STANDARD;
use kirana_kernel::{Id, Money, MoneyError};
use std::collections::BTreeMap;

/// What is known of an order besides its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Who runs the store.
    pub franchisee_id: Id,
    /// The segments its customer is in.
    pub segments: Vec<String>,
    /// Segments of which nobody can tell right now whether their customer is in them: offers for these are not given, and say so.
    pub unknown_segments: Vec<String>,
    /// Has its customer ordered never before?
    pub first_order: bool,
    /// The coupons that were shown.
    pub coupons: Vec<String>,
    /// Promotions that are used up, for this customer or for all.
    pub used_up: Vec<Id>,
    /// Date and time on the store's wall.
    pub local: NaiveDateTime,
    /// Is it brought to the customer, and what for?
    pub delivery_fee: Option<Money>,
    /// What the customer gives to the staff.
    pub tip: Option<Money>,
}

/// What a store sells by, besides its menu.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Promotions that run.
    pub rules: RuleBook,
    /// The campaign of each.
    pub campaigns: BTreeMap<Id, Id>,
    /// Promotions that are not given now, and why.
    pub closed: Vec<ClosedOffer>,
    /// Fees.
    pub fees: FeeRules,
    /// The taxes of its place; where there are none, the one rate of its menu.
    pub taxes: Option<TaxTable>,
}

/// An order with its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedOrder {
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// What they come to.
    pub totals: Totals,
    /// What promotions took off.
    pub promotions: Vec<OrderPromotion>,
    /// Each promotion with what it did.
    pub notes: Vec<PromotionNote>,
    /// How each amount came about, for people.
    pub explanation: Vec<String>,
}

/// Prices lines at a store.
///
/// # Errors
/// Every fault of every line, and of amounts in other currencies.
pub fn price_order(
    menu: &Menu,
    requests: &[LineRequest],
    facts: &Facts,
    terms: &Terms,
) -> Result<PricedOrder, Vec<Fault>> {
    let too_much = |error: MoneyError| vec![Fault { path: "lines".into(), message: error.to_string() }];
    let found = menu::lines(menu, requests)?;
    let single;
    let table = match &terms.taxes {
        Some(table) => table,
        None => {
            single = TaxTable::single(&menu.tax.name, menu.tax.rate_bp, menu.tax.inclusive);
            &single
        }
    };
    let class = |line: &OrderLine| match &terms.taxes {
        Some(_) => line.tax_class.clone(),
        None => STANDARD.to_owned(),
    };
    let cart = |(index, found): (usize, &MenuLine)| {
        CartLine::of_order(index.to_string(), &found.line, found.category.clone(), class(&found.line))
    };
    let order = OrderContext {
        currency: menu.currency,
        store_id: menu.store_id,
        franchisee_id: Some(facts.franchisee_id),
        segments: facts.segments.clone(),
        unknown_segments: facts.unknown_segments.clone(),
        first_order: facts.first_order,
        coupons: facts.coupons.clone(),
        used_up: facts.used_up.clone(),
        local: facts.local,
        lines: found.iter().enumerate().map(cart).collect::<Result<_, _>>().map_err(too_much)?,
        delivery_fee: facts.delivery_fee,
        tip: facts.tip.unwrap_or(Money::zero(menu.currency)),
    };
    let fees = match &terms.taxes {
        Some(_) => terms.fees.clone(),
        None => terms.fees.taxed_as(STANDARD),
    };
    let priced = engine::price(&order, &terms.rules, &fees, table)?;
    let names: BTreeMap<Id, &str> = terms.rules.promotions().map(|one| (one.id, one.name.as_str())).collect();
    let named = |id: &Id| names.get(id).copied().unwrap_or_default().to_owned();
    let mut lines = Vec::with_capacity(found.len());
    let mut moved = Vec::with_capacity(found.len());
    for (MenuLine { mut line, list_price, price_reason, .. }, of) in found.into_iter().zip(&priced.lines) {
        line.total = of.net;
        line.discounts = of
            .discounts
            .iter()
            .map(|one| Discount { promotion_id: one.promotion, name: named(&one.promotion), amount: one.amount })
            .collect();
        moved.push(list_price.map(|list| words::Moved { list, why: price_reason }));
        lines.push(line);
    }
    let fee_class = |index: usize| order_fee_class(&priced, &fees, index);
    let totals = totals_of(menu, &priced, terms.taxes.is_some(), fee_class);
    let promotions = applied(&priced, terms, &order.coupons, &named);
    let tried = priced.promotions.iter().map(|one| words::note(one, named(&one.promotion)));
    let closed = terms.closed.iter().filter(|one| one.concerns(&order.coupons)).map(words::closed);
    let notes = tried.chain(closed).collect();
    let told =
        words::Told { table, lines: &lines, moved: &moved, totals: &totals, fees: &fees, delivery: order.delivery_fee };
    let explanation = words::explain(&told);
    Ok(PricedOrder { lines, totals, promotions, notes, explanation })
}

fn order_fee_class(priced: &Priced, fees: &FeeRules, index: usize) -> String {
    let class = priced.fees.get(index).map(|fee| match fee.kind {
        crate::priced::FeeKind::Delivery => fees.delivery_tax_class.as_str(),
        crate::priced::FeeKind::SmallOrder => fees.small_order.as_ref().map_or("", |fee| fee.tax_class.as_str()),
    });
    class.unwrap_or_default().to_owned()
}

fn totals_of(menu: &Menu, priced: &Priced, by_table: bool, fee_class: impl Fn(usize) -> String) -> Totals {
    let some = |money: Money| (!money.is_zero()).then_some(money);
    let fee = |(index, fee): (usize, &crate::priced::PricedFee)| Fee {
        kind: fee.kind,
        amount: fee.amount,
        tax_class: fee_class(index),
    };
    Totals {
        subtotal: priced.totals.net,
        discount: some(priced.totals.discount),
        fees: priced.fees.iter().enumerate().map(fee).collect(),
        tax: priced.totals.tax,
        tax_inclusive: priced.totals.tax_inclusive,
        tax_rate_bp: if by_table { 0 } else { menu.tax.rate_bp },
        taxes: if by_table { priced.taxes.clone() } else { Vec::new() },
        tip: some(priced.totals.tip),
        total: priced.totals.total,
    }
}

fn applied(priced: &Priced, terms: &Terms, shown: &[String], named: &impl Fn(&Id) -> String) -> Vec<OrderPromotion> {
    let coupons: BTreeMap<Id, &str> =
        terms.rules.promotions().filter_map(|one| Some((one.id, one.conditions.coupon.as_deref()?))).collect();
    let took = priced.promotions.iter().filter_map(|one| match one.outcome {
        Outcome::Applied { amount, uses } => Some((one.promotion, amount, uses)),
        Outcome::NotApplied { .. } => None,
    });
    took.map(|(id, amount, uses)| OrderPromotion {
        promotion_id: id,
        campaign_id: terms.campaigns.get(&id).copied().unwrap_or(id),
        name: named(&id),
        coupon: coupons
            .get(&id)
            .filter(|code| shown.iter().any(|one| one.eq_ignore_ascii_case(code)))
            .map(|code| (*code).to_owned()),
        amount,
        uses,
    })
    .collect()
}

/// The sums of an order whose lines have changed after it was priced: fees and tip stay what they were, taxes follow the lines.
///
/// # Errors
/// [`MoneyError`] when it is too much to count.
pub fn retotal(before: &Totals, table: Option<&TaxTable>, lines: &[OrderLine]) -> Result<Totals, MoneyError> {
    let currency = before.total.currency;
    let single;
    let (by_table, table) = match table {
        Some(table) => (true, table),
        None => {
            single = TaxTable::single("", before.tax_rate_bp, before.tax_inclusive);
            (false, &single)
        }
    };
    let class = |class: &'static str, given| if by_table { given } else { class };
    let items: Vec<Taxable<'_>> = lines
        .iter()
        .map(|line| (line.tax_class.as_str(), line.total.amount))
        .chain(before.fees.iter().map(|fee| (fee.tax_class.as_str(), fee.amount.amount)))
        .map(|(given, amount)| Taxable { class: class(STANDARD, given), amount })
        .collect();
    let (_, assessed) = tax::assess(table, &items);
    let money = |amount: i128| {
        i64::try_from(amount).map(|amount| Money::new(amount, currency)).map_err(|_| MoneyError::Overflow)
    };
    let subtotal = Money::sum(currency, lines.iter().map(|line| line.total))?;
    let off = Money::sum(currency, lines.iter().flat_map(|line| &line.discounts).map(|one| one.amount))?;
    let fees = Money::sum(currency, before.fees.iter().map(|fee| fee.amount))?;
    let tax = money(assessed.iter().map(|one| one.amount).sum())?;
    let mut total = subtotal.plus(fees)?;
    if !before.tax_inclusive {
        total = total.plus(tax)?;
    }
    if let Some(tip) = before.tip {
        total = total.plus(tip)?;
    }
    let taxes = assessed.iter().map(|one| {
        Ok(TaxAmount {
            class: one.class.to_owned(),
            name: one.component.name.clone(),
            rate_ppm: one.component.rate_ppm,
            on: money(one.on)?,
            amount: money(one.amount)?,
        })
    });
    Ok(Totals {
        subtotal,
        discount: (!off.is_zero()).then_some(off),
        tax,
        taxes: if by_table { taxes.collect::<Result<_, MoneyError>>()? } else { Vec::new() },
        total,
        ..before.clone()
    })
}
