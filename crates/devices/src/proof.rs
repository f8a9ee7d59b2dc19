//! How a device proves that it is itself: a claim code once, then a key of its own.
//!
//! An Ed25519 key is made on the device and never leaves it; we keep the public half. A device too small for that has an HMAC key,
//! which is derived from the deployment's secret and the version of its key, so that no table holds it.
//!
//! Over protocol 1 the hub asks with a nonce. Over MQTT, where the client speaks first, the password is a *pass*: the moment until
//! which it is good, signed. Each signature names what it is for, so that none can stand for another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, Mac};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Letters of a claim code: none that looks like another.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Letters in a claim code: 80 bits.
const CODE_LETTERS: usize = 16;

/// How long a claim code is good for.
pub const CLAIM_LIFETIME: Duration = Duration::from_secs(600);

/// How long a pass may be good for at most, by the clock of the hub.
pub const PASS_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The key that a device is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Key {
    /// The public half, in base64url.
    Ed25519 {
        /// 32 bytes.
        public: String,
    },
    /// Derived from the deployment's secret.
    Hmac {
        /// Which key of this device it is.
        version: u32,
    },
}

/// A claim code from ten random bytes, in groups of four: `7K2M-...`.
#[must_use]
pub fn claim_code(random: [u8; 10]) -> String {
    let bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |place: usize| LETTERS[(bits >> (5 * place) & 31) as usize] as char;
    let letters: Vec<char> = (0..CODE_LETTERS).rev().map(letter).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What of a claim code is kept: its SHA-256, of the letters as they were meant. None for what is no code.
#[must_use]
pub fn claim_hash(code: &str) -> Option<String> {
    let plain: String = code.chars().filter(|sign| !matches!(sign, '-' | ' ')).collect::<String>().to_ascii_uppercase();
    let good = plain.len() == CODE_LETTERS && plain.bytes().all(|letter| LETTERS.contains(&letter));
    good.then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(plain.as_bytes())))
}

/// What a device signs to answer a nonce of the hub.
#[must_use]
pub fn challenge_text(device: Id, nonce: &str) -> String {
    format!("kirana device 1 hello\n{device}\n{nonce}")
}

/// What a device signs to be let in until a moment, in seconds since 1970.
#[must_use]
pub fn pass_text(device: Id, until: i64) -> String {
    format!("kirana device 1 pass\n{device}\n{until}")
}

/// What whoever holds a new key signs with the old one.
#[must_use]
pub fn rotation_text(device: Id, public: &str) -> String {
    format!("kirana device 1 rotate\n{device}\n{public}")
}

/// The HMAC key of a device: told once, when the device is claimed or its key rotated.
#[must_use]
pub fn derived(secret: &[u8], device: Id, version: u32) -> [u8; 32] {
    mac(secret, format!("kirana device key\n{device}\n{version}").as_bytes())
}

fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// A signature of this text by a derived key, in base64url: what a device with an HMAC key answers.
#[must_use]
pub fn hmac_proof(key: &[u8], text: &str) -> String {
    URL_SAFE_NO_PAD.encode(mac(key, text.as_bytes()))
}

/// Is this a public key that somebody can hold? Those of small order sign anything.
#[must_use]
pub fn is_public_key(text: &str) -> bool {
    public_key(text).is_some()
}

fn public_key(text: &str) -> Option<VerifyingKey> {
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak())
}

/// Did the holder of this Ed25519 key, in base64url, sign this text?
#[must_use]
pub fn is_signed(public: &str, text: &str, signature: &str) -> bool {
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    let (Some(key), Ok(signature)) = (public_key(public), Signature::from_slice(&signature)) else { return false };
    key.verify_strict(text.as_bytes(), &signature).is_ok()
}

/// Did the holder of `key` sign this text? In constant time for what is secret.
#[must_use]
pub fn is_proved(key: &Key, secret: &[u8], device: Id, text: &str, proof: &str) -> bool {
    match key {
        Key::Ed25519 { public } => is_signed(public, text, proof),
        Key::Hmac { version } => {
            let Ok(proof) = URL_SAFE_NO_PAD.decode(proof) else { return false };
            let expected = mac(&derived(secret, device, *version), text.as_bytes());
            expected.ct_eq(proof.as_slice()).into()
        }
    }
}

/// Why a pass is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassFault {
    /// Not of its shape.
    #[error("the password is no pass: expected <seconds since 1970>.<signature in base64url>")]
    Shape,
    /// Over, or good for too long.
    #[error("the pass is over, or good for more than a day from now: set the clock")]
    Time,
    /// Not signed by this device's key.
    #[error("the pass is not signed by this device's key")]
    Signature,
}

