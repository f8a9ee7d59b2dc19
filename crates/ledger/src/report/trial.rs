//! The trial balance: every account's debits and credits, which come to the same.

use crate::account::{Account, AccountType};
use crate::transaction::Transaction;
use kirana_kernel::{Currency, Money, MoneyError, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One account in one currency. Amounts in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialRow {
    /// The account.
    #[schema(value_type = String)]
    pub account: Account,
    /// Its type.
    pub account_type: AccountType,
    /// The currency.
    pub currency: Currency,
    /// The sum of its debits.
    pub debits: i64,
    /// The sum of its credits.
    pub credits: i64,
    /// Debits less credits.
    pub balance: i64,
}

/// All accounts that were ever used, in the order of the chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialBalance {
    /// Its rows.
    pub rows: Vec<TrialRow>,
}

impl TrialBalance {
    /// The sum of all balances per currency: zero, or the books were tampered with.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn totals(&self) -> Result<BTreeMap<Currency, i64>, MoneyError> {
        let mut totals = BTreeMap::new();
        for row in &self.rows {
            let total = totals.entry(row.currency).or_default();
            *total = add(*total, row.balance, row.currency)?;
        }
        Ok(totals)
    }

    /// Does it balance in every currency?
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.totals().is_ok_and(|totals| totals.values().all(|total| *total == 0))
    }
}

/// The trial balance of what was booked before `until`; of everything where there is none.
///
/// # Errors
/// [`MoneyError::Overflow`] for sums beyond what is exact.
pub fn trial_balance<'a>(
    transactions: impl IntoIterator<Item = &'a Transaction>,
    until: Option<Timestamp>,
) -> Result<TrialBalance, MoneyError> {
    let mut sums: BTreeMap<(&Account, Currency), (i64, i64)> = BTreeMap::new();
    for transaction in transactions {
        if until.is_some_and(|until| transaction.booked_at >= until) {
            continue;
        }
        let currency = transaction.currency;
        for entry in transaction.entries() {
            let (debits, credits) = sums.entry((entry.account, currency)).or_default();
            let side = if entry.amount > 0 { debits } else { credits };
            *side = add(*side, entry.amount.saturating_abs(), currency)?;
        }
    }
    let rows = sums.into_iter().map(|((account, currency), (debits, credits))| {
        let balance = Money::new(debits, currency).minus(Money::new(credits, currency))?.amount;
        let account_type = account.account_type();
        Ok(TrialRow { account: account.clone(), account_type, currency, debits, credits, balance })
    });
    Ok(TrialBalance { rows: rows.collect::<Result<_, MoneyError>>()? })
}

fn add(sum: i64, more: i64, currency: Currency) -> Result<i64, MoneyError> {
    Ok(Money::new(sum, currency).plus(Money::new(more, currency))?.amount)
}
