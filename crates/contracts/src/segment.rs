//! Segments of customers, which offers are for: tiers of loyalty as `tier:blossom`, and tags that people of the chain give, as `students`.

/// What the name of a segment that loyalty knows begins with.
const TIER: &str = "tier:";

/// The segment of everybody in this tier.
#[must_use]
pub fn of_tier(tier: &str) -> String {
    format!("{TIER}{tier}")
}

/// The tier that a segment is of; none for one that the customers worker knows.
#[must_use]
pub fn tier_of(segment: &str) -> Option<&str> {
    segment.strip_prefix(TIER)
}

/// Can this be the name of a tag? 1 to 40 small letters, digits and hyphens, the first a letter.
#[must_use]
pub fn is_tag(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&name.len()) && name.as_bytes()[0].is_ascii_lowercase() && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_and_tags_are_told_apart() {
        assert_eq!(tier_of(&of_tier("blossom")), Some("blossom"));
        assert_eq!(tier_of("students"), None);
        for name in ["students", "a", "vip-2026"] {
            assert!(is_tag(name), "{name}");
        }
        for name in ["", "Students", "-a", "2026", "tier:blossom", "ab c", &"a".repeat(41)] {
            assert!(!is_tag(name), "{name}");
        }
    }
}
