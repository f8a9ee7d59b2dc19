//! A body that fits a route's schema: what it needs and no more, about the given things.

use super::subjects::Subjects;
use gateway::policy::Route;
use serde_json::{Map, Value, json};

/// The body of a call; an empty object where the document has none.
pub fn of(api: &Value, route: &Route, subjects: &Subjects) -> Value {
    let operation = &api["paths"][route.path][route.method.to_lowercase()];
    let content = operation["requestBody"]["content"].as_object();
    let schema = content.and_then(|content| content.values().next()).map(|content| &content["schema"]);
    schema.map_or_else(|| json!({}), |schema| value(api, schema, "", subjects, 0))
}

fn value(api: &Value, schema: &Value, name: &str, subjects: &Subjects, depth: usize) -> Value {
    if let Some(known) = subjects.by_name(name) {
        return known;
    }
    if let Some(target) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if depth > 8 {
            return Value::Null;
        }
        return value(api, &api["components"]["schemas"][target], name, subjects, depth + 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let whole = parts.iter().filter_map(|part| value(api, part, name, subjects, depth + 1).as_object().cloned());
        return Value::Object(whole.flatten().collect());
    }
    for choice in ["oneOf", "anyOf"] {
        let first =
            schema[choice].as_array().and_then(|options| options.iter().find(|option| option["type"] != "null"));
        if let Some(first) = first {
            return value(api, first, name, subjects, depth + 1);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|options| options.first()).or(schema.get("const")) {
        return first.clone();
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => {
            let required: Vec<_> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let properties = schema["properties"].as_object().into_iter().flatten();
            let parts =
                properties.filter(|(name, _)| required.contains(&name.as_str()) || subjects.by_name(name).is_some());
            let parts: Map<_, _> =
                parts.map(|(name, part)| (name.clone(), value(api, part, name, subjects, depth + 1))).collect();
            Value::Object(parts)
        }
        Some("array") => json!([value(api, &schema["items"], name, subjects, depth + 1)]),
        Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
        Some("boolean") => json!(false),
        Some("string") if schema["format"] == "date-time" => json!("2027-01-01T10:00:00Z"),
        Some("string") => json!("x"),
        _ => json!({}),
    }
}