/// Is this MQTT password a pass of this device that is good now?
///
/// # Errors
/// [`PassFault`] when not.
pub fn check_pass(key: &Key, secret: &[u8], device: Id, pass: &str, now: Timestamp) -> Result<(), PassFault> {
    let (until, proof) = pass.split_once('.').ok_or(PassFault::Shape)?;
    let until: i64 = until.parse().map_err(|_| PassFault::Shape)?;
    let longest = i64::try_from(PASS_LIFETIME.as_secs()).unwrap_or(0);
    if until <= now.seconds() || until > now.seconds() + longest {
        return Err(PassFault::Time);
    }
    if is_proved(key, secret, device, &pass_text(device, until), proof) { Ok(()) } else { Err(PassFault::Signature) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;

    const SECRET: &[u8] = b"a secret";

    fn device(byte: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [byte; 10])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_claim_code_is_read_however_it_is_written(random: [u8; 10]) {
            let code = claim_code(random);
            prop_assert_eq!(code.len(), 19);
            let hash = claim_hash(&code);
            prop_assert!(hash.is_some());
            prop_assert_eq!(claim_hash(&code.to_lowercase().replace('-', " ")), hash);
            prop_assert_eq!(claim_hash(&code[1..]), None);
        }

        #[test]
        fn only_its_own_key_proves_its_own_text(seed: [u8; 32], other: [u8; 32], nonce in "[a-z0-9]{1,20}") {
            prop_assume!(seed != other);
            let (own, foreign) = (SigningKey::from_bytes(&seed), SigningKey::from_bytes(&other));
            let key = Key::Ed25519 { public: URL_SAFE_NO_PAD.encode(own.verifying_key().as_bytes()) };
            let text = challenge_text(device(1), &nonce);
            let sign = |key: &SigningKey, text: &str| URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
            prop_assert!(is_proved(&key, SECRET, device(1), &text, &sign(&own, &text)));
            prop_assert!(!is_proved(&key, SECRET, device(1), &text, &sign(&foreign, &text)));
            prop_assert!(!is_proved(&key, SECRET, device(1), &challenge_text(device(2), &nonce), &sign(&own, &text)));
        }

        #[test]
        fn a_derived_key_is_one_of_one_device_and_version(version in 1_u32..9, nonce in "[a-z]{1,9}", junk in "[A-Za-z0-9_-]{0,60}") {
            let (key, text) = (Key::Hmac { version }, challenge_text(device(1), &nonce));
            let proof = hmac_proof(&derived(SECRET, device(1), version), &text);
            prop_assert!(is_proved(&key, SECRET, device(1), &text, &proof));
            for wrong in [derived(SECRET, device(2), version), derived(SECRET, device(1), version + 1), derived(b"x", device(1), version)] {
                prop_assert!(!is_proved(&key, SECRET, device(1), &text, &hmac_proof(&wrong, &text)));
            }
            prop_assert!(junk == proof || !is_proved(&key, SECRET, device(1), &text, &junk));
        }
    }

    #[test]
    fn a_pass_is_good_for_a_day_at_most() {
        let (key, now) = (Key::Hmac { version: 1 }, Timestamp::from_millis(1_763_631_000_000));
        let pass = |until: i64| {
            format!("{until}.{}", hmac_proof(&derived(SECRET, device(1), 1), &pass_text(device(1), until)))
        };
        let check = |pass: &str| check_pass(&key, SECRET, device(1), pass, now);
        assert_eq!(check(&pass(now.seconds() + 60)), Ok(()));
        assert_eq!(check(&pass(now.seconds())), Err(PassFault::Time));
        assert_eq!(check(&pass(now.seconds() + 86_401)), Err(PassFault::Time));
        assert_eq!(check(&pass(now.seconds() + 60).replacen('1', "2", 1)), Err(PassFault::Time));
        assert_eq!(check("open sesame"), Err(PassFault::Shape));
        let longer =
            pass(now.seconds() + 60).replacen(&(now.seconds() + 60).to_string(), &(now.seconds() + 70).to_string(), 1);
        assert_eq!(check(&longer), Err(PassFault::Signature));
    }

    #[test]
    fn keys_that_sign_anything_are_no_keys() {
        assert!(!is_public_key(&URL_SAFE_NO_PAD.encode([0_u8; 32])));
        assert!(!is_public_key("AAAA") && !is_public_key("?"));
        let zero_order = [1_u8].into_iter().chain([0; 31]).collect::<Vec<_>>();
        assert!(!is_public_key(&URL_SAFE_NO_PAD.encode(zero_order)));
    }
}
