//! Clients: who may make them, how they prove themselves, and what changes with them.

use super::{Browser, CALLBACK, PASSWORD, Tool, VERIFIER, account, error, userinfo};
use crate::identity::tokens::signed;
use crate::{shared, wanted};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirana_tests::platform::SECRET;
use serde_json::{Value, json};

fn new_client() -> Value {
    json!({"client_name": "Tool", "client_type": "confidential", "redirect_uris": [CALLBACK], "scope": "openid email"})
}

#[test]
fn admins_alone_make_clients_and_with_a_fresh_proof() {
    if !wanted() {
        return;
    }
    let chain = shared();
    for who in [&chain.manager, &chain.staff] {
        who.post("/api/v1/oauth/clients", &new_client()).unwrap().expect(403).unwrap();
        who.get("/api/v1/oauth/clients").unwrap().expect(403).unwrap();
    }
    let refused = chain.admin.with_header("x-api-key", "kk_x").with_token("kk_x");
    refused.get("/api/v1/oauth/clients").unwrap().expect(401).unwrap();
    for (field, value) in [
        ("redirect_uris", json!(["http://tool.example/callback"])),
        ("redirect_uris", json!(["https://*.example/callback"])),
        ("redirect_uris", json!(["javascript:alert(1)"])),
        ("redirect_uris", json!([])),
        ("post_logout_redirect_uris", json!(["https://tool.example/#bye"])),
        ("grant_types", json!(["refresh_token"])),
        ("grant_types", json!(["authorization_code", "password"])),
        ("scope", json!("email")),
        ("client_name", json!("")),
        ("client_type", json!("trusted")),
        ("client_secret", json!("chosen")),
    ] {
        let mut client = new_client();
        client[field] = value;
        let refused = chain.admin.post("/api/v1/oauth/clients", &client).unwrap().expect(422).unwrap();
        assert!(refused["errors"][0]["path"].as_str().unwrap().starts_with(field), "{refused}");
    }
}

#[test]
fn what_is_done_to_clients_is_written_down_and_wants_a_fresh_proof() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (tool, path) = (Tool::new("confidential", "openid email"), "/api/v1/oauth/clients");
    let own = format!("{path}/{}", tool.id);
    let because = chain.admin.with_header("x-reason", "the tool moved");
    let change = json!({"client_name": "New", "redirect_uris": [CALLBACK], "scope": "openid"});
    because.put(&own, &change).unwrap().expect(200).unwrap();
    because.send("DELETE", &own, None, None).unwrap().expect(204).unwrap();
    let log = chain.admin.get(&format!("/api/v1/audit?object={}", tool.id)).unwrap().expect(200).unwrap();
    let of = |name: &str| log["items"].as_array().unwrap().iter().map(|entry| entry[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("action"), ["oauth_client.deleted", "oauth_client.changed", "oauth_client.made"]);
    assert_eq!(of("reason"), [json!("the tool moved"), json!("the tool moved"), Value::Null]);
    assert!(log.to_string().contains("openid email") && !log.to_string().contains("kos_"), "{log}");
    assert!(of("actor").iter().all(|actor| actor == "admin"));

    let login = json!({"email": account("old-admin", &["admin"]), "password": PASSWORD});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    let stale = signed(&session, |claims| claims["auth_time"] = json!(claims["auth_time"].as_i64().unwrap() - 360));
    let old = chain.nobody.with_token(&stale);
    old.get(path).unwrap().expect(200).unwrap();
    let body = new_client().to_string();
    for (method, path) in [("POST", path), ("PUT", &own), ("DELETE", &own), ("POST", "/api/v1/oauth/keys/rotate")] {
        let refused = old.send(method, path, Some(&body), None).unwrap().expect(401).unwrap();
        assert_eq!(refused["code"], "step_up_required", "{method} {path}");
    }
}

#[test]
fn a_secret_is_shown_once_and_is_needed() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let tool = Tool::new("confidential", "openid email");
    let secret = tool.secret.clone().unwrap();
    assert!(secret.starts_with("kos_") && secret.len() == 68);
    let all = chain.admin.all("/api/v1/oauth/clients?limit=100").unwrap();
    let listed = all.iter().find(|client| client["client_id"] == json!(tool.id)).unwrap();
    assert!(listed["client_secret"].is_null() && !listed.to_string().contains("kos_"), "{listed}");
    assert!(Tool::new("public", "openid").secret.is_none());

    let code = tool.code(&mut Browser::new(), &account("secret", &["customer"]), &[]);
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let token = |headers: &[(&str, &str)], more: &[(&str, &str)]| {
        let form: Vec<_> = grant.iter().chain(more).copied().collect();
        Browser::new().send("POST", "/api/v1/oauth/token", headers, Some(&form))
    };
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let unknown = (401, "invalid_client".to_owned());
    let none = token(&[], &[("client_id", &tool.id)]);
    assert_eq!(error(&none), unknown);
    assert_eq!(none.header("www-authenticate"), "Basic realm=\"kirana\"");
    assert_eq!(error(&token(&[], &[])), unknown);
    assert_eq!(error(&token(&[], &[("client_id", &tool.id), ("client_secret", "kos_0")])), unknown);
    assert_eq!(error(&token(&[("authorization", &basic(&tool.id, "kos_0"))], &[])), unknown);
    assert_eq!(error(&token(&[("authorization", &basic("x", &secret))], &[])), unknown);
    assert_eq!(error(&token(&[("authorization", "Basic !")], &[])), unknown);
    let right = basic(&tool.id, &secret);
    let twice = token(&[("authorization", &right)], &[("client_id", &tool.id), ("client_secret", &secret)]);
    assert_eq!(error(&twice), (400, "invalid_request".into()), "two ways at once");
    let twice = token(&[("authorization", &right)], &[("code", "another")]);
    assert_eq!(error(&twice), (400, "invalid_request".into()), "a parameter twice");
    let other = tool.post("token", &[("grant_type", "password"), ("username", "x"), ("password", "x")]);
    assert_eq!(error(&other), (400, "unsupported_grant_type".into()));
    // What is no form is no request of OAuth's.
    let json = chain.nobody.post("/api/v1/oauth/token", &json!({})).unwrap().expect(415).unwrap();
    assert_eq!(json["code"], "unsupported_media_type");
    // None of all these has used the code up.
    let good = token(&[], &[("client_id", &tool.id), ("client_secret", &secret)]);
    assert_eq!(userinfo(&good.json()["access_token"]).0, 200, "{good:?}");
}

