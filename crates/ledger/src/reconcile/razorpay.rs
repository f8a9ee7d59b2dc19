//! Razorpay: the "Settlement Recon" report of the dashboard, and the items of its API (`GET /v1/settlements/recon/combined`, documented at
//! razorpay.com under docs/api/settlements) written as CSV.
//!
//! The dashboard's file has 27 columns from `transaction_entity` to `settled_by`, amounts in rupees, a fee without its tax (`fee (exclusive
//! tax)`) and times in India (UTC+5:30). The API's has `type`, amounts in paise, a fee that contains its tax, and seconds since 1970. In both
//! `credit - debit` is what it did to the balance.

use super::cell::{DateFormat, Notation};
use super::fault::{ReadError, RowFault};
use super::row::{GatewayRow, Report, RowKind};
use super::sheet::{Cells, read as sheet};
use kirana_kernel::{Money, MoneyError};

/// Minutes east of UTC in India, which has no summer time.
const INDIA: i32 = 330;

/// Reads a report; which of the two it is shows in its columns.
///
/// # Errors
/// [`ReadError`]; then nothing of the file is used.
pub fn read(bytes: &[u8]) -> Result<Report, ReadError> {
    sheet(
        bytes,
        b',',
        |header| {
            header.require(&["transaction_entity", "type"])?;
            header.require(&["fee (exclusive tax)", "fee"])?;
            header.require(&["entity_created_at", "created_at"])?;
            for column in ["entity_id", "amount", "currency", "tax", "debit", "credit"] {
                header.require(&[column])?;
            }
            Ok(())
        },
        |cells| row(cells).map(Some),
    )
}

fn formats(dashboard: bool) -> Vec<DateFormat> {
    let india = |pattern: &str| DateFormat::Pattern { pattern: pattern.to_owned(), offset_minutes: INDIA };
    match dashboard {
        true => vec![india("%d/%m/%Y %H:%M:%S"), india("%Y-%m-%dT%H:%M:%S"), india("%Y-%m-%d %H:%M:%S")],
        false => vec![DateFormat::Unix],
    }
}

fn kind(entity: &str, dispute: bool, change: Money) -> RowKind {
    match entity {
        "payment" => RowKind::Payment,
        "refund" => RowKind::Refund,
        "settlement" | "settlement.ondemand" => RowKind::Settlement,
        "dispute" | "adjustment" if dispute && change.amount < 0 => RowKind::Dispute,
        "dispute" | "adjustment" if dispute => RowKind::DisputeReversal,
        _ => RowKind::Other,
    }
}

fn row(cells: &Cells<'_>) -> Result<GatewayRow, RowFault> {
    let dashboard = cells.header.has("fee (exclusive tax)");
    let notation = if dashboard { Notation::Point } else { Notation::Minor };
    let currency = cells.currency("currency")?;
    let beyond = |error: MoneyError| cells.fault("amount", error.to_string());
    let amount = |column| cells.optional(column, notation, currency);
    let (tax, debit, credit) = (amount("tax")?, amount("debit")?, amount("credit")?);
    let fee = match dashboard {
        true => amount("fee (exclusive tax)")?,
        false => amount("fee")?.minus(tax).map_err(beyond)?,
    };
    let change = credit.minus(debit).map_err(beyond)?;
    let entity = cells.first(&["transaction_entity", "type"]).to_ascii_lowercase();
    let dispute = !cells.first(&["dispute_id"]).is_empty() || entity == "dispute";
    let kind = kind(&entity, dispute, change);
    // What it did to the balance is after the fee: before it, it was that much more.
    let gross = change.plus(fee).and_then(|sum| sum.plus(tax)).map_err(beyond)?;
    let stated = cells.amount("amount", notation, currency)?;
    if matches!(kind, RowKind::Payment | RowKind::Refund) && gross.amount.abs() != stated.amount.abs() {
        let what = if kind == RowKind::Payment { "credit, fee and tax together" } else { "debit less fee and tax" };
        return Err(cells.fault("amount", format!("{what}, {gross} by the other columns")));
    }
    let zones = formats(dashboard);
    let time = if cells.header.has("entity_created_at") { "entity_created_at" } else { "created_at" };
    let thing = if dispute { cells.all(&["dispute_id", "entity_id"]) } else { cells.all(&["entity_id"]) };
    Ok(GatewayRow {
        line: cells.line,
        id: cells.first(&["entity_id"]).to_owned(),
        kind,
        references: thing,
        related: if kind == RowKind::Payment { Vec::new() } else { cells.all(&["payment_id", "order_id"]) },
        order_references: cells.all(&["order_receipt", "order_id"]),
        gross,
        fee,
        fee_tax: tax,
        at: cells.time(time, &zones)?,
        settled_at: cells.optional_time(&["settled_at"], &zones)?,
        settlement: cells.all(&["settlement_id"]).into_iter().next(),
    })
}
