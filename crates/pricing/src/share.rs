//! Rounding and sharing out: the one place where a fraction of a minor unit becomes none or one.

use kirana_kernel::Money;
use std::cmp::Ordering;

/// The whole number nearest to `numerator / denominator`; exactly between two, the greater one (half up).
///
/// The denominator is greater than zero: it is a constant, a quantity or a sum of rates everywhere.
#[must_use]
pub fn half_up(numerator: i128, denominator: i128) -> i128 {
    divide(numerator * 2 + denominator, denominator * 2).0
}

/// The whole part rounded down, and what is left. Most amounts fit into 64 bits, where dividing is several times faster.
fn divide(numerator: i128, denominator: i128) -> (i128, i128) {
    match (u64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(small), Ok(by)) if by > 0 => (i128::from(small / by), i128::from(small % by)),
        _ => (numerator.div_euclid(denominator), numerator.rem_euclid(denominator)),
    }
}

/// Shares `total` out in proportion to `weights`, so that the shares are whole and sum to it (largest remainder, Hamilton's
/// method): each gets its share rounded down, and what is left goes by one to those that lost most; to the earlier of two
/// that lost alike. Nobody gets more than their exact share rounded up. Weights that sum to nothing get nothing.
#[must_use]
pub fn split(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if sum <= 0 {
        return vec![0; weights.len()];
    }
    give(total, weights.iter().map(|weight| total * weight), sum)
}

/// Rounds the sum of `parts / denominator` half up, once, and gives each part its own whole share of that sum: see [`split`].
#[must_use]
pub fn round_together(parts: &[i128], denominator: i128) -> Vec<i128> {
    give(half_up(parts.iter().sum(), denominator), parts.iter().copied(), denominator)
}

fn give(total: i128, numerators: impl ExactSizeIterator<Item = i128>, denominator: i128) -> Vec<i128> {
    let mut shares = Vec::with_capacity(numerators.len());
    // What each lost, and its place: the smallest are those that lost most, of two alike the earlier.
    let mut lost = Vec::with_capacity(numerators.len());
    let mut left = total;
    for (place, numerator) in numerators.enumerate() {
        let (whole, rest) = divide(numerator, denominator);
        shares.push(whole);
        lost.push((denominator - rest, place));
        left -= whole;
    }
    let left = usize::try_from(left).unwrap_or(0);
    // Only who is among them counts, not in which order: no need to sort them all.
    if left > 0 && left < lost.len() {
        lost.select_nth_unstable(left);
    }
    for (_, place) in lost.into_iter().take(left) {
        if let Some(share) = shares.get_mut(place) {
            *share += 1;
        }
    }
    shares
}

/// Sorts places by what is at them; equal ones stay as they are. The one place where anything is sorted: each kind of sorting
/// costs a script some kilobytes.
pub(crate) fn sort(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|a, b| compare(*a, *b));
}

/// What `grams` of something cost at a price for a kilogram, half up.
#[must_use]
pub fn by_weight(price_per_kg: Money, grams: i64) -> i128 {
    half_up(i128::from(price_per_kg.amount) * i128::from(grams), 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_half_goes_up_and_less_goes_down() {
        assert_eq!([half_up(1, 2), half_up(149, 100), half_up(150, 100), half_up(-1, 2)], [1, 1, 2, 0]);
    }

    #[test]
    fn the_cent_left_over_goes_to_who_lost_most() {
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33], "alike: to the earlier");
        assert_eq!(split(10, &[14, 33, 53]), [2, 3, 5], "1.4, 3.3, 5.3");
        assert_eq!(split(10, &[0, 0]), [0, 0]);
        assert_eq!(round_together(&[5, 5, 5], 10), [1, 1, 0], "0.5 each are 1.5 together, which is 2");
    }

    proptest! {
        #[test]
        fn shares_sum_to_what_is_shared(
            total in 0..10_i128.pow(12), weights in prop::collection::vec(0..10_i128.pow(12), 1..30)
        ) {
            let shares = split(total, &weights);
            let sum: i128 = weights.iter().sum();
            if sum > 0 {
                prop_assert_eq!(shares.iter().sum::<i128>(), total);
            }
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!((share * sum - total * weight).abs() < sum.max(1), "never a whole unit off");
            }
        }

        #[test]
        fn what_is_rounded_together_is_rounded_once(parts in prop::collection::vec(0..10_i128.pow(9), 1..30), by in 1..10_000_i128) {
            let shares = round_together(&parts, by);
            prop_assert_eq!(shares.iter().sum::<i128>(), half_up(parts.iter().sum(), by));
            for (share, part) in shares.iter().zip(&parts) {
                prop_assert!((share * by - part).abs() < by);
            }
        }
    }
}
