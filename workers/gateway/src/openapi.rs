//! What the platform says of itself: one OpenAPI document out of those of its workers, and whether they all answer.

use crate::policy::Access;
use crate::problems;
use crate::routes::{ROUTES, UPSTREAMS};
use futures_util::future::join_all;
use kirana_contracts::api_key::scope_of;
use kirana_edge::Result;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use worker::{Env, Response};

/// What the annotations of all workers' handlers say, as `tests/openapi` last wrote it; it fails when they say something else.
const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /api/v1/openapi.json`.
///
/// # Errors
/// When the runtime refuses to make a response.
pub fn document() -> Result<Response> {
    let mut response = Response::ok(DOCUMENT)?;
    response.headers_mut().set("content-type", "application/json")?;
    response.headers_mut().set("cache-control", "public, max-age=300")?;
    Ok(response)
}

/// One document: the paths that the route table makes public, and every schema.
#[must_use]
pub fn merge(parts: Vec<Value>) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for mut part in parts {
        for (path, methods) in part["paths"].as_object_mut().map(std::mem::take).unwrap_or_default() {
            for (method, operation) in methods.as_object().cloned().unwrap_or_default() {
                let route =
                    ROUTES.iter().find(|route| route.path == path && route.method.eq_ignore_ascii_case(&method));
                if let Some(route) = route {
                    let mut operation = operation;
                    let scope = scope_of(route.method, route.path).filter(|_| !route.step_up);
                    let keys = scope.is_some();
                    match route.access {
                        Access::Public => {}
                        Access::Guest => operation["security"] = json!([{}, {"bearer": []}]),
                        Access::SignedIn | Access::Roles(_) if keys => {
                            operation["security"] = json!([{"bearer": []}, {"api_key": []}]);
                        }
                        Access::SignedIn | Access::Roles(_) => operation["security"] = json!([{"bearer": []}]),
                    }
                    if let Access::Roles(roles) = route.access {
                        operation["x-roles"] = roles.iter().map(|role| role.name()).collect();
                    }
                    if let Some(scope) = scope.filter(|_| !matches!(route.access, Access::Public)) {
                        operation["x-scope"] = json!(scope);
                    }
                    if route.step_up {
                        operation["x-step-up"] = json!(true);
                    }
                    problems::note(&mut operation, route);
                    let entry = paths.entry(path.clone()).or_insert_with(|| json!({}));
                    entry[&method] = operation;
                }
            }
        }
        schemas.extend(part["components"]["schemas"].as_object_mut().map(std::mem::take).unwrap_or_default());
    }
    let mut parts_of_others = BTreeSet::new();
    schemas.values().for_each(|schema| find_parts(schema, false, &mut parts_of_others));
    parts_of_others.iter().for_each(|name| open_up(&mut schemas, name, 0));
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Kirana", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems::components(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    })
}

/// The names of schemas that are parts of others: what stands in an `allOf`.
fn find_parts(schema: &Value, within: bool, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().filter(|_| within).and_then(|path| path.rsplit('/').next()) {
        found.insert(name.to_owned());
    }
    match schema {
        Value::Object(fields) => fields.iter().for_each(|(key, part)| find_parts(part, key == "allOf", found)),
        Value::Array(parts) => parts.iter().for_each(|part| find_parts(part, within, found)),
        _ => {}
    }
}

/// A part must not forbid the fields of the others: of the whole, no one part knows all fields.
fn open_up(schemas: &mut Map<String, Value>, name: &str, depth: usize) {
    let Some(schema) = schemas.get_mut(name).and_then(Value::as_object_mut) else { return };
    schema.remove("additionalProperties");
    let mut alternatives = BTreeSet::new();
    if let Some(one_of) = schema.get("oneOf") {
        find_parts(one_of, true, &mut alternatives);
    }
    if depth < 4 {
        alternatives.iter().for_each(|name| open_up(schemas, name, depth + 1));
    }
}

/// `GET /readyz`: does every worker answer?
///
/// # Errors
/// When the runtime refuses to make a response.
pub async fn ready(env: &Env) -> Result<Response> {
    let answers = join_all(UPSTREAMS.iter().map(async |upstream| {
        let service = env.service(upstream);
        let well = match service {
            Ok(service) => {
                service.fetch("https://kirana/healthz", None).await.is_ok_and(|answer| answer.status().is_success())
            }
            Err(_) => false,
        };
        (upstream.to_lowercase(), well)
    }))
    .await;
    let all = answers.iter().all(|(_, well)| *well);
    let workers: Map<String, Value> = answers.into_iter().map(|(name, well)| (name, well.into())).collect();
    let response = Response::from_json(&json!({"ready": all, "workers": workers}))?;
    Ok(response.with_status(if all { 200 } else { 503 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_paths_are_shown() {
        let part = json!({
            "paths": {
                "/api/v1/auth/me": {"get": {"responses": {}}},
                "/internal/outbox/ack": {"post": {"responses": {}}},
            },
            "components": {"schemas": {"User": {"type": "object"}}},
        });
        let document = merge(vec![part]);
        assert_eq!(document["paths"].as_object().map(Map::len), Some(1));
        assert_eq!(document["paths"]["/api/v1/auth/me"]["get"]["security"], json!([{"bearer": []}]));
        assert!(document["components"]["schemas"]["User"].is_object());
    }
}
