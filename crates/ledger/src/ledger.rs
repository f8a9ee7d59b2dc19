//! The ledger in memory: what tests, simulations and small imports post to. A worker does the same with tables, by the same rules.

use crate::account::Account;
use crate::books::Books;
use crate::error::LedgerError;
use crate::event::BusinessEvent;
use crate::guard::{changes, guard};
use crate::name::Name;
use crate::report::{Period, TrialBalance, closing_events, trial_balance};
use crate::rules;
use crate::transaction::Transaction;
use kirana_kernel::{Currency, Money, MoneyError, Timestamp};
use std::collections::BTreeMap;

/// What became of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It is posted.
    New,
    /// It was posted before: nothing changed.
    Known,
    /// The event moves no money.
    Nothing,
}

/// Transactions, what every account holds, and which periods are closed.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    transactions: Vec<Transaction>,
    /// Where each transaction is.
    places: BTreeMap<String, usize>,
    /// Debits less credits.
    balances: BTreeMap<(Account, Currency), i64>,
    books: Books,
}

impl Ledger {
    /// One with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Posts what an event does, into the open period where it came late.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing changed.
    pub fn record(&mut self, event: &BusinessEvent) -> Result<Posted, LedgerError> {
        match rules::transaction(event)? {
            Some(transaction) => {
                let transaction = self.books.book(transaction);
                self.post(transaction)
            }
            None => Ok(Posted::Nothing),
        }
    }

    /// Posts a transaction, once.
    ///
    /// # Errors
    /// [`LedgerError`] when it is no transaction, is booked into a closed period, was posted with other content, or takes from
    /// an account what is not there; then nothing changed.
    pub fn post(&mut self, transaction: Transaction) -> Result<Posted, LedgerError> {
        if let Some(known) = self.find(&transaction.id) {
            return match known.says_the_same(&transaction) {
                true => Ok(Posted::Known),
                false => Err(LedgerError::Conflict { id: transaction.id }),
            };
        }
        transaction.check()?;
        self.books.check(&transaction)?;
        guard(&transaction, |account, currency| self.balance(account, currency))?;
        let currency = transaction.currency;
        // All new balances before the first is written: a sum that is too large changes nothing.
        let fresh = changes(&transaction)?
            .into_iter()
            .map(|(account, change)| {
                let before = Money::new(self.balance(account, currency), currency);
                Ok(((account.clone(), currency), before.plus(Money::new(change, currency))?.amount))
            })
            .collect::<Result<Vec<_>, MoneyError>>()?;
        self.balances.extend(fresh);
        self.places.insert(transaction.id.clone(), self.transactions.len());
        self.transactions.push(transaction);
        Ok(Posted::New)
    }

    /// Takes a transaction back, once, into the open period.
    ///
    /// # Errors
    /// [`LedgerError::NotReversible`] for one that is not there or is a reversal; as [`Ledger::post`].
    pub fn reverse(&mut self, id: &str, at: Timestamp, why: &str) -> Result<Posted, LedgerError> {
        let Some(transaction) = self.find(id) else { return Err(LedgerError::NotReversible { id: id.to_owned() }) };
        let reversal = self.books.book(transaction.reversal(at, why)?);
        self.post(reversal)
    }

    /// Closes a period: income and expenses of everything before its end go to equity, and nothing is booked into it any more.
    ///
    /// # Errors
    /// [`LedgerError::Period`] when it is not the next one; then nothing changed.
    pub fn close(&mut self, period: &Period, entity: &Name) -> Result<(), LedgerError> {
        let mut books = self.books;
        books.close(period)?;
        let mut after = self.clone();
        for event in closing_events(&self.transactions, period, entity)? {
            after.record(&event)?;
        }
        after.books = books;
        *self = after;
        Ok(())
    }

    /// Debits less credits of an account, in minor units.
    #[must_use]
    pub fn balance(&self, account: &Account, currency: Currency) -> i64 {
        self.balances.get(&(account.clone(), currency)).copied().unwrap_or(0)
    }

    /// What an account holds, seen from its natural side.
    #[must_use]
    pub fn holds(&self, account: &Account, currency: Currency) -> Money {
        Money::new(account.natural(self.balance(account, currency)), currency)
    }

    /// Every balance that was ever moved, debits less credits.
    #[must_use]
    pub const fn balances(&self) -> &BTreeMap<(Account, Currency), i64> {
        &self.balances
    }

    /// A transaction by its id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Transaction> {
        self.places.get(id).and_then(|place| self.transactions.get(*place))
    }

    /// All transactions, in the order of posting.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Which periods are closed.
    #[must_use]
    pub const fn books(&self) -> Books {
        self.books
    }

    /// The trial balance of everything.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn trial_balance(&self) -> Result<TrialBalance, MoneyError> {
        trial_balance(&self.transactions, None)
    }
}
