//! Promotions as data: what is given, to whom, when, and how it goes together with others.

use crate::when::{DateWindow, WeeklyWindow};
use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod check;
mod wire;

/// A hundred per cent, in hundredths of a per cent.
pub const WHOLE_BP: u32 = 10_000;

/// Uses of one promotion in one order at most, where it does not say.
pub const MAX_USES: u32 = 1_000;

/// One rule of a campaign. All conditions must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Its id; among equal priorities the smaller goes first.
    pub id: Id,
    /// What it is called on receipts.
    #[schema(example = "Happy hour")]
    pub name: String,
    /// The greater goes first.
    #[serde(default)]
    pub priority: i32,
    /// What it gives.
    pub benefit: Benefit,
    /// For which orders.
    #[serde(default)]
    pub conditions: Conditions,
    /// How it goes together with others.
    #[serde(default)]
    pub stacking: Stacking,
    /// What it gives at most.
    #[serde(default)]
    pub caps: Caps,
}

/// What a promotion gives. Pieces that a buy-X-get-Y or a bundle took are there for no other of these two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "wire::Benefit")]
pub enum Benefit {
    /// A part of what the lines still cost.
    Percentage {
        /// In hundredths of a per cent: 1000 is 10 %.
        #[schema(minimum = 1, maximum = 10000)]
        percent_bp: u32,
        /// Off which lines.
        #[serde(default)]
        on: Selector,
    },
    /// An amount off the lines together, shared out by what they still cost.
    AmountOff {
        /// How much.
        amount: Money,
        /// Off which lines.
        #[serde(default)]
        on: Selector,
    },
    /// An amount off each piece.
    AmountOffEach {
        /// How much off one piece.
        amount: Money,
        /// Off which pieces.
        #[serde(default)]
        on: Selector,
    },
    /// For each `buy` pieces, `get` more for less: the cheapest that can be. Both may be the same goods. Goods sold by weight
    /// have no pieces.
    BuyGet {
        /// How many are paid in full in one use.
        #[schema(minimum = 1, maximum = 1000)]
        buy: u32,
        /// Which.
        #[serde(default)]
        buy_on: Selector,
        /// How many are given for less in one use.
        #[schema(minimum = 1, maximum = 1000)]
        get: u32,
        /// Which.
        #[serde(default)]
        get_on: Selector,
        /// By how much less, in hundredths of a per cent: 10000 is free.
        #[schema(minimum = 1, maximum = 10000)]
        percent_bp: u32,
    },
    /// Some pieces together at a fixed price: of each part the dearest, parts in their order.
    Bundle {
        /// What belongs to it, the narrowest first.
        parts: Vec<BundlePart>,
        /// What one bundle costs.
        price: Money,
    },
    /// The more, the cheaper: the highest tier reached counts, for all of it.
    BulkTiers {
        /// What is counted.
        measure: BulkMeasure,
        /// Steps that rise.
        tiers: Vec<Tier>,
        /// Of which lines.
        #[serde(default)]
        on: Selector,
    },
}

/// One part of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BundlePart {
    /// How many pieces.
    #[schema(minimum = 1, maximum = 1000)]
    pub pieces: u32,
    /// Of which.
    pub on: Selector,
}

/// What a bulk tier counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkMeasure {
    /// Pieces; goods sold by weight are left out.
    Pieces,
    /// Grams of goods sold by weight.
    Grams,
}

/// One step of bulk prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From how many pieces or grams on.
    #[schema(minimum = 1)]
    pub from: i64,
    /// What is off then, in hundredths of a per cent.
    #[schema(minimum = 1, maximum = 10000)]
    pub percent_bp: u32,
}

/// Which lines: those of any variant, product or category named, all when none is named, without those of `except_variants`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Selector {
    /// Skus of variants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// Products.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Id>,
    /// Names of categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Skus of variants that are left out in any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_variants: Vec<String>,
}

/// For which orders a promotion is. An empty list asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// In any of these hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<WeeklyWindow>,
    /// In any of these stretches of the calendar.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateWindow>,
    /// At any of these stores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Id>,
    /// At a store of any of these franchisees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub franchisees: Vec<Id>,
    /// For customers of any of these segments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    /// Only for a customer's first order.
    pub first_order: bool,
    /// From this sum of list prices on, over the whole order: what other promotions take off does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_subtotal: Option<Money>,
    /// The coupon that must be shown; ASCII letters of either case are the same. That a coupon is not used up sees whoever
    /// passes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
}

/// How a promotion goes together with others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "wire::Stacking")]
pub enum Stacking {
    /// With all others: it takes from what they left.
    #[default]
    Stackable,
    /// With no other: it comes first, or not at all.
    Exclusive,
    /// With no other of its group.
    ExclusiveIn {
        /// The group's name.
        group: String,
    },
}

/// What a promotion gives at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// In one use: one set of a buy-X-get-Y, one bundle; anything else is used once in an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_use: Option<Money>,
    /// In one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_order: Option<Money>,
    /// Uses in one order; 1000 where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    pub uses: Option<u32>,
}
