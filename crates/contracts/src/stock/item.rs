//! What a store keeps, and what its sellables are made of.

use kirana_kernel::{Measure, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which batch goes out first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuePolicy {
    /// First expired, first out; what does not expire goes last.
    #[default]
    Fefo,
    /// First in, first out.
    Fifo,
    /// Last in, first out.
    Lifo,
}

impl IssuePolicy {
    /// Its name in tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fefo => "fefo",
            Self::Fifo => "fifo",
            Self::Lifo => "lifo",
        }
    }
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
    /// Which batch goes out first.
    #[serde(default)]
    pub policy: IssuePolicy,
    /// What one piece is in the item's unit, where it is weighed or measured: a lemon is 120 g.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub piece_size: Option<i64>,
    /// Hours before a batch expires that the store is warned; 24 if not given.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 8760)]
    pub near_expiry_hours: i64,
    /// Reorder so that it lasts this many days at the pace of its sales; nothing is reordered by itself without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 365)]
    pub cover_days: Option<i64>,
}

const fn a_day() -> i64 {
    24
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
    /// How much of it ends up in the cup, in `measure`.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// What `quantity` is in; the item's unit if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// How much of the item is usable, in per cent: of a pineapple at 55, 100 g in the cup use up 182 g. 100 if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100)]
    pub yield_percent: Option<i64>,
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
