//! Barcodes of stock items.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Barcodes of one stock item at most: a good has one for each size of its pack.
pub const MAX_BARCODES: usize = 20;

/// A barcode, and what it is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Barcode {
    /// A GTIN of 14 digits; shorter ones have zeros before them.
    #[schema(example = "09506000134352")]
    pub gtin: String,
    /// The stock item.
    pub sku: String,
}

/// `POST /barcodes`: the barcodes of one stock item, in the place of those it had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemBarcodes {
    /// The stock item.
    pub sku: String,
    /// GTINs of 8, 12, 13 or 14 digits.
    pub barcodes: Vec<String>,
}
