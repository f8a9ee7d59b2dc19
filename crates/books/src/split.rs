//! What an order came to, taken apart: net sales, each tax, tips, fees, rounding; and the same as royalties look at it.

use crate::stores::Place;
use kirana_contracts::order::{Order, OrderLine, Totals};
use kirana_contracts::tax::STANDARD;
use kirana_kernel::{Money, MoneyError};
use kirana_ledger::royalty::{Sold, SoldKind};
use kirana_ledger::{Name, NameError, Split, TaxName, TaxShare};
use std::collections::BTreeMap;

/// An order, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// By accounts.
    pub split: Split,
    /// By what counts for royalties. Goods come to `net_sales`.
    pub sold: Vec<Sold>,
}

/// A tax class of an order: what was asked for and what of it is tax.
#[derive(Default)]
struct Class {
    goods: i64,
    discounts: i64,
    fees: i64,
    taxes: Vec<(String, i64)>,
}

impl Class {
    fn tax(&self) -> i64 {
        self.taxes.iter().map(|(_, amount)| amount).sum()
    }

    /// What of `part` is tax, where prices contain it: its share of the class's, half up.
    fn tax_in(&self, part: i64) -> i64 {
        let (whole, tax) = (i128::from(self.goods + self.fees), i128::from(self.tax()));
        if whole == 0 {
            return 0;
        }
        i64::try_from((i128::from(part) * tax * 2 + whole).div_euclid(whole * 2)).unwrap_or(0)
    }
}

/// Takes an order apart by its totals as they stand. Where less was kept than it cost, as some was given back, each part is its
/// share of that, rounded down, and net sales are the rest.
///
/// # Errors
/// [`MoneyError`] for sums beyond what is exact.
pub fn parts(order: &Order, place: &Place) -> Result<Parts, MoneyError> {
    let whole = whole(order, place)?;
    let (total, kept) = (order.totals.total, order.payment.paid.minus(order.payment.refunded)?);
    if kept.amount >= total.amount || total.amount <= 0 {
        return Ok(whole);
    }
    let part = |money: Money| {
        let part = i128::from(money.amount) * i128::from(kept.amount) / i128::from(total.amount);
        Money::new(i64::try_from(part).unwrap_or(0), money.currency)
    };
    let Parts { split, sold } = whole;
    let taxes: Vec<TaxShare> =
        split.taxes.into_iter().map(|share| TaxShare { amount: part(share.amount), ..share }).collect();
    let (tips, fees, rounding) = (part(split.tips), part(split.fees), part(split.rounding));
    let others = [tips, fees, rounding].into_iter().chain(taxes.iter().map(|share| share.amount));
    let net_sales = kept.minus(Money::sum(kept.currency, others)?)?;
    let mut sold: Vec<Sold> =
        sold.into_iter().map(|one| Sold { list: part(one.list), net: part(one.net), ..one }).collect();
    let goods = |one: &&mut Sold| one.kind == SoldKind::Goods;
    let said = Money::sum(kept.currency, sold.iter().filter(|one| one.kind == SoldKind::Goods).map(|one| one.net))?;
    if let Some(first) = sold.iter_mut().find(goods) {
        first.net = first.net.plus(net_sales.minus(said)?)?;
    }
    Ok(Parts { split: Split { total: kept, net_sales, taxes, tips, fees, rounding }, sold })
}

