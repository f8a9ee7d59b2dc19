//! Any other gateway or bank: a mapping says which column is what, how amounts and times are written, and what the words for kinds mean.

use super::cell::{DateFormat, Notation};
use super::fault::{FileFault, ReadError, RowFault};
use super::row::{GatewayRow, Report, RowKind};
use super::sheet::{Cells, read as sheet};
use kirana_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where the currency is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CurrencyFrom {
    /// In a column.
    Column {
        /// Its name.
        column: String,
    },
    /// Nowhere: it is always this one.
    Fixed {
        /// Which.
        currency: Currency,
    },
}

/// Where the amount is, and what says which way it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AmountFrom {
    /// One column with a sign: above zero came.
    Signed {
        /// Its name.
        column: String,
    },
    /// One column without a sign; the kind says which way.
    Unsigned {
        /// Its name.
        column: String,
    },
    /// One column for what came and one for what went.
    CreditDebit {
        /// What came.
        credit: String,
        /// What went.
        debit: String,
    },
}

/// Which column is what. A name is compared without spaces, punctuation and case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mapping {
    /// What separates cells: `,`, `;` or a tab.
    pub delimiter: char,
    /// How amounts are written.
    pub notation: Notation,
    /// How times are written.
    pub dates: DateFormat,
    /// The currency.
    pub currency: CurrencyFrom,
    /// The amount before fees.
    pub amount: AmountFrom,
    /// The gateway's ids of the thing, the best first; at least one.
    pub references: Vec<String>,
    /// When it happened.
    pub at: String,
    /// The gateway's id of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What kind of row it is; without it, what came is a payment and what went a refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The words of that column; a word that is not here is a fault.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, RowKind>,
    /// The payment that a refund is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// Our own ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_references: Vec<String>,
    /// The fee without its tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    /// The tax on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_tax: Option<String>,
    /// Is a fee that was taken written below zero? Else above, and below zero is one that was given back.
    #[serde(default)]
    pub taken_is_negative: bool,
    /// When the money was ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<String>,
    /// The payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<String>,
}

impl Mapping {
    /// The columns that a file must have.
    fn columns(&self) -> Vec<&str> {
        let mut columns = vec![self.at.as_str()];
        match &self.amount {
            AmountFrom::Signed { column } | AmountFrom::Unsigned { column } => columns.push(column),
            AmountFrom::CreditDebit { credit, debit } => columns.extend([credit.as_str(), debit]),
        }
        if let CurrencyFrom::Column { column } = &self.currency {
            columns.push(column);
        }
        let optional = [&self.id, &self.kind, &self.fee, &self.fee_tax, &self.settled_at, &self.settlement];
        columns.extend(optional.into_iter().flatten().map(String::as_str));
        columns.extend(
            [&self.references, &self.related, &self.order_references].into_iter().flatten().map(String::as_str),
        );
        columns
    }

    fn check(&self) -> Result<u8, FileFault> {
        if self.references.is_empty() {
            let (what, expected) = ("references", "at least one column");
            return Err(FileFault::Mapping { what, found: String::new(), expected });
        }
        if matches!(self.amount, AmountFrom::Unsigned { .. }) && self.kind.is_none() {
            let (what, expected) = ("kind", "a column, as amounts have no sign");
            return Err(FileFault::Mapping { what, found: String::new(), expected });
        }
        let found = self.delimiter.to_string();
        let fits =
            self.delimiter.is_ascii() && !self.delimiter.is_ascii_alphanumeric() && !"\"\r\n".contains(self.delimiter);
        let (what, expected) = ("delimiter", "a comma, a semicolon, a tab or another ASCII mark");
        let delimiter = u8::try_from(self.delimiter).ok().filter(|_| fits);
        delimiter.ok_or(FileFault::Mapping { what, found, expected })
    }
}

/// Reads a file by a mapping.
///
/// # Errors
/// [`ReadError`]; then nothing of the file is used.
pub fn read(bytes: &[u8], mapping: &Mapping) -> Result<Report, ReadError> {
    let delimiter = mapping.check()?;
    sheet(
        bytes,
        delimiter,
        |header| mapping.columns().into_iter().try_for_each(|column| header.require(&[column])),
        |cells| row(cells, mapping).map(Some),
    )
}

fn row(cells: &Cells<'_>, mapping: &Mapping) -> Result<GatewayRow, RowFault> {
    let currency = match &mapping.currency {
        CurrencyFrom::Column { column } => cells.currency(column)?,
        CurrencyFrom::Fixed { currency } => *currency,
    };
    let taken = |column: &Option<String>| match column {
        Some(column) => cells.optional(column, mapping.notation, currency).map(|fee| match mapping.taken_is_negative {
            true => Money::new(fee.amount.saturating_neg(), currency),
            false => fee,
        }),
        None => Ok(Money::zero(currency)),
    };
    let stated = match &mapping.kind {
        Some(column) => Some(word(cells, column, &mapping.kinds)?),
        None => None,
    };
    let gross = gross(cells, mapping, currency, stated)?;
    let kind = stated.unwrap_or(if gross.amount < 0 { RowKind::Refund } else { RowKind::Payment });
    let names = |columns: &[String]| cells.all(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    let one = |column: &Option<String>| column.as_deref().map(|column| cells.first(&[column]).to_owned());
    let dates = std::slice::from_ref(&mapping.dates);
    let settled: Vec<&str> = mapping.settled_at.as_deref().into_iter().collect();
    Ok(GatewayRow {
        line: cells.line,
        id: one(&mapping.id).unwrap_or_default(),
        kind,
        references: names(&mapping.references),
        related: names(&mapping.related),
        order_references: names(&mapping.order_references),
        gross,
        fee: taken(&mapping.fee)?,
        fee_tax: taken(&mapping.fee_tax)?,
        at: cells.time(&mapping.at, dates)?,
        settled_at: cells.optional_time(&settled, dates)?,
        settlement: one(&mapping.settlement).filter(|settlement| !settlement.is_empty()),
    })
}

fn word(cells: &Cells<'_>, column: &str, kinds: &BTreeMap<String, RowKind>) -> Result<RowKind, RowFault> {
    let known = || kinds.keys().cloned().collect::<Vec<_>>().join(", ");
    kinds.get(cells.first(&[column])).copied().ok_or_else(|| cells.fault(column, format!("one of: {}", known())))
}

fn gross(cells: &Cells<'_>, mapping: &Mapping, currency: Currency, kind: Option<RowKind>) -> Result<Money, RowFault> {
    match &mapping.amount {
        AmountFrom::Signed { column } => cells.amount(column, mapping.notation, currency),
        AmountFrom::Unsigned { column } => {
            let size = cells.amount(column, mapping.notation, currency)?.amount.saturating_abs();
            let came = matches!(kind, Some(RowKind::Payment | RowKind::RefundReversal | RowKind::DisputeReversal));
            Ok(Money::new(if came { size } else { size.saturating_neg() }, currency))
        }
        AmountFrom::CreditDebit { credit, debit } => {
            let came = cells.optional(credit, mapping.notation, currency)?;
            let went = cells.optional(debit, mapping.notation, currency)?;
            // Some write what went with a minus of its own.
            let went = Money::new(went.amount.saturating_abs(), currency);
            came.minus(went).map_err(|error| cells.fault(credit, error.to_string()))
        }
    }
}
