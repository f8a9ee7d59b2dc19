//! A CSV file as rows of named cells: with or without a byte order mark, quotes, either line ending.

use super::cell::{DateFormat, Notation};
use super::fault::{FileFault, MAX_FAULTS, ReadError, RowFault};
use super::row::{GatewayRow, Report};
use csv::StringRecord;
use kirana_kernel::{Currency, Money, Timestamp};
use std::collections::BTreeMap;

/// How many rows a file may have.
pub(crate) const MAX_ROWS: usize = 200_000;

/// What a column's name is compared by: letters, digits and brackets in lower case, so that `Transaction  Debit or Credit` is
/// `TransactionDebitOrCredit`.
pub(crate) fn plain(name: &str) -> String {
    let keep = |letter: &char| letter.is_alphanumeric() || matches!(letter, '[' | ']' | '(' | ')');
    name.chars().filter(keep).flat_map(char::to_lowercase).collect()
}

/// The text of a file without its byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, FileFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| FileFault::NotUtf8 { at: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() { Err(FileFault::Empty) } else { Ok(text) }
}

pub(crate) fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// Counts lines. The reader's own count is of where a record's last line ended: one too few after each CR LF.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line on which a record begins, from 1. Records come in their order.
    pub(crate) fn of(&mut self, record: &StringRecord) -> u64 {
        let begin = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let ends = |at: usize| match self.text.get(at) {
            Some(b'\n') => true,
            Some(b'\r') => self.text.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let mut lines = 0;
        let mut at = self.at;
        // What is left of the line end before it, and empty lines, are not the record's.
        while at < begin || self.text.get(at).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            lines += u64::from(ends(at));
            at += 1;
        }
        (self.at, self.line) = (at, self.line + lines);
        self.line
    }
}

/// The names of columns and where they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    line: u64,
    exact: BTreeMap<String, usize>,
    places: BTreeMap<String, usize>,
    names: Vec<String>,
}

impl Header {
    pub(crate) fn new(line: u64, record: &StringRecord) -> Self {
        let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
        let (mut exact, mut places) = (BTreeMap::new(), BTreeMap::new());
        for (place, name) in names.iter().enumerate() {
            exact.entry(name.clone()).or_insert(place);
            places.entry(plain(name)).or_insert(place);
        }
        Self { line, exact, places, names }
    }

    /// Refuses a file without one of these columns.
    pub(crate) fn require(&self, columns: &[&str]) -> Result<(), FileFault> {
        if columns.iter().any(|name| self.has(name)) {
            return Ok(());
        }
        let found = if self.names.is_empty() { "none".to_owned() } else { self.names.join(", ") };
        Err(FileFault::NoColumn {
            line: self.line,
            expected: columns.join(" or "),
            found: found.chars().take(400).collect(),
        })
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.place(column).is_some()
    }

    /// Where a column is: by its very name, which costs nothing, or by what is plain of it.
    fn place(&self, column: &str) -> Option<usize> {
        self.exact.get(column).or_else(|| self.places.get(&plain(column))).copied()
    }
}

/// One row.
pub(crate) struct Cells<'a> {
    pub(crate) line: u64,
    pub(crate) header: &'a Header,
    pub(crate) record: &'a StringRecord,
}

