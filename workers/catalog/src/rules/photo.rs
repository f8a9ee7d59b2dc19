//! What a photo may be, and where it is found.

use kirana_kernel::Id;
use sha2::{Digest, Sha256};

/// Bytes of a photo at most: whoever uploads one makes it small, so that a menu is light on a telephone.
pub const MAX_BYTES: usize = 512 * 1024;

/// The kinds of picture that are taken.
pub const KINDS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// What kind of picture this is, by its own first bytes: what somebody calls it may be something else.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    let [jpeg, png, webp] = KINDS;
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(jpeg),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(webp),
        _ => None,
    }
}

/// What a photo is known by: another picture is another name, so that copies of it may be kept for good.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

/// Where it lies in R2.
#[must_use]
pub fn key(product: Id, hash: &str) -> String {
    format!("products/{product}/{hash}")
}

/// Where browsers ask for it.
#[must_use]
pub fn address(product: Id, hash: &str) -> String {
    format!("/api/v1/products/{product}/photo?v={hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_what_it_is() {
        assert_eq!(kind(&[0xff, 0xd8, 0xff, 0xe0, 0]), Some("image/jpeg"));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for other in [&b"<svg xmlns="[..], b"GIF89a", b"RIFF\0\0\0\0WAVE", b"", b"\xff\xd8"] {
            assert_eq!(kind(other), None, "{other:?}");
        }
    }

    #[test]
    fn another_picture_is_another_address() {
        let id = Id::new(kirana_kernel::Timestamp::from_millis(1), [1; 10]);
        assert_ne!(address(id, &hash(b"a")), address(id, &hash(b"b")));
        assert_eq!(hash(b"a").len(), 16);
    }
}
