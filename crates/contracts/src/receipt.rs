//! A receipt: what was sold and paid, as it stands now.

use crate::order::{Discount, Fee, FeeKind, Order, OrderLine, TaxAmount};
use crate::store_info::StoreInfo;
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a line on a receipt printer.
const WIDTH: usize = 42;

/// `GET /orders/{id}/receipt`: what an order came to and how it was paid. It follows the order: weights, pieces that were taken
/// off, money that went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderReceipt {
    /// The order.
    pub order_id: Id,
    /// What was called out at the counter.
    pub pickup_number: String,
    /// The store's name.
    pub store: String,
    /// When it was paid; when it was ordered, while it is not.
    pub at: Timestamp,
    /// What was sold; lines of which nothing is left are left out.
    pub lines: Vec<ReceiptLine>,
    /// The sum of the lines, after discounts.
    pub subtotal: Money,
    /// What promotions took off them; absent where they took nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// Fees besides the goods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// What the tax is called.
    pub tax_name: String,
    /// The tax, in hundredths of a per cent, where one rate counts for everything.
    pub tax_rate_bp: u32,
    /// The tax in subtotal and fees, or on them.
    pub tax: Money,
    /// Is it in them?
    pub tax_inclusive: bool,
    /// Taxes by class and component, where more than one rate counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxAmount>,
    /// What the customer gave to the staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Money>,
    /// What it comes to.
    pub total: Money,
    /// What was paid.
    pub paid: Money,
    /// What of it went back, so far.
    pub refunded: Money,
    /// What is still to be paid.
    pub due: Money,
    /// What is still to go back.
    pub to_give_back: Money,
    /// How it was paid, where the store took the money itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    /// Are there goods that the scale has not spoken of yet? Then it will come to this or less.
    pub estimated: bool,
}

/// One line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptLine {
    /// Product and variant.
    pub name: String,
    /// What was chosen with it.
    pub modifiers: Vec<String>,
    /// Pieces.
    pub quantity: i64,
    /// Of one piece, or of a kilogram where it is sold by weight.
    pub unit_price: Money,
    /// What it weighs: by the scale if it has spoken, as estimated before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grams: Option<i64>,
    /// What it comes to, after discounts.
    pub amount: Money,
    /// What promotions took off it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
}

impl OrderReceipt {
    /// The receipt of an order, as it stands.
    ///
    /// # Errors
    /// [`kirana_kernel::MoneyError`] when currencies are mixed, which they never are.
    pub fn of(order: &Order, store: &StoreInfo) -> Result<Self, kirana_kernel::MoneyError> {
        let paid_at = order.timeline.iter().find(|entry| entry.to == kirana_kernel::OrderStatus::Confirmed);
        let kept = order.payment.paid.minus(order.payment.refunded)?;
        let over = if order.status.is_live() || order.status == kirana_kernel::OrderStatus::Completed {
            kept.minus(order.totals.total)?
        } else {
            // Of what was called off, everything goes back.
            kept
        };
        let open = |line: &OrderLine| line.weight.as_ref().is_some_and(|weight| weight.final_grams.is_none());
        let sold = || order.lines.iter().filter(|line| line.quantity > 0);
        Ok(Self {
            order_id: order.id,
            pickup_number: order.pickup_number.clone(),
            store: store.name.clone(),
            at: paid_at.map_or(order.placed_at, |entry| entry.at),
            lines: sold().map(ReceiptLine::of).collect(),
            subtotal: order.totals.subtotal,
            discount: order.totals.discount,
            fees: order.totals.fees.clone(),
            tax_name: store.tax.name.clone(),
            tax_rate_bp: order.totals.tax_rate_bp,
            tax: order.totals.tax,
            tax_inclusive: order.totals.tax_inclusive,
            taxes: order.totals.taxes.clone(),
            tip: order.totals.tip,
            total: order.totals.total,
            paid: order.payment.paid,
            refunded: order.payment.refunded,
            due: order.amount_due()?,
            to_give_back: if over.amount > 0 { over } else { Money::zero(over.currency) },
            tender: order.payment.tender.clone(),
            estimated: sold().any(open),
        })
    }

