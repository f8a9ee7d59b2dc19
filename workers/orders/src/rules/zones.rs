//! Which delivery zone an order is brought into, and what follows.

use kirana_contracts::delivery_zone::{DeliveryZone, zone_of};
use kirana_contracts::order::{FeeKind, Order};
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Problem, Result};
use kirana_kernel::{Fulfilment, Money, Position};
use serde_json::json;

/// What the way to the customer is, as far as its fee goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way<'a> {
    /// The customer comes for it.
    None,
    /// The store has no zones: its flat fee.
    Flat,
    /// Into a zone, for its fee.
    Zone(&'a DeliveryZone),
    /// The store has zones, and nobody has said where it goes yet.
    Unknown,
}

/// The way to a place.
///
/// # Errors
/// 409 `outside_delivery_zone` with the `zones` that there are.
pub fn way(store: &StoreInfo, fulfilment: Fulfilment, place: Option<Position>) -> Result<Way<'_>> {
    if fulfilment != Fulfilment::Delivery {
        return Ok(Way::None);
    }
    let (zones, Some(from)) = (&store.delivery_zones, store.position) else { return Ok(Way::Flat) };
    if zones.is_empty() {
        return Ok(Way::Flat);
    }
    let Some(place) = place else { return Ok(Way::Unknown) };
    match zone_of(zones, from, place) {
        Some(zone) => Ok(Way::Zone(zone)),
        None => {
            let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
            let detail = format!(
                "{} does not deliver there, only to {}: give a place within, choose another store, or pick it up",
                store.name,
                names.join(", ")
            );
            Err(Problem::conflict("outside_delivery_zone", detail).with("zones", json!(names)))
        }
    }
}

/// What an order has to say before it is taken: where it goes, where a fee follows from that.
///
/// # Errors
/// 422 `invalid_body` for a place that nobody knows.
pub fn known(way: Way<'_>, store: &StoreInfo) -> Result<()> {
    match way {
        Way::Unknown => Err(Problem::invalid_field(
            "deliver_to.position",
            format!("expected latitude and longitude: {} delivers by zones", store.name),
        )),
        _ => Ok(()),
    }
}

/// Does the order come to what its zone asks for at least?
///
/// # Errors
/// 409 `below_minimum` with the `minimum` and the `delivery_zone`.
pub fn suffices(way: Way<'_>, total: Money) -> Result<()> {
    let Way::Zone(zone) = way else { return Ok(()) };
    match zone.minimum_order {
        Some(minimum) if total.amount < minimum.amount => {
            let detail = format!("orders to {} are of {minimum} and more; this one comes to {total}", zone.name);
            let problem = Problem::conflict("below_minimum", detail).with("minimum", json!(minimum));
            Err(problem.with("delivery_zone", zone.name.clone()))
        }
        _ => Ok(()),
    }
}

/// What is asked for the way, where the store's flat fee is this.
#[must_use]
pub fn fee(way: Way<'_>, flat: Option<Money>) -> Option<Money> {
    match way {
        Way::None | Way::Unknown => None,
        Way::Flat => flat,
        Way::Zone(zone) => Some(zone.fee),
    }
}

/// What was asked for the way of an order that was placed: nobody moves while they wait, and zones that are drawn anew are for
/// those who order then.
#[must_use]
pub fn fee_of(order: &Order) -> Option<Money> {
    order.totals.fees.iter().find(|fee| fee.kind == FeeKind::Delivery).map(|fee| fee.amount)
}

