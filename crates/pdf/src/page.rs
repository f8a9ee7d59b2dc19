//! A page, as it is drawn: points from its lower left corner.

use crate::text::Line;

/// A4: width and height, in points.
pub const SIZE: (f32, f32) = (595.0, 842.0);

/// Something on a page.
pub enum Mark {
    /// A line of text: where its left end is, and how large it is.
    Text {
        /// From the left.
        x: f32,
        /// From below.
        y: f32,
        /// Points to an em.
        size: f32,
        /// What it says.
        line: Line,
    },
    /// A rule from margin to margin.
    Rule {
        /// From below.
        y: f32,
        /// How thick.
        thick: f32,
    },
}

/// A page.
#[derive(Default)]
pub struct Page {
    /// What is on it.
    pub marks: Vec<Mark>,
}
