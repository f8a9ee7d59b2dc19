//! Firmware: a manifest says which program is meant for which kind of device, and its maker signs that. The platform keeps the manifest and
//! passes it on; what a device trusts is the maker's key that it was built with, not the platform.

use crate::kind::DeviceKind;
use crate::proof::is_signed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A program of a kind of device, signed by whoever makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// For which kind.
    pub kind: DeviceKind,
    /// Its version: letters, digits, dots, `-` and `+`, 40 at most.
    #[schema(example = "2.4.1")]
    pub version: String,
    /// Where devices fetch the image. Not signed: what is fetched is known by its hash.
    pub url: String,
    /// How many bytes it has, 256 MB at most.
    pub size: u64,
    /// The SHA-256 of it, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Which key of the maker signed it: a name in the deployment's `FIRMWARE_KEYS`.
    pub key: String,
    /// The Ed25519 signature of that key over the signed text (`docs/devices.md`), in base64url.
    pub signature: String,
}

/// What a maker signs, and a device checks: the kind is in it, so that a fridge takes no vending machine's program.
#[must_use]
pub fn signed_text(manifest: &Manifest) -> String {
    let Manifest { kind, version, size, sha256, .. } = manifest;
    format!("kirana firmware 1\n{}\n{version}\n{size}\n{sha256}", kind.name())
}

/// Is this a version that can be a part of a path?
#[must_use]
pub fn is_version(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
    (1..=40).contains(&text.len()) && text.bytes().all(sign) && !text.starts_with('.')
}

/// Is this a manifest that one of these keys signed?
///
/// # Errors
/// With the field that is wrong, and what would be right.
pub fn check(manifest: &Manifest, keys: &BTreeMap<String, String>) -> Result<(), (&'static str, String)> {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if !is_version(&manifest.version) {
        return Err(("version", "expected 1 to 40 letters, digits, dots, - and +".into()));
    }
    if !manifest.url.starts_with("https://") || manifest.url.len() > 500 {
        return Err(("url", "expected an https address of 500 characters at most".into()));
    }
    if !(1..=256 << 20).contains(&manifest.size) {
        return Err(("size", "expected 1 to 268435456 bytes".into()));
    }
    if manifest.sha256.len() != 64 || !manifest.sha256.bytes().all(hexadecimal) {
        return Err(("sha256", "expected 64 hexadecimal digits in lower case".into()));
    }
    let Some(key) = keys.get(&manifest.key) else {
        return Err(("key", format!("{} is no key of FIRMWARE_KEYS of this deployment", manifest.key)));
    };
    if is_signed(key, &signed_text(manifest), &manifest.signature) {
        Ok(())
    } else {
        Err(("signature", "expected this key's signature over kind, version, size and sha256".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ed25519_dalek::{Signer, SigningKey};

    fn manifest(key: &SigningKey) -> Manifest {
        let mut manifest = Manifest {
            kind: DeviceKind::Fridge,
            version: "2.4.1".into(),
            url: "https://firmware.example/fridge-2.4.1.bin".into(),
            size: 1_000,
            sha256: "ab".repeat(32),
            key: "maker".into(),
            signature: String::new(),
        };
        manifest.signature = URL_SAFE_NO_PAD.encode(key.sign(signed_text(&manifest).as_bytes()).to_bytes());
        manifest
    }

    #[test]
    fn only_what_its_maker_signed_is_taken() {
        let (maker, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let public = |key: &SigningKey| URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let keys = BTreeMap::from([("maker".to_owned(), public(&maker)), ("other".to_owned(), public(&other))]);
        let good = manifest(&maker);
        assert_eq!(check(&good, &keys), Ok(()));
        // A mirror may have it.
        assert_eq!(check(&Manifest { url: "https://mirror.example/x".into(), ..good.clone() }, &keys), Ok(()));
        let field = |changed: Manifest| check(&changed, &keys).unwrap_err().0;
        assert_eq!(field(manifest(&other)), "signature");
        assert_eq!(field(Manifest { kind: DeviceKind::Vm, ..good.clone() }), "signature");
        assert_eq!(field(Manifest { version: "2.4.2".into(), ..good.clone() }), "signature");
        assert_eq!(field(Manifest { size: 1_001, ..good.clone() }), "signature");
        assert_eq!(field(Manifest { sha256: "cd".repeat(32), ..good.clone() }), "signature");
        assert_eq!(field(Manifest { key: "other".into(), ..good.clone() }), "signature");
        assert_eq!(field(Manifest { key: "nobody".into(), ..good.clone() }), "key");
        assert_eq!(field(Manifest { url: "http://x".into(), ..good.clone() }), "url");
        assert_eq!(field(Manifest { sha256: "AB".repeat(32), ..good.clone() }), "sha256");
        assert_eq!(field(Manifest { version: "../2".into(), ..good.clone() }), "version");
        assert_eq!(field(Manifest { size: 0, ..good }), "size");
    }
}
