//! The books against what was said, after every step: only what moved since.

use super::{Sum, Treasury};
use kirana_kernel::Currency;
use kirana_ledger::Account;
use std::collections::{BTreeMap, BTreeSet};

/// What was looked at before.
#[derive(Default)]
pub struct Watch {
    /// Transactions.
    transactions: usize,
    /// Balances as they were then, and their sums.
    balances: BTreeMap<(Account, Currency), i64>,
    zero: BTreeMap<Currency, i64>,
    outside: BTreeMap<Currency, i64>,
    /// Sums that are to be looked at.
    sums: BTreeSet<Sum>,
}

impl Watch {
    /// Something was said of it.
    pub fn look_at(&mut self, sum: Sum) {
        self.sums.insert(sum);
    }
}

const fn outside(account: &Account) -> bool {
    matches!(account, Account::Gateway(_) | Account::StoreCash(_))
}

impl Treasury {
    /// What moved since this was asked last: each currency's balances are zero in all, and what is held is what was said.
    ///
    /// # Errors
    /// What must never be.
    pub fn audit(&mut self) -> Result<(), String> {
        self.coupons.conserved()?;
        let all = self.ledger.transactions();
        if all.len() == self.watch.transactions && self.watch.sums.is_empty() {
            return Ok(());
        }
        let fresh = all.get(self.watch.transactions..).unwrap_or_default();
        self.watch.transactions = all.len();
        let mut currencies = BTreeSet::new();
        for transaction in fresh {
            let currency = transaction.currency;
            currencies.insert(currency);
            for account in transaction.lines.iter().flat_map(|line| [&line.debit, &line.credit]) {
                let now = self.ledger.balance(account, currency);
                let before = self.watch.balances.insert((account.clone(), currency), now).unwrap_or(0);
                *self.watch.zero.entry(currency).or_default() += now - before;
                let sum = match account {
                    Account::CustomerBalance(holder) => Sum::Gift(*holder, currency),
                    Account::Points(holder) => Sum::Points(*holder, currency),
                    account if outside(account) => {
                        *self.watch.outside.entry(currency).or_default() += now - before;
                        Sum::Outside(currency)
                    }
                    _ => continue,
                };
                self.watch.sums.insert(sum);
            }
        }
        for currency in currencies {
            if let Some(sum) = self.watch.zero.get(&currency).filter(|sum| **sum != 0) {
                return Err(format!("the ledger's balances in {currency} come to {sum}"));
            }
        }
        for sum in std::mem::take(&mut self.watch.sums) {
            let there = match sum {
                Sum::Outside(currency) => self.watch.outside.get(&currency).copied().unwrap_or(0),
                Sum::Gift(holder, currency) => self.holds(&Account::CustomerBalance(holder), currency),
                Sum::Points(holder, currency) => self.holds(&Account::Points(holder), currency),
            };
            let said = self.said.get(&sum).copied().unwrap_or(0);
            if there != said {
                return Err(format!("{sum:?} should be {said}, and the books have {there}"));
            }
            if there < 0 && !matches!(sum, Sum::Outside(_)) {
                return Err(format!("{sum:?} is {there}"));
            }
        }
        Ok(())
    }

    /// All of it: every balance is what its transactions come to, and every sum is what was said.
    ///
    /// # Errors
    /// What must never be.
    pub fn audit_whole(&mut self) -> Result<(), String> {
        let mut balances: BTreeMap<(&Account, Currency), i64> = BTreeMap::new();
        for transaction in self.ledger.transactions() {
            for line in &transaction.lines {
                *balances.entry((&line.debit, transaction.currency)).or_default() += line.amount;
                *balances.entry((&line.credit, transaction.currency)).or_default() -= line.amount;
            }
        }
        for ((account, currency), balance) in self.ledger.balances() {
            let lines = balances.get(&(account, *currency)).copied().unwrap_or(0);
            if lines != *balance {
                return Err(format!("{account} has {balance} of {currency}, and its lines come to {lines}"));
            }
        }
        for payment in self.payments.keys() {
            let kinds = ["payment_captured", "cash_taken", "gift_balance_spent", "points_redeemed"];
            if !kinds.iter().any(|kind| self.ledger.find(&format!("{kind}/{payment}")).is_some()) {
                return Err(format!("payment {payment} was made and is not in the books"));
            }
        }
        let every: Vec<Sum> = self.said.keys().copied().collect();
        self.watch.sums.extend(every);
        self.audit()
    }
}
