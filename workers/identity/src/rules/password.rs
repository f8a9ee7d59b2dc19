//! Passwords: Argon2id with 19 MiB and two passes, OWASP's minimum, as a PHC string.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// What a user without an account is compared with, so that it takes as long to hear that a password is wrong.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LXNhbHQtbm9ib2R5$1p0Zh9hU4yQ5kqO0bG2bqgq0cJ1m5cF0lO3i3vVb2nE";

/// The hash could not be made; the cost parameters are constants, so it never happens.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// The PHC string of a password with this salt.
///
/// # Errors
/// [`HashError`].
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String, HashError> {
    let hasher = argon2();
    PasswordHasher::hash_password_with_salt(&hasher, password.as_bytes(), &salt)
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

/// Is this the password? Takes as long when there is no such user, or one without a password.
#[must_use]
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    let known = stored.and_then(|stored| PasswordHash::new(stored).ok());
    let somebody = known.is_some();
    let Some(hash) = known.or_else(|| PasswordHash::new(NOBODY).ok()) else { return false };
    let right = argon2().verify_password(password.as_bytes(), &hash).is_ok();
    right && somebody
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_opens() {
        let stored = hash("correct horse", [7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("correct horse", Some(&stored)));
        assert!(!verify("battery staple", Some(&stored)));
        for near in
            ["Correct horse", "correct horse ", " correct horse", "correct  horse", "correct hors", "correct horse\0"]
        {
            assert!(!verify(near, Some(&stored)), "{near:?}");
        }
        // No letter of a long one is cut off.
        let long = "x".repeat(127);
        let stored_long = hash(&format!("{long}a"), [7; 16]).unwrap();
        assert!(verify(&format!("{long}a"), Some(&stored_long)) && !verify(&format!("{long}b"), Some(&stored_long)));
        assert!(!verify("correct horse", None) && !verify("!", Some("!")));
    }

    #[test]
    fn who_has_no_account_costs_a_hash_like_everybody_else() {
        let (somebody, nobody) = (hash("correct horse", [7; 16]).unwrap(), PasswordHash::new(NOBODY).unwrap());
        let somebody = PasswordHash::new(&somebody).unwrap();
        let length = |hash: &PasswordHash| hash.hash.as_ref().map(|output| output.as_bytes().len());
        assert_eq!((nobody.algorithm.as_str(), nobody.version), (somebody.algorithm.as_str(), somebody.version));
        assert_eq!(nobody.params.to_string(), somebody.params.to_string());
        assert!(length(&nobody) == length(&somebody) && length(&nobody) == Some(32));
    }
}
