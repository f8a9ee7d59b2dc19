//! The commands of a store's Durable Object.

use crate::order::{OrderLine, Party, Totals};
use kirana_kernel::{Fulfilment, Id, Money, OrderStatus, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of the object of the store with this number.
#[must_use]
pub fn object_name(store_number: u32) -> String {
    format!("store-{store_number}")
}

/// Who gives a command, for the timeline and the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub party: Party,
    /// In which role.
    pub role: Role,
}

/// A key that makes a command happen once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// Whose key: the caller's id.
    pub scope: String,
    /// The key, made up by the client.
    pub key: String,
    /// SHA-256 of the body: the same key with another body is a mistake.
    pub fingerprint: String,
}

/// `POST /orders`: a priced order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// Makes it happen once.
    pub idempotency: Idempotency,
    /// The store.
    pub store_id: Id,
    /// Its number.
    pub store_number: u32,
    /// Its day, such as `2026-11-20` in its time zone, for pickup numbers.
    pub day: String,
    /// Who orders.
    pub customer: Party,
    /// The lines with their prices.
    pub lines: Vec<OrderLine>,
    /// What they cost.
    pub totals: Totals,
    /// How the customer gets it.
    pub fulfilment: Fulfilment,
    /// A wish.
    pub note: Option<String>,
    /// The request that began it.
    pub request_id: String,
}

/// `POST /orders/{id}/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeStatus {
    /// Where to.
    pub to: OrderStatus,
    /// Why.
    pub reason: Option<String>,
}

/// `POST /orders/{id}/payment`: what became of a payment or a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// The money is captured.
    Completed {
        /// The payment.
        payment_id: Id,
        /// What was captured.
        amount: Money,
    },
    /// The gateway refused.
    Failed {
        /// The payment.
        payment_id: Id,
        /// Its reason.
        reason: String,
    },
    /// The money was given back.
    Refunded {
        /// The refund.
        refund_id: Id,
        /// What was given back.
        amount: Money,
    },
}

/// A stock item: what recipes are made of, or a good that is sold as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockItem {
    /// Unique in the chain, such as `tapioca-pearls`.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// At or below this much available, somebody should reorder.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub low_stock_threshold: i64,
}

/// What stock is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Pieces.
    Piece,
    /// Grams.
    G,
    /// Millilitres.
    Ml,
}

impl Unit {
    /// Its name in tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Piece => "piece",
            Self::G => "g",
            Self::Ml => "ml",
        }
    }
}

/// What one piece of a variant or modifier uses up. An empty list uses up nothing, such as `no sugar`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The variant or modifier.
    pub sku: String,
    /// What it takes.
    pub ingredients: Vec<Ingredient>,
}

/// One ingredient of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingredient {
    /// The stock item.
    pub sku: String,
    /// How much of it, in its unit.
    #[schema(minimum = 1)]
    pub quantity: i64,
}

/// `POST /setup`: stock items and recipes; those that exist are replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockSetup {
    /// Stock items.
    #[serde(default)]
    pub items: Vec<StockItem>,
    /// Recipes.
    #[serde(default)]
    pub recipes: Vec<Recipe>,
}

/// `POST /receive`: goods that came in, as one batch each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The stock item.
    pub sku: String,
    /// How much, in its unit.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// Who delivered it.
    #[serde(default)]
    pub supplier: Option<String>,
    /// What one unit cost, in minor units of the store's currency.
    #[serde(default)]
    pub unit_cost: i64,
    /// Until when it is good.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// `POST /adjust`: a correction of the count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// The stock item.
    pub sku: String,
    /// Above zero for what was found, below for what is missing.
    pub delta: i64,
    /// Why.
    pub reason: String,
}

/// How a stock item stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockLevel {
    /// The stock item.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// `piece`, `g` or `ml`.
    pub unit: String,
    /// What is there, reserved included.
    pub on_hand: i64,
    /// What of it is held for orders.
    pub reserved: i64,
    /// What can still be sold.
    pub available: i64,
    /// At or below this much available, somebody should reorder.
    pub low_stock_threshold: i64,
}
