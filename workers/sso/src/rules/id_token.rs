//! ID tokens of other providers: what must be true before one is believed (OpenID Connect Core, section 3.1.3.7). The signature is
//! looked at by the platform's own cryptography; which key and which algorithm may do so is decided here.

use crate::rules::jwt::at_hash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// A token longer than this is not looked at.
const MAX_BYTES: usize = 16 * 1024;

/// What clocks may differ by.
const SKEW: Duration = Duration::from_secs(60);

/// How a token may be signed: with keys whose public half is published, and in no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with PKCS #1 v1.5 and SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// A token that was taken apart.
#[derive(Clone, Debug)]
pub struct Parts {
    /// How it says it is signed.
    pub algorithm: Algorithm,
    /// With which key.
    pub kid: Option<String>,
    /// What is signed.
    pub message: String,
    /// The signature.
    pub signature: Vec<u8>,
    /// What it says; not believed yet.
    pub claims: Map<String, Value>,
}

/// Takes a token apart; none for what is no token, or signed in a way that is not allowed.
#[must_use]
pub fn parse(token: &str) -> Option<Parts> {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
        kid: Option<String>,
        crit: Option<Value>,
    }
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if token.len() > MAX_BYTES || parts.next().is_some() {
        return None;
    }
    let read: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let algorithm = match read.alg.as_str() {
        "RS256" => Algorithm::Rs256,
        "ES256" => Algorithm::Es256,
        // `none`, and HMAC with what everybody knows, are not among them.
        _ => return None,
    };
    // It must be understood, and we understand none.
    if read.crit.is_some() {
        return None;
    }
    let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    Some(Parts { algorithm, kid: read.kid, message: format!("{header}.{payload}"), signature, claims })
}

/// The key that a token may be verified with: of its kind, for signing, and the one it names; if it names none, the only one.
#[must_use]
pub fn key<'a>(keys: &'a [Map<String, Value>], parts: &Parts) -> Option<&'a Map<String, Value>> {
    let text = |key: &'a Map<String, Value>, name: &str| key.get(name).and_then(Value::as_str);
    let (kty, alg) = match parts.algorithm {
        Algorithm::Rs256 => ("RSA", "RS256"),
        Algorithm::Es256 => ("EC", "ES256"),
    };
    let fits = |key: &&'a Map<String, Value>| {
        text(key, "kty") == Some(kty)
            && text(key, "alg").is_none_or(|named| named == alg)
            && text(key, "use").is_none_or(|usage| usage == "sig")
            && (parts.algorithm == Algorithm::Rs256 || text(key, "crv") == Some("P-256"))
    };
    let mut found =
        keys.iter().filter(fits).filter(|key| parts.kid.is_none() || text(key, "kid") == parts.kid.as_deref());
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Who issued it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
    /// In answer to which question.
    pub nonce: &'a str,
    /// The access token that came with it.
    pub access_token: Option<&'a str>,
}

/// Somebody, as another provider tells of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who: the same for good, at that provider.
    pub subject: String,
    /// Where to write to them.
    pub email: Option<String>,
    /// Has the provider seen that the address is theirs?
    pub email_verified: bool,
    /// How to address them.
    pub name: Option<String>,
}

/// Who a token tells of, if what it says is as expected; why not, if not: for the log.
///
/// # Errors
/// The claim that is not as expected.
pub fn check(claims: &Map<String, Value>, expected: &Expected<'_>, now: Timestamp) -> Result<Told, &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims.get(name).and_then(Value::as_i64).ok_or("a time is missing");
    if text("iss") != Some(expected.issuer) {
        return Err("iss");
    }
    let for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == expected.client_id,
        Some(Value::Array(many)) => {
            many.iter().any(|one| one == expected.client_id) && (many.len() == 1 || text("azp").is_some())
        }
        _ => false,
    };
    if !for_us {
        return Err("aud");
    }
    if text("azp").is_some_and(|azp| azp != expected.client_id) {
        return Err("azp");
    }
    if time("exp")? <= (now - SKEW).seconds() {
        return Err("exp");
    }
    if time("iat")? > (now + SKEW).seconds() {
        return Err("iat");
    }
    if text("nonce") != Some(expected.nonce) {
        return Err("nonce");
    }
    if text("at_hash").is_some_and(|hash| expected.access_token.map(at_hash).as_deref() != Some(hash)) {
        return Err("at_hash");
    }
    told(claims).ok_or("sub")
}

