//! Documents of every script that has a font, and of one that has none.

use kirana_contracts::sheet::{Cell, Print, Sheet};
use kirana_pdf::{PdfError, covers, render};
use proptest::prelude::*;

fn sheet(names: &[&str]) -> Sheet {
    Sheet {
        title: "Invoice 17".into(),
        from: vec!["Siam".into(), "Rama I Road".into()],
        facts: vec![("Date".into(), "2026-11-20".into())],
        columns: vec!["Description".into(), "Pieces".into(), "Amount".into()],
        rows: names
            .iter()
            .map(|name| {
                vec![
                    Cell { text: (*name).into(), otherwise: Some("a-sku/large".into()) },
                    "2".to_owned().into(),
                    "THB 110.00".to_owned().into(),
                ]
            })
            .collect(),
        sums: vec![("Total".into(), "THB 110.00".into())],
        notes: vec!["Received: THB 110.00 by stripe.".into()],
    }
}

fn print(names: &[&str]) -> Print {
    Print { name: "Invoice 17".into(), sheets: vec![sheet(names)] }
}

fn has(file: &[u8], words: &str) -> bool {
    file.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn what_is_used_of_each_font_is_embedded_and_no_more() {
    let latin = render(&print(&["Golden Bubble Milk Tea"])).unwrap();
    assert!(latin.starts_with(b"%PDF-1.") && has(&latin, "%%EOF"));
    assert!(has(&latin, "KIRANA+NotoSans-Latin") && !has(&latin, "NotoSansThai") && !has(&latin, "NotoSansDevanagari"));
    let both = render(&print(&["ชาไข่มุก", "बबल चाय", "Smörgås"])).unwrap();
    assert!(has(&both, "KIRANA+NotoSansThai") && has(&both, "KIRANA+NotoSansDevanagari"));
    // Parts of fonts: all four of them have a quarter of a megabyte.
    assert!(both.len() < 100_000, "{} bytes", both.len());
    assert_eq!(both, render(&print(&["ชาไข่มุก", "बबल चाय", "Smörgås"])).unwrap());
}

#[test]
fn what_no_font_has_is_shown_by_its_other_name() {
    assert!(covers("ชาไข่มุก · बबल चाय · Crème brûlée №".trim_end_matches('№')) && !covers("珍珠奶茶") && !covers("شاي"));
    let other = render(&print(&["珍珠奶茶"])).unwrap();
    assert_eq!(other, render(&print(&["a-sku/large"])).unwrap());
}

#[test]
fn a_long_document_goes_on_over_pages_and_one_that_is_too_long_is_refused() {
    let long = render(&print(&["Milk tea"; 300])).unwrap();
    let short = render(&print(&["Milk tea"])).unwrap();
    let pages = |file: &[u8]| file.windows(11).filter(|window| *window == b"/Type /Page").count();
    assert!(pages(&long) > pages(&short) + 5, "{}", pages(&long));
    assert_eq!(render(&print(&["Milk tea"; 1_001])), Err(PdfError::Size));
    assert_eq!(render(&Print::default()), Err(PdfError::Size));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_the_words_are_there_is_a_document(title in "\\PC{0,80}", name in ".{0,200}", note in "\\PC{0,300}") {
        let mut one = sheet(&[&name]);
        (one.title, one.notes) = (title, vec![note]);
        let file = render(&Print { name: "x".into(), sheets: vec![one] }).unwrap();
        prop_assert!(file.starts_with(b"%PDF-"));
    }
}
