//! Tokens: what they say and open, that refresh tokens are good once, and that only their client learns of them and gives them
//! back.

use super::{B64, Browser, CALLBACK, Tool, account, error, userinfo};
use crate::{shared, wanted};
use base64::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What an ID token says. Whether it is genuine the real client looks at: tests/openid.
pub fn claims(id_token: &Value) -> Value {
    let payload = id_token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&B64.decode(payload).unwrap()).unwrap()
}

#[test]
fn a_token_says_and_opens_what_was_agreed_to() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let tool = Tool::new("confidential", "openid profile email stores");
    let email = account("says", &["staff"]);
    let code = tool.code(&mut Browser::new(), &email, &[("scope", "openid stores offline_access")]);
    let tokens = tool.redeem(&code).json();
    assert_eq!(tokens["scope"], "openid stores");
    let said = claims(&tokens["id_token"]);
    assert_eq!((&said["iss"], &said["aud"]), (&json!(chain.nobody.url()), &json!(tool.id)));
    assert_eq!((&said["nonce"], &said["acr"], &said["amr"]), (&json!("a-nonce"), &json!("1"), &json!(["pwd"])));
    let time = |name: &str| said[name].as_i64().unwrap();
    assert_eq!(time("exp") - time("iat"), 600);
    assert!((0..60).contains(&(time("iat") - time("auth_time"))), "{said}");
    let half = &Sha256::digest(tokens["access_token"].as_str().unwrap())[..16];
    assert_eq!(said["at_hash"], B64.encode(half));
    let (_, info) = userinfo(&tokens["access_token"]);
    assert_eq!(info, json!({"sub": said["sub"], "roles": ["staff"], "stores": [chain.store]}), "nothing beyond");

    // Less may be asked for with a refresh token, more never.
    let more = |scope: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
            ("scope", scope),
        ];
        tool.post("token", &form)
    };
    assert_eq!(error(&more("openid stores email")), (400, "invalid_scope".into()));
    let less = more("openid").json();
    assert_eq!(userinfo(&less["access_token"]).1, json!({"sub": said["sub"]}));
    let again = claims(&less["id_token"]);
    assert_eq!((&again["auth_time"], &again["nonce"]), (&said["auth_time"], &Value::Null));
    assert_eq!(userinfo(&tool.refresh(&less["refresh_token"]).json()["access_token"]).1, info, "all of it again");
}

#[test]
fn nobody_but_a_client_with_its_token_is_let_in() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let tool = Tool::new("confidential", "openid email");
    let tokens = tool.redeem(&tool.code(&mut Browser::new(), &account("bearer", &["customer"]), &[])).json();
    for bad in [&tokens["refresh_token"], &tokens["id_token"], &json!("koa_0"), &json!("")] {
        assert_eq!(userinfo(bad).0, 401, "{bad}");
    }
    let nobody = Browser::new().send("GET", "/api/v1/oauth/userinfo", &[], None);
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "Bearer error=\"invalid_token\""));
    assert_eq!(
        (nobody.header("content-type"), &nobody.json()["code"]),
        ("application/problem+json", &json!("invalid_token"))
    );
    // What opens userinfo opens nothing of the platform's own API, and the other way round.
    let with = chain.nobody.with_token(tokens["access_token"].as_str().unwrap());
    assert_eq!(with.get("/api/v1/auth/me").unwrap().status, 401);
    let with = chain.nobody.with_token(tokens["id_token"].as_str().unwrap());
    assert_eq!(with.get("/api/v1/auth/me").unwrap().status, 401);
    assert_eq!(chain.manager.get("/api/v1/oauth/userinfo").unwrap().status, 401);
}

#[test]
fn a_refresh_token_is_good_once_and_its_second_use_takes_back_all() {
    if !wanted() {
        return;
    }
    let (tool, other) = (Tool::new("confidential", "openid email"), Tool::new("confidential", "openid email"));
    let first = tool.redeem(&tool.code(&mut Browser::new(), &account("rotates", &["customer"]), &[])).json();
    assert_eq!(error(&other.refresh(&first["refresh_token"])), (400, "invalid_grant".into()), "another client's");
    assert_eq!(error(&tool.refresh(&first["access_token"])), (400, "invalid_grant".into()), "no refresh token");
    let second = tool.refresh(&first["refresh_token"]).json();
    assert!(second["refresh_token"] != first["refresh_token"] && userinfo(&second["access_token"]).0 == 200);
    assert_eq!(error(&tool.refresh(&first["refresh_token"])), (400, "invalid_grant".into()), "two have it");
    assert_eq!(userinfo(&second["access_token"]).0, 401);
    assert_eq!(error(&tool.refresh(&second["refresh_token"])), (400, "invalid_grant".into()));
}

#[test]
fn a_client_learns_of_its_own_tokens_and_gives_them_back() {
    if !wanted() {
        return;
    }
    let (tool, other) = (Tool::new("confidential", "openid email"), Tool::new("confidential", "openid email"));
    let (app, mut browser) = (Tool::new("public", "openid"), Browser::new());
    let tokens = tool.redeem(&tool.code(&mut browser, &account("gives-back", &["customer"]), &[])).json();
    let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let known = tool.post("introspect", &[("token", access), ("token_type_hint", "refresh_token")]).json();
    assert_eq!(
        (&known["active"], &known["scope"], &known["token_type"]),
        (&json!(true), &json!("openid email"), &json!("Bearer"))
    );
    assert_eq!((&known["client_id"], &known["iss"]), (&json!(tool.id), &json!(shared().nobody.url())));
    assert!(known["exp"].as_i64().unwrap() - known["iat"].as_i64().unwrap() == 600 && known["sub"].is_string());
    assert_eq!(tool.post("introspect", &[("token", refresh)]).json()["token_use"], "refresh_token");
    let nothing = json!({"active": false});
    assert_eq!(other.post("introspect", &[("token", access)]).json(), nothing, "another client's");
    assert_eq!(tool.post("introspect", &[("token", "x")]).json(), nothing);
    assert_eq!(error(&app.post("introspect", &[("token", access)])), (401, "invalid_client".into()), "no secret");
    assert_eq!(error(&tool.post("introspect", &[])), (400, "invalid_request".into()));

    assert_eq!(error(&other.post("revoke", &[("token", access)])), (400, "unauthorized_client".into()));
    assert_eq!(userinfo(&tokens["access_token"]).0, 200);
    assert_eq!(tool.post("revoke", &[("token", "never given")]).status, 200);
    assert_eq!(tool.post("revoke", &[("token", access), ("token_type_hint", "access_token")]).status, 200);
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    assert_eq!(tool.post("introspect", &[("token", access)]).json(), nothing);
    let next = tool.refresh(&tokens["refresh_token"]).json();
    assert_eq!(userinfo(&next["access_token"]).0, 200, "the rest is good");
    let refresh = next["refresh_token"].as_str().unwrap();
    assert_eq!(tool.post("revoke", &[("token", refresh)]).status, 200);
    assert_eq!(userinfo(&next["access_token"]).0, 401, "with a refresh token all goes");
    assert_eq!(error(&tool.refresh(&next["refresh_token"])), (400, "invalid_grant".into()));
    // The browser is signed in still, and may give the client new ones.
    assert!(tool.ask(&mut browser, &[]).answer(CALLBACK).contains_key("code"));
}
