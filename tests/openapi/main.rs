//! The platform's OpenAPI document: what the handlers' annotations say is what the gateway serves.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod fields;

use std::path::Path;

/// What the annotations of all handlers say, in one document.
fn document() -> serde_json::Value {
    let parts = [
        identity::routes().into_openapi(),
        customers::routes().into_openapi(),
        stores::routes().into_openapi(),
        catalog::routes().into_openapi(),
        orders::routes().into_openapi(),
        payments::routes().into_openapi(),
        books::routes().into_openapi(),
        inventory::routes().into_openapi(),
        notifications::routes().into_openapi(),
        loyalty::routes().into_openapi(),
        analytics::routes().into_openapi(),
        dead_letters::routes().into_openapi(),
        sso::routes().into_openapi(),
        pricing::routes().into_openapi(),
        privacy::routes().into_openapi(),
        documents::routes().into_openapi(),
        devices::routes().into_openapi(),
    ];
    let parts: Vec<serde_json::Value> = parts.iter().map(|part| serde_json::to_value(part).unwrap()).collect();
    // Workers share one list of schemas: what has one name is one thing.
    let mut known: std::collections::BTreeMap<&str, &serde_json::Value> = std::collections::BTreeMap::new();
    for (name, schema) in parts.iter().filter_map(|part| part["components"]["schemas"].as_object()).flatten() {
        let first = known.entry(name).or_insert(schema);
        assert!(*first == schema, "two workers mean different things by {name}: {first}\n{schema}");
    }
    gateway::openapi::merge(parts)
}

/// `KIRANA_BLESS=1 cargo test -p kirana-tests --test openapi` writes it.
#[test]
fn the_served_document_is_what_the_handlers_say() {
    let said = serde_json::to_string(&document()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workers/gateway/src/openapi.json");
    if std::env::var_os("KIRANA_BLESS").is_some() {
        std::fs::write(&path, &said).unwrap();
    }
    let served = std::fs::read_to_string(&path).unwrap();
    assert!(served == said, "workers/gateway/src/openapi.json is old: run `cargo xtask openapi`");
}

/// S13: whatever goes wrong is told as a problem document (RFC 9457), in every answer that the document names.
#[test]
fn every_documented_fault_is_a_problem_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workers/gateway/src/openapi.json");
    let api: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut faults, mut wrong) = (0, Vec::new());
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let place = format!("{method} {path} {status}");
                if !(status.len() == 3 && status.bytes().all(|digit| digit.is_ascii_digit())) {
                    wrong.push(format!("{place}: no status"));
                    continue;
                }
                if status.as_str() < "400" {
                    continue;
                }
                faults += 1;
                let named = response["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
                let response = named.map_or(Some(response), |name| api.pointer(name));
                let content = response.and_then(|response| response["content"].as_object());
                let kinds: Vec<_> = content.into_iter().flatten().collect();
                let ours = matches!(kinds.as_slice(), [(kind, of)] if *kind == "application/problem+json"
                    && of["schema"]["$ref"] == "#/components/schemas/Problem");
                if !ours {
                    wrong.push(format!("{place}: {kinds:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(faults > 1_000, "{faults} faults are documented");
}