impl<'a> Cells<'a> {
    /// What stands in the first of these columns that has something; empty where none has.
    pub(crate) fn first(&self, columns: &[&str]) -> &'a str {
        let cell = |name: &&str| self.header.place(name).and_then(|place| self.record.get(place));
        columns.iter().filter_map(cell).map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default()
    }

    /// What stands in these columns, each once, without empty ones.
    pub(crate) fn all(&self, columns: &[&str]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for column in columns {
            let cell = self.first(&[column]);
            if !cell.is_empty() && !all.iter().any(|known| known == cell) {
                all.push(cell.to_owned());
            }
        }
        all
    }

    pub(crate) fn fault(&self, column: &str, expected: impl Into<String>) -> RowFault {
        RowFault::new(self.line, column, self.first(&[column]), expected)
    }

    pub(crate) fn currency(&self, column: &str) -> Result<Currency, RowFault> {
        let code = self.first(&[column]).to_ascii_uppercase();
        code.parse().map_err(|_| self.fault(column, "an ISO 4217 code such as THB"))
    }

    pub(crate) fn amount(&self, column: &str, notation: Notation, currency: Currency) -> Result<Money, RowFault> {
        let read = notation.read(self.first(&[column]), currency);
        read.map(|amount| Money::new(amount, currency)).map_err(|expected| self.fault(column, expected))
    }

    /// An amount that may be left out: nothing, then.
    pub(crate) fn optional(&self, column: &str, notation: Notation, currency: Currency) -> Result<Money, RowFault> {
        if self.first(&[column]).is_empty() {
            return Ok(Money::zero(currency));
        }
        self.amount(column, notation, currency)
    }

    pub(crate) fn time(&self, column: &str, formats: &[DateFormat]) -> Result<Timestamp, RowFault> {
        let mut expected = Vec::new();
        for format in formats {
            match format.read(self.first(&[column])) {
                Ok(moment) => return Ok(moment),
                Err(wrong) => expected.push(wrong),
            }
        }
        Err(self.fault(column, expected.join(", or ")))
    }

    /// The first of these columns that has something.
    pub(crate) fn optional_time(
        &self,
        columns: &[&str],
        formats: &[DateFormat],
    ) -> Result<Option<Timestamp>, RowFault> {
        match columns.iter().find(|column| !self.first(&[column]).is_empty()) {
            Some(column) => self.time(column, formats).map(Some),
            None => Ok(None),
        }
    }
}

/// Collects rows and faults.
#[derive(Default)]
pub(crate) struct Reading {
    report: Report,
    faults: Vec<RowFault>,
}

impl Reading {
    /// Takes a row, a row to pass over, or what is wrong with it.
    pub(crate) fn take(&mut self, row: Result<Option<GatewayRow>, RowFault>) -> Result<(), FileFault> {
        match row {
            Ok(Some(_)) if self.report.rows.len() >= MAX_ROWS => return Err(FileFault::TooLong { most: MAX_ROWS }),
            Ok(Some(row)) => self.report.rows.push(row),
            Ok(None) => self.report.passed_over += 1,
            Err(fault) if self.faults.len() < MAX_FAULTS => self.faults.push(fault),
            Err(_) => {}
        }
        Ok(())
    }

    pub(crate) fn done(self) -> Result<Report, ReadError> {
        if self.faults.is_empty() { Ok(self.report) } else { Err(ReadError::Rows(self.faults)) }
    }
}

/// What is wrong with a line that is no CSV.
pub(crate) fn broken(error: &csv::Error) -> RowFault {
    let line = error.position().map_or(0, csv::Position::line);
    RowFault::new(line, "-", &error.to_string(), "a line of comma-separated values")
}

/// Reads a file with one header and rows below it.
pub(crate) fn read(
    bytes: &[u8],
    delimiter: u8,
    check: impl Fn(&Header) -> Result<(), FileFault>,
    row: impl Fn(&Cells<'_>) -> Result<Option<GatewayRow>, RowFault>,
) -> Result<Report, ReadError> {
    let text = text(bytes)?;
    let (mut reader, mut lines) = (reader(text, delimiter), Lines::new(text));
    let (mut reading, mut header) = (Reading::default(), None);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                reading.take(Err(broken(&error)))?;
                continue;
            }
        };
        let line = lines.of(&record);
        let Some(header) = &header else {
            let names = Header::new(line, &record);
            check(&names)?;
            header = Some(names);
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != header.names.len() {
            let (found, expected) =
                (format!("{} cells", record.len()), format!("{} as in the header", header.names.len()));
            reading.take(Err(RowFault::new(line, "-", &found, expected)))?;
            continue;
        }
        reading.take(row(&Cells { line, header, record: &record }))?;
    }
    reading.done()
}
