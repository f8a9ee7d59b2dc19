//! What every answer says beside its body (S16): the table's routes, asked as nobody and as an admin, from origins of the list and from
//! others; and what no caller may say.

use crate::{shared, wanted};
use gateway::policy::{Access, Class, Route};
use gateway::routes::ROUTES;
use kirana_tests::{Answer, Client};
use std::collections::BTreeMap;

/// An origin of the list (`ALLOWED_ORIGINS` of the shared platform).
const LISTED: &str = "http://localhost:5173";

/// What would end the admin, whom other tests need.
const ENDS_THE_CALLER: &[&str] = &["/api/v1/auth/logout", "/api/v1/auth/sessions"];

/// What every answer says, word for word.
const ALWAYS: &[(&str, &str)] = &[
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// The policy of what is no page.
const NO_PAGE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What single sign-on tells everybody, and for how long it may be kept.
const KEPT: &[(&str, &str)] =
    &[("/.well-known/openid-configuration", "public, max-age=300"), ("/api/v1/oauth/jwks", "public, max-age=300")];

/// A path of the route about something that is not there.
fn path_of(route: &Route) -> String {
    let id = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";
    route.path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect::<Vec<_>>().join("/")
}

fn ask(client: &Client, route: &Route) -> Answer {
    let body = (route.method != "GET").then_some("{}");
    client.send(route.method, &path_of(route), body, Some(&Client::new_key())).unwrap()
}

/// How long a good answer of this route may be kept, and by whom.
fn kept(route: &Route, status: u16) -> &'static str {
    let public =
        route.access == Access::Public && route.class == Class::Browse && ["CATALOG", "STORES"].contains(&route.to);
    match KEPT.iter().find(|(path, _)| *path == route.path) {
        Some((_, kept)) if status == 200 => kept,
        _ if public && route.method == "GET" && status == 200 => "public, max-age=5, stale-while-revalidate=30",
        _ => "no-store",
    }
}

/// What is wrong with an answer's headers, if anything is.
fn faults(answer: &Answer, cache: &str) -> Vec<String> {
    let header = |name: &str| answer.headers.get(name).map(String::as_str).unwrap_or_default();
    let mut expected: BTreeMap<&str, &str> = ALWAYS.iter().copied().collect();
    let page = answer.content_type.starts_with("text/html");
    if !page {
        expected.insert("content-security-policy", NO_PAGE);
    }
    expected.insert("cache-control", cache);
    let mut faults: Vec<_> = expected
        .iter()
        .filter(|(name, value)| header(name) != **value)
        .map(|(name, value)| format!("{name} is {:?}, not {value:?}", header(name)))
        .collect();
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        if !policy.contains(part) {
            faults.push(format!("the policy lacks {part}: {policy}"));
        }
    }
    if policy.contains("unsafe-eval") || policy.contains('*') {
        faults.push(format!("the policy lets in anything: {policy}"));
    }
    let types =
        ["application/json", "application/problem+json", "text/plain; charset=utf-8", "text/html; charset=utf-8"];
    if !answer.text.is_empty() && !types.contains(&answer.content_type.to_lowercase().as_str()) {
        faults.push(format!("its type is {:?}", answer.content_type));
    }
    if answer.status >= 400 && !page && answer.content_type != "application/problem+json" {
        faults.push(format!("{} as {:?}", answer.status, answer.content_type));
    }
    if !header("vary").to_lowercase().contains("origin") {
        faults.push(format!("vary is {:?}", header("vary")));
    }
    if answer.headers.contains_key("server") || answer.headers.contains_key("x-powered-by") {
        faults.push("it says what it is made with".into());
    }
    faults
}

