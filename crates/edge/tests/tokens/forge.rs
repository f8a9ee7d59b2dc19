//! Tokens of our own making.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use ed25519_dalek::{Signer as _, SigningKey};
use kirana_edge::access_token::{Grant, Jwks, Method, Signer};
use kirana_edge::principal;
use kirana_kernel::Timestamp;
use serde_json::Value;
use std::sync::LazyLock;

pub const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

/// The key that identity signs with in these tests.
pub fn key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[1; 32]));
    &KEY
}

pub fn jwks() -> Jwks {
    static KEYS: LazyLock<Jwks> = LazyLock::new(|| Jwks { keys: vec![signer().jwk()] });
    KEYS.clone()
}

fn signer() -> Signer {
    Signer::from_hex(&"01".repeat(32)).unwrap()
}

pub fn grant() -> Grant {
    let proved_at = Timestamp::from_millis(1_763_630_900_000);
    Grant { principal: principal::service("test"), version: 3, proved_at, methods: vec![Method::Pwd] }
}

/// A good token. Signing takes long in a build for tests, so it is made once.
pub fn genuine() -> String {
    static TOKEN: LazyLock<String> = LazyLock::new(|| signer().sign(&grant(), NOW).unwrap());
    TOKEN.clone()
}

/// Header and claims of a good token.
pub fn parts() -> (Value, Value) {
    let token = genuine();
    let read = |part: &str| serde_json::from_slice(&B64.decode(part).unwrap()).unwrap();
    let mut parts = token.split('.');
    (read(parts.next().unwrap()), read(parts.next().unwrap()))
}

/// A token of this text, signed with the real key.
pub fn sign(header: &str, claims: &str) -> String {
    sign_encoded(&B64.encode(header), &B64.encode(claims))
}

/// The same, of parts that are encoded already, well or not.
pub fn sign_encoded(header: &str, claims: &str) -> String {
    let message = format!("{header}.{claims}");
    format!("{message}.{}", B64.encode(key().sign(message.as_bytes()).to_bytes()))
}

/// Signed with the real key, with another member in its header.
pub fn with_header(name: &str, value: Value) -> String {
    let (mut header, claims) = parts();
    header[name] = value;
    sign(&header.to_string(), &claims.to_string())
}

/// Signed with the real key, with another claim.
pub fn with_claim(name: &str, value: Value) -> String {
    let (header, mut claims) = parts();
    claims[name] = value;
    sign(&header.to_string(), &claims.to_string())
}

pub fn refused(token: &str, what: &str) {
    assert_eq!(jwks().verify(token, NOW), None, "{what}: {token}");
}

/// What is made here and has nothing wrong is good: without this the rest would prove nothing.
#[test]
fn a_token_that_is_made_here_is_good() {
    let (header, claims) = parts();
    assert_eq!(jwks().verify(&sign(&header.to_string(), &claims.to_string()), NOW), Some(grant()));
    assert_eq!(jwks().verify(&genuine(), NOW), Some(grant()));
}