    /// The receipt for a printer of 42 characters a line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![centred(&self.store), centred(&format!("Order {}", self.pickup_number))];
        lines.push(pair(&self.at.to_string().chars().take(16).collect::<String>().replace('T', " "), "UTC"));
        lines.push("-".repeat(WIDTH));
        for line in &self.lines {
            let what = match line.grams {
                Some(grams) => format!("{}.{:03} kg {}", grams / 1_000, grams % 1_000, line.name),
                None => format!("{} x {}", line.quantity, line.name),
            };
            let off: i64 = line.discounts.iter().map(|one| one.amount.amount).sum();
            lines.push(pair(&what, &Money::new(line.amount.amount + off, line.amount.currency).to_string()));
            if line.grams.is_some() {
                lines.push(format!("    at {} a kg", line.unit_price));
            }
            lines.extend(line.modifiers.iter().map(|modifier| format!("    {modifier}")));
            let off = line.discounts.iter().map(|one| pair(&format!("    {}", one.name), &format!("-{}", one.amount)));
            lines.extend(off);
        }
        lines.push("-".repeat(WIDTH));
        if !self.tax_inclusive || !self.fees.is_empty() || self.tip.is_some() {
            lines.push(pair("Subtotal", &self.subtotal.to_string()));
        }
        lines.extend(self.fees.iter().map(|fee| {
            let name = match fee.kind {
                FeeKind::Delivery => "Delivery",
                FeeKind::SmallOrder => "Small order",
            };
            pair(name, &fee.amount.to_string())
        }));
        let of_which = if self.tax_inclusive { "of which " } else { "" };
        if self.taxes.is_empty() {
            let (percent, hundredths) = (self.tax_rate_bp / 100, self.tax_rate_bp % 100);
            let tax = format!("{of_which}{} {percent}.{hundredths:02} %", self.tax_name);
            lines.push(pair(&tax, &self.tax.to_string()));
        }
        lines.extend(self.taxes.iter().map(|tax| {
            let (percent, rest) = (tax.rate_ppm / 10_000, tax.rate_ppm % 10_000);
            let rate = format!("{percent}.{rest:04}");
            let rate = rate.trim_end_matches('0').trim_end_matches('.');
            pair(&format!("{of_which}{} {rate} % on {}", tax.name, tax.on), &tax.amount.to_string())
        }));
        lines.extend(self.tip.map(|tip| pair("Tip", &tip.to_string())));
        lines.push(pair(if self.estimated { "TOTAL, at most" } else { "TOTAL" }, &self.total.to_string()));
        lines.push(pair(self.tender.as_deref().unwrap_or("Paid"), &self.paid.to_string()));
        for (name, amount) in
            [("Given back", self.refunded), ("To be given back", self.to_give_back), ("Still to pay", self.due)]
        {
            if !amount.is_zero() {
                lines.push(pair(name, &amount.to_string()));
            }
        }
        lines.join("\n") + "\n"
    }
}

impl ReceiptLine {
    fn of(line: &OrderLine) -> Self {
        let chosen = |modifier: &crate::order::OrderModifier| match modifier.quantity {
            1 => modifier.name.clone(),
            more => format!("{more} x {}", modifier.name),
        };
        Self {
            name: line.name.clone(),
            modifiers: line.modifiers.iter().map(chosen).collect(),
            quantity: line.quantity,
            unit_price: line.weight.as_ref().map_or(line.unit_price, |weight| weight.price_per_kg),
            grams: line.weight.as_ref().map(crate::order::Weight::grams),
            amount: line.total,
            discounts: line.discounts.clone(),
        }
    }
}

fn centred(text: &str) -> String {
    let space = WIDTH.saturating_sub(text.chars().count()) / 2;
    format!("{}{text}", " ".repeat(space))
}

/// A word to the left and an amount to the right; the word makes room.
fn pair(left: &str, right: &str) -> String {
    let room = WIDTH.saturating_sub(right.chars().count() + 1);
    let left: String = left.chars().take(room).collect();
    let space = WIDTH.saturating_sub(left.chars().count() + right.chars().count());
    format!("{left}{}{right}", " ".repeat(space))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stand_at_the_right() {
        let line = pair("2 x Golden Bubble Milk Tea, Medium, with everything", "130.00 THB");
        assert_eq!((line.chars().count(), line.ends_with(" 130.00 THB")), (WIDTH, true));
        assert_eq!(pair("TOTAL", "1.00 THB").chars().count(), WIDTH);
    }
}
