//! Rotation of signing keys: a key is published a day before it signs, so that whoever keeps a copy of the key set has it in time,
//! and stays published until the last token that it signed has ended.

use crate::rules::code::ID_TOKEN_LIFETIME;
use kirana_kernel::Timestamp;
use std::time::Duration;

/// How long a key signs.
pub const SIGNS_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long before it signs it is published.
pub const PUBLISHED_BEFORE: Duration = Duration::from_secs(24 * 3600);

/// How long after it signs it stays: its last token's time, and what clocks may differ by.
pub const STAYS_AFTER: Duration = ID_TOKEN_LIFETIME.saturating_add(Duration::from_secs(300));

/// A key's place among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Counts up.
    pub generation: u32,
    /// From when it signs, until the next does.
    pub signs_from: Timestamp,
}

/// The key that signs now: the newest whose turn has come.
#[must_use]
pub fn signing(turns: &[Turn], now: Timestamp) -> Option<u32> {
    turns.iter().filter(|turn| turn.signs_from <= now).max_by_key(|turn| turn.generation).map(|turn| turn.generation)
}

/// Has a key's last token ended?
#[must_use]
pub fn is_over(turns: &[Turn], generation: u32, now: Timestamp) -> bool {
    turns.iter().any(|later| later.generation > generation && later.signs_from + STAYS_AFTER <= now)
}

/// The key that should be made now, if one should: the first signs at once, each other when the one before has had its time.
#[must_use]
pub fn wanted(turns: &[Turn], now: Timestamp) -> Option<Turn> {
    let Some(newest) = turns.iter().max_by_key(|turn| turn.generation) else {
        return Some(Turn { generation: 1, signs_from: now });
    };
    let due = newest.signs_from + SIGNS_FOR;
    (now + PUBLISHED_BEFORE >= due)
        .then(|| Turn { generation: newest.generation + 1, signs_from: due.max(now + PUBLISHED_BEFORE) })
}

/// The key that takes over at once, when an admin fears that the one before is known.
#[must_use]
pub fn at_once(turns: &[Turn], now: Timestamp) -> Turn {
    let newest = turns.iter().map(|turn| turn.generation).max().unwrap_or(0);
    Turn { generation: newest + 1, signs_from: now }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn every_token_is_verified_by_a_key_that_was_published_before_and_is_still() {
        let mut turns: Vec<Turn> = Vec::new();
        let mut published: Vec<(u32, Timestamp)> = Vec::new();
        let (mut now, mut rotations, mut last) = (NOW, 0, None);
        while now < NOW + HOUR * 24 * 200 {
            if let Some(turn) = wanted(&turns, now) {
                turns.push(turn);
                published.push((turn.generation, now));
            }
            let signs = signing(&turns, now).unwrap();
            if last.is_some_and(|(generation, _)| generation != signs) {
                rotations += 1;
                let (_, since) = published.iter().find(|(generation, _)| *generation == signs).unwrap();
                assert!(now.since(*since) >= PUBLISHED_BEFORE, "a key that signs has been known for a day");
            }
            // What was signed an instant ago is good for ten minutes, in which its key may not go.
            if let Some((generation, at)) = last.filter(|(_, at)| now.since(*at) <= ID_TOKEN_LIFETIME) {
                assert!(!is_over(&turns, generation, now), "signed at {at}");
            }
            last = Some((signs, now));
            let all = turns.clone();
            turns.retain(|turn| !is_over(&all, turn.generation, now));
            assert!(turns.len() <= 2, "{turns:?}");
            now = now + Duration::from_secs(300);
        }
        assert_eq!(rotations, 6, "every thirty days");
    }

    #[test]
    fn the_old_key_stays_until_its_last_token_has_ended() {
        let (old, new) = (Turn { generation: 1, signs_from: NOW }, Turn { generation: 2, signs_from: NOW + HOUR });
        let turns = [old, new];
        assert_eq!(signing(&turns, NOW + HOUR - Duration::from_millis(1)), Some(1));
        assert_eq!(signing(&turns, NOW + HOUR), Some(2));
        assert!(!is_over(&turns, 1, NOW + HOUR + ID_TOKEN_LIFETIME));
        assert!(is_over(&turns, 1, NOW + HOUR + STAYS_AFTER) && !is_over(&turns, 2, NOW + HOUR * 9_999));
    }

    #[test]
    fn a_deployment_that_slept_still_publishes_before_it_signs() {
        let old = Turn { generation: 4, signs_from: NOW };
        let late = NOW + SIGNS_FOR * 3;
        assert_eq!(wanted(&[old], late), Some(Turn { generation: 5, signs_from: late + PUBLISHED_BEFORE }));
        assert_eq!(wanted(&[old], NOW + HOUR), None);
        assert_eq!(at_once(&[old], late), Turn { generation: 5, signs_from: late });
        assert_eq!(wanted(&[], NOW), Some(Turn { generation: 1, signs_from: NOW }));
    }
}
