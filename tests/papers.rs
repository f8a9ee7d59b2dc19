//! What others read in the PDFs that we write: PyPI's `pypdf`, which knows nothing of how they were made.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use kirana_contracts::sheet::{Cell, Print, Sheet};
use std::path::Path;
use std::process::Command;

const READ: &str = "
import io, json, sys
from pypdf import PdfReader
reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=True)
fonts = {}
for page in reader.pages:
    for font in page['/Resources']['/Font'].values():
        child = font['/DescendantFonts'][0].get_object()
        fonts[str(font['/BaseFont'])] = len(child['/FontDescriptor']['/FontFile2'].get_object().get_data())
print(json.dumps({'title': reader.metadata.title, 'pages': [page.extract_text() for page in reader.pages], 'fonts': fonts}))
";

/// What a script of Python's prints for these bytes; none where Python was not set up.
fn read(file: &[u8]) -> Option<serde_json::Value> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/gateways/bin/python");
    if !python.is_file() {
        eprintln!("passed over: {} is not there; `cargo xtask test` sets it up", python.display());
        return None;
    }
    let mut child = Command::new(python)
        .args(["-c", READ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), file).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "pypdf does not read it");
    Some(serde_json::from_slice(&done.stdout).unwrap())
}

#[test]
fn a_reader_of_others_reads_what_was_written_in_every_script() {
    let names = ["Golden Bubble Milk Tea", "ชาไข่มุกน้ำผึ้ง", "बबल चाय, दूध के साथ", "Smörgåsbord Żółć", "珍珠奶茶"];
    let row = |name: &&str| {
        vec![Cell { text: (*name).into(), otherwise: Some("pearl-tea/large".into()) }, "THB 110.00".to_owned().into()]
    };
    let sheet = Sheet {
        title: "Invoice 17".into(),
        from: vec!["Siam".into(), "ถนนพระรามที่ 1".into()],
        facts: vec![("Order".into(), "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44".into())],
        columns: vec!["Description".into(), "Amount".into()],
        rows: names.iter().map(row).collect(),
        sums: vec![("Net".into(), "THB 102.80".into()), ("Total".into(), "THB 550.00".into())],
        notes: vec!["Received: THB 550.00 by stripe.".into()],
    };
    let credit = Sheet { title: "Credit note 3".into(), columns: vec!["Description".into()], ..Sheet::default() };
    let file = kirana_pdf::render(&Print { name: "Invoice 17".into(), sheets: vec![sheet, credit] }).unwrap();
    let Some(found) = read(&file) else { return };
    assert_eq!(found["title"], "Invoice 17");
    // It guesses blanks from distances.
    let plain = |page: &serde_json::Value| page.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let pages: Vec<String> = found["pages"].as_array().unwrap().iter().map(plain).collect();
    assert_eq!(pages.len(), 2, "{found}");
    for words in names.iter().take(4).chain(&[
        "pearl-tea/large",
        "ถนนพระรามที่ 1",
        "THB 102.80",
        "Received: THB 550.00 by stripe.",
    ]) {
        assert!(pages[0].contains(words), "{words} is not in {:?}", pages[0]);
    }
    assert!(!pages[0].contains('珍') && pages[1].contains("Credit note 3"));
    // A part of each font, and of none all of it.
    let fonts = found["fonts"].as_object().unwrap();
    assert_eq!(fonts.len(), 4, "{fonts:?}");
    assert!(fonts.values().all(|size| (500..60_000).contains(&size.as_u64().unwrap())), "{fonts:?}");
}
