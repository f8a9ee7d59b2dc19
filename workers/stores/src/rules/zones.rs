//! What a delivery zone may be.

use kirana_contracts::delivery_zone::DeliveryZone;
use kirana_edge::FieldError;
use kirana_kernel::{Currency, Id, Money, Position, polygon};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Zones of a store at most: an order looks through all of them.
pub const MAX_ZONES: usize = 30;

/// How far from the store a zone may lie, in metres: who writes the longitude first is told so.
const MAX_AWAY_M: f64 = 100_000.0;

/// The widest circle, in metres.
const MAX_RADIUS_M: u32 = 50_000;

/// The highest amount of a fee or a minimum, in minor units.
const MAX_AMOUNT: i64 = 100_000_000;

/// What a store says of a delivery zone: its shape is either `polygon` or `radius_m`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneDetails {
    /// What it is called, such as `Old town`: 1 to 80 characters, each name once in a store.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Its corners, 3 to 100, in order round it; the last one is joined to the first.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub polygon: Vec<Position>,
    /// How far from the store it reaches, 100 to 50000 metres.
    #[serde(default)]
    #[schema(minimum = 100, maximum = 50000)]
    pub radius_m: Option<u32>,
    /// What is asked for the way, in the store's currency; it stands in for the flat fee of `PUT /stores/{id}/fees`.
    pub fee: Money,
    /// What an order must come to, tax included; absent for whatever it comes to.
    #[serde(default)]
    pub minimum_order: Option<Money>,
    /// Where zones overlap, the one of the highest priority counts; of those, the one of the lowest fee. 0 to 1000.
    #[serde(default)]
    #[schema(maximum = 1000)]
    pub priority: u32,
}

impl ZoneDetails {
    /// Everything that is wrong with it, for a store at this place that sells in this currency.
    #[must_use]
    pub fn faults(&self, store: Position, currency: Currency) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |path: &str, message: String| faults.push(FieldError { path: path.into(), message });
        if !(1..=80).contains(&self.name.trim().chars().count()) {
            fault("name", "expected 1 to 80 characters".into());
        }
        match (self.polygon.is_empty(), self.radius_m) {
            (true, None) => fault("polygon", "expected corners here, or a radius in `radius_m`".into()),
            (false, Some(_)) => fault("radius_m", "expected none beside a polygon: a zone has one shape".into()),
            (true, Some(radius)) if !(100..=MAX_RADIUS_M).contains(&radius) => {
                fault("radius_m", format!("expected 100 to {MAX_RADIUS_M} metres"));
            }
            (true, Some(_)) => {}
            (false, None) => {
                if let Some(wrong) = polygon::fault(&self.polygon) {
                    fault("polygon", wrong.to_string());
                } else if !self.polygon.iter().any(|corner| store.distance_m(corner) <= MAX_AWAY_M) {
                    fault(
                        "polygon",
                        "expected a corner within 100 km of the store; are latitude and longitude exchanged?".into(),
                    );
                }
            }
        }
        let amounts =
            [("fee", Some(self.fee), 0, "for nothing, say 0"), ("minimum_order", self.minimum_order, 1, "or none")];
        for (name, money, least, hint) in amounts {
            match money {
                Some(money) if money.currency != currency => {
                    fault(&format!("{name}.currency"), format!("the store sells in {currency}"));
                }
                Some(money) if !(least..=MAX_AMOUNT).contains(&money.amount) => {
                    fault(&format!("{name}.amount"), format!("expected {least} to {MAX_AMOUNT} minor units; {hint}"));
                }
                _ => {}
            }
        }
        if self.priority > 1_000 {
            fault("priority", "expected 0 to 1000".into());
        }
        faults
    }

    /// The zone that they make under an id.
    #[must_use]
    pub fn named(self, id: Id) -> DeliveryZone {
        let Self { name, polygon, radius_m, fee, minimum_order, priority } = self;
        DeliveryZone { id, name: name.trim().to_owned(), polygon, radius_m, fee, minimum_order, priority }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: Position = Position { latitude: 13.7465, longitude: 100.5348 };

    fn circle() -> ZoneDetails {
        ZoneDetails {
            name: "Siam".into(),
            polygon: Vec::new(),
            radius_m: Some(3_000),
            fee: Money::new(4_000, Currency::THB),
            minimum_order: None,
            priority: 0,
        }
    }

    fn of(corners: &[(f64, f64)]) -> ZoneDetails {
        let polygon = corners.iter().map(|&(latitude, longitude)| Position { latitude, longitude }).collect();
        ZoneDetails { polygon, radius_m: None, ..circle() }
    }

    #[test]
    fn a_circle_and_a_polygon_are_taken() {
        assert_eq!(circle().faults(STORE, Currency::THB), []);
        assert_eq!(of(&[(13.7, 100.5), (13.7, 100.6), (13.8, 100.5)]).faults(STORE, Currency::THB), []);
        let free = ZoneDetails { fee: Money::new(0, Currency::THB), ..circle() };
        assert_eq!(free.faults(STORE, Currency::THB), []);
    }

    #[test]
    fn faults_name_their_field() {
        let paths = |zone: ZoneDetails| {
            zone.faults(STORE, Currency::THB).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(ZoneDetails { name: " ".into(), ..circle() }), ["name"]);
        assert_eq!(paths(ZoneDetails { radius_m: None, ..circle() }), ["polygon"]);
        assert_eq!(paths(ZoneDetails { radius_m: Some(99), ..circle() }), ["radius_m"]);
        let both = of(&[(13.7, 100.5), (13.7, 100.6), (13.8, 100.5)]);
        assert_eq!(paths(ZoneDetails { radius_m: Some(500), ..both }), ["radius_m"]);
        assert_eq!(paths(of(&[(13.7, 100.5), (13.7, 100.6)])), ["polygon"]);
        assert_eq!(paths(of(&[(13.7, 100.5), (13.8, 100.6), (13.7, 100.6), (13.8, 100.5)])), ["polygon"]);
        // Far away, as if the longitude had come first.
        let exchanged = of(&[(53.7, 10.5), (53.7, 10.6), (53.8, 10.5)]);
        let faults = exchanged.faults(STORE, Currency::THB);
        assert!(faults[0].message.contains("exchanged"), "{faults:?}");
        let dollars = Money::new(100, Currency::USD);
        assert_eq!(paths(ZoneDetails { fee: dollars, ..circle() }), ["fee.currency"]);
        assert_eq!(paths(ZoneDetails { fee: Money::new(-1, Currency::THB), ..circle() }), ["fee.amount"]);
        let nothing = Some(Money::new(0, Currency::THB));
        assert_eq!(paths(ZoneDetails { minimum_order: nothing, ..circle() }), ["minimum_order.amount"]);
        assert_eq!(paths(ZoneDetails { priority: 1_001, ..circle() }), ["priority"]);
    }
}
