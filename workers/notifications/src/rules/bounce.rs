//! What providers say of letters that did not arrive, or were not wanted: Postmark's webhooks, which show a name and a password that
//! stand in the address they are given, and Resend's, which Svix signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use kirana_kernel::Timestamp;
use serde::Deserialize;
use sha2::Sha256;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How far a notice's time may be from ours, as Svix's own libraries have it.
const TOLERANCE: Duration = Duration::from_secs(300);

/// What proves the notices of providers: `webhooks` in the secret `PROVIDER_SECRETS`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NoticeSecrets {
    /// `name:password`, as it stands in the address that Postmark is given.
    pub postmark: Option<String>,
    /// Resend's signing secret.
    pub resend: Option<String>,
}

impl NoticeSecrets {
    /// From the secret's text; one that is no JSON has nothing.
    #[must_use]
    pub fn of(provider_secrets: &str) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct All {
            webhooks: NoticeSecrets,
        }
        serde_json::from_str::<All>(provider_secrets).unwrap_or_default().webhooks
    }
}

/// A letter that did not arrive, or was not wanted, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// The provider's number of the letter.
    pub number: String,
    /// Where it went.
    pub address: String,
    /// Why, in the provider's word.
    pub reason: String,
}

/// Is this the name and the password that Postmark was given?
#[must_use]
pub fn is_postmark(authorization: Option<&str>, secret: &str) -> bool {
    let given =
        authorization.and_then(|header| header.strip_prefix("Basic ")).and_then(|text| STANDARD.decode(text).ok());
    !secret.is_empty() && given.is_some_and(|given| given.ct_eq(secret.as_bytes()).into())
}

/// What Svix sends beside a notice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signed<'a> {
    /// `svix-id`.
    pub id: &'a str,
    /// `svix-timestamp`, in seconds.
    pub timestamp: &'a str,
    /// `svix-signature`: a list, as secrets change with overlap.
    pub signatures: &'a str,
}

/// Has Svix signed this, lately?
#[must_use]
pub fn is_svix(signed: Signed<'_>, body: &[u8], secret: &str, now: Timestamp) -> bool {
    let Ok(seconds) = signed.timestamp.parse::<i64>() else { return false };
    let near = seconds.abs_diff(now.seconds()) <= TOLERANCE.as_secs();
    let key = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    let Some(key) = key.filter(|key| near && !key.is_empty()) else { return false };
    signed.signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok()).any(|given| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
        for part in [signed.id.as_bytes(), b".", signed.timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac.verify_slice(&given).is_ok()
    })
}

/// What Postmark says; nothing when the letter may still arrive, or it is about something else.
///
/// # Errors
/// Of JSON.
pub fn postmark(body: &[u8]) -> serde_json::Result<Option<Bounce>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Notice {
        record_type: String,
        #[serde(default, rename = "Type")]
        kind: String,
        #[serde(default, rename = "MessageID")]
        message_id: String,
        #[serde(default)]
        email: String,
        #[serde(default)]
        inactive: bool,
    }
    let Notice { record_type, kind, message_id, email, inactive } = serde_json::from_slice(body)?;
    let about_that = matches!(record_type.as_str(), "Bounce" | "SpamComplaint");
    let for_good = inactive || matches!(kind.as_str(), "HardBounce" | "BadEmailAddress" | "SpamComplaint");
    Ok((about_that && for_good).then(|| Bounce { number: message_id, address: normal(&email), reason: word(&kind) }))
}

