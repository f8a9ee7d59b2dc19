//! What a gateway should take.

use crate::rate::Rate;
use kirana_kernel::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A gateway's price: a rate and an amount for each payment, and the tax on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeSchedule {
    /// Of the amount.
    pub rate: Rate,
    /// For each payment.
    pub fixed: Money,
    /// Tax on the fee: 180000 is India's 18 %.
    pub tax: Rate,
}

impl FeeSchedule {
    /// Fee and tax for an amount, each rounded half up.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] for a schedule of another currency.
    pub fn fee(&self, amount: Money) -> Result<Money, MoneyError> {
        let fee = self.rate.of(amount)?.plus(self.fixed)?;
        fee.plus(self.tax.of(fee)?)
    }
}
