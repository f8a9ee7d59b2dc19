//! What a token may not claim, though the real key has signed it.

use crate::forge::{NOW, genuine, jwks, parts, refused, sign, with_claim};
use kirana_edge::access_token::{AUDIENCE, ISSUER, LIFETIME};
use kirana_kernel::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// Seconds since 1970 of [`NOW`].
fn now() -> i64 {
    NOW.seconds()
}

#[test]
fn a_token_is_good_in_its_time_only() {
    let (issued, ends) = (now(), now() + 600);
    for (name, value) in [
        ("exp", issued - 61),
        ("exp", 0),
        ("exp", -1),
        ("exp", ends + 1),
        ("exp", i64::from(u32::MAX)),
        ("nbf", issued + 61),
        ("nbf", issued + 86_400),
        ("iat", issued + 61),
        ("iat", issued + 86_400),
        // Older than a token may live: `exp` is counted from it.
        ("iat", issued - 1),
        ("iat", 0),
    ] {
        refused(&with_claim(name, json!(value)), name);
    }
    let edge = |token: &str, at: Timestamp| jwks().verify(token, at).is_some();
    let token = genuine();
    assert!(edge(&token, NOW + LIFETIME) && !edge(&token, NOW + LIFETIME + Duration::from_secs(61)));
    assert!(edge(&token, NOW - Duration::from_secs(59)) && !edge(&token, NOW - Duration::from_secs(61)));
}

#[test]
fn nobody_has_proved_who_they_are_tomorrow() {
    // A proof of the future would be a fresh one for ever: what matters asks for one of the last five minutes.
    for seconds in [61, 3_600, 86_400 * 365 * 50] {
        refused(&with_claim("auth_time", json!(now() + seconds)), "a proof of the future");
    }
    refused(&with_claim("auth_time", json!(i64::MAX)), "a proof at the end of time");
    assert!(jwks().verify(&with_claim("auth_time", json!(now() + 5)), NOW).is_some(), "clocks differ by a little");
    assert!(jwks().verify(&with_claim("auth_time", json!(0)), NOW).is_some(), "an old proof is no lie");
}

#[test]
fn numbers_that_no_clock_shows_are_refused_and_end_nothing() {
    let odd = [
        json!(u64::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        // The last and the first second that the calendar has.
        json!(8_210_266_876_799_i64),
        json!(-8_334_601_228_800_i64),
        json!(9_007_199_254_740_993_i64),
        json!(1e300),
        json!(-1e300),
        json!(1.5),
        json!("9999999999"),
        json!(null),
        json!(true),
        json!([]),
        json!({}),
    ];
    for name in ["exp", "nbf", "iat"] {
        for value in &odd {
            // An `nbf` of long ago is true; it stands here for what it does to the arithmetic.
            let past = name == "nbf" && value.as_f64().is_some_and(|value| value < 2.0);
            let token = with_claim(name, value.clone());
            assert!(jwks().verify(&token, NOW).is_none() || past, "{name} {value}");
        }
    }
    let (header, claims) = parts();
    let digits =
        claims.to_string().replacen(&format!("\"exp\":{}", now() + 600), &format!("\"exp\":{}", "9".repeat(400)), 1);
    refused(&sign(&header.to_string(), &digits), "four hundred digits");
    for (name, value) in [("ver", json!(-1)), ("ver", json!(u64::MAX)), ("ver", json!("3")), ("auth_time", json!("0"))]
    {
        refused(&with_claim(name, value), name);
    }
}

#[test]
fn a_token_of_others_or_for_others_is_refused() {
    for iss in ["", "https://evil.example", "Kirana", "kirana ", "kirana/", "kirana\0"] {
        assert_ne!(iss, ISSUER);
        refused(&with_claim("iss", json!(iss)), iss);
    }
    for aud in
        [json!("another-api"), json!(""), json!([AUDIENCE, "another-api"]), json!([AUDIENCE]), json!([]), json!(null)]
    {
        refused(&with_claim("aud", aud), "another audience");
    }
    let (header, claims) = parts();
    for name in ["iss", "aud", "exp", "nbf", "iat", "ver", "auth_time", "amr", "id", "name", "roles"] {
        let mut less = claims.clone();
        assert!(less.as_object_mut().unwrap().remove(name).is_some(), "{name}");
        refused(&sign(&header.to_string(), &less.to_string()), name);
    }
}

#[test]
fn what_is_claimed_twice_is_not_believed() {
    let (header, claims) = parts();
    let text = claims.to_string();
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another-api")),
        ("exp", json!(now() + 600)),
        ("nbf", json!(0)),
        ("iat", json!(now())),
        ("ver", json!(99)),
        ("auth_time", json!(now())),
        ("id", claims["id"].clone()),
        ("roles", json!(["admin"])),
    ] {
        let first = text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        let last = format!("{},\"{name}\":{value}}}", &text[..text.len() - 1]);
        // The same name, written so that a careless reader takes it for another.
        let escaped =
            format!("{},\"\\u{:04x}{}\":{value}}}", &text[..text.len() - 1], u32::from(name.as_bytes()[0]), &name[1..]);
        for twice in [first, last, escaped] {
            refused(&sign(&header.to_string(), &twice), name);
        }
    }
}

#[test]
fn a_token_in_a_token_is_none() {
    let (header, claims) = parts();
    refused(&sign(&header.to_string(), &json!(genuine()).to_string()), "nested as a text");
    refused(&sign(&header.to_string(), &genuine()), "nested as it is");
    for claims in ["", "null", "[]", "{}", "{", &format!("[{claims}]"), &format!("{claims}{claims}")] {
        refused(&sign(&header.to_string(), claims), claims);
    }
    for roles in [json!(["root"]), json!("admin"), json!(null), json!({"0": "admin"}), json!([["admin"]])] {
        refused(&with_claim("roles", roles), "roles that there are not");
    }
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let value: Value = json!("x");
    let deep = claims.to_string().replacen(&claims["name"].to_string(), &deep, 1);
    assert_ne!(value, json!(deep));
    refused(&sign(&header.to_string(), &deep), "a deep one");
}
