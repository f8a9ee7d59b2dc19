//! Movements of stock, and how stock stands after them.

use super::item::StockItem;
use kirana_kernel::{Id, Measure, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why stock changed. Every entry of the journal has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// Came in from a supplier.
    Receive,
    /// A person corrected it.
    Adjust,
    /// A stocktake found another quantity.
    Count,
    /// Spilt, broken, gone bad.
    Spoil,
    /// Passed its date.
    Expire,
    /// Left for another store.
    TransferOut,
    /// Came from another store.
    TransferIn,
    /// Used for an order.
    Sale,
    /// Came back from a sale.
    Return,
    /// Went through a gate that read its RFID tag.
    Rfid,
}

/// One part of a movement: what it did to one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Move {
    /// The batch.
    pub batch: i64,
    /// Its stock item.
    pub sku: String,
    /// In the item's unit; above zero came in, below went out.
    pub quantity: i64,
    /// What that is worth, in minor units of the store's currency, with the same sign.
    pub value: i64,
}

/// A movement as somebody at the store tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Movement {
    /// Goods came in.
    Receive(Receipt),
    /// The count was wrong.
    Adjust(Adjustment),
    /// Goods were lost.
    Spoil(Spoilage),
    /// Goods came back.
    Return(StockReturn),
}

/// Goods that came in, as one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The stock item.
    pub sku: String,
    /// How much, in `measure`.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// What `quantity` is in; the item's unit if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// What all of it cost, in minor units of the store's currency.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub cost: i64,
    /// Who delivered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The supplier's lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Until when it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Such as `USDA Organic 1234`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification: Option<String>,
    /// The document it came with, such as a purchase order's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// RFID tags on it; see `POST /inventory/rfid-track`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 500)]
    pub tags: Vec<String>,
}

/// `POST /receipts`: many receipts at once, all of them or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptBatch {
    /// Stock items that the receipts are of; those that are kept already stay as they are.
    pub items: Vec<StockItem>,
    /// What came in.
    pub receipts: Vec<Receipt>,
}

/// What was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsTaken {
    /// Receipts, each a batch.
    pub receipts: i64,
    /// Stock items that were not kept before.
    pub items_added: i64,
    /// What all of it cost, in minor units of the store's currency.
    pub cost: i64,
}

/// A correction of the count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// The stock item.
    pub sku: String,
    /// In the item's unit: above zero for what was found, below for what is missing.
    pub delta: i64,
    /// Why.
    pub reason: String,
}

/// Goods that were lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spoilage {
    /// The stock item.
    pub sku: String,
    /// How much, in the item's unit.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// Of which batch; by the item's issue policy if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Goods that came back from a sale and can be sold again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockReturn {
    /// The order they were sold with: they go back to the batches they came from, at most what it used up.
    pub order_id: Id,
    /// The stock item.
    pub sku: String,
    /// How much, in the item's unit.
    #[schema(minimum = 1)]
    pub quantity: i64,
    /// Why.
    pub reason: String,
}

/// What a movement did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Its number in the journal.
    pub entry: i64,
    /// What it did to each batch.
    pub moves: Vec<Move>,
    /// How the item stands now.
    pub level: StockLevel,
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
    /// What of it is held for orders and leases.
    pub reserved: i64,
    /// What of the rest is suspect, as its cold chain broke: not sold until somebody has looked.
    #[serde(default)]
    pub quarantined: i64,
    /// What can still be sold.
    pub available: i64,
    /// At or below this much available, somebody should reorder.
    pub low_stock_threshold: i64,
    /// What is on hand is worth this much by the issue policy, in minor units of the store's currency.
    pub value: i64,
}

/// A batch with stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// Its number in the store.
    pub id: i64,
    /// Its stock item.
    pub sku: String,
    /// What is there, reserved included.
    pub on_hand: i64,
    /// What of it is held.
    pub reserved: i64,
    /// Is it suspect? Then nothing of it is sold until somebody has looked.
    #[serde(default)]
    pub suspect: bool,
    /// What is on hand is worth this much.
    pub value: i64,
    /// When it came in.
    pub received_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
    /// Who delivered it.
    pub supplier: Option<String>,
    /// The supplier's lot.
    pub lot: Option<String>,
    /// Where it comes from.
    pub origin: Option<String>,
    /// Such as `USDA Organic 1234`.
    pub certification: Option<String>,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalEntry {
    /// Its number; without gaps.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub kind: MoveKind,
    /// Who.
    pub actor: String,
    /// The order, transfer, stocktake or document it belongs to.
    pub reference: Option<String>,
    /// What was said of it.
    pub reason: Option<String>,
    /// What it did to each batch.
    pub moves: Vec<Move>,
}

/// Whether stock can be computed anew from the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalProof {
    /// Entries read.
    pub entries: i64,
    /// Batches computed.
    pub batches: i64,
    /// Batches whose quantity or value is another than the journal says; none, always.
    pub differences: Vec<String>,
}

/// How much of an item was used up by sales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// The stock item.
    pub sku: String,
    /// What can still be sold.
    pub available: i64,
    /// Used by sales in the time looked at, in the item's unit.
    pub used: i64,
    /// Days looked at: from the first sale, at most 28.
    pub days: i64,
    /// How many days what is available lasts at that pace, in tenths; absent when nothing was sold.
    pub cover_tenths: Option<i64>,
    /// How much is missing for the item's `cover_days`, by what the same days of past weeks used, and for its threshold as a
    /// reserve; absent where it is not reordered by itself.
    pub missing: Option<i64>,
}

/// Which way a tag went through a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the store.
    In,
    /// Out of it.
    Out,
}

/// A tag that a reader saw at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagRead {
    /// The tag, as it was bound to a batch when the batch came in.
    pub tag: String,
    /// Which way it went.
    pub direction: Direction,
}

/// What became of tags that were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagsMoved {
    /// What it did to each batch.
    pub moves: Vec<Move>,
    /// Tags that were there (or gone) already: read twice.
    pub unchanged: Vec<String>,
    /// Tags that belong to no batch of this store.
    pub unknown: Vec<String>,
    /// Tags whose goods are held for orders and so were left in the books.
    pub held: Vec<String>,
}
