//! Access tokens: EdDSA (Ed25519, RFC 8037) JWTs that identity signs and the gateway verifies against identity's JWKS.

use crate::Principal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use jwt_compact::alg::Ed25519;
use jwt_compact::{AlgorithmExt, Claims, Header, UntrustedToken};
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use utoipa::ToSchema;

/// Who issues the tokens.
pub const ISSUER: &str = "kirana";

/// Who they are for.
pub const AUDIENCE: &str = "kirana-api";

/// How long a token is good for.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// Seconds that clocks may differ by.
const LEEWAY: i64 = 60;

/// A token longer than this is not looked at.
const MAX_TOKEN_BYTES: usize = 4096;

/// The public keys that tokens may be signed with (RFC 7517).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    /// The keys; a token names one by its `kid`.
    pub keys: Vec<Jwk>,
}

/// One public key (RFC 7517, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The key in base64url.
    pub x: String,
    /// Its id.
    pub kid: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
}

/// How somebody has proved who they are (RFC 8176).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A password.
    Pwd,
    /// A one-time code or a recovery code.
    Otp,
    /// A link or code that was sent to their e-mail address.
    Mail,
    /// A code that was sent to their telephone.
    Sms,
}

impl Method {
    /// Its name in tokens and tables (RFC 8176).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Otp => "otp",
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who it speaks for.
    pub principal: Principal,
    /// Counts up when what the user may do changes: an older token is not believed any more.
    pub version: u32,
    /// When they last proved who they are, with all that they have to prove it with; to the second.
    pub proved_at: Timestamp,
    /// How.
    pub methods: Vec<Method>,
}

impl Grant {
    /// Did they show a second factor, beside a password or somebody else's word for them?
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.methods.iter().any(|method| *method != Method::Pwd)
    }

    /// `acr`: `2` for two factors, else `1`.
    fn level(&self) -> &'static str {
        if self.has_second_factor() { "2" } else { "1" }
    }
}

#[derive(Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    aud: String,
    ver: u32,
    auth_time: i64,
    #[serde(default)]
    acr: String,
    amr: Vec<Method>,
    #[serde(flatten)]
    principal: Principal,
}

/// The header that our tokens have. One that says more asks for something that we do not do: `crit`, a key of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// The key that identity signs with.
pub struct Signer(SigningKey);

impl Signer {
    /// From 32 bytes in hex, as the secret `JWT_SEED` holds them; none when it does not.
    #[must_use]
    pub fn from_hex(seed: &str) -> Option<Self> {
        let seed: [u8; 32] = hex::decode(seed.trim()).ok()?.try_into().ok()?;
        Some(Self(SigningKey::from_bytes(&seed)))
    }

    /// The public half, for verifiers.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        let public = self.0.verifying_key();
        let digest = Sha256::digest(public.as_bytes());
        Jwk {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: URL_SAFE_NO_PAD.encode(public.as_bytes()),
            kid: hex::encode(&digest[..8]),
            alg: "EdDSA".into(),
            usage: "sig".into(),
        }
    }

    /// A token for what is granted, good from `now` for [`LIFETIME`].
    ///
    /// # Errors
    /// When the claims cannot be written.
    pub fn sign(&self, grant: &Grant, now: Timestamp) -> Result<String, jwt_compact::CreationError> {
        let mut claims = Claims::new(AccessClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            ver: grant.version,
            auth_time: grant.proved_at.seconds(),
            acr: grant.level().into(),
            amr: grant.methods.clone(),
            principal: grant.principal.clone(),
        });
        claims.issued_at = Some(now.to_utc());
        claims.not_before = Some(now.to_utc());
        claims.expiration = Some((now + LIFETIME).to_utc());
        let header = Header::empty().with_key_id(self.jwk().kid).with_token_type("at+jwt");
        Ed25519.token(&header, &claims, &self.0)
    }
}

impl Jwks {
    /// What the token grants, if it is genuine, for this API and good at `now`. Why it is not is nobody's business.
    #[must_use]
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Grant> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
        let header: PlainHeader = serde_json::from_slice(&header).ok()?;
        if header.alg != "EdDSA" || header.typ != "at+jwt" {
            return None;
        }
        let key = self.key(&header.kid)?;
        let token = UntrustedToken::new(token).ok()?;
        let token = Ed25519.validator::<AccessClaims>(&key).validate(&token).ok()?;
        if !in_time(token.claims(), now.seconds())? {
            return None;
        }
        let custom = token.into_parts().1.custom;
        let grant = Grant {
            principal: custom.principal,
            version: custom.ver,
            proved_at: Timestamp::from_millis(custom.auth_time.saturating_mul(1_000)),
            methods: custom.amr,
        };
        (custom.iss == ISSUER && custom.aud == AUDIENCE).then_some(grant)
    }

    fn key(&self, kid: &str) -> Option<VerifyingKey> {
        let jwk = self.keys.iter().find(|jwk| jwk.kid == kid)?;
        if [&*jwk.kty, &*jwk.crv, &*jwk.alg, &*jwk.usage] != ["OKP", "Ed25519", "EdDSA", "sig"] {
            return None;
        }
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(&jwk.x).ok()?.try_into().ok()?;
        // Under a key of small order anybody's signature is good.
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak())
    }
}

