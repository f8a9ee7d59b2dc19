//! Where a store brings its orders, for what, and from which sum on.

use kirana_kernel::{Id, Money, Position, polygon};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A part of the map to which a store delivers: a polygon, or a circle around the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryZone {
    /// Its id.
    pub id: Id,
    /// What it is called, such as `Old town`.
    pub name: String,
    /// Its corners, in order round it; the last one is joined to the first. Empty for a circle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub polygon: Vec<Position>,
    /// How far from the store it reaches, in metres; absent for a polygon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_m: Option<u32>,
    /// What is asked for the way.
    pub fee: Money,
    /// What an order must come to, tax included; absent for whatever it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
    /// Where zones overlap, the one of the highest priority counts; of those, the one of the lowest fee.
    #[serde(default)]
    pub priority: u32,
}

impl DeliveryZone {
    /// Is a place in it, for a store at this position? What has no shape that this version knows holds nothing.
    #[must_use]
    pub fn covers(&self, store: Position, place: Position) -> bool {
        match self.radius_m {
            Some(radius) => store.distance_m(&place) <= f64::from(radius),
            None => self.polygon.len() >= 3 && polygon::contains(&self.polygon, place),
        }
    }
}

/// The zone that counts for a place; none when it is outside all of them.
#[must_use]
pub fn zone_of(zones: &[DeliveryZone], store: Position, place: Position) -> Option<&DeliveryZone> {
    let here = zones.iter().filter(|zone| zone.covers(store, place));
    here.min_by_key(|zone| (std::cmp::Reverse(zone.priority), zone.fee.amount, zone.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::{Currency, Timestamp};

    fn zone(number: u8, radius_m: u32, fee: i64, priority: u32) -> DeliveryZone {
        DeliveryZone {
            id: Id::new(Timestamp::from_millis(1), [number; 10]),
            name: format!("Zone {number}"),
            polygon: Vec::new(),
            radius_m: Some(radius_m),
            fee: Money::new(fee, Currency::THB),
            minimum_order: None,
            priority,
        }
    }

    #[test]
    fn of_zones_that_overlap_priority_counts_then_the_fee() {
        let store = Position { latitude: 13.75, longitude: 100.5 };
        let near = Position { latitude: 13.76, longitude: 100.5 };
        let far = Position { latitude: 13.80, longitude: 100.5 };
        let zones = [zone(1, 10_000, 6_000, 0), zone(2, 2_000, 2_000, 0), zone(3, 10_000, 5_000, 0)];
        let fee = |zones: &[DeliveryZone], place| zone_of(zones, store, place).map(|zone| zone.fee.amount);
        assert_eq!((fee(&zones, near), fee(&zones, far)), (Some(2_000), Some(5_000)));
        let ranked = [zone(1, 10_000, 6_000, 1), zone(2, 2_000, 2_000, 0)];
        assert_eq!(fee(&ranked, near), Some(6_000));
        assert_eq!(fee(&zones, Position { latitude: 14.0, longitude: 100.5 }), None);
        let shapeless = DeliveryZone { radius_m: None, ..zone(1, 0, 0, 9) };
        assert_eq!(fee(&[shapeless], store), None);
    }
}
