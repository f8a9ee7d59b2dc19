//! Signing in and agreeing: who is asked, who is not, and taking it back.

use super::{Browser, CALLBACK, PASSWORD, Tool, account, error, userinfo};
use crate::{shared, wanted};
use kirana_tests::Client;
use serde_json::json;

fn client(email: &str) -> Client {
    let login = json!({"email": email, "password": PASSWORD});
    let session = shared().nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    shared().nobody.with_token(session["access_token"].as_str().unwrap())
}

#[test]
fn who_has_agreed_is_not_asked_again_but_for_more() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid profile email"), Browser::new());
    let email = account("agrees", &["customer"]);
    let page = tool.ask(&mut browser, &[("scope", "openid email")]);
    assert!(page.text.contains("Accounts &amp; Co") && page.text.contains("https://tool.example"), "{}", page.text);
    let page = browser.sign_in(&page, &email);
    assert!(page.text.contains("see your e-mail address") && !page.text.contains("see your name"), "{}", page.text);
    assert!(page.text.contains("The agrees") && page.text.contains(&email));
    browser.allow(&page).answer(CALLBACK);
    for scope in ["openid email", "openid"] {
        assert!(tool.ask(&mut browser, &[("scope", scope)]).answer(CALLBACK).contains_key("code"), "{scope}");
    }
    assert!(tool.ask(&mut browser, &[("prompt", "none")]).answer(CALLBACK).contains_key("code"));
    let more = [("scope", "openid profile")];
    let silent = tool.ask(&mut browser, &[more[0], ("prompt", "none")]).answer(CALLBACK);
    assert_eq!(silent["error"], "consent_required");
    let page = tool.ask(&mut browser, &more);
    assert!(page.text.contains("see your name"), "{}", page.text);
    // What is not agreed to is told to the client.
    let denied = browser.submit("consent", &[("ticket", &page.ticket()), ("action", "deny")]).answer(CALLBACK);
    assert_eq!((denied["error"].as_str(), denied["state"].as_str()), ("access_denied", "a state & more"));
    let page = tool.ask(&mut browser, &more);
    browser.allow(&page).answer(CALLBACK);
    assert!(tool.ask(&mut browser, &[("scope", "openid profile email")]).answer(CALLBACK).contains_key("code"));
    // Another client is another question.
    let other = Tool::new("confidential", "openid email");
    assert!(other.ask(&mut browser, &[]).text.contains("Do you allow this?"));
    // And so is another user of the same browser.
    let page = tool.ask(&mut browser, &[("prompt", "login")]);
    assert!(browser.sign_in(&page, &account("second", &["customer"])).text.contains("Do you allow this?"));
}

#[test]
fn what_was_agreed_to_can_be_taken_back() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let email = account("regrets", &["customer"]);
    let tokens = tool.redeem(&tool.code(&mut browser, &email, &[])).json();
    let me = client(&email);
    let listed = me.get("/api/v1/oauth/consents").unwrap().expect(200).unwrap();
    assert_eq!((&listed[0]["client_id"], &listed[0]["scope"]), (&json!(tool.id), &json!("openid email")));
    let path = format!("/api/v1/oauth/consents/{}", tool.id);
    client(&account("other", &["customer"])).send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    assert_eq!(userinfo(&tokens["access_token"]).0, 200, "nobody else takes it back");
    me.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    assert_eq!(error(&tool.refresh(&tokens["refresh_token"])), (400, "invalid_grant".into()));
    assert_eq!(me.get("/api/v1/oauth/consents").unwrap().expect(200).unwrap(), json!([]));
    assert!(tool.ask(&mut browser, &[]).text.contains("Do you allow this?"), "and is asked again");
}

#[test]
fn what_a_client_was_given_ends_with_the_session_it_was_given_in() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let email = account("leaves", &["customer"]);
    let unused = tool.code(&mut browser, &email, &[]);
    let code = tool.ask(&mut browser, &[]).answer(CALLBACK)["code"].clone();
    let tokens = tool.redeem(&code).json();
    let me = client(&email);
    let sessions = me.get("/api/v1/auth/sessions").unwrap().expect(200).unwrap();
    let sessions = sessions.as_array().unwrap();
    assert!(sessions.iter().any(|session| session["device"] == "Single sign-on"), "its user sees it: {sessions:?}");
    // Every session but the one that asks.
    me.send("DELETE", "/api/v1/auth/sessions", None, None).unwrap().expect(204).unwrap();
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    let form = [("token", tokens["access_token"].as_str().unwrap())];
    assert_eq!(tool.post("introspect", &form).json(), json!({"active": false}));
    assert_eq!(error(&tool.refresh(&tokens["refresh_token"])), (400, "invalid_grant".into()));
    assert_eq!(error(&tool.redeem(&unused)), (400, "invalid_grant".into()));
    assert!(tool.ask(&mut browser, &[]).text.contains("<h1>Sign in</h1>"), "and the browser is signed in no more");
}

#[test]
fn a_client_can_ask_for_a_fresh_proof() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let email = account("fresh", &["customer"]);
    tool.code(&mut browser, &email, &[]);
    assert!(tool.ask(&mut browser, &[("max_age", "3600")]).answer(CALLBACK).contains_key("code"));
    for (name, value) in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0")] {
        let page = tool.ask(&mut browser, &[(name, value)]);
        assert!(page.text.contains("<h1>Sign in</h1>"), "{name}={value}");
        assert!(browser.sign_in(&page, &email).answer(CALLBACK).contains_key("code"), "{name}={value}");
    }
    let silent = tool.ask(&mut browser, &[("max_age", "0"), ("prompt", "none")]).answer(CALLBACK);
    assert_eq!(silent["error"], "login_required");
}

#[test]
fn an_app_that_any_program_can_pretend_to_be_is_asked_for_every_time() {
    if !wanted() {
        return;
    }
    let uri = "http://127.0.0.1:4711/callback";
    let app =
        json!({"client_name": "App", "client_type": "public", "redirect_uris": [uri, CALLBACK], "scope": "openid"});
    let made = shared().admin.post("/api/v1/oauth/clients", &app).unwrap().expect(201).unwrap();
    let tool = Tool { id: made["client_id"].as_str().unwrap().to_owned(), secret: None };
    let (mut browser, here) = (Browser::new(), [("redirect_uri", uri), ("scope", "openid")]);
    let page = tool.ask(&mut browser, &here);
    let page = browser.sign_in(&page, &account("app-user", &["customer"]));
    browser.allow(&page).answer(uri);
    let page = tool.ask(&mut browser, &here);
    assert!(page.text.contains("Do you allow this?"), "{page:?}");
    browser.allow(&page).answer(uri);
    let silent = tool.ask(&mut browser, &[here[0], here[1], ("prompt", "none")]).answer(uri);
    assert_eq!(silent["error"], "consent_required");
    // Where a certificate says who listens, they are not.
    assert!(tool.ask(&mut browser, &[here[1]]).answer(CALLBACK).contains_key("code"));
}
