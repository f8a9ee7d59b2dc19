//! Whether a store takes an order at all, before anything is held for it.

use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Problem, Result};
use kirana_kernel::{Fulfilment, Money};
use serde_json::json;

/// Does the store take orders now, and those that are had in this way?
///
/// # Errors
/// 409 `store_paused` with the `reason`, 409 `fulfilment_not_offered` with what is `offered`.
pub fn takes(store: &StoreInfo, fulfilment: Fulfilment) -> Result<()> {
    if !store.accepts_orders {
        let why = store.pause_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let problem = Problem::conflict("store_paused", format!("{} takes no orders now{why}", store.name));
        return Err(problem.with("reason", store.pause_reason.clone()));
    }
    if !store.fulfilments.contains(&fulfilment) {
        let problem = Problem::conflict("fulfilment_not_offered", format!("{} does not offer this", store.name));
        return Err(problem.with("offered", json!(store.fulfilments)));
    }
    Ok(())
}

/// Does the order come to what the store asks for at least?
///
/// # Errors
/// 409 `below_minimum` with the `minimum`.
pub fn suffices(store: &StoreInfo, total: Money) -> Result<()> {
    match store.minimum_order {
        Some(minimum) if total.amount < minimum.amount => {
            let detail = format!("{} takes orders of {minimum} and more; this one comes to {total}", store.name);
            Err(Problem::conflict("below_minimum", detail).with("minimum", json!(minimum)))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::menu::Tax;
    use kirana_kernel::{Currency, Id, Timestamp};

    fn store() -> StoreInfo {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        StoreInfo {
            id,
            number: 1,
            name: "Siam".into(),
            franchisee_id: id,
            currency: Currency::THB,
            time_zone: "Asia/Bangkok".into(),
            day: "2026-11-21".into(),
            tax: Tax { name: "VAT".into(), rate_bp: 700, inclusive: true },
            accepts_orders: true,
            pause_reason: None,
            fulfilments: vec![Fulfilment::Pickup],
            minimum_order: Some(Money::new(5_000, Currency::THB)),
        }
    }

    #[test]
    fn each_refusal_says_what_would_be_taken() {
        assert!(takes(&store(), Fulfilment::Pickup).is_ok());
        let refused = takes(&store(), Fulfilment::Delivery).unwrap_err();
        assert_eq!(
            (refused.code.as_str(), &refused.extensions["offered"]),
            ("fulfilment_not_offered", &json!(["pickup"]))
        );
        let paused = StoreInfo { accepts_orders: false, pause_reason: Some("no ice".into()), ..store() };
        let refused = takes(&paused, Fulfilment::Pickup).unwrap_err();
        assert_eq!(
            (refused.status, refused.code.as_str(), &refused.extensions["reason"]),
            (409, "store_paused", &json!("no ice"))
        );
        assert!(suffices(&store(), Money::new(5_000, Currency::THB)).is_ok());
        assert_eq!(suffices(&store(), Money::new(4_999, Currency::THB)).unwrap_err().code, "below_minimum");
    }
}
