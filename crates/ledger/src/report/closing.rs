//! Closing a period: income and expenses go to equity, so that the next one begins at zero.

use super::{Period, trial_balance};
use crate::event::{BusinessEvent, ClosingBalance, What};
use crate::name::Name;
use crate::transaction::Transaction;
use kirana_kernel::{Currency, Money, MoneyError};
use std::collections::BTreeMap;
use std::time::Duration;

/// The events that close a period of an entity, one for each currency: at its last moment, over all that was booked before its end.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn closing_events<'a>(
    transactions: impl IntoIterator<Item = &'a Transaction>,
    period: &Period,
    entity: &Name,
) -> Result<Vec<BusinessEvent>, MoneyError> {
    let trial = trial_balance(transactions, Some(period.until))?;
    let mut currencies: BTreeMap<Currency, Vec<ClosingBalance>> = BTreeMap::new();
    for row in trial.rows.into_iter().filter(|row| row.account_type.is_temporary() && row.balance != 0) {
        let balance = Money::new(row.balance, row.currency);
        currencies.entry(row.currency).or_default().push(ClosingBalance { account: row.account, balance });
    }
    let event = |(currency, balances)| BusinessEvent {
        key: format!("{entity}/{}/{currency}", period.name),
        at: period.until - Duration::from_millis(1),
        order: None,
        what: What::PeriodClosed { entity: entity.clone(), period: period.clone(), balances },
    };
    Ok(currencies.into_iter().map(event).collect())
}