/// The zone in words, for the explanation of a price.
#[must_use]
pub fn words(way: Way<'_>, store: &StoreInfo) -> Option<String> {
    match way {
        Way::None | Way::Flat => None,
        Way::Zone(zone) => {
            let minimum = zone.minimum_order.map(|minimum| format!(", for orders of {minimum} and more"));
            Some(format!("delivery zone {}: {}{}", zone.name, zone.fee, minimum.unwrap_or_default()))
        }
        Way::Unknown => {
            let fees = || store.delivery_zones.iter().map(|zone| zone.fee);
            let (least, most) = (fees().min_by_key(|fee| fee.amount)?, fees().max_by_key(|fee| fee.amount)?);
            Some(format!("delivery comes on top, {least} to {most}, by where it is brought"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::admission::tests::store;
    use kirana_kernel::{Currency, Id, Timestamp};
    use proptest::prelude::*;

    const HERE: Position = Position { latitude: 13.7465, longitude: 100.5348 };

    fn zone(number: u8, radius_m: u32, fee: i64) -> DeliveryZone {
        DeliveryZone {
            id: Id::new(Timestamp::from_millis(1), [number; 10]),
            name: format!("Zone {number}"),
            polygon: Vec::new(),
            radius_m: Some(radius_m),
            fee: Money::new(fee, Currency::THB),
            minimum_order: (number == 2).then_some(Money::new(20_000, Currency::THB)),
            priority: 0,
        }
    }

    fn zoned() -> StoreInfo {
        StoreInfo {
            position: Some(HERE),
            delivery_zones: vec![zone(1, 2_000, 2_000), zone(2, 6_000, 5_000)],
            ..store()
        }
    }

    fn north(metres: f64) -> Position {
        Position { latitude: HERE.latitude + metres / 111_195.0, ..HERE }
    }

    #[test]
    fn without_zones_it_is_the_flat_fee_wherever_it_goes() {
        let (store, zoned) = (store(), zoned());
        let flat = Some(Money::new(3_000, Currency::THB));
        for place in [None, Some(north(900_000.0))] {
            let way = way(&store, Fulfilment::Delivery, place).unwrap();
            assert_eq!((way, fee(way, flat), words(way, &store)), (Way::Flat, flat, None));
        }
        let fetched = way(&zoned, Fulfilment::Pickup, None).unwrap();
        assert_eq!((fetched, fee(fetched, flat)), (Way::None, None));
    }

    #[test]
    fn a_zone_says_the_fee_the_minimum_and_its_name() {
        let store = zoned();
        let near = way(&store, Fulfilment::Delivery, Some(north(1_500.0))).unwrap();
        assert_eq!(fee(near, None), Some(Money::new(2_000, Currency::THB)));
        assert!(suffices(near, Money::new(1, Currency::THB)).is_ok());
        let far = way(&store, Fulfilment::Delivery, Some(north(5_000.0))).unwrap();
        assert_eq!(words(far, &store).unwrap(), "delivery zone Zone 2: 50.00 THB, for orders of 200.00 THB and more");
        let refused = suffices(far, Money::new(19_999, Currency::THB)).unwrap_err();
        assert_eq!((refused.code.as_str(), &refused.extensions["delivery_zone"]), ("below_minimum", &json!("Zone 2")));
        assert!(suffices(far, Money::new(20_000, Currency::THB)).is_ok());
        let refused = way(&store, Fulfilment::Delivery, Some(north(7_000.0))).unwrap_err();
        assert_eq!(
            (refused.status, refused.code.as_str(), &refused.extensions["zones"]),
            (409, "outside_delivery_zone", &json!(["Zone 1", "Zone 2"]))
        );
    }

    #[test]
    fn a_place_that_nobody_knows_is_priced_but_not_ordered() {
        let store = zoned();
        let way = way(&store, Fulfilment::Delivery, None).unwrap();
        assert_eq!((way, fee(way, Some(Money::new(1, Currency::THB)))), (Way::Unknown, None));
        assert!(words(way, &store).unwrap().contains("20.00 THB to 50.00 THB"));
        assert_eq!(known(way, &store).unwrap_err().errors[0].path, "deliver_to.position");
    }

    proptest! {
        #[test]
        fn what_is_taken_is_within_a_zone_and_the_cheapest_that_holds_it(metres in 0.0..9_000.0_f64) {
            let store = zoned();
            let place = north(metres);
            let within: Vec<_> = store.delivery_zones.iter().filter(|zone| zone.covers(HERE, place)).collect();
            match way(&store, Fulfilment::Delivery, Some(place)) {
                Ok(Way::Zone(zone)) => prop_assert_eq!(
                    Some(zone.fee.amount),
                    within.iter().map(|zone| zone.fee.amount).min()
                ),
                Ok(other) => prop_assert!(false, "{:?}", other),
                Err(_) => prop_assert!(within.is_empty()),
            }
        }
    }
}
