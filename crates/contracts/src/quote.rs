//! What is asked to be priced, and the price with its explanation.

use crate::order::{OrderLine, Totals};
use kirana_kernel::Currency;
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

/// What the lines cost, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// What all amounts are in.
    pub currency: Currency,
    /// The lines with their prices.
    pub lines: Vec<OrderLine>,
    /// The sum of them.
    pub totals: Totals,
    /// How each amount came about, for people.
    pub explanation: Vec<String>,
}
