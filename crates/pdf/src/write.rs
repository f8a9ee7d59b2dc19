//! The file: pages, and the fonts that they use.

use crate::PdfError;
use crate::font::{Face, Fonts};
use crate::layout::MARGIN;
use crate::page::{Mark, Page, SIZE};
use crate::text::Line;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use subsetter::{GlyphRemapper, subset};

const IDENTITY: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Writes all of it.
///
/// # Errors
/// [`PdfError::Font`].
pub fn document(name: &str, pages: &[Page], fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let mut next = Ref::new(1);
    let (catalog, tree, info) = (next.bump(), next.bump(), next.bump());
    let faces: Vec<(String, Ref, &Face)> = fonts
        .0
        .iter()
        .enumerate()
        .filter(|(_, face)| face.is_used())
        .map(|(index, face)| (label(index), next.bump(), face))
        .collect();
    let places: Vec<(Ref, Ref)> = pages.iter().map(|_| (next.bump(), next.bump())).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(pages.len()).map_err(|_| PdfError::Size)?;
    pdf.pages(tree).kids(places.iter().map(|(page, _)| *page)).count(count);
    pdf.document_info(info).title(TextStr(name)).producer(TextStr("Kirana"));
    for (page, (id, content)) in pages.iter().zip(&places) {
        let mut writer = pdf.page(*id);
        writer.parent(tree).media_box(Rect::new(0.0, 0.0, SIZE.0, SIZE.1)).contents(*content);
        let mut resources = writer.resources();
        let mut named = resources.fonts();
        for (label, face, _) in &faces {
            named.pair(Name(label.as_bytes()), *face);
        }
        named.finish();
        resources.finish();
        writer.finish();
        pdf.stream(*content, &drawn(page));
    }
    for (_, id, face) in &faces {
        font(&mut pdf, &mut next, *id, face)?;
    }
    Ok(pdf.finish())
}

fn label(index: usize) -> String {
    format!("F{index}")
}

fn drawn(page: &Page) -> Vec<u8> {
    let mut content = Content::new();
    for mark in &page.marks {
        match mark {
            Mark::Text { x, y, size, line } => said(&mut content, *x, *y, *size, line),
            Mark::Rule { y, thick } => {
                content.set_line_width(*thick).move_to(MARGIN, *y).line_to(SIZE.0 - MARGIN, *y).stroke();
            }
        }
    }
    content.finish().to_vec()
}

/// Each glyph is put where shaping wants it: along the line by a shift before it, above it by raising it, so that a line stays one for whoever
/// reads it.
fn said(content: &mut Content, x: f32, y: f32, size: f32, line: &Line) {
    let (mut pen, em) = (x, size / 1_000.0);
    content.begin_text();
    for run in &line.runs {
        content.set_font(Name(label(run.font).as_bytes()), size);
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, pen, y]);
        let mut at = 0.0;
        for together in run.glyphs.chunk_by(|one, next| (one.y - next.y).abs() < 0.5) {
            content.set_rise(together.first().map_or(0.0, |glyph| glyph.y * em));
            let mut shown = content.show_positioned();
            let mut items = shown.items();
            for glyph in together {
                let shift = at - glyph.x;
                if shift.abs() > 0.5 {
                    items.adjust(shift);
                }
                items.show(Str(&glyph.code.to_be_bytes()));
                at = glyph.x + glyph.width;
            }
        }
        pen += run.width * em;
    }
    content.set_rise(0.0);
    content.end_text();
}

/// A font: what is used of it, which glyph each code is, and what each stands for.
fn font(pdf: &mut Pdf, next: &mut Ref, id: Ref, face: &Face) -> Result<(), PdfError> {
    let (cid, descriptor, map, unicode, file) = (next.bump(), next.bump(), next.bump(), next.bump(), next.bump());
    let mut remapper = GlyphRemapper::new();
    let glyphs: Vec<u16> = face.uses.iter().map(|(glyph, _)| remapper.remap(*glyph)).collect();
    let bytes = subset(face.bytes, 0, &remapper).map_err(|_| PdfError::Font)?;
    // Six letters and a plus say that it is a part (9.6.4).
    let name = format!("KIRANA+{}", face.name);
    let name = Name(name.as_bytes());
    let mut writer = pdf.type0_font(id);
    writer.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(unicode);
    writer.finish();
    let mut writer = pdf.cid_font(cid);
    writer.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
    writer.default_width(0.0).cid_to_gid_map_stream(map);
    writer.widths().consecutive(0, face.uses.iter().map(|(glyph, _)| face.width(*glyph)));
    writer.finish();
    let mut writer = pdf.font_descriptor(descriptor);
    // What Noto Sans says of itself, in thousandths.
    writer.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(-1_000.0, -500.0, 2_000.0, 1_500.0));
    writer.italic_angle(0.0).ascent(1_069.0).descent(-293.0).cap_height(714.0).stem_v(80.0).font_file2(file);
    writer.finish();
    let places: Vec<u8> = glyphs.iter().flat_map(|glyph| glyph.to_be_bytes()).collect();
    pdf.stream(map, &places);
    let mut cmap: UnicodeCmap = UnicodeCmap::new(Name(b"Kirana"), IDENTITY);
    for (code, (_, text)) in (0_u16..).zip(&face.uses) {
        // What stands for nothing is said to, or readers make something up.
        if code > 0 {
            cmap.pair_with_multiple(code, text.chars());
        }
    }
    let cmap = cmap.finish();
    pdf.cmap(unicode, &cmap).name(Name(b"Kirana")).system_info(IDENTITY);
    let length = i32::try_from(bytes.len()).map_err(|_| PdfError::Font)?;
    pdf.stream(file, &bytes).pair(Name(b"Length1"), length);
    Ok(())
}