/// Do all its times stand, with [`LEEWAY`]? None when one is missing. A proof of the future would be fresh for ever. The sums
/// saturate: a calendar's own would end the worker at its last day.
fn in_time(claims: &Claims<AccessClaims>, now: i64) -> Option<bool> {
    let (issued, begins, ends) = (claims.issued_at?, claims.not_before?, claims.expiration?);
    let (issued, begins, ends) = (issued.timestamp(), begins.timestamp(), ends.timestamp());
    let come = |moment: i64| moment.saturating_sub(LEEWAY) <= now;
    let short = ends.saturating_sub(issued) <= i64::try_from(LIFETIME.as_secs()).ok()?;
    Some(short && come(issued) && come(begins) && come(claims.custom.auth_time) && ends.saturating_add(LEEWAY) >= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jwt_compact::alg::{Hs256, Hs256Key};

    fn signer(byte: &str) -> Signer {
        Signer::from_hex(&byte.repeat(32)).unwrap()
    }

    fn jwks() -> Jwks {
        Jwks { keys: vec![signer("01").jwk()] }
    }

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    fn grant() -> Grant {
        let principal = crate::principal::service("test");
        Grant {
            principal,
            version: 3,
            proved_at: Timestamp::from_millis(1_763_630_900_000),
            methods: vec![Method::Pwd],
        }
    }

    #[test]
    fn a_genuine_token_is_good_for_its_time() {
        let token = signer("01").sign(&grant(), NOW).unwrap();
        assert_eq!(jwks().verify(&token, NOW), Some(grant()));
        assert_eq!(jwks().verify(&token, NOW + LIFETIME + Duration::from_secs(61)), None);
        assert_eq!(jwks().verify(&token, NOW - Duration::from_secs(61)), None);
    }

    #[test]
    fn forgeries_are_refused() {
        let foreign = signer("02").sign(&grant(), NOW).unwrap();
        assert_eq!(jwks().verify(&foreign, NOW), None);
        // The public key used as an HMAC secret (key confusion), and no signature at all.
        let principal = grant().principal;
        let claims = Claims::new(&principal);
        let header = Header::empty().with_key_id(signer("01").jwk().kid).with_token_type("at+jwt");
        let confused = Hs256.token(&header, &claims, &Hs256Key::new(jwks().keys[0].x.as_bytes())).unwrap();
        assert_eq!(jwks().verify(&confused, NOW), None);
        let genuine = signer("01").sign(&grant(), NOW).unwrap();
        let mut parts = genuine.split('.');
        let (_, payload) = (parts.next(), parts.next().unwrap());
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
        assert_eq!(jwks().verify(&format!("{none}.{payload}."), NOW), None);
        assert_eq!(jwks().verify(&"a".repeat(5_000), NOW), None);
        assert_eq!(jwks().verify("a.b", NOW), None);
    }

    /// A token with this header and these claims, signed with the real key.
    fn signed(header: &str, claims: &str) -> String {
        use ed25519_dalek::Signer as _;
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = signer("01").0.sign(message.as_bytes()).to_bytes();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn what_asks_for_more_or_lives_too_long_is_refused_though_it_is_signed() {
        let genuine = signer("01").sign(&grant(), NOW).unwrap();
        let mut parts =
            genuine.split('.').map(|part| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap_or_default()));
        let (header, claims) = (parts.next().unwrap().unwrap(), parts.next().unwrap().unwrap());
        assert_eq!(jwks().verify(&signed(&header, &claims), NOW), Some(grant()));
        for more in ["\"crit\":[\"exp\"]", "\"jku\":\"https://evil.example\"", "\"jwk\":{}", "\"alg\":\"none\""] {
            let header = header.replacen('{', &format!("{{{more},"), 1);
            assert_eq!(jwks().verify(&signed(&header, &claims), NOW), None, "{more}");
        }
        let claim = |name: &str| {
            claims.split(&format!("\"{name}\":")).nth(1).unwrap().split([',', '}']).next().unwrap().to_owned()
        };
        let expires = claim("exp").parse::<i64>().unwrap();
        let with = |name: &str, value: i64| {
            claims.replace(&format!("\"{name}\":{}", claim(name)), &format!("\"{name}\":{value}"))
        };
        for (name, value) in [("exp", expires + 1), ("iat", NOW.seconds() + 61), ("nbf", NOW.seconds() + 61)] {
            assert_eq!(jwks().verify(&signed(&header, &with(name, value)), NOW), None, "{name}");
        }
        for (ours, other) in [(ISSUER, "somebody"), (AUDIENCE, "another-api")] {
            let claims = claims.replacen(&format!(":\"{ours}\""), &format!(":\"{other}\""), 1);
            assert_eq!(jwks().verify(&signed(&header, &claims), NOW), None, "{other}");
        }
        for name in ["exp", "iat", "nbf", "iss", "aud", "ver"] {
            let without = claims.replacen(&format!("\"{name}\":"), &format!("\"no {name}\":"), 1);
            assert_eq!(jwks().verify(&signed(&header, &without), NOW), None, "no {name}");
        }
    }
}
