//! What is personal is sealed before it is written: AES-256-GCM under a key derived from the deployment's `DATA_KEY`, with the
//! place it is written to as associated data, so that what is copied to another row or column cannot be read there.
//!
//! Text: `v1.<key id>.<nonce>.<ciphertext and tag>`, in hex. Under one key at most 2^32 texts with random nonces are safe.

use super::master::Master;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

/// The keys of a deployment: what is new is sealed with the first; the one before is still read.
#[derive(Clone)]
pub struct Vault {
    current: Master,
    previous: Option<Master>,
}

/// What was sealed cannot be read: it was changed, moved, or its key is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: changed, moved, or its key is gone")]
pub struct SealError;

/// Where a value is written: table, column and primary key.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a>(pub &'a str, pub &'a str, pub &'a str);

impl Place<'_> {
    fn aad(self) -> String {
        format!("{}|{}|{}", self.0, self.1, self.2)
    }
}

fn cipher(key: &Master) -> Aes256Gcm {
    Aes256Gcm::new(&key.mac("vault", b"aes-256-gcm").into())
}

/// What a key is called in what it seals; says nothing of it.
#[must_use]
pub fn key_id(key: &Master) -> String {
    hex::encode(&key.mac("vault", b"key id")[..4])
}

impl Vault {
    /// A vault that seals with `current` and also opens what `previous` has sealed.
    #[must_use]
    pub const fn new(current: Master, previous: Option<Master>) -> Self {
        Self { current, previous }
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn current_key_id(&self) -> String {
        key_id(&self.current)
    }

    /// Seals a text for a place, with twelve bytes that are random each time.
    ///
    /// # Errors
    /// [`SealError`] for a text beyond what AES-GCM takes: 64 GB.
    pub fn seal(&self, text: &str, place: Place<'_>, nonce: [u8; 12]) -> Result<String, SealError> {
        let aad = place.aad();
        let payload = Payload { msg: text.as_bytes(), aad: aad.as_bytes() };
        let sealed = cipher(&self.current).encrypt(Nonce::from_slice(&nonce), payload).map_err(|_| SealError)?;
        Ok(format!("v1.{}.{}.{}", key_id(&self.current), hex::encode(nonce), hex::encode(sealed)))
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, sealed: &str, place: Place<'_>) -> Result<String, SealError> {
        let mut parts = sealed.split('.');
        let (Some("v1"), Some(id), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError);
        };
        let keys = [Some(&self.current), self.previous.as_ref()];
        let key = keys.into_iter().flatten().find(|key| key_id(key) == id).ok_or(SealError)?;
        let nonce: [u8; 12] = hex::decode(nonce).ok().and_then(|nonce| nonce.try_into().ok()).ok_or(SealError)?;
        let (text, aad) = (hex::decode(text).map_err(|_| SealError)?, place.aad());
        let payload = Payload { msg: &text, aad: aad.as_bytes() };
        let text = cipher(key).decrypt(Nonce::from_slice(&nonce), payload).map_err(|_| SealError)?;
        String::from_utf8(text).map_err(|_| SealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(byte: &str) -> Master {
        Master::from_hex(&byte.repeat(32)).unwrap()
    }

    const HERE: Place<'static> = Place("addresses", "text", "1");

    #[test]
    fn it_opens_in_its_place_and_unchanged_only() {
        let vault = Vault::new(master("01"), None);
        let sealed = vault.seal("Rama I Road", HERE, [7; 12]).unwrap();
        assert!(!sealed.contains("Rama") && sealed.starts_with(&format!("v1.{}.", vault.current_key_id())));
        assert_eq!(vault.open(&sealed, HERE).as_deref(), Ok("Rama I Road"));
        for elsewhere in
            [Place("addresses", "text", "2"), Place("addresses", "phone", "1"), Place("users", "text", "1")]
        {
            assert_eq!(vault.open(&sealed, elsewhere), Err(SealError), "{elsewhere:?}");
        }
        for at in [3, 15, sealed.len() - 1] {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(vault.open(&String::from_utf8(changed).unwrap(), HERE), Err(SealError), "byte {at}");
        }
        assert_eq!(vault.open("v1.x", HERE), Err(SealError));
    }

    #[test]
    fn keys_rotate_with_overlap() {
        let old = Vault::new(master("01"), None).seal("x", HERE, [7; 12]).unwrap();
        let both = Vault::new(master("02"), Some(master("01")));
        assert_eq!(both.open(&old, HERE).as_deref(), Ok("x"));
        let new = both.seal("x", HERE, [8; 12]).unwrap();
        assert_eq!(Vault::new(master("02"), None).open(&new, HERE).as_deref(), Ok("x"));
        assert_eq!(Vault::new(master("02"), None).open(&old, HERE), Err(SealError), "its key is gone");
    }

    /// Test case 16 of the GCM specification, through the same library.
    #[test]
    fn it_is_aes_256_gcm() {
        let key = hex::decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").unwrap();
        let text = hex::decode("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39").unwrap();
        let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
        let nonce = hex::decode("cafebabefacedbaddecaf888").unwrap();
        let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
        let sealed = cipher.encrypt(Nonce::from_slice(&nonce), Payload { msg: &text, aad: &aad }).unwrap();
        assert_eq!(hex::encode(&sealed[sealed.len() - 16..]), "76fc6ece0f4e1768cddf8853bb2d551b");
    }
}
