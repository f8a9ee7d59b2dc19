//! The statement of an account: what it held, what came and went, what it holds.

use super::Period;
use crate::account::Account;
use crate::transaction::Transaction;
use kirana_kernel::{Currency, Id, Money, MoneyError, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One entry. Amounts are seen from the account's natural side: above zero makes it more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementLine {
    /// When it counts.
    pub booked_at: Timestamp,
    /// When it happened: before, where it came late.
    pub occurred_at: Timestamp,
    /// The transaction.
    pub transaction: String,
    /// The rule that posted it.
    pub kind: String,
    /// The other account.
    #[schema(value_type = String)]
    pub counter: Account,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// What it added, in minor units.
    pub amount: i64,
    /// What the account held after it, in minor units.
    pub balance: i64,
    /// What a reader should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An account over a period. `closing = opening + the sum of all lines`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AccountStatement)]
pub struct Statement {
    /// The account.
    #[schema(value_type = String)]
    pub account: Account,
    /// The period.
    pub period: Period,
    /// What it held before.
    pub opening: Money,
    /// What happened, in the order of booking.
    pub lines: Vec<StatementLine>,
    /// What it holds after.
    pub closing: Money,
}

/// The statement of an account in a currency over a period. The order of `transactions` is all the same.
///
/// # Errors
/// [`MoneyError::Overflow`] for sums beyond what is exact.
pub fn statement<'a>(
    account: &Account,
    currency: Currency,
    period: &Period,
    transactions: impl IntoIterator<Item = &'a Transaction>,
) -> Result<Statement, MoneyError> {
    let mut opening = Money::zero(currency);
    let mut within: Vec<&Transaction> = Vec::new();
    for transaction in transactions {
        if transaction.currency != currency || transaction.booked_at >= period.until {
            continue;
        }
        if transaction.booked_at >= period.from {
            within.push(transaction);
            continue;
        }
        for entry in transaction.entries().filter(|entry| entry.account == account) {
            opening = opening.plus(Money::new(account.natural(entry.amount), currency))?;
        }
    }
    within.sort_by(|one, other| (one.booked_at, &one.id).cmp(&(other.booked_at, &other.id)));
    let (mut closing, mut lines) = (opening, Vec::new());
    for transaction in within {
        for entry in transaction.entries().filter(|entry| entry.account == account) {
            let amount = account.natural(entry.amount);
            closing = closing.plus(Money::new(amount, currency))?;
            lines.push(StatementLine {
                booked_at: transaction.booked_at,
                occurred_at: transaction.occurred_at,
                transaction: transaction.id.clone(),
                kind: transaction.kind.clone(),
                counter: entry.counter.clone(),
                order: transaction.order,
                amount,
                balance: closing.amount,
                note: transaction.note.clone(),
            });
        }
    }
    Ok(Statement { account: account.clone(), period: period.clone(), opening, lines, closing })
}

/// What an order holds in deposits: above zero is paid and not earned yet, below is earned and not paid. A settled order is at zero:
/// captured less refunded is what it came to.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn order_balance<'a>(
    order: Id,
    currency: Currency,
    transactions: impl IntoIterator<Item = &'a Transaction>,
) -> Result<Money, MoneyError> {
    let of = |transaction: &&Transaction| transaction.order == Some(order) && transaction.currency == currency;
    let mut balance = Money::zero(currency);
    for transaction in transactions.into_iter().filter(of) {
        for entry in transaction.entries().filter(|entry| matches!(entry.account, Account::Deposits(_))) {
            balance = balance.plus(Money::new(entry.account.natural(entry.amount), currency))?;
        }
    }
    Ok(balance)
}
