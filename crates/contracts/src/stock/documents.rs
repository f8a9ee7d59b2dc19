//! Documents of a store's stock: transfers, stocktakes, leases, and sales made while the line was down.

use crate::order::{OrderLine, Party, Totals};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A quantity of one stock item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferLine {
    /// The stock item.
    pub sku: String,
    /// In the item's unit.
    #[schema(minimum = 1)]
    pub quantity: i64,
}

/// Goods that leave for another store. The same `transfer_id` again is answered the same and moves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferOut {
    /// The document.
    pub transfer_id: Id,
    /// What leaves.
    pub lines: Vec<TransferLine>,
}

/// A part of a batch under way: what the other side needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferPart {
    /// The stock item.
    pub sku: String,
    /// In the item's unit.
    pub quantity: i64,
    /// What it is worth, in minor units.
    pub value: i64,
    /// Until when it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Who delivered it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The supplier's lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Such as `USDA Organic 1234`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification: Option<String>,
}

/// Goods that arrived from another store. The same `transfer_id` and `delivery` again move nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferIn {
    /// The document.
    pub transfer_id: Id,
    /// Counts the deliveries of one transfer, from 1.
    pub delivery: u32,
    /// What arrived.
    pub parts: Vec<TransferPart>,
}

/// What somebody counted of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountLine {
    /// The stock item.
    pub sku: String,
    /// What is there, reserved included, in the item's unit.
    #[schema(minimum = 0)]
    pub counted: i64,
}

/// Where a stocktake stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StocktakeStatus {
    /// Lines may still be counted.
    Counting,
    /// Its variances are in the books.
    Approved,
    /// Thrown away.
    Discarded,
}

/// One item of a stocktake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StocktakeLine {
    /// The stock item.
    pub sku: String,
    /// What was counted.
    pub counted: i64,
    /// What the books said at that moment.
    pub expected: i64,
    /// `counted - expected`: sales after the count do not change it.
    pub variance: i64,
    /// What the variance is worth, in minor units; set when it is approved.
    pub value: i64,
}

/// A stocktake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stocktake {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub status: StocktakeStatus,
    /// When it began.
    pub opened_at: Timestamp,
    /// Who counts.
    pub counted_by: Party,
    /// Who approved it, somebody else than who counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Party>,
    /// What was counted.
    pub lines: Vec<StocktakeLine>,
}

/// A machine or counter wants stock of its own for when the line is down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseRequest {
    /// The machine or counter.
    pub device_id: Id,
    /// How much of what.
    pub lines: Vec<TransferLine>,
    /// Until when it may sell without asking, at most a week ahead.
    pub until: Timestamp,
}

/// Stock that a machine or counter may sell on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lease {
    /// Its id.
    pub id: Id,
    /// Whose it is.
    pub device_id: Id,
    /// Until when the device may sell.
    pub until: Timestamp,
    /// What is leased.
    pub lines: Vec<LeaseLine>,
    /// Is it over? What was not sold is free again.
    pub ended: bool,
}

/// One item of a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaseLine {
    /// The stock item.
    pub sku: String,
    /// How much was leased.
    pub leased: i64,
    /// How much of it the device says it sold.
    pub sold: i64,
}

/// What a device sold of its lease: counters that only grow, so that the same report twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseSales {
    /// Sold since the lease began, by stock item.
    pub sold: Vec<Sold>,
    /// Does the device give the rest back?
    #[serde(default)]
    pub finished: bool,
}

/// A device's counter of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sold {
    /// The stock item.
    pub sku: String,
    /// Sold since the lease began.
    #[schema(minimum = 0)]
    pub total: i64,
}

/// A sale that was made while the line was down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineSale {
    /// The device's own key of the sale: it is applied once.
    pub key: String,
    /// The device's own count, without gaps from 1.
    pub seq: u64,
    /// When, by the device's clock.
    pub sold_at: Timestamp,
    /// What was sold, with the prices that were asked.
    pub lines: Vec<OrderLine>,
    /// What was paid.
    pub totals: Totals,
    /// How: `cash`, `card_terminal`, ...
    pub tender: String,
}

/// Sales that a counter made while the line was down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineBatch {
    /// The store.
    pub store_id: Id,
    /// Its number.
    pub store_number: u32,
    /// The counter.
    pub device_id: Id,
    /// The sales, oldest first, at most 500.
    pub sales: Vec<OfflineSale>,
}

/// What became of one sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfflineOutcome {
    /// In the books.
    Applied,
    /// Was there already.
    Duplicate,
    /// In the books, though the books did not have all of it: see the variances.
    AppliedShort,
}

/// The answer for one sale of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfflineResult {
    /// The device's key.
    pub key: String,
    /// What became of it.
    pub outcome: OfflineOutcome,
    /// The order it is now.
    pub order_id: Id,
}

/// Goods that were sold though the books did not have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Variance {
    /// Its number.
    pub id: i64,
    /// When it was found.
    pub at: Timestamp,
    /// The stock item.
    pub sku: String,
    /// How much was sold beyond the books, in the item's unit.
    pub quantity: i64,
    /// The order or lease.
    pub reference: String,
    /// When somebody looked into it.
    pub resolved_at: Option<Timestamp>,
    /// What they found.
    pub resolution: Option<String>,
}
