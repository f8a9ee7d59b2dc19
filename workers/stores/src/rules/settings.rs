//! What a store decides for itself.

use kirana_edge::FieldError;
use kirana_kernel::{Currency, Fulfilment, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A store's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the store is for.
    pub environment: Environment,
    /// How customers may get their orders; others are refused.
    pub fulfilments: Vec<Fulfilment>,
    /// What an order must come to, tax included, in the store's currency; absent for whatever it comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
}

/// What a store is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// It serves customers.
    #[default]
    Prod,
    /// It is shown to people; nobody finds it nearby.
    Demo,
    /// Others are set up as it is; nobody finds it nearby.
    Master,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            environment: Environment::Prod,
            fulfilments: vec![Fulfilment::Pickup, Fulfilment::DineIn, Fulfilment::Delivery, Fulfilment::Vending],
            minimum_order: None,
        }
    }
}

impl Settings {
    /// Everything that is wrong with them, in a store that sells in this currency.
    #[must_use]
    pub fn faults(&self, currency: Currency) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: String| faults.push(FieldError { path: path.into(), message });
        if self.fulfilments.is_empty() {
            fault("fulfilments", "expected at least one; to take no orders, pause the store".into());
        }
        if (1..self.fulfilments.len()).any(|at| self.fulfilments[..at].contains(&self.fulfilments[at])) {
            fault("fulfilments", "each stands here once".into());
        }
        match self.minimum_order {
            Some(minimum) if minimum.currency != currency => {
                fault("minimum_order.currency", format!("the store sells in {currency}"));
            }
            Some(minimum) if !(1..=100_000_000).contains(&minimum.amount) => {
                fault("minimum_order.amount", "expected 1 to 100000000 minor units, or no minimum".into());
            }
            _ => {}
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_there_were_settings_is_the_default() {
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
        assert_eq!(Settings::default().faults(Currency::THB), []);
        assert!(serde_json::from_str::<Settings>(r#"{"color":"red"}"#).is_err());
    }

    #[test]
    fn faults_name_their_field() {
        let paths =
            |settings: Settings| settings.faults(Currency::THB).into_iter().map(|fault| fault.path).collect::<Vec<_>>();
        assert_eq!(paths(Settings { fulfilments: vec![], ..Settings::default() }), ["fulfilments"]);
        let twice = vec![Fulfilment::Pickup, Fulfilment::Pickup];
        assert_eq!(paths(Settings { fulfilments: twice, ..Settings::default() }), ["fulfilments"]);
        let minimum = |money| Settings { minimum_order: Some(money), ..Settings::default() };
        assert_eq!(paths(minimum(Money::new(100, Currency::USD))), ["minimum_order.currency"]);
        assert_eq!(paths(minimum(Money::new(0, Currency::THB))), ["minimum_order.amount"]);
    }
}
