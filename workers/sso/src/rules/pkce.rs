//! Proof Key for Code Exchange (RFC 7636): who redeems a code is who asked for it. S256 only: `plain` shows the secret to
//! whoever reads the request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Is this what SHA-256 in base64url looks like?
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Is this the verifier of that challenge: 43 to 128 unreserved characters whose hash it is?
#[must_use]
pub fn verifies(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return false;
    }
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    hash.as_bytes().ct_eq(challenge.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_rfc_7636s() {
        let (verifier, challenge) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(challenge) && verifies(verifier, challenge));
        assert!(!verifies(&verifier.replace("dB", "dC"), challenge), "another verifier");
        assert!(!verifies(challenge, challenge), "the challenge itself, as `plain` would have it");
        assert!(!verifies("short", challenge) && !verifies(&"a".repeat(129), challenge));
        for bad in ["", "x", &challenge[1..], &format!("{challenge}="), &challenge.replace('-', "+")] {
            assert!(!is_challenge(bad), "{bad}");
        }
    }
}
