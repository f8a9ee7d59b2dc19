//! Accounts that must not fall below zero: nobody spends gift balance or hands over cash that is not there.

use crate::account::Account;
use crate::error::LedgerError;
use crate::transaction::Transaction;
use kirana_kernel::{Currency, Money};
use std::collections::BTreeMap;

/// What a transaction adds to each account, debits less credits, in minor units. Accounts that it leaves as they are are not in it.
///
/// # Errors
/// [`LedgerError::Money`] for sums beyond what is exact.
pub fn changes(transaction: &Transaction) -> Result<BTreeMap<&Account, i64>, LedgerError> {
    let mut changes: BTreeMap<&Account, i64> = BTreeMap::new();
    for entry in transaction.entries() {
        let change = changes.entry(entry.account).or_default();
        let (before, more) =
            (Money::new(*change, transaction.currency), Money::new(entry.amount, transaction.currency));
        *change = before.plus(more)?.amount;
    }
    changes.retain(|_, change| *change != 0);
    Ok(changes)
}

/// Must the account stay at or above zero under this transaction? By the chart; and a payout takes no more than is owed, though
/// the same account may fall below zero by what its owner comes to owe.
#[must_use]
pub fn is_guarded(transaction: &Transaction, account: &Account) -> bool {
    let payout = matches!(
        (transaction.kind.as_str(), account),
        ("franchisee_paid", Account::Franchisee(_)) | ("tips_paid", Account::Tips(_))
    );
    payout || !account.chart().may_be_negative
}

/// May the transaction be posted on these balances (debits less credits of an account in a currency)? They and the posting must be
/// of one database transaction. An account that is below zero already may be filled.
///
/// # Errors
/// [`LedgerError::BelowZero`] with the first account that would be.
pub fn guard(transaction: &Transaction, balance: impl Fn(&Account, Currency) -> i64) -> Result<(), LedgerError> {
    let currency = transaction.currency;
    for (account, change) in changes(transaction)? {
        if !is_guarded(transaction, account) {
            continue;
        }
        let holds = Money::new(account.natural(balance(account, currency)), currency);
        let gets = Money::new(account.natural(change), currency);
        if gets.amount < 0 && holds.plus(gets)?.amount < 0 {
            return Err(LedgerError::BelowZero {
                id: transaction.id.clone(),
                account: account.clone(),
                balance: holds,
                takes: Money::zero(currency).minus(gets)?,
            });
        }
    }
    Ok(())
}
