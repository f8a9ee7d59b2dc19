//! What a franchised store earned in a period, and what of it is paid out.

use crate::account::Account;
use crate::report::Period;
use crate::transaction::Transaction;
use kirana_kernel::{Currency, Id, Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When and how much is paid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PayoutTerms {
    /// Less than this is not paid: it waits.
    pub minimum: Money,
    /// This much stays, for refunds and disputes to come.
    pub reserve: Money,
}

/// What to pay of what is owed; zero where it is too little.
///
/// # Errors
/// [`MoneyError::CurrencyMismatch`] for terms of another currency.
pub fn payout(owed: Money, terms: &PayoutTerms) -> Result<Money, MoneyError> {
    let free = owed.minus(terms.reserve)?;
    let enough = free.amount > 0 && free.minus(terms.minimum)?.amount >= 0;
    Ok(if enough { free } else { Money::zero(owed.currency) })
}

/// What a store earned in a period before royalties: sales, fees and rounding less what disputes, points and missing cash cost it. What the
/// close of the period moves to equity is not counted. This is the amount of `franchisee_credited`.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn store_result<'a>(
    store: Id,
    currency: Currency,
    period: &Period,
    transactions: impl IntoIterator<Item = &'a Transaction>,
) -> Result<Money, MoneyError> {
    let counts = |transaction: &&Transaction| {
        transaction.currency == currency
            && transaction.kind != "period_closed"
            && period.contains(transaction.booked_at)
    };
    let mut result = Money::zero(currency);
    for entry in transactions.into_iter().filter(counts).flat_map(Transaction::entries) {
        let of = match entry.account {
            Account::Sales(of) | Account::FeeIncome(of) | Account::Rounding(of) => of,
            Account::DisputeLosses(of) | Account::LoyaltyCost(of) | Account::CashDifferences(of) => of,
            _ => continue,
        };
        if *of == store {
            // Credits are income, debits cost: both with the sign that they have.
            result = result.minus(Money::new(entry.amount, currency))?;
        }
    }
    Ok(result)
}
