//! What a header may not say, though the real key has signed it.

use crate::forge::{genuine, jwks, parts, refused, sign, with_header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

#[test]
fn no_other_algorithm_is_taken_signed_or_not() {
    let payload = genuine().split('.').nth(1).unwrap().to_owned();
    let others =
        ["none", "None", "NoNe", "NONE", "", " ", "EdDSA ", "eddsa", "Ed25519", "HS256", "RS256", "ES256", "PS256"];
    for alg in others {
        refused(&with_header("alg", json!(alg)), alg);
        let (mut header, _) = parts();
        header["alg"] = json!(alg);
        refused(&format!("{}.{payload}.", B64.encode(header.to_string())), alg);
    }
    for alg in [json!(null), json!(["EdDSA"]), json!({"alg": "EdDSA"}), json!(1)] {
        refused(&with_header("alg", alg), "an algorithm that is no text");
    }
}

#[test]
fn the_public_key_is_no_secret_of_an_hmac() {
    let jwk = jwks().keys.remove(0);
    let raw = B64.decode(&jwk.x).unwrap();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", jwk.x);
    let texts = [jwk.x.clone().into_bytes(), raw, serde_json::to_vec(&jwk).unwrap(), pem.into_bytes(), Vec::new()];
    let (mut header, claims) = parts();
    for alg in ["HS256", "EdDSA"] {
        header["alg"] = json!(alg);
        let message = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
        for secret in &texts {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
            mac.update(message.as_bytes());
            let mac = mac.finalize().into_bytes();
            refused(&format!("{message}.{}", B64.encode(mac)), alg);
            refused(&format!("{message}.{}", B64.encode([mac, mac].concat())), "as long as a signature is");
        }
    }
}

#[test]
fn a_key_is_named_by_its_own_id_and_nothing_else() {
    let id = jwks().keys.remove(0).kid;
    let others = [
        "".into(),
        "unknown".into(),
        "../../../../dev/null".into(),
        "' OR 1=1 --".into(),
        "\u{202e}kid".into(),
        "ключ".into(),
        "\0".into(),
        "https://evil.example/key".into(),
        format!("{id} "),
        format!("{id}\0"),
        format!(" {id}"),
        id.to_uppercase(),
        id[..id.len() - 1].to_owned(),
        "k".repeat(2_000),
    ];
    for other in others.into_iter().filter(|other| *other != id) {
        refused(&with_header("kid", json!(other)), "another key id");
    }
    for other in [json!(null), json!(1), json!([id]), json!({"kid": id})] {
        refused(&with_header("kid", other), "a key id that is no text");
    }
}

#[test]
fn no_header_brings_its_own_key_or_asks_for_more() {
    let own = serde_json::to_value(jwks().keys.remove(0)).unwrap();
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", own),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("", json!("")),
    ] {
        refused(&with_header(name, value), name);
    }
}

#[test]
fn a_token_of_another_kind_is_no_access_token() {
    for typ in ["JWT", "jwt", "id", "id+jwt", "rt+jwt", "logout+jwt", "AT+JWT", "application/at+jwt", "at+jwt ", ""] {
        refused(&with_header("typ", json!(typ)), typ);
    }
    let (header, claims) = parts();
    for name in ["alg", "typ", "kid"] {
        let mut less = header.clone();
        less.as_object_mut().unwrap().remove(name);
        refused(&sign(&less.to_string(), &claims.to_string()), name);
    }
}

#[test]
fn what_is_said_twice_or_is_no_object_is_not_read() {
    let (header, claims) = parts();
    for (name, value) in [("alg", "none"), ("alg", "EdDSA"), ("kid", "x"), ("typ", "JWT")] {
        let header = header.to_string();
        let first = header.replacen('{', &format!("{{\"{name}\":\"{value}\","), 1);
        let last = format!("{},\"{name}\":\"{value}\"}}", &header[..header.len() - 1]);
        for twice in [first, last] {
            refused(&sign(&twice, &claims.to_string()), name);
        }
    }
    for header in ["", "null", "[]", "\"EdDSA\"", "{", "{}", "\u{feff}{}"] {
        refused(&sign(header, &claims.to_string()), header);
    }
    let value: Value = serde_json::from_str(&header.to_string()).unwrap();
    refused(&sign(&format!("{value}{value}"), &claims.to_string()), "two objects");
}
