//! Barcodes of goods: trade item numbers, and what GS1 labels say beside them.

mod gtin;
mod label;

pub use gtin::Gtin;
pub use label::{Scan, read};

/// Why something is no barcode that is known here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// Not as long as a GTIN is.
    #[error("{found} digits: a GTIN has 8, 12, 13 or 14")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A GTIN has digits only.
    #[error("a GTIN is of digits only")]
    NotDigits,
    /// A digit was read or typed wrong.
    #[error("the last digit is {found}, and the others make it {expected}: a digit is wrong")]
    CheckDigit {
        /// What stands there.
        found: u8,
        /// What would be right.
        expected: u8,
    },
    /// A label without the trade item's number.
    #[error("the label has no GTIN: expected (01) with 14 digits")]
    NoGtin,
    /// An element that is not as its application identifier says.
    #[error("({ai}) is not right: expected {expected}")]
    Element {
        /// The application identifier.
        ai: String,
        /// What it is followed by.
        expected: &'static str,
    },
    /// One application identifier twice, with different values.
    #[error("({ai}) stands there twice, and says different things")]
    Twice {
        /// The application identifier.
        ai: String,
    },
}
