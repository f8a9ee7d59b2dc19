//! Transactions: pairs of a debit and a credit in one currency, so that they sum to zero by construction.

use crate::account::Account;
use crate::error::LedgerError;
use kirana_kernel::{Currency, Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One amount from one account to another: the debited account gets it, the credited one gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// The account that is debited.
    #[schema(value_type = String, example = "gateway:stripe")]
    pub debit: Account,
    /// The account that is credited.
    #[schema(value_type = String, example = "bank:main")]
    pub credit: Account,
    /// Minor units, more than zero.
    pub amount: i64,
}

/// What one business event does to the books. Never changed once posted: a mistake is reversed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// `<kind>/<key of the event>`: the same event gives the same id, so that it is posted once.
    pub id: String,
    /// The posting rule that made it, such as `payment_captured`, or `reversal`.
    pub kind: String,
    /// Of all lines.
    pub currency: Currency,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it counts: the same, or the beginning of the open period where it came late.
    pub booked_at: Timestamp,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// Its lines, at least one.
    pub lines: Vec<Line>,
    /// In a reversal, the id of what it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    /// What a reader should know: that it came late, why it was reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One side of a line, as a statement shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The account.
    pub account: &'a Account,
    /// The other account of the line.
    pub counter: &'a Account,
    /// Debits above zero, credits below, in minor units.
    pub amount: i64,
}

impl Transaction {
    /// Both sides of every line. They sum to zero.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.lines.iter().flat_map(|line| {
            let Line { debit, credit, amount } = line;
            [
                Entry { account: debit, counter: credit, amount: *amount },
                Entry { account: credit, counter: debit, amount: amount.saturating_neg() },
            ]
        })
    }

    /// The transaction that takes this one back: the same lines the other way round.
    ///
    /// # Errors
    /// [`LedgerError::NotReversible`] for a reversal: what was reversed by mistake is posted by a new event.
    pub fn reversal(&self, at: Timestamp, why: &str) -> Result<Self, LedgerError> {
        if self.reverses.is_some() {
            return Err(LedgerError::NotReversible { id: self.id.clone() });
        }
        let turned = |line: &Line| Line { debit: line.credit.clone(), credit: line.debit.clone(), amount: line.amount };
        Ok(Self {
            id: format!("reversal/{}", self.id),
            kind: "reversal".to_owned(),
            currency: self.currency,
            occurred_at: at,
            booked_at: at,
            order: self.order,
            lines: self.lines.iter().map(turned).collect(),
            reverses: Some(self.id.clone()),
            note: Some(why.to_owned()),
        })
    }

    /// Is what was read from elsewhere a transaction? One that a posting rule made always is.
    ///
    /// # Errors
    /// [`LedgerError`] for no lines, an amount that is not above zero or a line from an account to itself.
    pub fn check(&self) -> Result<(), LedgerError> {
        if self.lines.is_empty() {
            let (missing, expected) = ("lines", "at least one");
            return Err(LedgerError::Incomplete { id: self.id.clone(), missing, expected });
        }
        let mut turnover = Money::zero(self.currency);
        for Line { debit, credit, amount } in &self.lines {
            let found = Money::new(*amount, self.currency);
            if *amount <= 0 {
                return Err(LedgerError::Amount { what: "an amount", found, expected: "more than zero" });
            }
            if debit == credit {
                return Err(LedgerError::SameAccount { id: self.id.clone(), account: debit.clone() });
            }
            turnover = turnover.plus(found)?;
        }
        Ok(())
    }

    /// Does it move the same, for the same thing? Then it is the same event once more. When it happened may differ: a webhook and a
    /// question to the gateway tell of one capture at different times, and the first told counts.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.id == other.id
            && self.kind == other.kind
            && (self.currency, self.order) == (other.currency, other.order)
            && self.reverses == other.reverses
            && self.lines == other.lines
    }
}

/// Puts a transaction together out of amounts that may be none; remembers the first thing that is wrong.
pub(crate) struct Draft {
    transaction: Transaction,
    fault: Option<LedgerError>,
}

impl Draft {
    pub(crate) fn new(kind: &str, key: &str, at: Timestamp, order: Option<Id>, currency: Currency) -> Self {
        let id = format!("{kind}/{key}");
        let (missing, expected) = ("key", "what names the event for ever, such as the capture's id");
        let fault = key.is_empty().then(|| LedgerError::Incomplete { id: id.clone(), missing, expected });
        let transaction = Transaction {
            id,
            kind: kind.to_owned(),
            currency,
            occurred_at: at,
            booked_at: at,
            order,
            lines: Vec::new(),
            reverses: None,
            note: None,
        };
        Self { transaction, fault }
    }

    pub(crate) fn fail(mut self, fault: LedgerError) -> Self {
        self.fault.get_or_insert(fault);
        self
    }

    /// A line of `amount`; none when it is zero.
    pub(crate) fn line(self, what: &'static str, debit: Account, credit: Account, amount: Money) -> Self {
        if amount.amount < 0 {
            return self.fail(LedgerError::Amount { what, found: amount, expected: "zero or more" });
        }
        self.signed(what, debit, credit, amount)
    }

    /// A line of an amount that must be there.
    pub(crate) fn required(self, what: &'static str, debit: Account, credit: Account, amount: Money) -> Self {
        if amount.amount <= 0 {
            return self.fail(LedgerError::Amount { what, found: amount, expected: "more than zero" });
        }
        self.signed(what, debit, credit, amount)
    }

    /// A line of an amount that may be below zero: then the other way round.
    pub(crate) fn signed(mut self, what: &'static str, debit: Account, credit: Account, amount: Money) -> Self {
        let (id, expected) = (self.transaction.id.clone(), self.transaction.currency);
        if amount.currency != expected {
            return self.fail(LedgerError::Currency { id, what, found: amount.currency, expected });
        }
        let Ok(size) = i64::try_from(amount.amount.unsigned_abs()) else {
            return self.fail(LedgerError::Money(kirana_kernel::MoneyError::Overflow));
        };
        let (debit, credit) = if amount.amount < 0 { (credit, debit) } else { (debit, credit) };
        if size > 0 {
            self.transaction.lines.push(Line { debit, credit, amount: size });
        }
        self
    }

    /// The transaction; none when nothing moves.
    pub(crate) fn done(self) -> Result<Option<Transaction>, LedgerError> {
        match self.fault {
            Some(fault) => Err(fault),
            None if self.transaction.lines.is_empty() => Ok(None),
            None => self.transaction.check().map(|()| Some(self.transaction)),
        }
    }
}