fn whole(order: &Order, place: &Place) -> Result<Parts, MoneyError> {
    let totals = &order.totals;
    let money = |amount: i64| Money::new(amount, totals.total.currency);
    let classes = classes(totals, &order.lines);
    let (mut taxes, mut sold, mut net_sales, mut fees) = (BTreeMap::<TaxName, i64>::new(), Vec::new(), 0, 0);
    let at = place_of(order, place);
    for (class, of) in &classes {
        let inside = |part: i64| if totals.tax_inclusive { of.tax_in(part) } else { 0 };
        let fee = of.fees - inside(of.fees);
        // Goods have the rest of the class's tax, so that nothing is lost to rounding.
        let goods = of.goods + of.fees - fee - if totals.tax_inclusive { of.tax() } else { 0 };
        let list = goods + of.discounts - inside(of.discounts);
        net_sales += goods;
        fees += fee;
        for (name, amount) in &of.taxes {
            *taxes.entry(TaxName { place: at.clone(), tax: tax_name(name, place) }).or_default() += amount;
        }
        let one = |kind, list, net| Sold {
            kind,
            category: (kind == SoldKind::Goods).then(|| class.clone()),
            tender: order.payment.tender.clone(),
            list: money(list),
            net: money(net),
        };
        sold.extend([
            one(SoldKind::Goods, list, goods),
            one(SoldKind::Fee, fee, fee),
            one(SoldKind::Tax, of.tax(), of.tax()),
        ]);
    }
    let tips = totals.tip.unwrap_or(money(0));
    let tender = order.payment.tender.clone();
    sold.push(Sold { kind: SoldKind::Tip, category: None, tender, list: tips, net: tips });
    let taxes: Vec<TaxShare> = taxes.into_iter().map(|(tax, amount)| TaxShare { tax, amount: money(amount) }).collect();
    let parts = [money(net_sales), tips, money(fees)].into_iter().chain(taxes.iter().map(|share| share.amount));
    let rounding = totals.total.minus(Money::sum(totals.total.currency, parts)?)?;
    let split = Split { total: totals.total, net_sales: money(net_sales), taxes, tips, fees: money(fees), rounding };
    Ok(Parts { split, sold: merged(sold)? })
}

/// Goods, fees and taxes by tax class; all in one where one rate counts for everything.
fn classes(totals: &Totals, lines: &[OrderLine]) -> BTreeMap<String, Class> {
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    let by_class = !totals.taxes.is_empty();
    let key = |class: &str| if by_class { class.to_owned() } else { STANDARD.to_owned() };
    for line in lines {
        let class = classes.entry(key(&line.tax_class)).or_default();
        class.goods += line.total.amount;
        class.discounts += line.discounts.iter().map(|one| one.amount.amount).sum::<i64>();
    }
    for fee in &totals.fees {
        classes.entry(key(&fee.tax_class)).or_default().fees += fee.amount.amount;
    }
    for tax in &totals.taxes {
        classes.entry(tax.class.clone()).or_default().taxes.push((tax.name.clone(), tax.amount.amount));
    }
    if !by_class && !totals.tax.is_zero() {
        classes.entry(STANDARD.to_owned()).or_default().taxes.push((String::new(), totals.tax.amount));
    }
    classes
}

/// Those that are alike together, without what is nothing.
fn merged(sold: Vec<Sold>) -> Result<Vec<Sold>, MoneyError> {
    let mut all: Vec<Sold> = Vec::with_capacity(sold.len());
    for one in sold.into_iter().filter(|one| !one.list.is_zero() || !one.net.is_zero()) {
        let same =
            |other: &&mut Sold| (other.kind, &other.category, &other.tender) == (one.kind, &one.category, &one.tender);
        match all.iter_mut().find(same) {
            Some(known) => (known.list, known.net) = (known.list.plus(one.list)?, known.net.plus(one.net)?),
            None => all.push(one),
        }
    }
    Ok(all)
}

/// The place that its taxes are owed to: of its tax table, or the store's country.
fn place_of(order: &Order, place: &Place) -> Name {
    let table = order.tax_table.as_ref().and_then(|table| table.place.parse().ok());
    table.unwrap_or_else(|| place.country.clone())
}

/// A tax's name on receipts as accounts have it: `NY State tax` is `ny-state-tax`. Without one, the store's own.
fn tax_name(text: &str, place: &Place) -> Name {
    slug(text).unwrap_or_else(|_| place.tax.clone())
}

/// A text as a name: small letters and digits, all else a hyphen.
///
/// # Errors
/// [`NameError`] where nothing is left.
pub fn slug(text: &str) -> Result<Name, NameError> {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let slug: String = text.chars().take(64).map(plain).collect();
    slug.trim_matches('-').parse()
}
