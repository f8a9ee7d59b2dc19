//! The order, as its store's Durable Object keeps it and everybody else reads it.

use crate::quote::{LineRequest, ModifierRequest};
use crate::tax::{STANDARD, TaxTable};
use kirana_kernel::{Currency, Fulfilment, Id, Money, MoneyError, OrderStatus, Position, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An order. `version` counts its changes, so that a late copy is known to be stale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Its id; the last 24 bits are the store's number.
    pub id: Id,
    /// Counts its changes from 1.
    pub version: u32,
    /// Where it stands.
    pub status: OrderStatus,
    /// What is called out at the counter, such as `A-017`; new each day.
    pub pickup_number: String,
    /// The store.
    pub store_id: Id,
    /// The store's number: the name of its Durable Object.
    pub store_number: u32,
    /// Who ordered.
    pub customer: Party,
    /// How the customer gets it.
    pub fulfilment: Fulfilment,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
    /// What it costs.
    pub totals: Totals,
    /// How it is taxed, where more than one rate counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_table: Option<TaxTable>,
    /// What promotions took off it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<OrderPromotion>,
    /// Its share of promotions of which there are only so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_id: Option<Id>,
    /// What was paid of it.
    pub payment: PaymentSummary,
    /// A wish of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The table it is brought to, when it is eaten at the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Where it is brought, when it is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_to: Option<DeliverTo>,
    /// When the customer wants it, if not as soon as possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_at: Option<Timestamp>,
    /// The beginning of the slot in which it took a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Timestamp>,
    /// When the store said it would be ready, by how fast it has been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Timestamp>,
    /// What each station of the kitchen has to do with it; set when it is paid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<Ticket>,
    /// When it was accepted.
    pub placed_at: Timestamp,
    /// Until when it must be paid.
    pub pay_by: Timestamp,
    /// When the step that it waits for is late: see [`kirana_kernel::Step`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// That its customer is old enough, where something of it is for adults only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeProof>,
    /// Every step it took, without gaps.
    pub timeline: Vec<TimelineEntry>,
}

/// That a customer is old enough for what only adults may buy: checked by document, or by whoever hands it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeProof {
    /// The age that was asked for: that of the store's country.
    pub min_age: u32,
    /// Until when the check is good.
    pub good_until: Timestamp,
}

impl Order {
    /// What is still to be paid.
    ///
    /// # Errors
    /// [`MoneyError`] when currencies are mixed, which they never are.
    pub fn amount_due(&self) -> Result<Money, MoneyError> {
        let kept = self.payment.paid.minus(self.payment.refunded)?;
        let due = self.totals.total.minus(kept)?;
        Ok(if due.amount > 0 { due } else { Money::zero(due.currency) })
    }

    /// What is still to be paid before it is made: what was promised for the hand-over is not waited for.
    ///
    /// # Errors
    /// As [`Order::amount_due`].
    pub fn amount_open(&self) -> Result<Money, MoneyError> {
        let due = self.amount_due()?;
        let open = self.payment.promised.map_or(Ok(due), |promise| due.minus(promise.amount))?;
        Ok(if open.amount > 0 { open } else { Money::zero(open.currency) })
    }

    /// Pieces over all lines.
    #[must_use]
    pub fn pieces(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// Forgets its customer: what they are called, where they live, what they wrote. Their id stays, and what they bought and
    /// paid: the books need both.
    pub fn forget_customer(&mut self) {
        ERASED.clone_into(&mut self.customer.name);
        (self.note, self.table, self.deliver_to) = (None, None, None);
        for entry in self.timeline.iter_mut().filter(|entry| entry.actor.id == self.customer.id) {
            ERASED.clone_into(&mut entry.actor.name);
            entry.reason = None;
        }
    }

    /// Is its customer forgotten?
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.customer.name == ERASED
    }
}

/// What was ordered, as far as it can be priced again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastOrder {
    /// The order.
    pub id: Id,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What is left of its lines.
    pub lines: Vec<LineRequest>,
}

