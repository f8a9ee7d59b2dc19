//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator app has them.

use hmac::{Hmac, Mac};
use kirana_kernel::Timestamp;
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Seconds of a step.
const STEP: u64 = 30;

/// A secret, as RFC 4226 wants it long: 160 bits.
pub type Secret = [u8; 20];

/// The step that a moment is in.
#[must_use]
pub fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.seconds()).unwrap_or(0) / STEP
}

/// The code of a step (RFC 4226, 5.3), with so many digits.
fn code(secret: &[u8], step: u64, digits: u32) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest: [u8; 20] = mac.finalize().into_bytes().into();
    let offset = usize::from(digest[19] & 0x0f);
    let four = digest.get(offset..offset + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 4]);
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

/// The step whose code this is: the current one, or the one before, for whoever types slowly.
#[must_use]
pub fn matching_step(secret: &Secret, given: &str, now: Timestamp) -> Option<u64> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let current = step_at(now);
    [current, current.saturating_sub(1)]
        .into_iter()
        .find(|step| bool::from(code(secret, *step, 6).as_bytes().ct_eq(given.as_bytes())))
}

/// The code that an authenticator app shows now: for tests that stand in for one.
#[must_use]
pub fn code_now(secret: &Secret, now: Timestamp) -> String {
    code(secret, step_at(now), 6)
}

/// Base32 (RFC 4648) without padding, as apps take secrets.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut held) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// The address that an authenticator app reads as a QR code.
#[must_use]
pub fn uri(secret: &Secret, account: &str, issuer: &str) -> String {
    let (account, issuer) = (encoded(account), encoded(issuer));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", base32(secret))
}

/// Percent-encoding (RFC 3986) of all but unreserved characters.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// RFC 6238, appendix B, SHA-1, eight digits.
    #[test]
    fn it_is_rfc_6238s() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(secret, step_at(at(seconds)), 8), expected);
        }
    }

    #[test]
    fn this_step_and_the_one_before_are_good() {
        let secret = b"12345678901234567890";
        let code = code_now(secret, at(1_234_567_890));
        assert_eq!(code, "005924");
        let step = step_at(at(1_234_567_890));
        assert_eq!(matching_step(secret, "005 924", at(1_234_567_890)), Some(step));
        assert_eq!(matching_step(secret, &code, at(1_234_567_890 + 30)), Some(step), "typed slowly");
        assert_eq!(matching_step(secret, &code, at(1_234_567_890 + 60)), None);
        assert_eq!(matching_step(secret, &code, at(1_234_567_890 - 30)), None, "a clock that runs ahead");
        for bad in ["", "5924", "00592", "0059244", "abcdef"] {
            assert_eq!(matching_step(secret, bad, at(1_234_567_890)), None, "{bad}");
        }
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        for (plain, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
        let uri = uri(b"12345678901234567890", "mali@example.com", "Kirana & Co");
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let expected = "otpauth://totp/Kirana%20%26%20Co:mali%40example.com?secret=";
        assert_eq!(uri, format!("{expected}{secret}&issuer=Kirana%20%26%20Co"));
    }
}
