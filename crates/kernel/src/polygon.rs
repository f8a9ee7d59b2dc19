//! Areas on a map: polygons of a town's size, whose corners are positions.
//!
//! Corners are counted in ten-millionths of a degree, a centimetre on the ground, so that every question has one answer: a point
//! on an edge is inside, and who asks in another order of the corners is told the same.

use crate::Position;

/// Corners at most.
pub const MAX_POINTS: usize = 100;

/// How far north to south and east to west an area may reach, in degrees. An area over the 180th meridian seems to go once round
/// the globe, and is refused by this.
pub const MAX_SPAN: f64 = 2.0;

/// What is wrong with a polygon. Corners are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolygonFault {
    /// Fewer than three corners.
    #[error("expected 3 corners or more")]
    TooFewPoints,
    /// More than [`MAX_POINTS`].
    #[error("expected {MAX_POINTS} corners at most")]
    TooManyPoints,
    /// No place on the globe.
    #[error("corner {0}: expected a latitude of -90 to 90 and a longitude of -180 to 180")]
    OffTheGlobe(usize),
    /// Wider than [`MAX_SPAN`].
    #[error("expected an area of {MAX_SPAN} degrees at most from side to side, that does not cross the 180th meridian")]
    TooWide,
    /// The same place as the corner before it.
    #[error(
        "corner {0} is where the one before it is; the last one is joined to the first by itself, so leave out its repetition"
    )]
    Repeated(usize),
    /// Two of its edges meet where they should not.
    #[error(
        "the edges after corner {0} and after corner {1} meet: expected an outline that does not cross or touch itself"
    )]
    CrossesItself(usize, usize),
}

/// A corner in ten-millionths of a degree: east, north.
type Point = (i64, i64);

#[allow(clippy::cast_possible_truncation)] // 180 degrees are 1.8 thousand million of them
fn point(position: &Position) -> Point {
    let count = |degrees: f64| (degrees * 1e7).round() as i64;
    (count(position.longitude), count(position.latitude))
}

/// On which side of the way from `a` to `b` is `c`: positive on the left, 0 on the line.
const fn side(a: Point, b: Point, c: Point) -> i64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

fn on_edge(a: Point, b: Point, c: Point) -> bool {
    let between = |from: i64, to: i64, at: i64| (from.min(to)..=from.max(to)).contains(&at);
    side(a, b, c) == 0 && between(a.0, b.0, c.0) && between(a.1, b.1, c.1)
}

fn meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    let apart = |one: i64, other: i64| one.signum() * other.signum() < 0;
    apart(side(a, b, c), side(a, b, d)) && apart(side(c, d, a), side(c, d, b))
        || on_edge(a, b, c)
        || on_edge(a, b, d)
        || on_edge(c, d, a)
        || on_edge(c, d, b)
}

/// What is wrong with a polygon of these corners, if anything is.
#[must_use]
pub fn fault(corners: &[Position]) -> Option<PolygonFault> {
    if corners.len() < 3 {
        return Some(PolygonFault::TooFewPoints);
    }
    if corners.len() > MAX_POINTS {
        return Some(PolygonFault::TooManyPoints);
    }
    if let Some(at) = corners.iter().position(|corner| !corner.is_valid()) {
        return Some(PolygonFault::OffTheGlobe(at));
    }
    let span = |of: fn(&Position) -> f64| {
        let all = corners.iter().map(of);
        all.clone().fold(f64::MIN, f64::max) - all.fold(f64::MAX, f64::min)
    };
    if span(|corner| corner.latitude) > MAX_SPAN || span(|corner| corner.longitude) > MAX_SPAN {
        return Some(PolygonFault::TooWide);
    }
    let points: Vec<Point> = corners.iter().map(point).collect();
    let count = points.len();
    let next = |at: usize| points[(at + 1) % count];
    if let Some(at) = (0..count).find(|at| points[*at] == next(*at)) {
        return Some(PolygonFault::Repeated((at + 1) % count));
    }
    for one in 0..count {
        // Neighbours share a corner, which is no crossing, unless one goes back over the other.
        let (a, b, c) = (points[one], next(one), next(one + 1));
        let back = (b.0 - a.0) * (c.0 - b.0) + (b.1 - a.1) * (c.1 - b.1) < 0;
        if side(a, b, c) == 0 && back {
            return Some(PolygonFault::CrossesItself(one, (one + 1) % count));
        }
        let others = (one + 2..count).filter(|other| (other + 1) % count != one);
        for other in others {
            if meet(a, b, points[other], next(other)) {
                return Some(PolygonFault::CrossesItself(one, other));
            }
        }
    }
    None
}