impl PastOrder {
    /// Of an order.
    #[must_use]
    pub fn of(order: &Order) -> Self {
        let line = |line: &OrderLine| LineRequest {
            variant_sku: line.variant_sku.clone(),
            quantity: line.quantity,
            modifiers: line
                .modifiers
                .iter()
                .map(|one| ModifierRequest { sku: one.sku.clone(), quantity: one.quantity })
                .collect(),
            grams: line.weight.as_ref().map(Weight::grams),
        };
        let lines = order.lines.iter().filter(|line| line.quantity > 0).map(line).collect();
        Self { id: order.id, placed_at: order.placed_at, lines }
    }
}

/// The name of who is forgotten.
pub const ERASED: &str = "erased";

/// Where an order is brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliverTo {
    /// Street, house, floor and door as a rider reads them, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub address: String,
    /// Where that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// What one station of the kitchen has to do with an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// The station, such as `bar`.
    pub station: String,
    /// Which lines, counted from 1.
    pub lines: Vec<usize>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bumped_at: Option<Timestamp>,
}

/// A person or a machine, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// The id of the user, device or worker.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// One line: some pieces of a variant, each with the same modifiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// The variant.
    pub variant_sku: String,
    /// The product it is a variant of.
    pub product_id: Id,
    /// Product and variant, such as `Golden Bubble Milk Tea, Medium`.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// Of one piece, without modifiers.
    pub unit_price: Money,
    /// What was chosen with it.
    pub modifiers: Vec<OrderModifier>,
    /// Of all pieces, with modifiers, after discounts.
    pub total: Money,
    /// What promotions took off it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// How it is taxed, such as `food`.
    #[serde(default = "standard", skip_serializing_if = "is_standard")]
    pub tax_class: String,
    /// Pieces that were taken off it after it was ordered; `quantity` is what is left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cancelled: i64,
    /// How it is weighed, where it is sold by weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// What the store would give instead, until the customer answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub substitute: Option<Box<OrderLine>>,
    /// Is it for adults only?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub age_restricted: bool,
}

/// What one promotion took off one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Discount {
    /// The promotion.
    pub promotion_id: Id,
    /// What it is called.
    pub name: String,
    /// How much, above zero.
    pub amount: Money,
}

/// What one promotion took off an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderPromotion {
    /// The promotion.
    pub promotion_id: Id,
    /// Its campaign.
    pub campaign_id: Id,
    /// What it is called.
    pub name: String,
    /// The coupon that was shown for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// How much over all lines.
    pub amount: Money,
    /// How often it was used.
    pub uses: u32,
}

fn standard() -> String {
    STANDARD.to_owned()
}

fn is_standard(class: &str) -> bool {
    class == STANDARD
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl OrderLine {
    /// What this many pieces cost with their modifiers, or this weight, before discounts.
    ///
    /// # Errors
    /// [`MoneyError`] when it is too much to count.
    pub fn price(&self) -> Result<Money, MoneyError> {
        if let Some(weight) = &self.weight {
            return if self.quantity == 0 { Ok(Money::zero(self.unit_price.currency)) } else { weight.price() };
        }
        let mut piece = self.unit_price;
        for modifier in &self.modifiers {
            piece = piece.plus(modifier.price.times(modifier.quantity)?)?;
        }
        piece.times(self.quantity)
    }
}

/// Goods sold by weight: ordered by estimate, paid by what the scale says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Weight {
    /// Of a kilogram.
    pub price_per_kg: Money,
    /// What the customer asked for.
    pub estimated_grams: i64,
    /// What the scale said at picking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_grams: Option<i64>,
}

/// Per cent that a piece may weigh more than the estimate without asking the customer; stock and money are held for it.
pub const WEIGHT_MARGIN_PERCENT: i64 = 10;

impl Weight {
    /// What it weighs: by the scale if it has spoken, as estimated before.
    #[must_use]
    pub fn grams(&self) -> i64 {
        self.final_grams.unwrap_or(self.estimated_grams)
    }

    /// What counts: the scale if it has spoken, the estimate with its margin before.
    #[must_use]
    pub fn grams_held(&self) -> i64 {
        self.final_grams.unwrap_or(self.estimated_grams + self.estimated_grams * WEIGHT_MARGIN_PERCENT / 100)
    }

