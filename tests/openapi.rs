//! The platform's OpenAPI document: what the handlers' annotations say is what the gateway serves.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::Path;

/// `KIRANA_BLESS=1 cargo test -p kirana-tests --test openapi` writes it.
#[test]
fn the_served_document_is_what_the_handlers_say() {
    let parts = [
        identity::routes().into_openapi(),
        customers::routes().into_openapi(),
        stores::routes().into_openapi(),
        catalog::routes().into_openapi(),
        orders::routes().into_openapi(),
        payments::routes().into_openapi(),
        inventory::routes().into_openapi(),
        notifications::routes().into_openapi(),
        loyalty::routes().into_openapi(),
        analytics::routes().into_openapi(),
        dead_letters::routes().into_openapi(),
        sso::routes().into_openapi(),
        privacy::routes().into_openapi(),
    ];
    let parts: Vec<serde_json::Value> = parts.iter().map(|part| serde_json::to_value(part).unwrap()).collect();
    // Workers share one list of schemas: what has one name is one thing.
    let mut known: std::collections::BTreeMap<&str, &serde_json::Value> = std::collections::BTreeMap::new();
    for (name, schema) in parts.iter().filter_map(|part| part["components"]["schemas"].as_object()).flatten() {
        let first = known.entry(name).or_insert(schema);
        assert!(*first == schema, "two workers mean different things by {name}: {first}\n{schema}");
    }
    let said = serde_json::to_string(&gateway::openapi::merge(parts)).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workers/gateway/src/openapi.json");
    if std::env::var_os("KIRANA_BLESS").is_some() {
        std::fs::write(&path, &said).unwrap();
    }
    let served = std::fs::read_to_string(&path).unwrap();
    assert!(served == said, "workers/gateway/src/openapi.json is old: run `cargo xtask openapi`");
}
