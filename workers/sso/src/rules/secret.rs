//! Codes, tokens and client secrets: 256 random bits, shown once, kept as a hash. They begin with what they are, so that one that
//! leaked is recognised.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An authorization code.
    Code,
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
    /// A client's secret.
    Client,
    /// The cookie of somebody who is signed in.
    Browser,
}

/// A new secret of these random bytes.
#[must_use]
pub fn secret(kind: Kind, random: [u8; 32]) -> String {
    let prefix = match kind {
        Kind::Code => "koc_",
        Kind::Access => "koa_",
        Kind::Refresh => "kor_",
        Kind::Client => "kos_",
        Kind::Browser => "kob_",
    };
    format!("{prefix}{}", hex::encode(random))
}

/// SHA-256 in hex: how it is kept. So many random bits need no slow hash.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Has this secret that hash?
#[must_use]
pub fn is(secret: &str, kept: &str) -> bool {
    hash(secret).as_bytes().ct_eq(kept.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_hash_only() {
        let one = secret(Kind::Client, [7; 32]);
        assert!(one.starts_with("kos_") && one.len() == 68);
        assert!(is(&one, &hash(&one)) && !is(&secret(Kind::Client, [8; 32]), &hash(&one)) && !is(&one, &one));
    }
}
