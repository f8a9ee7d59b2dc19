//! Sheets as PDF (ISO 32000): a title, facts, a table, sums.
//!
//! Text is shaped by HarfBuzz's rules (`harfrust`), so that Thai marks stand where they belong and Devanagari joins and turns around; what
//! is used of a font is embedded, and nothing else. Each glyph is written with the text that it stands for, so that a reader that copies or
//! reads aloud says what was meant. The fonts are Noto Sans for Latin, Thai and Devanagari (`fonts/OFL.txt`): what none of them has is shown
//! by its other name, or as `?`. Right-to-left scripts are not among them.

mod font;
mod layout;
mod page;
mod text;
mod write;

pub use font::covers;

use kirana_contracts::sheet::Print;

/// Why a document cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PdfError {
    /// A font of ours cannot be read or made smaller: ours to mend.
    Font,
    /// There is nothing to print, or more than a document may have.
    Size,
}

impl std::fmt::Display for PdfError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Font => "a font cannot be read",
            Self::Size => "expected 1 to 50 sheets with at most 1000 rows each",
        })
    }
}

impl std::error::Error for PdfError {}

/// Sheets of one document, and rows of one sheet.
const MOST: (usize, usize) = (50, 1_000);

/// The document as the bytes of a PDF file. The same document gives the same bytes.
///
/// # Errors
/// [`PdfError`].
pub fn render(print: &Print) -> Result<Vec<u8>, PdfError> {
    if !(1..=MOST.0).contains(&print.sheets.len()) || print.sheets.iter().any(|sheet| sheet.rows.len() > MOST.1) {
        return Err(PdfError::Size);
    }
    let mut fonts = font::Fonts::new()?;
    let pages = layout::pages(print, &mut fonts)?;
    write::document(&print.name, &pages, &fonts)
}
