//! HMAC-SHA256, compared in constant time.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Is `signature`, in hex, what the secret makes of these parts, one after the other? An empty secret signs nothing.
pub(crate) fn is_signed(secret: &str, parts: &[&[u8]], signature: &str) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    keyed(secret, parts).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

/// What the secret makes of these parts, in hex.
#[cfg(test)]
pub(crate) fn sign(secret: &str, parts: &[&[u8]]) -> String {
    keyed(secret, parts).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
}

fn keyed(secret: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().filter(|_| !secret.is_empty())?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac)
}
