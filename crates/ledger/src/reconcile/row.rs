//! A row of a gateway's report, in one form for all gateways.

use kirana_kernel::{Money, MoneyError, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Money from a customer.
    Payment,
    /// A payment, or a part of it, that did not come after all: a smaller capture than the row before says, a failed debit.
    PaymentReversal,
    /// Money to a customer.
    Refund,
    /// A refund that came back.
    RefundReversal,
    /// Money that a bank took back.
    Dispute,
    /// Money that it gave back.
    DisputeReversal,
    /// A fee by itself.
    Fee,
    /// A payout to our bank.
    Settlement,
    /// Something else that moves money: it is listed, nobody guesses.
    Other,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GatewayRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The gateway's own id of the row; empty where it has none.
    pub id: String,
    /// What it is about.
    pub kind: RowKind,
    /// The gateway's ids of the thing, the best first: one of them is what our record knows.
    pub references: Vec<String>,
    /// The payment that a refund or dispute is about, by the gateway's ids.
    pub related: Vec<String>,
    /// What we told the gateway to call it: our order's or payment's id.
    pub order_references: Vec<String>,
    /// Above zero came to us, below zero went away. Before fees.
    pub gross: Money,
    /// The fee without tax; above zero was taken.
    pub fee: Money,
    /// The tax on it.
    pub fee_tax: Money,
    /// When it happened.
    pub at: Timestamp,
    /// When the money was, or will be, ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    /// The payout that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<String>,
}

impl GatewayRow {
    /// The best of its references, or its line where it has none.
    #[must_use]
    pub fn reference(&self) -> String {
        let best = self.references.first().map_or(self.id.as_str(), String::as_str);
        if best.is_empty() { format!("line {}", self.line) } else { best.to_owned() }
    }

    /// Fee and its tax.
    ///
    /// # Errors
    /// [`MoneyError`].
    pub fn whole_fee(&self) -> Result<Money, MoneyError> {
        self.fee.plus(self.fee_tax)
    }

    /// What it did to our balance with the gateway.
    ///
    /// # Errors
    /// [`MoneyError`].
    pub fn net(&self) -> Result<Money, MoneyError> {
        self.gross.minus(self.whole_fee()?)
    }
}

/// What was read out of a file. A file with a fault in it gives none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Its rows, in the order of the file.
    pub rows: Vec<GatewayRow>,
    /// Lines that were passed over as they move no money: authorisations, headers within the file.
    pub passed_over: usize,
}
