//! Keys for each purpose, derived from the deployment's one `DATA_KEY`.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The deployment's key: 32 random bytes.
#[derive(Clone)]
pub struct Master([u8; 32]);

impl Master {
    /// From 32 bytes in hex; none when it is not.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Some(Self(hex::decode(text.trim()).ok()?.try_into().ok()?))
    }

    /// HMAC-SHA256 of a message under the key for a purpose, which is the HMAC of the purpose's name: who has one key has
    /// no other.
    #[must_use]
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        hmac(&hmac(&self.0, purpose.as_bytes()), message)
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length: this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let master = Master::from_hex(&"2a".repeat(32)).unwrap();
        let (one, other) = (master.mac("letters", b"x"), master.mac("codes", b"x"));
        assert!(one != other && one == master.mac("letters", b"x") && one != master.mac("letters", b"y"));
        assert!(Master::from_hex("2a").is_none() && Master::from_hex("no hex").is_none());
    }

    #[test]
    fn it_is_rfc_4231s_hmac() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(hmac(b"Jefe", b"what do ya want for nothing?")), expected);
    }
}
