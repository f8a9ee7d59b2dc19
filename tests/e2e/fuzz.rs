//! A fuzzer for every documented call: whatever body, path or query comes, no answer is the platform's fault, and every
//! refusal is a problem document that names what was wrong.

use crate::wanted;
use kirana_tests::{Answer, Chain, Client, Platform};
use serde_json::{Value, json};

/// Another seed is another run: `KIRANA_FUZZ_SEED=7 cargo xtask test fuzz`.
const SEED: u64 = 20_261_121;
/// Bodies for each call, of those made from its schema.
const ROUNDS: usize = 6;

/// SplitMix64: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// What no sensible client sends.
fn nasty(random: &mut Random) -> Value {
    let texts = [
        String::new(),
        "\u{0}".into(),
        "\u{202e}x".into(),
        "'; DROP TABLE orders; --".into(),
        "../../internal/outbox/ack".into(),
        "x".repeat(5_000),
        "NaN".into(),
        "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44".into(),
        "9999-99-99T99:99:99Z".into(),
        "\u{1F9CB}".into(),
    ];
    match random.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(i64::MAX),
        4 => json!(i64::MIN),
        5 => json!(u64::MAX),
        6 => json!(0.1),
        7 => json!([]),
        8 => json!({}),
        9 => json!([[[[[[[[1]]]]]]]]),
        _ => json!(random.pick(&texts)),
    }
}

/// A value that fits a schema, more or less: now and then a part of it is something else.
fn value(api: &Value, schema: &Value, random: &mut Random, depth: usize) -> Value {
    if depth > 6 || random.below(9) == 0 {
        return nasty(random);
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return value(api, &api["components"]["schemas"][name], random, depth + 1);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(options) = schema[choice].as_array() {
            if choice == "allOf" {
                let mut whole = json!({});
                for part in options {
                    if let Value::Object(fields) = value(api, part, random, depth + 1) {
                        whole.as_object_mut().unwrap().extend(fields);
                    }
                }
                return whole;
            }
            return value(api, random.pick(options), random, depth + 1);
        }
    }
    if let Some(options) = schema["enum"].as_array() {
        return random.pick(options).clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind {
        Some("object") => {
            let mut object = json!({});
            for (name, part) in schema["properties"].as_object().into_iter().flatten() {
                if random.below(8) > 0 {
                    object[name] = value(api, part, random, depth + 1);
                }
            }
            if random.below(8) == 0 {
                object["no_such_field"] = nasty(random);
            }
            object
        }
        Some("array") => (0..random.below(3)).map(|_| value(api, &schema["items"], random, depth + 1)).collect(),
        Some("integer") => json!(*random.pick(&[0, 1, 2, 100, -1, 1_000_000, i64::MAX])),
        Some("number") => json!(*random.pick(&[0.0, 13.7, -1.0, 1e300])),
        Some("boolean") => json!(random.below(2) == 0),
        Some("string") if schema["format"] == "uuid" => json!("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"),
        Some("string") => {
            json!(*random.pick(&["tea", "cup", "Asia/Bangkok", "a@b.example", "THB", "2026-11-21T10:00:00Z"]))
        }
        _ => nasty(random),
    }
}

/// What is in a path's braces: an id that is nobody's, a number, or nonsense.
fn path(template: &str, store: &str, random: &mut Random) -> String {
    let parts: Vec<_> = template
        .split('/')
        .map(|part| match part.starts_with('{') {
            false => part.to_owned(),
            true => (*random.pick(&[
                store,
                "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44",
                "1",
                "-1",
                "%00",
                "%F0%9F%A7%8B",
                "x%2Fy",
            ]))
            .to_owned(),
        })
        .collect();
    parts.join("/")
}

fn query(operation: &Value, random: &mut Random) -> String {
    let names = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
    let pairs: Vec<_> = names
        .filter_map(|one| one["name"].as_str())
        .filter(|_| true)
        .map(|name| {
            format!(
                "{name}={}",
                random.pick(&["", "1", "-1", "0", "999999999999999999999", "%00", "x", "1e9", "%C3%28", "true"])
            )
        })
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn judge(what: &str, answer: &Answer) {
    let place = format!("seed {SEED}: {what}\n  -> {} {}", answer.status, answer.body);
    assert!(answer.status < 500, "{place}");
    if answer.status >= 400 {
        assert_eq!(answer.content_type, "application/problem+json", "{place}");
        assert!(answer.body["code"].is_string() && answer.body["detail"].is_string(), "{place}");
        assert_eq!(answer.body["status"], answer.status, "{place}");
        if answer.body["code"] == "invalid_body" {
            assert!(answer.body["errors"][0]["path"].is_string(), "{place}");
        }
    }
}

#[test]
fn no_body_is_the_platforms_fault() {
    if !wanted() {
        return;
    }
    let seed = std::env::var("KIRANA_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let mut random = Random(seed);
    // A chain of its own: among what is drawn are orders to close the store.
    let platform = Platform::start("fuzz").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let api = chain.nobody.get("/api/v1/openapi.json").unwrap().expect(200).unwrap();
    let people: [(&str, &Client); 3] = [("nobody", &chain.nobody), ("customer", &customer), ("admin", &chain.admin)];
    let mut calls = 0;
    for (template, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            // These would end the run's own sessions.
            let ends = [("post", "/auth/logout"), ("delete", "/auth/sessions")];
            if ends.iter().any(|(verb, end)| method == verb && template.ends_with(end)) {
                continue;
            }
            let method = method.to_uppercase();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let rounds = if schema.is_object() { ROUNDS } else { 2 };
            for round in 0..rounds {
                let body = schema.is_object().then(|| match round {
                    0 => "{\"a\":".repeat(2_000),
                    1 => "\u{feff}{}".to_owned(),
                    _ => value(&api, schema, &mut random, 0).to_string(),
                });
                let path = format!("{}{}", path(template, &chain.store, &mut random), query(operation, &mut random));
                let (name, client) = people[if round < 2 { 2 } else { random.below(3) }];
                let answer = client.send(&method, &path, body.as_deref(), Some(&Client::new_key())).unwrap();
                let shown: String = body.unwrap_or_default().chars().take(600).collect();
                judge(&format!("{name}: {method} {path} {shown}"), &answer);
                calls += 1;
            }
        }
    }
    eprintln!("fuzz: {calls} calls, seed {seed}");
    chain.check().unwrap();
}
