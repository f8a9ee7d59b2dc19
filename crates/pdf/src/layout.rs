//! Where things stand on pages.

use crate::PdfError;
use crate::font::{Fonts, covers};
use crate::page::{Mark, Page, SIZE};
use crate::text::{self, Line};
use kirana_contracts::sheet::{Cell, Print, Sheet};

/// Points at each side.
pub const MARGIN: f32 = 54.0;

/// Points between two lines of the text.
const LEADING: f32 = 17.0;

/// Points to an em.
const BODY: f32 = 10.0;
/// The same, of notes.
const SMALL: f32 = 8.5;
/// The same, of titles.
const TITLE: f32 = 20.0;

/// Points of a column of figures.
const COLUMN: f32 = 92.0;

struct Pen<'a> {
    fonts: &'a mut Fonts,
    pages: Vec<Page>,
    y: f32,
}

/// The pages of a document.
///
/// # Errors
/// [`PdfError::Font`].
pub fn pages(print: &Print, fonts: &mut Fonts) -> Result<Vec<Page>, PdfError> {
    let mut pen = Pen { fonts, pages: Vec::new(), y: 0.0 };
    for sheet in &print.sheets {
        pen.sheet(sheet);
    }
    let total = pen.pages.len();
    for index in 0..total {
        let line = text::line(pen.fonts, &format!("{} / {total}", index + 1));
        let x = SIZE.0 - MARGIN - line.width() * SMALL / 1_000.0;
        if let Some(page) = pen.pages.get_mut(index) {
            page.marks.push(Mark::Text { x, y: MARGIN / 2.0, size: SMALL, line });
        }
    }
    Ok(pen.pages)
}

impl Pen<'_> {
    fn sheet(&mut self, sheet: &Sheet) {
        self.turn();
        for words in &sheet.from {
            self.say(words, BODY, LEADING);
        }
        self.y -= LEADING;
        self.say(&sheet.title, TITLE, LEADING * 1.8);
        for (word, what) in &sheet.facts {
            let line = text::line(self.fonts, word);
            self.put(MARGIN, BODY, line);
            let line = self.fitted(what, BODY, SIZE.0 - 2.0 * MARGIN - 120.0);
            self.put(MARGIN + 120.0, BODY, line);
            self.down(LEADING);
        }
        self.y -= LEADING;
        self.heads(sheet);
        for row in &sheet.rows {
            if self.is_full(LEADING) {
                self.turn();
                self.heads(sheet);
            }
            self.row(row, sheet.columns.len());
        }
        self.rule(0.5);
        for (index, (word, amount)) in sheet.sums.iter().enumerate() {
            if self.is_full(LEADING) {
                self.turn();
            }
            let counts = index + 1 == sheet.sums.len();
            if counts {
                self.rule(1.0);
            }
            let size = if counts { BODY + 2.0 } else { BODY };
            let line = text::line(self.fonts, word);
            self.put(SIZE.0 - MARGIN - 2.6 * COLUMN, size, line);
            self.right(SIZE.0 - MARGIN, size, amount);
            self.down(LEADING);
        }
        self.y -= LEADING;
        for words in &sheet.notes {
            self.say(words, SMALL, LEADING);
        }
    }

    fn heads(&mut self, sheet: &Sheet) {
        let heads: Vec<Cell> = sheet.columns.iter().cloned().map(Cell::from).collect();
        self.row(&heads, sheet.columns.len());
        self.rule(0.5);
    }

    fn row(&mut self, cells: &[Cell], columns: usize) {
        let figures = columns.saturating_sub(1);
        for (index, cell) in cells.iter().take(columns).enumerate() {
            let shown = match &cell.otherwise {
                Some(other) if !covers(&cell.text) => other,
                _ => &cell.text,
            };
            if index == 0 {
                #[allow(clippy::cast_precision_loss)] // a handful of columns
                let wide = SIZE.0 - 2.0 * MARGIN - COLUMN * figures as f32 - 8.0;
                let line = self.fitted(shown, BODY, wide);
                self.put(MARGIN, BODY, line);
            } else {
                #[allow(clippy::cast_precision_loss)] // a handful of columns
                let x = SIZE.0 - MARGIN - COLUMN * (figures - index) as f32;
                self.right(x, BODY, shown);
            }
        }
        self.down(LEADING);
    }

    /// A line that is no wider than that: its end is cut where it would be.
    fn fitted(&mut self, words: &str, size: f32, wide: f32) -> Line {
        let mut line = text::line(self.fonts, words);
        let mut kept: Vec<char> = words.chars().collect();
        while line.width() * size / 1_000.0 > wide && !kept.is_empty() {
            let keep = kept.len() * 9 / 10;
            kept.truncate(keep);
            let cut: String = kept.iter().collect();
            line = text::line(self.fonts, &format!("{}…", cut.trim_end()));
        }
        line
    }

    fn say(&mut self, words: &str, size: f32, leading: f32) {
        if self.is_full(leading) {
            self.turn();
        }
        let line = self.fitted(words, size, SIZE.0 - 2.0 * MARGIN);
        self.put(MARGIN, size, line);
        self.down(leading);
    }

    fn right(&mut self, x: f32, size: f32, words: &str) {
        let line = self.fitted(words, size, 2.0 * COLUMN);
        let x = x - line.width() * size / 1_000.0;
        self.put(x, size, line);
    }

    fn put(&mut self, x: f32, size: f32, line: Line) {
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(Mark::Text { x, y, size, line });
        }
    }

    fn rule(&mut self, thick: f32) {
        let y = self.y + LEADING * 0.7;
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(Mark::Rule { y, thick });
        }
    }

    fn down(&mut self, by: f32) {
        self.y -= by;
    }

    fn is_full(&self, by: f32) -> bool {
        self.y - by < MARGIN
    }

    fn turn(&mut self) {
        self.pages.push(Page::default());
        self.y = SIZE.1 - MARGIN - BODY;
    }
}
