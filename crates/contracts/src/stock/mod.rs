//! A store's stock: what its Durable Object is told and what it answers.

mod barcode;
mod documents;
mod item;
mod movement;
mod quarantine;

pub use barcode::{Barcode, ItemBarcodes, MAX_BARCODES};
pub use documents::{
    CountLine, Lease, LeaseLine, LeaseRequest, LeaseSales, OfflineBatch, OfflineOutcome, OfflineResult, OfflineSale,
    Sold, Stocktake, StocktakeLine, StocktakeStatus, TransferIn, TransferLine, TransferOut, TransferPart, Variance,
};
pub use item::{Ingredient, IssuePolicy, Recipe, StockItem, StockSetup};
pub use kirana_kernel::{Measure, Unit};
pub use movement::{
    Adjustment, Batch, Direction, JournalEntry, JournalProof, Move, MoveKind, Moved, Movement, Receipt, ReceiptBatch,
    ReceiptsTaken, Spoilage, StockLevel, StockReturn, TagRead, TagsMoved, Usage,
};
pub use quarantine::{Quarantine, QuarantineOutcome, QuarantineRequest, QuarantineResolution, QuarantinedBatch};