/// What Resend says; nothing when the letter may still arrive, or it is about something else.
///
/// # Errors
/// Of JSON.
pub fn resend(body: &[u8]) -> serde_json::Result<Option<Bounce>> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Data {
        email_id: String,
        to: Vec<String>,
        bounce: Why,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Why {
        #[serde(rename = "type")]
        kind: String,
    }
    #[derive(Deserialize)]
    struct Notice {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        data: Data,
    }
    let Notice { kind, data } = serde_json::from_slice(body)?;
    let for_good = match kind.as_str() {
        "email.bounced" => data.bounce.kind != "Transient",
        "email.complained" => true,
        _ => false,
    };
    // A letter of ours has one reader.
    let address = data.to.first().filter(|_| for_good);
    Ok(address.map(|address| Bounce { number: data.email_id, address: normal(address), reason: word(&kind) }))
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

/// A provider's word, as it may stand in a table and on a page.
fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '_').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Svix's documentation.
    #[test]
    fn a_notice_is_signed_as_svix_signs() {
        let secret = format!("whsec_{}", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = Signed {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: "1614265330",
            signatures: "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,x",
        };
        let (body, now) = (br#"{"test": 2432232314}"#, Timestamp::from_millis(1_614_265_330_000));
        assert!(is_svix(signed, body, &secret, now) && is_svix(signed, body, &secret, now + TOLERANCE));
        assert!(!is_svix(signed, body, &secret, now + TOLERANCE + Duration::from_secs(1)), "too old");
        assert!(!is_svix(signed, br#"{"test": 2432232315}"#, &secret, now));
        assert!(!is_svix(Signed { id: "msg_x", ..signed }, body, &secret, now));
        assert!(!is_svix(Signed { timestamp: "1614265331", ..signed }, body, &secret, now));
        for bad in ["", "v1,", "v1,AAAA", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
            assert!(!is_svix(Signed { signatures: bad, ..signed }, body, &secret, now), "{bad}");
        }
        for bad in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(!is_svix(signed, body, bad, now), "{bad}");
        }
    }

    #[test]
    fn postmark_shows_its_name_and_password() {
        let header = format!("Basic {}", STANDARD.encode("kirana:a password"));
        assert!(is_postmark(Some(&header), "kirana:a password"));
        assert!(!is_postmark(Some(&header), "kirana:another") && !is_postmark(None, "kirana:a password"));
        assert!(!is_postmark(Some("Basic "), "") && !is_postmark(Some("Bearer x"), "x"));
    }

    #[test]
    fn what_is_for_good_is_told_from_what_may_still_arrive() {
        let bounce = |number: &str, reason: &str| {
            Some(Bounce { number: number.into(), address: "john@example.com".into(), reason: reason.into() })
        };
        // As Postmark's documentation has them.
        let hard = r#"{"RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "TypeCode": 1, "MessageID": "883953f4",
            "Email": "John@Example.com", "BouncedAt": "2014-08-01T13:28:10.2735393-04:00", "Inactive": true}"#;
        assert_eq!(postmark(hard.as_bytes()).unwrap(), bounce("883953f4", "HardBounce"));
        let spam = r#"{"RecordType": "SpamComplaint", "Type": "SpamComplaint", "MessageID": "1", "Email": "john@example.com"}"#;
        assert_eq!(postmark(spam.as_bytes()).unwrap(), bounce("1", "SpamComplaint"));
        let soft = hard.replace("HardBounce", "SoftBounce").replace("true", "false");
        assert_eq!(postmark(soft.as_bytes()).unwrap(), None);
        assert_eq!(postmark(br#"{"RecordType": "Delivery", "MessageID": "1"}"#).unwrap(), None);
        assert!(postmark(b"{}").is_err() && postmark(b"x").is_err());
        // As Resend's has them.
        let hard = r#"{"type": "email.bounced", "created_at": "2024-11-22T23:41:12.126Z", "data": {"email_id": "56761188",
            "to": ["john@example.com"], "bounce": {"message": "no such user", "subType": "Suppressed", "type": "Permanent"}}}"#;
        assert_eq!(resend(hard.as_bytes()).unwrap(), bounce("56761188", "email.bounced"));
        assert_eq!(resend(hard.replace("Permanent", "Transient").as_bytes()).unwrap(), None);
        let spam = hard.replace("bounced", "complained");
        assert_eq!(resend(spam.as_bytes()).unwrap(), bounce("56761188", "email.complained"));
        assert_eq!(resend(hard.replace("bounced", "delivered").as_bytes()).unwrap(), None);
        assert!(resend(b"{}").is_err());
    }

    #[test]
    fn secrets_are_read_from_among_the_others() {
        let secrets = NoticeSecrets::of(r#"{"postmark": "token", "webhooks": {"postmark": "name:password"}}"#);
        assert_eq!((secrets.postmark.as_deref(), secrets.resend), (Some("name:password"), None));
        assert!(NoticeSecrets::of("0011").postmark.is_none() && NoticeSecrets::of("{}").postmark.is_none());
    }
}
