//! Holds our records against a report, and says what does not agree.

use super::exception::Exception;
use super::pairs::{pair, whole_payments};
use super::record::{OurRecord, RecordKind, Terms};
use super::row::{GatewayRow, RowKind};
use super::words;
use kirana_kernel::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What came of holding our records against a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// How many records have their row.
    pub matched: usize,
    /// How many of those only our own id brought together: the gateway's id should be stored with them.
    pub matched_by_order: usize,
    /// Records so close to an end of the window that they may be in another report, by their ids.
    pub open: Vec<String>,
    /// What our books have for those, per currency.
    pub open_amounts: BTreeMap<Currency, i64>,
    /// What does not agree, in the order of the report; what is not in it last.
    pub exceptions: Vec<Exception>,
}

impl Reconciliation {
    /// What our clearing account has more than the gateway, per currency, in minor units: all of it explained by exceptions and open
    /// records, once the report's fees and payouts are posted.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn differences(&self) -> Result<BTreeMap<Currency, i64>, MoneyError> {
        let mut sums = self.open_amounts.clone();
        for money in self.exceptions.iter().flat_map(|exception| &exception.differences) {
            add(&mut sums, *money)?;
        }
        sums.retain(|_, sum| *sum != 0);
        Ok(sums)
    }
}

fn add(sums: &mut BTreeMap<Currency, i64>, money: Money) -> Result<(), MoneyError> {
    let sum = sums.entry(money.currency).or_default();
    *sum = Money::new(*sum, money.currency).plus(money)?.amount;
    Ok(())
}

/// Holds our records against the rows of a report. `records` are those of the window and of the tolerance around it and, besides, the
/// payments that refunds in it may be about. The order of both is all the same.
///
/// # Errors
/// [`MoneyError::Overflow`] for sums beyond what is exact.
pub fn reconcile(records: &[OurRecord], rows: &[GatewayRow], terms: &Terms) -> Result<Reconciliation, MoneyError> {
    let mut rows = whole_payments(rows)?;
    // By line, and whatever has one by its id, so that the same rows in another order give the same.
    rows.sort_by(|one, other| (one.line, &one.id).cmp(&(other.line, &other.id)));
    let pairs = pair(records, &rows, terms);
    let mut result =
        Reconciliation { matched: pairs.pairs.len(), matched_by_order: pairs.by_order, ..Default::default() };
    let mut found = Vec::new();
    for (record, row) in &pairs.pairs {
        if let Some((record, row)) = records.get(*record).zip(rows.get(*row)) {
            compare(record, row, terms, &mut found)?;
        }
    }
    for (first, row) in &pairs.again {
        found.extend(rows.get(*first).zip(rows.get(*row)).map(|(first, row)| words::duplicated(first, row, terms)));
    }
    let known = Known::new(records);
    found.extend(pairs.lone_rows.iter().filter_map(|row| rows.get(*row)).map(|row| known.lone(row, terms)));
    found.extend(rows.iter().filter(|row| row.kind == RowKind::Other).map(|row| words::unknown_movement(row, terms)));
    for record in pairs.lone_records.iter().filter_map(|record| records.get(*record)) {
        if terms.is_due(record.at) {
            found.push(words::missing_at_gateway(record, terms));
        } else if terms.window.contains(record.at) {
            result.open.push(record.id.clone());
            add(&mut result.open_amounts, record.signed())?;
        }
    }
    found.sort_by(|one, other| {
        let of = |one: &Exception| (one.lines.last().copied().unwrap_or(u64::MAX), one.kind, one.id.clone());
        of(one).cmp(&of(other))
    });
    number(&mut found);
    result.open.sort();
    result.exceptions = found;
    Ok(result)
}

/// Ids are for one exception each: the second of a kind for one thing is `#2`.
fn number(exceptions: &mut [Exception]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for exception in exceptions {
        let times = seen.entry(exception.id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            exception.id = format!("{}#{times}", exception.id);
        }
    }
}

/// What does not agree between a record and its row.
fn compare(record: &OurRecord, row: &GatewayRow, terms: &Terms, found: &mut Vec<Exception>) -> Result<(), MoneyError> {
    if record.amount.currency != row.gross.currency {
        found.push(words::currency_differs(record, row, terms));
    } else if record.signed() != row.gross {
        found.push(words::amount_differs(record, row, terms)?);
    } else if let Some(expected) = record.expected_fee {
        // Of another amount the fee is another too: that is said once.
        let off = row.whole_fee()?.minus(expected)?.amount.saturating_abs();
        if off > terms.fee_tolerance {
            found.push(words::wrong_fee(record, row, expected, terms)?);
        }
    }
    if let Some(within) = terms.settles_within_s.filter(|_| record.kind == RecordKind::Payment) {
        let until = row.settled_at.unwrap_or(terms.as_of);
        if until > row.at && Terms::apart(until, row.at) > within {
            found.push(words::settled_late(record, row, until, within, terms));
        }
    }
    if Terms::apart(record.at, row.at) > terms.date_tolerance_s {
        found.push(words::date_differs(record, row, terms));
    }
    Ok(())
}

/// What our payments are known by.
struct Known<'a> {
    payments: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(records: &'a [OurRecord]) -> Self {
        let payments = records.iter().filter(|record| record.kind == RecordKind::Payment);
        let names = payments.flat_map(|record| [record.reference.as_deref(), record.order_reference.as_deref()]);
        Self { payments: names.flatten().collect() }
    }

    fn find(&self, names: &'a [String]) -> Option<&'a str> {
        names.iter().map(String::as_str).find(|name| self.payments.contains(name))
    }

    /// A row that nobody has a record of.
    fn lone(&self, row: &'a GatewayRow, terms: &Terms) -> Exception {
        let known_payment = self.find(&row.related).or_else(|| self.find(&row.order_references));
        match row.kind {
            RowKind::Refund if known_payment.is_none() => words::refund_without_payment(row, terms),
            RowKind::Payment => words::missing_with_us(row, terms, self.find(&row.order_references)),
            _ => words::missing_with_us(row, terms, None),
        }
    }
}
