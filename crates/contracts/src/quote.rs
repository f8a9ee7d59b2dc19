//! What is asked to be priced, and the price with its explanation.

use crate::order::{OrderLine, Totals};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A line that a customer wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineRequest {
    /// The variant.
    #[schema(example = "golden-bubble-milk-tea/medium")]
    pub variant_sku: String,
    /// How many, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub quantity: i64,
    /// What to choose with each.
    #[serde(default)]
    pub modifiers: Vec<ModifierRequest>,
    /// How much, where it is sold by weight; the quantity is 1 then. What the scale says at picking is what is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 50000)]
    pub grams: Option<i64>,
}

/// A modifier that a customer wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModifierRequest {
    /// The modifier.
    #[schema(example = "choose-your-topping/grass-jelly")]
    pub sku: String,
    /// How many for each piece; 1 if not given.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 20)]
    pub quantity: i64,
}

const fn one() -> i64 {
    1
}

/// What the lines cost, why, and until when that is kept to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// Its id.
    pub id: Id,
    /// The store that gave it.
    pub store_id: Id,
    /// What all amounts are in.
    pub currency: Currency,
    /// The lines with their prices.
    pub lines: Vec<OrderLine>,
    /// The sum of them.
    pub totals: Totals,
    /// Each promotion that runs, with what it took off or why it took nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<PromotionNote>,
    /// How each amount came about, for people.
    pub explanation: Vec<String>,
    /// The zone that it is brought into; absent where the store has none, or nobody has said where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_zone: Option<QuoteZone>,
    /// The first moment at which it is not kept to.
    pub expires_at: Timestamp,
    /// Signed by the store: sent with the order, it costs this, also if prices have risen meanwhile.
    pub token: String,
}

/// What one promotion did to a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionNote {
    /// The promotion.
    pub promotion_id: Id,
    /// What it is called.
    pub name: String,
    /// What it took off; absent where it took nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why it took nothing, such as `below_minimum`; absent where it took something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same for people.
    pub explanation: String,
}

/// The delivery zone of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteZone {
    /// The zone.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// What is asked for the way there, before what is free from a sum on.
    pub fee: Money,
    /// What an order to it must come to, tax included; absent for whatever it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
}
