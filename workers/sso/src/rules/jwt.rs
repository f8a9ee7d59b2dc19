//! ID tokens: JWTs signed with ES256 (RFC 7515, RFC 7518), and the public halves of their keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

/// One public key (RFC 7517, RFC 7518).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EcJwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// The point's first coordinate in base64url.
    pub x: String,
    /// And its second.
    pub y: String,
    /// Its id: the key's thumbprint (RFC 7638).
    pub kid: String,
    /// `ES256`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
}

/// The keys that ID tokens may be signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EcJwks {
    /// The keys; a token names one by its `kid`.
    pub keys: Vec<EcJwk>,
}

/// A key that signs.
pub struct Key(SigningKey);

impl Key {
    /// From 32 random bytes; none in the one case in 2^32 in which these are no number of the curve's.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        SigningKey::from_bytes(bytes.into()).ok().map(Self)
    }

    /// Its public half.
    #[must_use]
    pub fn jwk(&self) -> EcJwk {
        let point = self.0.verifying_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.copied().unwrap_or_default());
        let (x, y) = (coordinate(point.x()), coordinate(point.y()));
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        EcJwk {
            kid: URL_SAFE_NO_PAD.encode(Sha256::digest(members.as_bytes())),
            kty: "EC".into(),
            crv: "P-256".into(),
            x,
            y,
            alg: "ES256".into(),
            usage: "sig".into(),
        }
    }

    /// A token that says these claims. The signature needs no randomness (RFC 6979).
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, serde_json::Error> {
        let header = format!(r#"{{"alg":"ES256","typ":"JWT","kid":"{}"}}"#, self.jwk().kid);
        let claims = serde_json::to_string(claims)?;
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        Ok(format!("{message}.{}", self.signature(&message)))
    }

    fn signature(&self, message: &str) -> String {
        let signature: Signature = self.0.sign(message.as_bytes());
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    }

    /// What a token says that this key has signed; none of any other. A signature without randomness can be made again and
    /// compared.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let (message, signature) = token.rsplit_once('.')?;
        let own: bool = self.signature(message).as_bytes().ct_eq(signature.as_bytes()).into();
        let (_, claims) = message.split_once('.').filter(|_| own)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

/// `at_hash`: what ties an ID token to the access token beside it (OpenID Connect Core, section 3.1.3.6).
#[must_use]
pub fn at_hash(access_token: &str) -> String {
    let digest = Sha256::digest(access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.iter().copied().take(16).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    #[test]
    fn a_token_is_verified_with_the_public_half() {
        let key = Key::from_bytes(&[7; 32]).unwrap();
        let token = key.sign(&serde_json::json!({"sub": "x"})).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let jwk = key.jwk();
        let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let point = [vec![4], coordinate(&jwk.x), coordinate(&jwk.y)].concat();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        let public = VerifyingKey::from_sec1_bytes(&point).unwrap();
        assert!(public.verify(message.as_bytes(), &signature).is_ok());
        assert!(public.verify(message.replacen('e', "f", 1).as_bytes(), &signature).is_err());
        assert!(jwk != Key::from_bytes(&[8; 32]).unwrap().jwk() && jwk.kid.len() == 43);
        assert!(Key::from_bytes(&[0; 32]).is_none() && Key::from_bytes(&[255; 32]).is_none());
    }

    #[test]
    fn a_key_reads_what_it_has_signed_and_nothing_else() {
        let (key, other) = (Key::from_bytes(&[7; 32]).unwrap(), Key::from_bytes(&[8; 32]).unwrap());
        let token = key.sign(&serde_json::json!({"sub": "x"})).unwrap();
        let read = |key: &Key, token: &str| key.read::<serde_json::Value>(token);
        assert_eq!(read(&key, &token).unwrap()["sub"], "x");
        assert_eq!(read(&other, &token), None);
        let forged =
            token.replacen(&URL_SAFE_NO_PAD.encode(r#"{"sub":"x"}"#), &URL_SAFE_NO_PAD.encode(r#"{"sub":"y"}"#), 1);
        assert!(forged != token && read(&key, &forged).is_none());
        for bad in ["", ".", "..", "a.b.c", &token[..token.len() - 1], &format!("{token}=")] {
            assert_eq!(read(&key, bad), None, "{bad}");
        }
    }

    /// The example of OpenID Connect Core, appendix A.3.
    #[test]
    fn at_hash_is_the_left_half() {
        assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
