//! What a letter carries that nobody but its reader may know: notifications asks identity for it when it writes the letter.

use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The secret of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterSecret {
    /// A token for a link, or a code to type.
    pub secret: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Where a text message goes; a letter goes to the address that its event says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}
