//! Text, shaped: which glyphs of which font stand where.

use crate::font::Fonts;
use harfrust::{Buffer, GlyphInfo, ShapeOptions, shape};

/// A glyph at its place in a run, in thousandths of an em.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyph {
    /// The code that a page writes for it.
    pub code: u16,
    /// How wide it is by itself.
    pub width: f32,
    /// From the run's beginning to where it is drawn.
    pub x: f32,
    /// Above the line.
    pub y: f32,
}

/// Glyphs of one font.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Which font.
    pub font: usize,
    /// They, from left to right.
    pub glyphs: Vec<Glyph>,
    /// How wide all of them are.
    pub width: f32,
}

/// A line of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Its runs, from left to right.
    pub runs: Vec<Run>,
}

impl Line {
    /// How wide it is in thousandths of an em.
    pub fn width(&self) -> f32 {
        self.runs.iter().map(|run| run.width).sum()
    }
}

/// Shapes a line. What no font has is `?`, what is no blank and cannot be seen is left out.
pub fn line(fonts: &mut Fonts, text: &str) -> Line {
    let mut line = Line::default();
    let (mut run, mut font) = (String::new(), None);
    for character in text.chars() {
        let character = if character.is_whitespace() { ' ' } else { character };
        if character.is_control() {
            continue;
        }
        let (found, shown) = match fonts.of(character, font) {
            Some(found) => (Some(found), character),
            None => (fonts.of('?', font), '?'),
        };
        if found != font {
            flush(fonts, &mut line, font, &mut run);
            font = found;
        }
        run.push(shown);
    }
    flush(fonts, &mut line, font, &mut run);
    line
}

fn flush(fonts: &mut Fonts, line: &mut Line, font: Option<usize>, run: &mut String) {
    let text = std::mem::take(run);
    let Some(index) = font.filter(|_| !text.is_empty()) else { return };
    let Some(face) = fonts.0.get_mut(index) else { return };
    let mut buffer = Buffer::new();
    buffer.push_str(&text);
    buffer.guess_segment_properties();
    if shape(&face.shaper(), &mut buffer, ShapeOptions::new()).is_err() {
        return;
    }
    let (infos, positions) = (buffer.glyph_infos(), buffer.glyph_positions());
    // A cluster's text ends where the next one begins.
    let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    let of = |start: usize| {
        let end = starts.iter().copied().find(|next| *next > start).unwrap_or(text.len());
        text.get(start..end).unwrap_or_default().to_owned()
    };
    let (mut glyphs, mut pen) = (Vec::with_capacity(infos.len()), 0);
    for (index, (info, position)) in infos.iter().zip(positions).enumerate() {
        // Each of a cluster's glyphs stands for one of its characters in their order, the last for all that are left: together they say what
        // was written, whatever was turned around.
        let cluster = |info: &GlyphInfo| info.cluster as usize;
        let first = infos.iter().position(|other| other.cluster == info.cluster).unwrap_or(index);
        let is_last = infos.get(index + 1).is_none_or(|next| next.cluster != info.cluster);
        let characters = of(cluster(info));
        let rest = characters.chars().skip(index - first);
        let said: String = if is_last { rest.collect() } else { rest.take(1).collect() };
        let glyph = u16::try_from(info.glyph_id).unwrap_or(0);
        let (x, y) = (face.thousandths(pen + position.x_offset), face.thousandths(position.y_offset));
        let width = face.width(glyph);
        glyphs.push(Glyph { code: face.code(glyph, said), width, x, y });
        pen += position.x_advance;
    }
    line.runs.push(Run { font: index, glyphs, width: face.thousandths(pen) });
}
