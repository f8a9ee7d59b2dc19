//! Requests to sign in: what leads nowhere, what is told to the client, and what it is answered.

use super::{Browser, CALLBACK, Tool, account};
use crate::{shared, wanted};

#[test]
fn nobody_is_led_to_an_address_that_is_not_registered() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    for uri in [
        "https://tool.example/callback/",
        "https://tool.example/callback/../x",
        "https://tool.example/callback?x=1",
        "https://tool.example/callback%20",
        "https://tool.example/Callback",
        "https://TOOL.example/callback",
        "https://tool.example:443/callback",
        "https://tool.example:8443/callback",
        "http://tool.example/callback",
        "https://tool.example.evil.example/callback",
        "https://tool.example@evil.example/callback",
        "//tool.example/callback",
        "",
    ] {
        let reply = tool.ask(&mut browser, &[("redirect_uri", uri)]);
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{uri}");
        assert!(
            reply.text.contains("This did not work") && reply.text.contains("redirect_uri"),
            "{uri}: {}",
            reply.text
        );
        // Neither when everything else is wrong as well, nor for an error.
        let reply = tool.ask(&mut browser, &[("redirect_uri", uri), ("response_type", "token"), ("prompt", "none")]);
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{uri}");
    }
    for id in ["", "x", "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"] {
        let reply = tool.ask(&mut browser, &[("client_id", id)]);
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{id}");
    }
    // Another client's address is not one's own.
    let other = Tool::new("public", "openid");
    let reply = other.ask(&mut browser, &[("redirect_uri", "https://other.example/callback")]);
    assert_eq!(reply.status, 400);
    // Who wants no page gets a problem document.
    let problem = shared().nobody.get("/api/v1/oauth/authorize?client_id=x").unwrap();
    assert_eq!((problem.status, problem.body["code"].as_str()), (400, Some("unknown_client")));
    assert_eq!(problem.content_type, "application/problem+json");
}

#[test]
fn what_is_wrong_is_told_to_the_client_with_its_state_and_our_issuer() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    for (name, value, error) in [
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "too-short", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("scope", "email", "invalid_scope"),
        ("scope", "openid stores", "invalid_scope"),
        ("request", "e30.e30.", "request_not_supported"),
        ("request_uri", "https://evil.example/", "request_uri_not_supported"),
        ("prompt", "none", "login_required"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
    ] {
        let reply = tool.ask(&mut browser, &[(name, value)]);
        let answer = reply.answer(CALLBACK);
        assert_eq!(answer["error"], error, "{name}={value}");
        assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("a state & more", shared().nobody.url()));
        assert!(!answer.contains_key("code") && answer["error_description"].len() > 10, "{name}={value}");
    }
    // A parameter that stands there twice.
    let mut twice = tool.request(&[]);
    twice.push(("scope", "openid".into()));
    let twice: Vec<_> = twice.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.authorize(&twice).answer(CALLBACK)["error"], "invalid_request");
}

#[test]
fn an_answer_carries_the_state_as_it_came_and_says_whose_it_is() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let email = account("state", &["customer"]);
    let page = tool.ask(&mut browser, &[("state", "x&iss=https://evil.example&code=y#z")]);
    let page = browser.sign_in(&page, &email);
    let answer = browser.allow(&page).answer(CALLBACK);
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    assert_eq!(answer["state"], "x&iss=https://evil.example&code=y#z");
    assert_eq!(answer["iss"], shared().nobody.url());
    // Without one, none comes back. Who is signed in and has agreed is asked nothing.
    let answer = tool.ask(&mut browser, &[("state", "")]).answer(CALLBACK);
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["code", "iss"]);
}

#[test]
fn a_request_may_come_as_a_form() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let request = tool.request(&[]);
    let form: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.submit("authorize", &form);
    assert!(page.status == 200 && page.text.contains("Sign in"), "{page:?}");
}
