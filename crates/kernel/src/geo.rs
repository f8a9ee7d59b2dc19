//! Places on the globe.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Mean radius of the Earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A position in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Position {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

impl Position {
    /// Is this a place on the globe?
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }

    /// Metres to `other` along the surface (haversine; good to half a percent).
    #[must_use]
    pub fn distance_m(&self, other: &Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let rise = (to - from) / 2.0;
        let run = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = rise.sin().powi(2) + from.cos() * to.cos() * run.sin().powi(2);
        2.0 * EARTH_RADIUS_M * chord.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bangkok_to_chiang_mai() {
        let bangkok = Position { latitude: 13.7563, longitude: 100.5018 };
        let chiang_mai = Position { latitude: 18.7883, longitude: 98.9853 };
        let km = bangkok.distance_m(&chiang_mai) / 1_000.0;
        assert!((575.0..590.0).contains(&km), "{km}");
        assert!(bangkok.distance_m(&bangkok) < 0.001);
    }
}
