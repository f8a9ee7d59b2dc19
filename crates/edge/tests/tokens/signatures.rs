//! Signatures and letters that are almost right.

use crate::forge::{NOW, genuine, grant, jwks, key, parts, refused, sign, sign_encoded, with_claim};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD as B64};
use ed25519_dalek::{Signer, SigningKey};
use kirana_edge::access_token::Jwks;
use proptest::prelude::*;
use serde_json::json;

/// The order of the group, as its bytes stand in a signature.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The eight points whose order divides eight, as a key or a signature may write them.
const SMALL_ORDER: [&str; 8] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
];

fn split() -> (String, Vec<u8>) {
    let token = genuine();
    let (message, signature) = token.rsplit_once('.').unwrap();
    (message.to_owned(), B64.decode(signature).unwrap())
}

#[test]
fn another_key_signs_nothing() {
    let (message, _) = split();
    let foreign = SigningKey::from_bytes(&[9; 32]).sign(message.as_bytes());
    refused(&format!("{message}.{}", B64.encode(foreign.to_bytes())), "a foreign key");
    let of_other_words = key().sign(b"something else");
    refused(&format!("{message}.{}", B64.encode(of_other_words.to_bytes())), "other words");
}

#[test]
fn a_signature_is_whole_and_the_only_one() {
    let (message, signature) = split();
    let with = |bytes: &[u8]| format!("{message}.{}", B64.encode(bytes));
    assert_eq!(jwks().verify(&with(&signature), NOW), Some(grant()));
    for shorter in [0, 1, 32, 63] {
        refused(&with(&signature[..shorter]), "cut off");
    }
    refused(&with(&[signature.as_slice(), &[0]].concat()), "longer");
    refused(&with(&[0; 64]), "zeros");
    refused(&with(&[255; 64]), "ones");
    // S + L: the same number to a careless verifier.
    let mut malleable = signature.clone();
    let mut carry = 0_u16;
    for (byte, order) in malleable[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    refused(&with(&malleable), "malleable");
    // The halves the other way round, and the sign of the point.
    refused(&with(&[&signature[32..], &signature[..32]].concat()), "turned round");
    let mut negated = signature.clone();
    negated[31] ^= 0x80;
    refused(&with(&negated), "negated");
}

#[test]
fn a_weak_key_signs_for_nobody_though_it_is_published() {
    // Under a key of small order anybody can sign: R = S·B − k·A takes few values, and one of them needs no secret at all.
    let (_, claims) = parts();
    for point in SMALL_ORDER {
        let bytes = hex::decode(point).unwrap();
        let mut jwk = jwks().keys.remove(0);
        (jwk.x, jwk.kid) = (B64.encode(&bytes), "weak".into());
        let keys = Jwks { keys: vec![jwk] };
        for attempt in 0..4 {
            let mut claims = claims.clone();
            claims["name"] = json!(format!("attempt {attempt}"));
            let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "weak"});
            let message = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
            for r in SMALL_ORDER {
                let signature = [hex::decode(r).unwrap(), vec![0; 32]].concat();
                let token = format!("{message}.{}", B64.encode(signature));
                assert_eq!(keys.verify(&token, NOW), None, "key {point}, R {r}");
            }
        }
    }
}

#[test]
fn a_published_key_is_for_signing_with_eddsa() {
    let token = genuine();
    let with = |change: &dyn Fn(&mut kirana_edge::access_token::Jwk)| {
        let mut jwk = jwks().keys.remove(0);
        change(&mut jwk);
        Jwks { keys: vec![jwk] }.verify(&token, NOW)
    };
    assert_eq!(with(&|_| {}), Some(grant()));
    for (what, found) in [
        ("another kind", with(&|jwk| jwk.kty = "oct".into())),
        ("another curve", with(&|jwk| jwk.crv = "X25519".into())),
        ("another algorithm", with(&|jwk| jwk.alg = "HS256".into())),
        ("for encryption", with(&|jwk| jwk.usage = "enc".into())),
        ("another point", with(&|jwk| jwk.x = B64.encode([2; 32]))),
        ("half a point", with(&|jwk| jwk.x = B64.encode([2; 16]))),
        ("padded", with(&|jwk| jwk.x.push('='))),
    ] {
        assert_eq!(found, None, "{what}");
    }
    assert_eq!(Jwks { keys: Vec::new() }.verify(&token, NOW), None, "no key at all");
}