#[test]
fn every_route_answers_with_the_headers_that_it_should() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for route in ROUTES {
        for (who, client) in [("nobody", &chain.nobody), ("admin", &chain.admin)] {
            if who == "admin" && ENDS_THE_CALLER.contains(&route.path) && route.method != "GET" {
                continue;
            }
            let answer = ask(client, route);
            asked += 1;
            let place = format!("{} {} as {who}: {}", route.method, route.path, answer.status);
            wrong.extend(
                faults(&answer, kept(route, answer.status)).into_iter().map(|fault| format!("{place}: {fault}")),
            );
            if answer.headers.contains_key("access-control-allow-origin") {
                wrong.push(format!("{place}: lets in an origin that nobody named"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} answers:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 2 * ROUTES.len() - 4);
}

#[test]
fn an_origin_is_let_in_by_the_list_and_never_with_credentials() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let others = [
        "null",
        "",
        "*",
        "https://evil.example",
        "http://localhost:5173.evil.example",
        "http://localhost:51730",
        "https://localhost:5173",
        "HTTP://LOCALHOST:5173",
        "http://localhost:5173/",
        "http://localhost:5173 http://evil.example",
    ];
    let mut wrong = Vec::new();
    for route in ROUTES {
        for (origin, expected) in [(LISTED, Some(LISTED)), ("null", None), ("https://evil.example", None)] {
            let from = nobody.with_header("origin", origin);
            let preflight = from
                .with_header("access-control-request-method", route.method)
                .send("OPTIONS", &path_of(route), None, None)
                .unwrap();
            for (what, answer) in [("preflight", preflight), ("answer", ask(&from, route))] {
                let let_in = answer.headers.get("access-control-allow-origin").map(String::as_str);
                if let_in != expected || answer.headers.contains_key("access-control-allow-credentials") {
                    wrong.push(format!("{what} of {} {} from {origin}: {let_in:?}", route.method, route.path));
                }
            }
        }
    }
    for origin in others {
        let answer = nobody.with_header("origin", origin).get("/api/v1/products").unwrap();
        if answer.headers.contains_key("access-control-allow-origin") {
            wrong.push(format!("{origin:?} is let in"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_says_who_they_are_with_a_header_of_ours() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let principal =
        "eyJhbGciOiJub25lIn0.eyJpZCI6IjAxOTlmNmExLTdhMTAtN2MzZS05ZjAyLTVkMmE2YzFiOGU0NCIsInJvbGVzIjpbImFkbWluIl19.";
    for (name, value) in [
        ("x-kirana-principal", principal),
        ("x-user-id", "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"),
        ("x-forwarded-user", "admin"),
        ("x-roles", "admin"),
        ("x-original-url", "/api/v1/users"),
        ("x-http-method-override", "GET"),
    ] {
        for path in ["/api/v1/auth/me", "/api/v1/orders", "/api/v1/users", "/api/v1/audit", "/api/v1/dead-letters"] {
            let answer = nobody.with_header(name, value).get(path).unwrap();
            assert_eq!((answer.status, answer.body["code"].as_str()), (401, Some("unauthenticated")), "{name} {path}");
        }
        let public = nobody.with_header(name, value).get("/api/v1/products?limit=1").unwrap();
        assert_eq!(public.status, 200, "{name}");
    }
}

#[test]
fn methods_that_there_are_not_are_refused() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    for method in ["TRACE", "TRACK", "PATCH", "PROPFIND", "QUERY"] {
        for path in ["/api/v1/products", "/healthz", "/"] {
            // The runtime itself refuses some of them, without an answer. CONNECT never comes here.
            let Ok(answer) = nobody.with_header("x-canary", "told-back").send(method, path, None, None) else {
                continue;
            };
            assert!((400..=501).contains(&answer.status) && answer.status != 500, "{method} {path}: {}", answer.status);
            assert!(!answer.text.contains("told-back"), "{method} {path}");
        }
    }
    assert_eq!(nobody.send("PATCH", "/api/v1/products", None, None).unwrap().status, 405);
}

#[test]
fn a_parameter_that_comes_twice_is_refused() {
    if !wanted() {
        return;
    }
    let chain = shared();
    for path in ["/api/v1/products?limit=1&limit=100", "/api/v1/stores?limit=1&limit=2"] {
        assert_eq!(chain.nobody.get(path).unwrap().status, 400, "{path}");
    }
    let other = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";
    let path = format!("/api/v1/inventory/low-stock-alerts?store_id={}&store_id={other}", chain.store);
    assert_eq!(chain.manager.get(&path).unwrap().status, 400);
    let body = r#"{"email":"a@example.com","email":"b@example.com","password":"x","on":{}}"#;
    let answer = chain.nobody.send("POST", "/api/v1/auth/login", Some(body), None).unwrap();
    assert!(matches!(answer.status, 400 | 422), "{} {}", answer.status, answer.body);
}
