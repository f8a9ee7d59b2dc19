//! What a letter carries that nobody but its reader may know: notifications asks identity for it when it writes the letter. And the letter
//! that books asks for.

use kirana_kernel::{Id, Timestamp};
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

/// Somebody asked for a letter about an invoice of theirs: `POST /internal/letters/invoice` of notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLetter {
    /// Who asked, and is written to.
    pub user_id: Id,
    /// How to address them.
    pub name: String,
    /// The address of their account, which they have proved.
    pub email: String,
    /// The order.
    pub order_id: Id,
    /// What is told of it, such as `Invoice 12 of 110.00 THB`.
    pub words: String,
}
