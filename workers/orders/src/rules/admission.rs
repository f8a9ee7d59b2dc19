//! Whether a store takes an order at all, before anything is held for it.

use kirana_contracts::order::DeliverTo;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Problem, Result};
use kirana_kernel::{Fulfilment, Money, Position};
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

/// Is it said where the order goes: the table where it is eaten, the place where it is brought, and nothing of it elsewhere?
///
/// # Errors
/// 422 `invalid_body`.
pub fn fits(fulfilment: Fulfilment, table: Option<&str>, deliver_to: Option<&DeliverTo>) -> Result<()> {
    if table.is_some_and(|table| !(1..=20).contains(&table.trim().chars().count())) {
        return Err(Problem::invalid_field("table", "expected 1 to 20 characters"));
    }
    if table.is_some() && fulfilment != Fulfilment::DineIn {
        return Err(Problem::invalid_field("table", "expected one only with the fulfilment dine_in"));
    }
    match deliver_to {
        None if fulfilment == Fulfilment::Delivery => {
            Err(Problem::invalid_field("deliver_to", "expected the address that it is brought to"))
        }
        Some(_) if fulfilment != Fulfilment::Delivery => {
            Err(Problem::invalid_field("deliver_to", "expected an address only with the fulfilment delivery"))
        }
        Some(to) if !(1..=500).contains(&to.address.trim().chars().count()) => {
            Err(Problem::invalid_field("deliver_to.address", "expected 1 to 500 characters"))
        }
        Some(to) => is_place(to.position, "deliver_to.position"),
        None => Ok(()),
    }
}

/// Is a position, where there is one, on the globe?
///
/// # Errors
/// 422 `invalid_body` naming the `field`.
pub fn is_place(position: Option<Position>, field: &str) -> Result<()> {
    match position {
        Some(position) if !position.is_valid() => {
            Err(Problem::invalid_field(field, "expected a latitude of -90 to 90 and a longitude of -180 to 180"))
        }
        _ => Ok(()),
    }
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
pub(super) mod tests {
    use super::*;
    use kirana_contracts::menu::Tax;
    use kirana_kernel::{Currency, Id, Timestamp};

    pub fn store() -> StoreInfo {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        StoreInfo {
            id,
            number: 1,
            name: "Siam".into(),
            franchisee_id: id,
            currency: Currency::THB,
            time_zone: "Asia/Bangkok".into(),
            day: "2026-11-21".into(),
            utc_offset: 25_200,
            country: "TH".into(),
            tax: Tax { name: "VAT".into(), rate_bp: 700, inclusive: true },
            legal_age: 20,
            accepts_orders: true,
            pause_reason: None,
            fulfilments: vec![Fulfilment::Pickup],
            minimum_order: Some(Money::new(5_000, Currency::THB)),
            position: None,
            delivery_zones: Vec::new(),
        }
    }

    #[test]
    fn where_it_goes_is_said_where_it_goes_anywhere() {
        let to = |address: &str| DeliverTo { address: address.into(), position: None };
        let path = |fulfilment, table, to: Option<&DeliverTo>| match fits(fulfilment, table, to) {
            Ok(()) => String::new(),
            Err(refused) => refused.errors[0].path.clone(),
        };
        assert_eq!(path(Fulfilment::Pickup, None, None), "");
        assert_eq!(path(Fulfilment::DineIn, Some("12"), None), "");
        assert_eq!(path(Fulfilment::DineIn, Some(" "), None), "table");
        assert_eq!(path(Fulfilment::Vending, Some("12"), None), "table");
        assert_eq!(path(Fulfilment::Delivery, None, None), "deliver_to");
        assert_eq!(path(Fulfilment::Delivery, None, Some(&to("Rama I 12"))), "");
        assert_eq!(path(Fulfilment::Delivery, None, Some(&to(""))), "deliver_to.address");
        assert_eq!(path(Fulfilment::Pickup, None, Some(&to("Rama I 12"))), "deliver_to");
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
