//! PayPal: the Settlement Report (STL) and the Transaction Detail Report (TRR), as specified at developer.paypal.com under
//! docs/reports/sftp-reports, with the event codes of its T-code reference.
//!
//! Every line begins with what it is: `RH`, `FH` headers of report and file, `SH` header of a section, `CH` names of columns, `SB` a transaction,
//! `SF`, `SC`, `RF`, `RC`, `FF` footers and counts. Amounts are whole minor units without a sign; `CR` came, `DR` went. Times are
//! `YYYY/MM/DD HH:MM:SS -0800` and say their distance from UTC.

use super::cell::{DateFormat, Notation};
use super::fault::{FileFault, ReadError, RowFault};
use super::row::{GatewayRow, Report, RowKind};
use super::sheet::{Cells, Header, Lines, Reading, broken, reader, text};
use kirana_kernel::{Currency, Money};

const DIRECTION: &str = "Transaction Debit or Credit";

/// The kind of an event code by its group, the part that PayPal says is enough for reconciliation, and by what tells refunds, disputes and
/// holds for them apart. None for authorisations, which move nothing.
fn kind(code: &str, came: bool) -> Option<RowKind> {
    Some(match (code, code.get(..3).unwrap_or_default()) {
        ("T0106", _) => RowKind::Fee,
        ("T1106" | "T1110" | "T1201", _) if !came => RowKind::Dispute,
        ("T1106" | "T1111" | "T1202", _) if came => RowKind::DisputeReversal,
        (_, "T00") if came => RowKind::Payment,
        (_, "T01") => RowKind::Fee,
        (_, "T04") => RowKind::Settlement,
        (_, "T11") if came => RowKind::RefundReversal,
        (_, "T11") => RowKind::Refund,
        (_, "T13") => return None,
        _ => RowKind::Other,
    })
}

/// Reads a report.
///
/// # Errors
/// [`ReadError`]; then nothing of the file is used.
pub fn read(bytes: &[u8]) -> Result<Report, ReadError> {
    let text = text(bytes)?;
    let (mut reader, mut lines) = (reader(text, b','), Lines::new(text));
    let (mut reading, mut header, mut rows_of_section) = (Reading::default(), None, 0_u64);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                reading.take(Err(broken(&error)))?;
                continue;
            }
        };
        let line = lines.of(&record);
        match record.get(0).unwrap_or_default() {
            "CH" => {
                let names = Header::new(line, &record);
                check(&names)?;
                header = Some(names);
            }
            "SH" => rows_of_section = 0,
            "SB" => {
                let Some(header) = &header else {
                    let expected = "CH, a line with the names of columns, before the first transaction".to_owned();
                    return Err(FileFault::NoColumn { line, expected, found: "SB".to_owned() }.into());
                };
                rows_of_section += 1;
                reading.take(row(&Cells { line, header, record: &record }))?;
            }
            // A file that was cut says less than it counts.
            "SC" if record.get(1).is_some_and(|count| count.trim().parse() != Ok(rows_of_section)) => {
                let found = record.get(1).unwrap_or_default();
                reading.take(Err(RowFault::new(
                    line,
                    "SC",
                    found,
                    format!("{rows_of_section}, the SB lines of the section"),
                )))?;
            }
            _ => {}
        }
    }
    match header {
        Some(_) => reading.done(),
        None => {
            let (expected, found) = ("CH, a line with the names of columns".to_owned(), "none".to_owned());
            Err(FileFault::NoColumn { line: 1, expected, found }.into())
        }
    }
}

fn check(header: &Header) -> Result<(), FileFault> {
    for column in [
        "Transaction ID",
        "Transaction Event Code",
        "Transaction Initiation Date",
        DIRECTION,
        "Gross Transaction Amount",
        "Gross Transaction Currency",
        "Fee Debit or Credit",
        "Fee Amount",
    ] {
        header.require(&[column])?;
    }
    Ok(())
}

/// An amount with the sign that the column beside it gives: did it come?
fn signed(cells: &Cells<'_>, column: &str, direction: &str, currency: Currency) -> Result<Money, RowFault> {
    let amount = cells.optional(column, Notation::Minor, currency)?;
    match cells.first(&[direction]) {
        "CR" => Ok(amount),
        "DR" => Ok(Money::new(amount.amount.saturating_neg(), currency)),
        "" if amount.is_zero() => Ok(amount),
        _ => Err(cells.fault(direction, "CR for what came or DR for what went")),
    }
}

fn row(cells: &Cells<'_>) -> Result<Option<GatewayRow>, RowFault> {
    let currency = cells.currency("Gross Transaction Currency")?;
    let gross = signed(cells, "Gross Transaction Amount", DIRECTION, currency)?;
    let Some(kind) = kind(cells.first(&["Transaction Event Code"]), gross.amount > 0) else { return Ok(None) };
    // The TRR also tells what is pending or was denied: that moved nothing yet, or never will.
    if matches!(cells.first(&["Transactional Status"]), "P" | "D") {
        return Ok(None);
    }
    if !cells.first(&["Fee Currency"]).is_empty() && cells.currency("Fee Currency")? != currency {
        return Err(cells.fault("Fee Currency", format!("{currency}, as the transaction")));
    }
    let fee = signed(cells, "Fee Amount", "Fee Debit or Credit", currency)?;
    let format = [DateFormat::Pattern { pattern: "%Y/%m/%d %H:%M:%S %z".to_owned(), offset_minutes: 0 }];
    // Of the kinds of reference only TXN is a transaction.
    let of_transaction = cells.first(&["PayPal Reference ID Type"]) == "TXN";
    Ok(Some(GatewayRow {
        line: cells.line,
        id: cells.first(&["Transaction ID"]).to_owned(),
        kind,
        references: cells.all(&["Transaction ID"]),
        related: if of_transaction { cells.all(&["PayPal Reference ID"]) } else { Vec::new() },
        order_references: cells.all(&["Invoice ID", "Custom Field"]),
        gross,
        fee: Money::new(fee.amount.saturating_neg(), currency),
        fee_tax: Money::zero(currency),
        at: cells.time("Transaction Initiation Date", &format)?,
        settled_at: cells.optional_time(&["Transaction Completion Date"], &format)?,
        settlement: None,
    }))
}
