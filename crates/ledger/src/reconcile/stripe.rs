//! Stripe: "Itemized balance change from activity" (`balance_change_from_activity.itemized.3`), the itemised payout reconciliation with
//! the same columns, and "Itemized payouts" (`payouts.itemized.3`), as documented at docs.stripe.com under reports/report-types/balance and
//! reports/reporting-categories.
//!
//! Amounts are major units with a sign (dollars for USD, yen for JPY), currencies lower case, times `YYYY-MM-DD HH:MM:SS`. Only columns that
//! end in `_utc` are read, as the others are in the zone of whoever asked for the report. A report that is to be matched should ask for
//! `payment_intent_id` and `charge_id`, and for `payment_metadata[order_id]` where payments carry it.

use super::cell::{DateFormat, Notation};
use super::fault::{ReadError, RowFault};
use super::record::RecordKind;
use super::row::{GatewayRow, Report, RowKind};
use super::sheet::{Cells, read as sheet};

/// The kind of a reporting category. Categories that are not here move money too, and are listed as [`RowKind::Other`].
fn kind(category: &str) -> RowKind {
    match category {
        "charge" => RowKind::Payment,
        "partial_capture_reversal" | "charge_failure" => RowKind::PaymentReversal,
        "refund" => RowKind::Refund,
        "refund_failure" => RowKind::RefundReversal,
        "dispute" => RowKind::Dispute,
        "dispute_reversal" => RowKind::DisputeReversal,
        "fee" | "network_cost" | "tax" => RowKind::Fee,
        "payout" | "payout_reversal" => RowKind::Settlement,
        _ => RowKind::Other,
    }
}

/// Reads a report. `notation` is [`Notation::Point`] unless it was asked for with a comma.
///
/// # Errors
/// [`ReadError`]; then nothing of the file is used.
pub fn read(bytes: &[u8], notation: Notation) -> Result<Report, ReadError> {
    sheet(
        bytes,
        b',',
        |header| {
            for column in ["balance_transaction_id", "reporting_category", "currency", "gross", "fee", "net"] {
                header.require(&[column])?;
            }
            header.require(&["created_utc", "effective_at_utc"])?;
            header.require(&["source_id", "payout_id"])
        },
        |cells| row(cells, notation).map(Some),
    )
}

fn row(cells: &Cells<'_>, notation: Notation) -> Result<GatewayRow, RowFault> {
    let utc = [DateFormat::Pattern { pattern: "%Y-%m-%d %H:%M:%S".to_owned(), offset_minutes: 0 }];
    let currency = cells.currency("currency")?;
    let kind = kind(cells.first(&["reporting_category"]));
    let [gross, fee, net] = ["gross", "fee", "net"].map(|column| cells.amount(column, notation, currency));
    let (gross, fee, net) = (gross?, fee?, net?);
    if gross.minus(fee).ok() != Some(net) {
        return Err(cells.fault("net", format!("gross less fee, {gross} less {fee}")));
    }
    let payment = ["payment_intent_id", "charge_id"];
    let thing = match kind {
        // A charge is known by its payment; a refund or dispute only by itself.
        RowKind::Payment | RowKind::PaymentReversal => cells.all(&[payment[0], payment[1], "source_id"]),
        _ => cells.all(&["source_id", "payout_id"]),
    };
    let time = if cells.header.has("created_utc") { "created_utc" } else { "effective_at_utc" };
    Ok(GatewayRow {
        line: cells.line,
        id: cells.first(&["balance_transaction_id"]).to_owned(),
        kind,
        references: thing,
        related: if kind.record() == Some(RecordKind::Payment) { Vec::new() } else { cells.all(&payment) },
        order_references: cells.all(&["payment_metadata[order_id]", "payment_metadata[payment_id]"]),
        gross,
        fee,
        fee_tax: kirana_kernel::Money::zero(currency),
        at: cells.time(time, &utc)?,
        settled_at: cells
            .optional_time(&["automatic_payout_effective_at_utc", "effective_at_utc", "available_on_utc"], &utc)?,
        settlement: cells.all(&["automatic_payout_id", "payout_id"]).into_iter().next(),
    })
}
