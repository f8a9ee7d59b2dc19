//! Access tokens under attack (S2): whatever is wrong with one, the answer is the same.

use super::{account, client, log_in, until_refused};
use crate::{shared, wanted};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use kirana_tests::platform::SECRET;
use serde_json::{Value, json};
use sha2::Sha256;

/// The key of the platform under test, which is no secret.
fn key() -> SigningKey {
    SigningKey::from_bytes(&hex::decode(SECRET).unwrap().try_into().unwrap())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&B64.decode(part).unwrap()).unwrap()
}

/// Header and claims of a session's access token.
fn parts(session: &Value) -> (Value, Value) {
    let token = session["access_token"].as_str().unwrap();
    let mut parts = token.split('.');
    (decoded(parts.next().unwrap()), decoded(parts.next().unwrap()))
}

fn sign(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", B64.encode(header), B64.encode(claims));
    format!("{message}.{}", B64.encode(key().sign(message.as_bytes()).to_bytes()))
}

/// The token with other claims, signed with the real key.
pub fn signed(session: &Value, change: impl FnOnce(&mut Value)) -> String {
    let (header, mut claims) = parts(session);
    change(&mut claims);
    sign(&header.to_string(), &claims.to_string())
}

#[test]
fn a_bad_token_gets_one_answer_whatever_is_bad() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let session = log_in(&account("forger", &["customer"]), "x");
    let (header, claims) = parts(&session);
    let genuine = session["access_token"].as_str().unwrap();
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let payload = genuine.split('.').nth(1).unwrap();
    let with_header = |change: &dyn Fn(&mut Value)| {
        let mut header = header.clone();
        change(&mut header);
        sign(&header.to_string(), &claims.to_string())
    };
    let with_claims = |change: &dyn Fn(&mut Value)| signed(&session, |claims| change(claims));
    let now = claims["iat"].as_i64().unwrap();

    // What is signed so and has nothing wrong is good: without this the rest would prove nothing.
    assert_eq!(nobody.with_token(&with_claims(&|_| {})).get("/api/v1/auth/me").unwrap().status, 200);
    assert_eq!(nobody.with_token(genuine).get("/api/v1/auth/me").unwrap().status, 200);

    let mut bad: Vec<(String, String)> = Vec::new();
    for alg in ["none", "NoNe", "NONE", "", "HS256", "ES256", "RS256", "EdDSA "] {
        bad.push((format!("alg {alg}"), with_header(&|header| header["alg"] = json!(alg))));
        let unsigned = json!({"alg": alg, "typ": "at+jwt", "kid": header["kid"]});
        bad.push((format!("alg {alg}, unsigned"), format!("{}.{payload}.", B64.encode(unsigned.to_string()))));
    }
    // The public key as an HMAC secret, as bytes and as text.
    let jwk = nobody.get("/.well-known/jwks.json").unwrap().expect(200).unwrap()["keys"][0].clone();
    let x = jwk["x"].as_str().unwrap();
    for secret in [B64.decode(x).unwrap(), x.as_bytes().to_vec(), jwk.to_string().into_bytes()] {
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": header["kid"]});
        let message = format!("{}.{payload}", B64.encode(header.to_string()));
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        mac.update(message.as_bytes());
        bad.push(("key confusion".into(), format!("{message}.{}", B64.encode(mac.finalize().into_bytes()))));
    }
    let foreign = SigningKey::from_bytes(&[9; 32]);
    bad.push((
        "a foreign key".into(),
        format!("{message}.{}", B64.encode(foreign.sign(message.as_bytes()).to_bytes())),
    ));
    for kid in ["", "unknown", "../../../dev/null", "' OR 1=1 --", "\u{202e}kid", "ключ"] {
        bad.push((format!("kid {kid}"), with_header(&|header| header["kid"] = json!(kid))));
    }
    bad.push((
        "no kid".into(),
        with_header(&|header| {
            header.as_object_mut().unwrap().remove("kid");
        }),
    ));
    let own = json!({"kty": "OKP", "crv": "Ed25519", "x": B64.encode(foreign.verifying_key().as_bytes())});
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", own),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
    ] {
        bad.push((format!("header {name}"), with_header(&|header| header[name] = value.clone())));
    }
    for typ in ["JWT", "jwt", "id", "rt+jwt", ""] {
        bad.push((format!("typ {typ}"), with_header(&|header| header["typ"] = json!(typ))));
    }
    for (what, field, value) in [
        ("expired", "exp", json!(now - 61)),
        ("good for longer than tokens are", "exp", json!(now + 86_400)),
        ("not yet", "nbf", json!(now + 3_600)),
        ("issued tomorrow", "iat", json!(now + 86_400)),
        ("another issuer", "iss", json!("https://evil.example")),
        ("another audience", "aud", json!("another-api")),
        ("several audiences", "aud", json!(["kirana-api", "another-api"])),
        ("a huge number", "exp", json!(u64::MAX)),
        ("a negative time", "exp", json!(-1)),
        ("a fraction too large", "exp", json!(1e300)),
        ("a text for a time", "exp", json!("9999999999")),
        ("an unknown role", "roles", json!(["root"])),
        ("a negative version", "ver", json!(-1)),
    ] {
        bad.push((what.into(), with_claims(&|claims| claims[field] = value.clone())));
    }
    for field in ["exp", "nbf", "iat", "iss", "aud", "ver", "id", "roles"] {
        bad.push((
            format!("no {field}"),
            with_claims(&|claims| {
                claims.as_object_mut().unwrap().remove(field);
            }),
        ));
    }
    let twice = claims.to_string().replacen('{', "{\"iss\":\"https://evil.example\",", 1);
    bad.push(("a claim twice".into(), sign(&header.to_string(), &twice)));
    let twice = header.to_string().replacen('{', "{\"alg\":\"none\",", 1);
    bad.push(("a header twice".into(), sign(&twice, &claims.to_string())));
    bad.push(("nested".into(), sign(&header.to_string(), &json!(genuine).to_string())));
    bad.push(("encrypted".into(), "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aaaa.bbbb.cccc".into()));
    bad.push(("no signature".into(), format!("{message}.")));
    bad.push(("two parts".into(), message.into()));
    bad.push(("four parts".into(), format!("{genuine}.x")));
    // S + L: the same signature to a careless verifier.
    bad.push(("a malleable signature".into(), format!("{message}.{}", malleable(signature))));
    // The last letter of 64 bytes has four bits that mean nothing.
    let (kept, last) = signature.split_at(signature.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    bad.push(("base64url that is not canonical".into(), format!("{message}.{kept}{next}")));
    bad.push(("padded".into(), format!("{genuine}==")));
    bad.push(("huge".into(), with_claims(&|claims| claims["name"] = json!("x".repeat(4_000)))));

    let expected = nobody.with_token("nonsense").get("/api/v1/auth/me").unwrap();
    assert_eq!((expected.status, expected.body["code"].as_str()), (401, Some("unauthenticated")));
    for (what, token) in bad {
        let answer = nobody.with_token(&token).get("/api/v1/auth/me").unwrap();
        assert_eq!((answer.status, &answer.body), (401, &expected.body), "{what}");
        assert_eq!(answer.headers.get("www-authenticate").map(String::as_str), Some("Bearer"), "{what}");
    }
    // A session that was ended gets the same answer.
    client(&session).post("/api/v1/auth/logout", &json!({})).unwrap().expect(204).unwrap();
    until_refused(&client(&session));
    assert_eq!(client(&session).get("/api/v1/auth/me").unwrap().body, expected.body);
}

/// The signature with the group's order added to its second half.
fn malleable(signature: &str) -> String {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = B64.decode(signature).unwrap();
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    B64.encode(bytes)
}
