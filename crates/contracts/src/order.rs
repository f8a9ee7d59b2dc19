//! The order, as its store's Durable Object keeps it and everybody else reads it.

use kirana_kernel::{Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
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
    /// What was paid of it.
    pub payment: PaymentSummary,
    /// A wish of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was accepted.
    pub placed_at: Timestamp,
    /// Until when it must be paid.
    pub pay_by: Timestamp,
    /// Every step it took, without gaps.
    pub timeline: Vec<TimelineEntry>,
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
    /// Of all pieces, with modifiers.
    pub total: Money,
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
    /// The sum of the lines.
    pub subtotal: Money,
    /// The tax in it or on it.
    pub tax: Money,
    /// Is the tax in the subtotal already?
    pub tax_inclusive: bool,
    /// What is to be paid.
    pub total: Money,
}

/// What was paid of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentSummary {
    /// The payment that paid it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Id>,
    /// What was captured.
    pub paid: Money,
    /// What was given back.
    pub refunded: Money,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<String>,
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
