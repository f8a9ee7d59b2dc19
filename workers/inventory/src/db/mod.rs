//! SQL of this worker, by what it is about. A document changes only from the version it was read at.

mod levels;
mod places;
mod purchase_orders;
mod suppliers;
mod transfers;

pub use levels::*;
pub use places::*;
pub use purchase_orders::*;
pub use suppliers::*;
pub use transfers::*;

use kirana_edge::{Problem, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A row that holds a document.
#[derive(Deserialize)]
struct Document {
    document: String,
}

fn read<T: DeserializeOwned>(row: &Document) -> Result<T> {
    Ok(serde_json::from_str(&row.document)?)
}

fn changed_meanwhile() -> Problem {
    Problem::conflict("changed_meanwhile", "somebody else changed it meanwhile: read it, and try again")
}
