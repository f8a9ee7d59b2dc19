//! What was sold, as agreements look at it.

use kirana_kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of thing money was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoldKind {
    /// Food, drinks, goods.
    Goods,
    /// Delivery and other fees.
    Fee,
    /// Tips.
    Tip,
    /// Tax.
    Tax,
    /// Gift balance: it is a sale when it is spent.
    GiftBalance,
}

/// A sum of what was sold, or taken back: a line of an order, or many that are alike together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sold {
    /// What kind of thing.
    pub kind: SoldKind,
    /// The category of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What it was paid with, such as `points`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    /// Before discounts, without tax; below zero for what was taken back.
    pub list: Money,
    /// After discounts, without tax; below zero for what was taken back.
    pub net: Money,
}
