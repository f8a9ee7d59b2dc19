//! Passwords that were leaked elsewhere, as Pwned Passwords tells of them (its API of ranges, version 3): who asks says the first five signs of a
//! password's SHA-1 digest, is told how all known digests with that beginning go on, and looks for its own among them. Nobody learns the
//! password, nor whether it was found.

use sha1::{Digest, Sha1};

/// Signs of a digest that are said.
const SAID: usize = 5;

/// A password's digest in capital hexadecimal digits: what is said of it, and what is looked for.
#[must_use]
pub fn digest(password: &str) -> (String, String) {
    let mut said = hex::encode_upper(Sha1::digest(password.as_bytes()));
    let kept = said.split_off(SAID);
    (said, kept)
}

/// Does a range tell of this digest? A line each, `<the other 35 digits>:<how often>`; lines that were never seen are there to hide how many were.
#[must_use]
pub fn tells_of(range: &str, kept: &str) -> bool {
    range
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .any(|(digest, often)| digest.eq_ignore_ascii_case(kept) && often.parse::<u64>().is_ok_and(|often| often > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaked_password_is_seen_by_the_rest_of_its_digest() {
        // FIPS 180: SHA-1 of "abc".
        let (said, kept) = digest("abc");
        assert_eq!((said.as_str(), kept.as_str()), ("A9993", "E364706816ABA3E25717850C26C9CD0D89D"));
        let range =
            format!("0018A45C4D1DEF81644B54AB7F969B88D65:10\r\n{kept}:3\r\nFFFFA45C4D1DEF81644B54AB7F969B88D65:1");
        assert!(tells_of(&range, &kept) && tells_of(&range.to_lowercase(), &kept));
        for other in ["", "<html>", &range.replace(":3", ":0"), &range.replace("E36", "E37"), &kept, &kept[1..]] {
            assert!(!tells_of(other, &kept), "{other}");
        }
    }
}