/// Who is told of, in an ID token or by userinfo.
#[must_use]
pub fn told(claims: &Map<String, Value>) -> Option<Told> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    // Some write the truth as a text.
    let verified = claims.get("email_verified").is_some_and(|value| *value == Value::Bool(true) || *value == "true");
    let subject = text("sub").filter(|subject| !subject.is_empty() && subject.len() <= 255)?;
    Some(Told { subject, email: text("email"), email_verified: verified, name: text("name") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn good() -> Map<String, Value> {
        map(json!({
            "iss": "https://accounts.example", "aud": "us", "sub": "7", "nonce": "n", "exp": NOW.seconds() + 600,
            "iat": NOW.seconds(), "email": "mali@example.com", "email_verified": true, "name": "Mali",
            "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        }))
    }

    fn checked(change: Value) -> Result<Told, &'static str> {
        let mut claims = good();
        for (name, value) in map(change) {
            if value.is_null() {
                claims.remove(&name)
            } else {
                claims.insert(name, value)
            };
        }
        let expected = Expected {
            issuer: "https://accounts.example",
            client_id: "us",
            nonce: "n",
            access_token: Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
        };
        check(&claims, &expected, NOW)
    }

    #[test]
    fn a_token_says_all_that_it_must() {
        let told = checked(json!({})).unwrap();
        assert_eq!(
            (told.subject.as_str(), told.email.as_deref(), told.email_verified),
            ("7", Some("mali@example.com"), true)
        );
        for (change, claim) in [
            (json!({"iss": "https://accounts.example/"}), "iss"),
            (json!({"iss": null}), "iss"),
            (json!({"aud": "others"}), "aud"),
            (json!({"aud": ["others"]}), "aud"),
            (json!({"aud": ["us", "others"]}), "aud"),
            (json!({"aud": null}), "aud"),
            (json!({"azp": "others"}), "azp"),
            (json!({"exp": NOW.seconds() - 60}), "exp"),
            (json!({"exp": null}), "a time is missing"),
            (json!({"exp": "soon"}), "a time is missing"),
            (json!({"iat": NOW.seconds() + 61}), "iat"),
            (json!({"nonce": "other"}), "nonce"),
            (json!({"nonce": null}), "nonce"),
            (json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), "at_hash"),
            (json!({"sub": null}), "sub"),
            (json!({"sub": ""}), "sub"),
        ] {
            assert_eq!(checked(change.clone()), Err(claim), "{change}");
        }
        for fine in [json!({"at_hash": null}), json!({"aud": ["us"]}), json!({"aud": ["us", "others"], "azp": "us"})] {
            assert!(checked(fine.clone()).is_ok(), "{fine}");
        }
    }

    #[test]
    fn an_address_is_verified_when_its_provider_says_so() {
        let verified = |value: Value| checked(json!({"email_verified": value})).unwrap().email_verified;
        assert!(verified(json!(true)) && verified(json!("true")));
        for not in [json!(false), json!("false"), json!(1), Value::Null] {
            assert!(!verified(not.clone()), "{not}");
        }
    }

    #[test]
    fn a_token_is_signed_with_a_published_key_or_not_at_all() {
        let token = |header: Value| {
            let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.{}", encode(&header), encode(&json!({"sub": "7"})), URL_SAFE_NO_PAD.encode("x"))
        };
        let rsa = parse(&token(json!({"alg": "RS256", "kid": "a"}))).unwrap();
        let ec = parse(&token(json!({"alg": "ES256"}))).unwrap();
        for alg in ["none", "None", "", "HS256", "RS512", "PS256", "EdDSA", "ES256K", "rs256"] {
            assert!(parse(&token(json!({"alg": alg}))).is_none(), "{alg}");
        }
        assert!(parse(&token(json!({"alg": "RS256", "crit": ["exp"]}))).is_none());
        let good = token(json!({"alg": "RS256"}));
        for bad in
            [format!("{good}.x"), good.replacen('.', "", 1), "a.b.c".into(), format!("{good}{}", "A".repeat(20_000))]
        {
            assert!(parse(&bad).is_none());
        }
        let keys = [
            map(json!({"kty": "RSA", "kid": "a", "use": "sig"})),
            map(json!({"kty": "RSA", "kid": "b", "use": "enc"})),
            map(json!({"kty": "EC", "kid": "a", "crv": "P-256", "alg": "ES256"})),
            map(json!({"kty": "EC", "kid": "c", "crv": "P-384"})),
            map(json!({"kty": "oct", "kid": "a"})),
        ];
        assert_eq!(key(&keys, &rsa), keys.first());
        assert_eq!(key(&keys, &ec), keys.get(2), "the only one of its kind");
        assert_eq!(key(&keys, &Parts { kid: Some("b".into()), ..rsa.clone() }), None, "not for signing");
        assert_eq!(key(&keys, &Parts { kid: Some("x".into()), ..rsa.clone() }), None);
        let two = [map(json!({"kty": "RSA"})), map(json!({"kty": "RSA"}))];
        assert_eq!(key(&two, &Parts { kid: None, ..rsa }), None, "which of two is not guessed");
    }
}
