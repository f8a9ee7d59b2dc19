//! The price of an order, and why it is that.

pub use kirana_contracts::order::{FeeKind, TaxAmount};
use kirana_kernel::{Currency, Id, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The price of an order with its explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Priced {
    /// What all amounts are in.
    pub currency: Currency,
    /// The lines in the order in which they were asked for.
    pub lines: Vec<PricedLine>,
    /// Fees.
    pub fees: Vec<PricedFee>,
    /// Taxes by class and component.
    pub taxes: Vec<TaxAmount>,
    /// The sums.
    pub totals: PricedTotals,
    /// Each promotion with what it did, in the order in which they were tried.
    pub promotions: Vec<PromotionOutcome>,
}

/// One line with its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedLine {
    /// The caller's id of it.
    pub id: String,
    /// By list price.
    pub list: Money,
    /// What was taken off, in the order in which it was.
    pub discounts: Vec<LineDiscount>,
    /// What is left: list without discounts.
    pub net: Money,
    /// The tax in that, or on it.
    pub tax: Money,
}

/// What one promotion took off one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineDiscount {
    /// The promotion.
    pub promotion: Id,
    /// How much, above zero.
    pub amount: Money,
}

/// One fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedFee {
    /// What for.
    pub kind: FeeKind,
    /// How much.
    pub amount: Money,
    /// The tax in that, or on it.
    pub tax: Money,
}

/// The sums of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedTotals {
    /// Lines by list price.
    pub list: Money,
    /// All discounts.
    pub discount: Money,
    /// Lines after discounts.
    pub net: Money,
    /// Fees.
    pub fees: Money,
    /// Taxes.
    pub tax: Money,
    /// Are the taxes in `net` and `fees` already?
    pub tax_inclusive: bool,
    /// The tip.
    pub tip: Money,
    /// What is to be paid: `net`, `fees` and `tip`, and `tax` where it is on top.
    pub total: Money,
}

/// What one promotion did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionOutcome {
    /// The promotion.
    pub promotion: Id,
    /// What it did, or why not.
    pub outcome: Outcome,
}

/// What came of a promotion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// It took something off.
    Applied {
        /// How much over all lines.
        amount: Money,
        /// How often it was used.
        uses: u32,
    },
    /// It did nothing.
    NotApplied {
        /// The first reason, by the order of [`Reason`].
        reason: Reason,
    },
}

/// Why a promotion did nothing. They are looked at in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Its amounts are in another currency.
    OtherCurrency,
    /// It is for other stores.
    OtherStore,
    /// It is for stores of other franchisees.
    OtherFranchisee,
    /// It runs at other dates.
    OutsideDates,
    /// It runs at other hours.
    OutsideHours,
    /// It is for some customers, and nobody can tell right now whether this is one.
    UnknownSegment,
    /// It is for other customers.
    OtherSegment,
    /// It is for first orders.
    NotFirstOrder,
    /// Its coupon was not shown.
    CouponMissing,
    /// There were only so many of it, for this customer or for all.
    UsedUp,
    /// None of its goods is in the cart.
    NothingChosen,
    /// The order is too small for it.
    BelowMinimum {
        /// What is missing, by list price.
        missing: Money,
    },
    /// Another promotion came first that it does not go with.
    Excluded {
        /// That one.
        by: Id,
    },
    /// There are too few pieces, or what there is was taken by another promotion.
    NotEnough,
    /// Nothing is left that it could take: lines are at their floor, or it comes to less than half a minor unit, or what it
    /// offers costs no less.
    NothingLeft,
}

impl Reason {
    /// Its name, as JSON has it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherCurrency => "other_currency",
            Self::OtherStore => "other_store",
            Self::OtherFranchisee => "other_franchisee",
            Self::OutsideDates => "outside_dates",
            Self::OutsideHours => "outside_hours",
            Self::UnknownSegment => "unknown_segment",
            Self::OtherSegment => "other_segment",
            Self::NotFirstOrder => "not_first_order",
            Self::CouponMissing => "coupon_missing",
            Self::UsedUp => "used_up",
            Self::NothingChosen => "nothing_chosen",
            Self::BelowMinimum { .. } => "below_minimum",
            Self::Excluded { .. } => "excluded",
            Self::NotEnough => "not_enough",
            Self::NothingLeft => "nothing_left",
        }
    }
}