    /// What that costs: half up to the minor unit.
    ///
    /// # Errors
    /// [`MoneyError`] when it is too much to count.
    pub fn price(&self) -> Result<Money, MoneyError> {
        let thousandfold = i128::from(self.price_per_kg.amount) * i128::from(self.grams_held());
        let amount = i64::try_from((thousandfold + 500).div_euclid(1_000)).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(amount, self.price_per_kg.currency))
    }
}

/// A modifier chosen with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderModifier {
    /// The modifier.
    pub sku: String,
    /// Its name, such as `Grass Jelly`.
    pub name: String,
    /// How many for each piece.
    pub quantity: i64,
    /// Of one.
    pub price: Money,
}

/// What an order costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// The sum of the lines, after discounts.
    pub subtotal: Money,
    /// What promotions took off the lines; absent where they took nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// Fees besides the goods, such as for delivery.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// The tax in lines and fees, or on them.
    pub tax: Money,
    /// Is the tax in the subtotal and the fees already?
    pub tax_inclusive: bool,
    /// The tax, in hundredths of a per cent, where one rate counts for everything: 700 is 7 %.
    #[serde(default)]
    pub tax_rate_bp: u32,
    /// Taxes by class and component, where more than one rate counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxAmount>,
    /// What the customer gives to the staff: neither discounted nor taxed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Money>,
    /// What is to be paid.
    pub total: Money,
}

impl Totals {
    /// The sum of lines. The tax of the whole order is rounded once, half up to the minor unit.
    ///
    /// # Errors
    /// [`MoneyError`] when it is too much to count.
    pub fn of(
        currency: Currency,
        tax_rate_bp: u32,
        tax_inclusive: bool,
        lines: &[OrderLine],
    ) -> Result<Self, MoneyError> {
        let subtotal = Money::sum(currency, lines.iter().map(|line| line.total))?;
        let (rate, amount) = (i128::from(tax_rate_bp), i128::from(subtotal.amount));
        // Contained: amount * rate / (10000 + rate); on top: amount * rate / 10000.
        let divisor = if tax_inclusive { 10_000 + rate } else { 10_000 };
        let tax = (amount * rate * 2 + divisor).div_euclid(divisor * 2);
        let tax = Money::new(i64::try_from(tax).map_err(|_| MoneyError::Overflow)?, currency);
        let total = if tax_inclusive { subtotal } else { subtotal.plus(tax)? };
        Ok(Self {
            subtotal,
            discount: None,
            fees: Vec::new(),
            tax,
            tax_inclusive,
            tax_rate_bp,
            taxes: Vec::new(),
            tip: None,
            total,
        })
    }
}

/// What a fee is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// The way to the customer.
    Delivery,
    /// That little was ordered.
    SmallOrder,
}

/// One fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fee {
    /// What for.
    pub kind: FeeKind,
    /// How much.
    pub amount: Money,
    /// How it is taxed.
    #[serde(default = "standard", skip_serializing_if = "is_standard")]
    pub tax_class: String,
}

/// One component of the tax on one class, such as the county's on food.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxAmount {
    /// The class.
    pub class: String,
    /// The component's name on receipts, such as `CGST`.
    pub name: String,
    /// Its rate in millionths: 70000 is 7 %.
    pub rate_ppm: u32,
    /// What lines and fees of the class come to, with the tax where prices contain it.
    pub on: Money,
    /// The tax.
    pub amount: Money,
}

/// What was paid of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentSummary {
    /// The payment that paid it; the last, where there were several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Id>,
    /// All payments that were captured for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Id>,
    /// How it was paid, where the store took the money itself: `cash`, `card_terminal`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    /// What the customer is to pay in cash when it is handed over; absent once it is collected, or where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Promise>,
    /// What was captured.
    pub paid: Money,
    /// What was given back.
    pub refunded: Money,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<String>,
}

/// Cash that is to be collected when an order is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promise {
    /// The payment that is pending until then.
    pub payment_id: Id,
    /// How much.
    pub amount: Money,
}

/// One step of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// The order's version after it.
    pub version: u32,
    /// Where it went from; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<OrderStatus>,
    /// Where it went to; the same for a note.
    pub to: OrderStatus,
    /// Who did it.
    pub actor: Party,
    /// In which role.
    pub role: Role,
    /// Why, or what was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
