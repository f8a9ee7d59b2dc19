//! What is to be priced: the order as the engine sees it.

use crate::menu::{Fault, MAX_GRAMS, MAX_LINES, MAX_QUANTITY};
use crate::share::by_weight;
use chrono::NaiveDateTime;
use kirana_contracts::order::{OrderLine, Weight};
use kirana_kernel::money::MAX_AMOUNT;
use kirana_kernel::{Currency, Id, Money, MoneyError};
use std::collections::BTreeSet;

/// An order before its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderContext {
    /// What all its amounts are in.
    pub currency: Currency,
    /// The store.
    pub store_id: Id,
    /// Who runs it, if it is run by a franchisee.
    pub franchisee_id: Option<Id>,
    /// The segments its customer is in.
    pub segments: Vec<String>,
    /// Segments of which nobody can tell right now whether their customer is in them: offers for these are not given, and say so.
    pub unknown_segments: Vec<String>,
    /// Has its customer ordered never before?
    pub first_order: bool,
    /// Coupons that were shown and are not used up: whoever passes one has claimed it.
    pub coupons: Vec<String>,
    /// Promotions that are used up, for this customer or for all.
    pub used_up: Vec<Id>,
    /// Date and time on the store's wall.
    pub local: NaiveDateTime,
    /// What is wanted.
    pub lines: Vec<CartLine>,
    /// The way to the customer, where it is delivered: what the zone asks for it.
    pub delivery_fee: Option<Money>,
    /// What the customer gives to the staff: neither discounted nor taxed.
    pub tip: Money,
}

/// One line of a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    /// Tells it from the others of its cart; the caller's.
    pub id: String,
    /// The variant.
    pub variant_sku: String,
    /// Its product.
    pub product_id: Id,
    /// Its category.
    pub category: String,
    /// Its tax class, such as `food`.
    pub tax_class: String,
    /// How many pieces; 1 for goods sold by weight.
    pub quantity: i64,
    /// Of one piece with its modifiers, or of a kilogram. May come from [`crate::dynamic`].
    pub unit_price: Money,
    /// How much it weighs, where it is sold by weight.
    pub grams: Option<i64>,
    /// What is to be paid for the whole line at least, whatever is off, such as a price that the law fixes.
    pub floor: Money,
}

impl CartLine {
    /// The line of an order as the engine takes it: with its modifiers in the price of a piece, and goods sold by weight at the
    /// weight that counts so far.
    ///
    /// # Errors
    /// [`MoneyError`] when a piece with its modifiers is too much to count.
    pub fn of_order(id: String, line: &OrderLine, category: String, tax_class: String) -> Result<Self, MoneyError> {
        let mut unit_price = line.unit_price;
        for modifier in &line.modifiers {
            unit_price = unit_price.plus(modifier.price.times(modifier.quantity)?)?;
        }
        Ok(Self {
            id,
            variant_sku: line.variant_sku.clone(),
            product_id: line.product_id,
            category,
            tax_class,
            quantity: line.quantity,
            unit_price,
            grams: line.weight.as_ref().map(Weight::grams_held),
            floor: Money::zero(line.unit_price.currency),
        })
    }

    /// What it costs by its list price: by weight half up. Not checked against what is exact everywhere.
    #[must_use]
    pub fn list(&self) -> i128 {
        match self.grams {
            Some(grams) => by_weight(self.unit_price, grams),
            None => i128::from(self.unit_price.amount) * i128::from(self.quantity),
        }
    }
}

/// What is wrong with an order that is to be priced.
///
/// # Errors
/// Every fault, with the way to it.
pub(crate) fn check(order: &OrderContext) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |path: String, message: String| faults.push(Fault { path, message });
    if order.lines.is_empty() || order.lines.len() > MAX_LINES {
        wrong("lines".into(), format!("expected 1 to {MAX_LINES} lines"));
    }
    let good = |money: Money| money.currency == order.currency && (0..=MAX_AMOUNT).contains(&money.amount);
    let amount = || format!("expected 0 to {MAX_AMOUNT} minor units of {}", order.currency);
    if !good(order.tip) {
        wrong("tip".into(), amount());
    }
    if order.delivery_fee.is_some_and(|fee| !good(fee)) {
        wrong("delivery_fee".into(), amount());
    }
    let mut ids = BTreeSet::new();
    for (index, line) in order.lines.iter().enumerate() {
        let at = |field: &str| format!("lines[{index}].{field}");
        if !ids.insert(line.id.as_str()) {
            wrong(at("id"), "expected each id once".into());
        }
        if !(1..=MAX_QUANTITY).contains(&line.quantity) || (line.grams.is_some() && line.quantity != 1) {
            wrong(at("quantity"), format!("expected 1 to {MAX_QUANTITY}, and 1 for goods sold by weight"));
        }
        if line.grams.is_some_and(|grams| !(1..=MAX_GRAMS).contains(&grams)) {
            wrong(at("grams"), format!("expected 1 to {MAX_GRAMS}"));
        }
        if !good(line.unit_price) {
            wrong(at("unit_price"), amount());
        }
        if !good(line.floor) {
            wrong(at("floor"), amount());
        }
    }
    // A tenth of what is exact everywhere: taxes, fees and a tip find their place above it.
    if order.lines.iter().map(CartLine::list).sum::<i128>() > i128::from(MAX_AMOUNT / 10) {
        wrong("lines".into(), "expected a sum that is exact everywhere".into());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
