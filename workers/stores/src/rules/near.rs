//! The part of the globe that holds a circle, in degrees: what an index of latitudes and longitudes can find.

use kirana_kernel::Position;

/// Kilometres between two parallels of one degree, a little less than anywhere, so that the box holds the circle.
const KM_A_DEGREE: f64 = 110.5;

/// A box around a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Around {
    /// Degrees to the north and to the south.
    pub rise: f64,
    /// Degrees to the east and to the west, the short way round; 180 is all the way.
    pub run: f64,
    /// How long a degree of longitude is at the place, that of latitude being 1.
    pub shrink: f64,
}

/// The box that holds every place within so many kilometres.
#[must_use]
pub fn around(place: Position, radius_km: f64) -> Around {
    let rise = radius_km / KM_A_DEGREE;
    let shrink = place.latitude.to_radians().cos().max(0.0);
    // Meridians come together towards the poles; a circle that holds a pole crosses all of them.
    let run = if place.latitude.abs() + rise >= 90.0 {
        180.0
    } else {
        (rise.to_radians().sin() / shrink).min(1.0).asin().to_degrees()
    };
    Around { rise, run, shrink }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the SQL of `db::around` has it.
    fn holds(around: Around, place: Position, other: Position) -> bool {
        let apart = (other.longitude - place.longitude).abs();
        (other.latitude - place.latitude).abs() <= around.rise && apart.min(360.0 - apart) <= around.run
    }

    fn at(latitude: f64, longitude: f64) -> Position {
        Position { latitude, longitude }
    }

    #[test]
    fn over_the_antimeridian_and_the_poles() {
        let (taveuni, labasa) = (at(-16.85, 179.97), at(-16.43, -179.6));
        assert!(taveuni.distance_m(&labasa) < 70_000.0);
        assert!(holds(around(taveuni, 70.0), taveuni, labasa) && holds(around(labasa, 70.0), labasa, taveuni));
        assert!(!holds(around(taveuni, 70.0), taveuni, at(-16.85, 0.0)));
        let (pole, other_side) = (at(89.95, 0.0), at(89.95, 180.0));
        assert!(pole.distance_m(&other_side) < 12_000.0);
        assert!(holds(around(pole, 25.0), pole, other_side));
        assert!(holds(around(at(-90.0, 0.0), 1.0), at(-90.0, 0.0), at(-89.995, 123.0)));
    }

    proptest! {
        #[test]
        fn whatever_is_near_is_in_the_box(latitude in -90.0..=90.0_f64, longitude in -180.0..=180.0_f64,
            up in -6.0..6.0_f64, right in -180.0..180.0_f64, radius_km in 1.0..=500.0_f64) {
            let place = at(latitude, longitude);
            let other = at((latitude + up).clamp(-90.0, 90.0), (longitude + right + 540.0).rem_euclid(360.0) - 180.0);
            if place.distance_m(&other) <= radius_km * 1_000.0 {
                prop_assert!(holds(around(place, radius_km), place, other), "{place:?} {other:?}");
            }
        }

        #[test]
        fn a_step_to_the_side_is_in_the_box(latitude in -89.9..=89.9_f64, angle in 0.0..360.0_f64, radius_km in 1.0..=500.0_f64) {
            // A point on the circle itself, by the direct formula.
            let place = at(latitude, 179.9);
            let (distance, bearing, from) = (radius_km * 0.999 / 6_371.008_8, angle.to_radians(), latitude.to_radians());
            let to = (from.sin() * distance.cos() + from.cos() * distance.sin() * bearing.cos()).asin();
            let run = (bearing.sin() * distance.sin() * from.cos()).atan2(distance.cos() - from.sin() * to.sin());
            let other = at(to.to_degrees(), (179.9 + run.to_degrees() + 540.0).rem_euclid(360.0) - 180.0);
            prop_assert!(holds(around(place, radius_km), place, other), "{other:?}");
        }
    }
}