#[test]
fn a_client_that_may_less_or_is_gone_has_nothing_any_more() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let email = account("changes", &["customer"]);
    let path = format!("/api/v1/oauth/clients/{}", tool.id);
    let tokens = tool.redeem(&tool.code(&mut browser, &email, &[])).json();
    let page = tool.ask(&mut browser, &[("prompt", "consent")]);
    // Another name and another address: tokens stay, but nothing goes to the old one, not even for who is half-way.
    let mut change =
        json!({"client_name": "New", "redirect_uris": ["https://new.example/cb"], "scope": "openid email"});
    chain.admin.put(&path, &change).unwrap().expect(200).unwrap();
    assert_eq!(userinfo(&tokens["access_token"]).0, 200);
    assert_eq!(tool.ask(&mut browser, &[]).status, 400);
    let half_way = browser.allow(&page);
    assert_eq!((half_way.status, half_way.header("location")), (400, ""));
    // Less scope takes back what was given.
    change["scope"] = json!("openid");
    change["redirect_uris"] = json!([CALLBACK]);
    chain.admin.put(&path, &change).unwrap().expect(200).unwrap();
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    let page = tool.ask(&mut browser, &[("scope", "openid")]);
    let code = browser.allow(&page).answer(CALLBACK)["code"].clone();
    let tokens = tool.redeem(&code).json();
    assert_eq!(userinfo(&tokens["access_token"]).0, 200);
    chain.admin.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    assert_eq!(error(&tool.refresh(&tokens["refresh_token"])), (401, "invalid_client".into()));
    assert_eq!(tool.ask(&mut browser, &[]).status, 400);
    chain.admin.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    chain.admin.put(&path, &change).unwrap().expect(404).unwrap();
}

#[test]
fn a_client_uses_the_grants_that_it_is_registered_for() {
    if !wanted() {
        return;
    }
    let mut wish = new_client();
    wish["grant_types"] = json!(["authorization_code"]);
    let (tool, mut browser) = (Tool::made(&wish), Browser::new());
    let email = account("grants", &["customer"]);
    let tokens = tool.redeem(&tool.code(&mut browser, &email, &[])).json();
    assert_eq!(userinfo(&tokens["access_token"]).0, 200, "{tokens}");
    assert!(tokens["refresh_token"].is_null(), "{tokens}");

    // Both, unless somebody says otherwise; and a grant that is taken away is refused from then on.
    let (path, admin) = (format!("/api/v1/oauth/clients/{}", tool.id), &shared().admin);
    let mut change = json!({"client_name": "Tool", "redirect_uris": [CALLBACK], "scope": "openid email"});
    let changed = admin.put(&path, &change).unwrap().expect(200).unwrap();
    assert_eq!(changed["grant_types"], json!(["authorization_code", "refresh_token"]));
    let code = tool.ask(&mut browser, &[]).answer(CALLBACK)["code"].clone();
    let tokens = tool.refresh(&tool.redeem(&code).json()["refresh_token"]).json();
    change["grant_types"] = json!(["authorization_code"]);
    admin.put(&path, &change).unwrap().expect(200).unwrap();
    assert_eq!(error(&tool.refresh(&tokens["refresh_token"])), (400, "unauthorized_client".into()));
}

#[test]
fn nothing_that_opens_anything_lies_in_the_database() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let code = tool.code(&mut browser, &account("at-rest", &["customer"]), &[]);
    let tokens = tool.redeem(&code).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cookie = browser.cookies["__Host-kirana-sso"].clone();
    let secrets = [
        code,
        text(&tokens["access_token"]),
        text(&tokens["refresh_token"]),
        tool.secret.unwrap(),
        cookie,
        SECRET.into(),
    ];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e/shared/v3/d1");
    let (mut files, mut folders) = (0, vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            files += 1;
            for secret in &secrets {
                assert!(!text.contains(secret.as_str()), "{} holds {secret}", path.display());
            }
        }
    }
    assert!(files > 10, "{files}");
}
