//! What a report says beyond our records: its fees and its payouts, as events to post.

use super::row::{GatewayRow, RowKind};
use crate::event::{BusinessEvent, TaxShare, What};
use crate::name::{Name, TaxName};
use kirana_kernel::{Money, MoneyError};

/// The events of a report's fees and payouts. Their keys are made of the gateway's ids, so that a report that is read twice is posted once.
/// A dispute's fee is among them: post `dispute_opened` without one. `fee_tax` is the tax in fees, where the gateway tells it.
///
/// # Errors
/// [`MoneyError`].
pub fn postings(
    rows: &[GatewayRow],
    gateway: &Name,
    bank: &Name,
    fee_tax: &TaxName,
) -> Result<Vec<BusinessEvent>, MoneyError> {
    let mut events = Vec::new();
    for row in rows {
        let id = if row.id.is_empty() { row.reference() } else { row.id.clone() };
        let event = |what| BusinessEvent { key: format!("{gateway}/{id}"), at: row.at, order: None, what };
        // A row that is nothing but a fee has it in its amount.
        let fee = if row.kind == RowKind::Fee { row.fee.minus(row.gross)? } else { row.fee };
        if !fee.is_zero() || !row.fee_tax.is_zero() {
            let tax = (!row.fee_tax.is_zero()).then(|| TaxShare { tax: fee_tax.clone(), amount: row.fee_tax });
            events.push(event(What::GatewayFeeCharged { gateway: gateway.clone(), fee, tax }));
        }
        if row.kind == RowKind::Settlement {
            let amount = Money::zero(row.gross.currency).minus(row.gross)?;
            events.push(event(What::GatewaySettled { gateway: gateway.clone(), bank: bank.clone(), amount }));
        }
    }
    Ok(events)
}