/// Is a place within a polygon of these corners, or on its edge? Of one with a [`fault`], the answer means nothing.
#[must_use]
pub fn contains(corners: &[Position], place: Position) -> bool {
    let place = point(&place);
    let points: Vec<Point> = corners.iter().map(point).collect();
    let mut inside = false;
    for (at, &a) in points.iter().enumerate() {
        let b = points[(at + 1) % points.len()];
        if on_edge(a, b, place) {
            return true;
        }
        // Counted is every edge that the way from here to the east crosses.
        if (a.1 > place.1) != (b.1 > place.1) && (side(a, b, place) > 0) == (b.1 > a.1) {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position { latitude, longitude }
    }

    fn square() -> Vec<Position> {
        vec![at(13.0, 100.0), at(13.0, 101.0), at(14.0, 101.0), at(14.0, 100.0)]
    }

    #[test]
    fn a_square_holds_its_inside_edges_and_corners() {
        assert_eq!(fault(&square()), None);
        for inside in [at(13.5, 100.5), at(13.0, 100.5), at(13.5, 101.0), at(14.0, 100.0)] {
            assert!(contains(&square(), inside), "{inside:?}");
        }
        for outside in [at(12.999_999_9, 100.5), at(13.5, 101.000_000_1), at(13.0, 101.5), at(-13.5, 100.5)] {
            assert!(!contains(&square(), outside), "{outside:?}");
        }
        let bay = [at(0.0, 0.0), at(0.0, 1.0), at(1.0, 1.0), at(0.2, 0.5), at(1.0, 0.0)];
        assert_eq!(fault(&bay), None);
        assert!(!contains(&bay, at(0.9, 0.5)) && contains(&bay, at(0.1, 0.5)) && contains(&bay, at(0.9, 0.95)));
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(fault(&square()[..2]), Some(PolygonFault::TooFewPoints));
        assert_eq!(fault(&vec![at(0.0, 0.0); 101]), Some(PolygonFault::TooManyPoints));
        assert_eq!(fault(&[at(0.0, 0.0), at(91.0, 0.0), at(0.0, 1.0)]), Some(PolygonFault::OffTheGlobe(1)));
        assert_eq!(fault(&[at(0.0, f64::NAN), at(1.0, 0.0), at(0.0, 1.0)]), Some(PolygonFault::OffTheGlobe(0)));
        // Fiji, from one side of the meridian to the other.
        assert_eq!(fault(&[at(-17.0, 179.5), at(-17.0, -179.5), at(-16.0, 179.9)]), Some(PolygonFault::TooWide));
        let closed: Vec<_> = square().into_iter().chain([at(13.0, 100.0)]).collect();
        assert_eq!(fault(&closed), Some(PolygonFault::Repeated(0)));
        let bow = [at(0.0, 0.0), at(1.0, 1.0), at(0.0, 1.0), at(1.0, 0.0)];
        assert_eq!(fault(&bow), Some(PolygonFault::CrossesItself(0, 2)));
        let line = [at(0.0, 0.0), at(0.0, 1.0), at(0.0, 0.5)];
        assert_eq!(fault(&line), Some(PolygonFault::CrossesItself(0, 1)));
        let touches = [at(0.0, 0.0), at(0.0, 2.0), at(1.0, 2.0), at(0.0, 1.0), at(1.0, 0.0)];
        assert_eq!(fault(&touches), Some(PolygonFault::CrossesItself(0, 2)));
    }

    prop_compose! {
        /// A centre, and an outline that is seen from it whole: corners at growing angles.
        fn star()(
            latitude in -80.0..80.0_f64,
            longitude in -178.0..178.0_f64,
            corners in proptest::collection::vec((0.01..0.9_f64, 0.0..0.8_f64), 5..20),
        ) -> (Position, Vec<Position>) {
            #[allow(clippy::cast_precision_loss)] // twenty at most
            let step = std::f64::consts::TAU / corners.len() as f64;
            #[allow(clippy::cast_precision_loss)]
            let corner = |(index, (far, off)): (usize, &(f64, f64))| {
                let angle = (index as f64 + off) * step;
                at(latitude + far * angle.sin(), longitude + far * angle.cos())
            };
            (at(latitude, longitude), corners.iter().enumerate().map(corner).collect())
        }
    }

    fn towards(from: Position, to: Position, part: f64) -> Position {
        let way = |a: f64, b: f64| a + (b - a) * part;
        at(way(from.latitude, to.latitude), way(from.longitude, to.longitude))
    }

    proptest! {
        #[test]
        fn what_is_seen_from_the_centre_is_inside((centre, corners) in star(), part in 0.0..0.95_f64) {
            prop_assert_eq!(fault(&corners), None);
            for corner in &corners {
                prop_assert!(contains(&corners, *corner), "a corner is inside");
                prop_assert!(contains(&corners, towards(centre, *corner, part)));
                prop_assert!(!contains(&corners, towards(centre, *corner, 1.05)), "behind it is not");
            }
        }

        #[test]
        fn where_one_begins_and_which_way_round_is_the_same((centre, corners) in star(), east in -1.0..1.0_f64, north in -1.0..1.0_f64, turn in 0..20_usize) {
            let place = at(centre.latitude + north, centre.longitude + east);
            let mut other = corners.clone();
            let turn = turn % other.len();
            other.rotate_left(turn);
            prop_assert_eq!(contains(&corners, place), contains(&other, place));
            other.reverse();
            prop_assert_eq!(contains(&corners, place), contains(&other, place));
            prop_assert_eq!(fault(&other), None);
        }

        #[test]
        fn swapping_two_corners_of_a_convex_outline_crosses_it(far in 0.01..0.9_f64, count in 4..20_usize, which in 0..20_usize) {
            #[allow(clippy::cast_precision_loss)]
            let corner = |index: usize| {
                let angle = index as f64 * std::f64::consts::TAU / count as f64;
                at(far * angle.sin(), far * angle.cos())
            };
            let mut corners: Vec<_> = (0..count).map(corner).collect();
            prop_assert_eq!(fault(&corners), None);
            corners.swap(which % count, (which + 1) % count);
            prop_assert!(matches!(fault(&corners), Some(PolygonFault::CrossesItself(..))));
        }

        #[test]
        fn far_away_is_outside((centre, corners) in star(), latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64) {
            prop_assume!((latitude - centre.latitude).abs() > 1.0 || (longitude - centre.longitude).abs() > 1.0);
            prop_assert!(!contains(&corners, at(latitude, longitude)));
        }
    }
}
