//! Goods that may be spoilt: not sold until a person has looked at them.

use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks a store to keep back what it has of some items. The same `id` again is the same quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRequest {
    /// The quarantine.
    pub id: Id,
    /// Of these stock items, every batch that has stock now.
    pub skus: Vec<String>,
    /// Why.
    pub reason: String,
}

/// A batch that is suspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantinedBatch {
    /// The batch.
    pub batch: i64,
    /// Its stock item.
    pub sku: String,
    /// How much of it was there, in the item's unit.
    pub quantity: i64,
    /// How much of that was held then, for orders that were placed before and leases.
    #[serde(default)]
    pub held: i64,
}

/// What somebody decided of suspect goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineOutcome {
    /// They are good, and sold again.
    Released,
    /// They are thrown away: what is free of them at once, what is held when its order lets go of it.
    Spoilt,
}

/// Asks a store to end a quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineResolution {
    /// How.
    pub outcome: QuarantineOutcome,
}

/// Goods that a store keeps back, or kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quarantine {
    /// Its id.
    pub id: Id,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What is suspect.
    pub batches: Vec<QuarantinedBatch>,
    /// How it ended; absent while nobody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<QuarantineOutcome>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Who looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
}
