//! The problems that any call of a kind may be answered with, for the OpenAPI document: handlers annotate only their own.

use crate::policy::{Access, Class, Route};
use serde_json::{Map, Value, json};

/// Whom a problem may meet.
type Meets = fn(&Route) -> bool;

/// Every problem that the gateway, or what all workers share, answers by itself: status, whom it may meet, and what it says.
const COMMON: &[(&str, Meets, &str)] = &[
    (
        "400",
        |_| true,
        "Malformed: the path, the query, the body's JSON, a missing Idempotency-Key, an unknown X-API-Version",
    ),
    (
        "401",
        |route| route.access != Access::Public,
        "Nobody knows who asks, or they are to prove it again (`step_up_required`)",
    ),
    ("403", |route| route.access != Access::Public, "Known, but not let near this kind of thing"),
    (
        "404",
        |route| route.path.contains('{') || route.method != "GET",
        "There is no such thing, or not for this caller to know of",
    ),
    ("408", |route| route.method != "GET", "The body did not come"),
    ("413", |route| route.method != "GET", "The body is too large"),
    ("415", |route| route.method != "GET", "The body is of another type than it may be"),
    ("422", |route| route.method != "GET", "Well-formed, but it makes no sense here; `errors` names the fields"),
    ("429", |route| route.class != Class::Webhook, "Too many of this kind: again after `Retry-After` seconds"),
    ("500", |_| true, "Something failed on our side: nothing half-done was kept"),
    ("503", |_| true, "Not available now, or too much to do: again after `Retry-After` seconds"),
    ("504", |_| true, "Not answered in time: it may have been done"),
];

/// Notes at an operation what else it may be answered with, and that problems are `application/problem+json`.
pub fn note(operation: &mut Value, route: &Route) {
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
        if let Some(content) = response["content"].as_object_mut()
            && let Some(problem) = content.remove("application/json")
        {
            content.insert("application/problem+json".into(), problem);
        } else if response["content"].is_null() {
            *response = json!({"$ref": format!("#/components/responses/{status}")});
        }
    }
    for (status, _, _) in COMMON.iter().filter(|(_, meets, _)| meets(route)) {
        let common = || json!({"$ref": format!("#/components/responses/{status}")});
        responses.entry(*status).or_insert_with(common);
    }
}

/// The responses that operations refer to.
#[must_use]
pub fn components() -> Map<String, Value> {
    let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    let response = |says: &str| json!({"description": says, "content": content});
    COMMON.iter().map(|(status, _, says)| ((*status).to_owned(), response(says))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn problems_are_problem_documents_and_the_handlers_own_words_stay() {
        let route = ROUTES.iter().find(|route| route.path == "/api/v1/orders" && route.method == "POST");
        let mut operation = json!({"responses": {
            "201": {"description": "placed", "content": {"application/json": {}}},
            "409": {"description": "sold out", "content": {"application/json": {"schema": 1}}},
        }});
        note(&mut operation, route.expect("orders are placed"));
        let responses = &operation["responses"];
        assert_eq!(
            responses["409"],
            json!({"description": "sold out", "content": {"application/problem+json": {"schema": 1}}})
        );
        assert!(responses["201"]["content"]["application/json"].is_object());
        assert_eq!(responses["429"]["$ref"], "#/components/responses/429");
        for status in ["400", "401", "403", "413", "422", "503", "504"] {
            assert!(responses[status].is_object() && components().contains_key(status), "{status}");
        }
    }
}