#[test]
fn letters_are_base64url_in_the_one_way_to_write_it() {
    let (header, claims) = parts();
    let (header, claims) = (header.to_string(), claims.to_string());
    assert_eq!(jwks().verify(&sign_encoded(&B64.encode(&header), &B64.encode(&claims)), NOW), Some(grant()));
    // With `>` and `?` in them, so that the alphabets differ; with a space, so that there is something to pad.
    let marked = header.replacen('{', "{ ", 1);
    let name = claims.replacen("\"name\":\"", "\"name\":\"~~~>>>???", 1);
    for (what, token) in [
        ("the padded alphabet for the header", sign_encoded(&URL_SAFE.encode(&marked), &B64.encode(&claims))),
        (
            "the padded alphabet for the claims",
            sign_encoded(&B64.encode(&header), &format!("{}=", B64.encode(&claims))),
        ),
        ("the other alphabet", sign_encoded(&B64.encode(&header), &STANDARD_NO_PAD.encode(&name))),
        ("the other alphabet, padded", sign_encoded(&STANDARD.encode(&marked), &STANDARD.encode(&name))),
        ("a line break", sign_encoded(&format!("{}\n", B64.encode(&header)), &B64.encode(&claims))),
        ("a space before", format!(" {}", genuine())),
        ("a NUL after", format!("{}\0", genuine())),
    ] {
        refused(&token, what);
    }
    // The last letter of each part may have bits that mean nothing: they are zero, or the token is another text for the same.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let token = genuine();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (kept, last) = signature.split_at(signature.len() - 1);
    let at = alphabet.find(last).unwrap();
    assert_eq!(at % 16, 0, "64 bytes leave four bits of the last letter");
    for bits in 1..16 {
        let letter = alphabet.chars().nth(at + bits).unwrap();
        refused(&format!("{message}.{kept}{letter}"), "bits that mean nothing");
    }
    for (header, claims) in [
        (header.clone(), claims.clone()),
        (marked.clone(), format!(" {claims}")),
        (format!(" {marked}"), format!("  {claims}")),
    ] {
        for part in [&header, &claims] {
            let good = B64.encode(part);
            let (kept, last) = good.split_at(good.len() - 1);
            let spare = match part.len() % 3 {
                0 => continue,
                1 => 4,
                _ => 2,
            };
            let letter = alphabet.chars().nth(alphabet.find(last).unwrap() + (1 << spare) - 1).unwrap();
            let bent = format!("{kept}{letter}");
            let token = if std::ptr::eq(part, &header) {
                sign_encoded(&bent, &B64.encode(&claims))
            } else {
                sign_encoded(&B64.encode(&header), &bent)
            };
            refused(&token, "bits that mean nothing, in a part that is signed");
        }
    }
}

#[test]
fn a_token_has_three_parts_and_a_size() {
    let token = genuine();
    let (message, _) = token.rsplit_once('.').unwrap();
    for bad in ["", ".", "..", "...", "a.b", "a.b.c", "....", "a.b.c.d.e"] {
        refused(bad, "no token");
    }
    refused(message, "two parts");
    refused(&format!("{message}."), "no signature");
    refused(&format!("{token}.x"), "four parts");
    refused(&format!(".{token}"), "four parts");
    // JWE, compact (RFC 7516): five parts.
    let sealed =
        B64.encode(json!({"alg": "dir", "enc": "A256GCM", "typ": "at+jwt", "kid": jwks().keys[0].kid}).to_string());
    refused(&format!("{sealed}..aaaa.bbbb.cccc"), "encrypted");
    refused(&format!("{sealed}.a.b.c.d"), "encrypted");
    // JWS, as JSON (RFC 7515, section 7.2).
    let mut parts_of = token.split('.');
    let mut next = || parts_of.next().unwrap();
    let json = json!({"protected": next(), "payload": next(), "signature": next()});
    refused(&json.to_string(), "as JSON");
    // Good in all but its size.
    let long = with_claim("name", json!("x".repeat(4_000)));
    assert!(long.len() > 4_096);
    refused(&long, "more than 4 kB");
    let fits = with_claim("name", json!("x".repeat(2_000)));
    assert!(fits.len() < 4_096 && jwks().verify(&fits, NOW).is_some());
    let (header, claims) = parts();
    let padded = format!("{claims}{}", " ".repeat(4_000));
    refused(&sign(&header.to_string(), &padded), "blanks");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever one letter becomes, wherever it stands, the token is none.
    #[test]
    fn no_letter_of_a_token_can_be_another(at in 0_usize..700, letter in proptest::char::any()) {
        let token = genuine();
        let mut letters: Vec<char> = token.chars().collect();
        let at = at % letters.len();
        prop_assume!(letters[at] != letter);
        letters[at] = letter;
        let bent: String = letters.into_iter().collect();
        prop_assert_eq!(jwks().verify(&bent, NOW), None);
    }

    /// Whatever comes, it is refused and nothing ends.
    #[test]
    fn no_text_is_too_odd_to_be_refused(text in "\\PC{0,200}", dots in 0_usize..6) {
        let bent = text.replace(' ', &".".repeat(dots));
        prop_assert_eq!(jwks().verify(&bent, NOW), None);
    }
}
