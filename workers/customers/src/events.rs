//! Who is forgotten is forgotten here too.

use crate::db;
use kirana_edge::Result;
use kirana_edge::db::Statement;
use kirana_events::{Event, EventData, ReadData, reads};

/// The events that it hears of.
pub const READS: ReadData = reads!(CustomerErased);

/// The effects of an event.
///
/// # Errors
/// None.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    match &event.data {
        EventData::CustomerErased(erased) => Ok(db::erase(erased.user_id)),
        _ => Ok(Vec::new()),
    }
}
