//! The fonts, and what of them a document uses.

use crate::PdfError;
use harfrust::font::Font;
use harfrust::{GlyphId, ShaperFont};
use std::collections::BTreeMap;

/// Every font, the first that has a character shows it.
const FILES: [(&str, &[u8]); 4] = [
    ("NotoSans-Latin", include_bytes!("../fonts/noto-sans-latin.ttf")),
    ("NotoSans-LatinExt", include_bytes!("../fonts/noto-sans-latin-ext.ttf")),
    ("NotoSansThai", include_bytes!("../fonts/noto-sans-thai.ttf")),
    ("NotoSansDevanagari", include_bytes!("../fonts/noto-sans-devanagari.ttf")),
];

/// A glyph with what it stands for: the first of a cluster for all of its text, the others for nothing.
pub type Use = (u16, String);

/// A font, and what a document uses of it.
pub struct Face {
    /// Its name in the file.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    font: Font,
    /// What is used, by the code that a page writes for it.
    pub uses: Vec<Use>,
    codes: BTreeMap<Use, u16>,
}

/// All of them.
pub struct Fonts(pub Vec<Face>);

impl Fonts {
    /// All, with nothing used.
    ///
    /// # Errors
    /// [`PdfError::Font`].
    pub fn new() -> Result<Self, PdfError> {
        FILES.into_iter().map(|(name, bytes)| Face::new(name, bytes)).collect::<Result<_, _>>().map(Self)
    }

    /// The font that shows a character; marks and blanks go with what is before them.
    pub fn of(&self, character: char, before: Option<usize>) -> Option<usize> {
        let shows = |index: &usize| self.0.get(*index).is_some_and(|face| face.shows(character));
        before.filter(shows).or_else(|| (0..self.0.len()).find(shows))
    }
}

impl Face {
    fn new(name: &'static str, bytes: &'static [u8]) -> Result<Self, PdfError> {
        let font = Font::new(bytes, 0).ok_or(PdfError::Font)?;
        // Code 0 is the glyph of what is not there.
        let mut face = Self { name, bytes, font, uses: Vec::new(), codes: BTreeMap::new() };
        face.code(0, String::new());
        Ok(face)
    }

    /// What shapes text with it.
    pub fn shaper(&self) -> ShaperFont<'_, 'static> {
        ShaperFont::new(&self.font)
    }

    fn shows(&self, character: char) -> bool {
        self.font.charmap().map_unicode(character).is_some()
    }

    /// The code of a glyph that stands for this text.
    pub fn code(&mut self, glyph: u16, text: String) -> u16 {
        let next = u16::try_from(self.codes.len()).unwrap_or(u16::MAX);
        let uses = &mut self.uses;
        *self.codes.entry((glyph, text)).or_insert_with_key(|used| {
            uses.push(used.clone());
            next
        })
    }

    /// Is it used at all?
    pub fn is_used(&self) -> bool {
        self.uses.len() > 1
    }

    /// Thousandths of an em for a unit of the font.
    #[allow(clippy::cast_precision_loss)] // a font's units are small
    pub fn thousandths(&self, units: i32) -> f32 {
        units as f32 * 1_000.0 / f32::from(self.font.units_per_em().max(1))
    }

    /// How wide a glyph is, in thousandths of an em.
    pub fn width(&self, glyph: u16) -> f32 {
        self.thousandths(self.shaper().glyph_h_advance(GlyphId::from(glyph)))
    }
}

/// Is there a font for all of this text?
#[must_use]
pub fn covers(text: &str) -> bool {
    Fonts::new().is_ok_and(|fonts| text.chars().all(|character| fonts.of(character, None).is_some()))
}
