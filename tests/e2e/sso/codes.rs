//! Codes: good once, for one client, with its verifier. That they end after 60 seconds is tested with a clock, natively.

use super::{Browser, CALLBACK, Tool, VERIFIER, account, error, userinfo};
use crate::wanted;

const REFUSED: (u16, &str) = (400, "invalid_grant");

fn refused(reply: &super::Reply) {
    let (status, error) = error(reply);
    assert_eq!((status, error.as_str()), REFUSED, "{reply:?}");
    assert_eq!((reply.header("content-type"), reply.header("cache-control")), ("application/json", "no-store"));
}

#[test]
fn a_code_is_good_for_its_client_with_its_verifier_and_address_only() {
    if !wanted() {
        return;
    }
    let (tool, other) = (Tool::new("confidential", "openid email"), Tool::new("confidential", "openid email"));
    let code = tool.code(&mut Browser::new(), &account("code", &["customer"]), &[]);
    refused(&tool.redeem_with(&code, CALLBACK, &VERIFIER.replace("dB", "dC")));
    refused(&tool.redeem_with(&code, CALLBACK, ""));
    // The challenge itself, as `plain` would have it.
    refused(&tool.redeem_with(&code, CALLBACK, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    refused(&tool.redeem_with(&code, "https://tool.example/callback/", VERIFIER));
    refused(&tool.redeem_with(&code, "", VERIFIER));
    refused(&other.redeem(&code));
    refused(&tool.redeem("koc_0000000000000000000000000000000000000000000000000000000000000000"));
    // Whoever tried in vain has not used it up.
    let tokens = tool.redeem(&code).json();
    assert_eq!(userinfo(&tokens["access_token"]).0, 200, "{tokens}");
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"Bearer".into(), &600.into()));
    assert_eq!(tokens["scope"], "openid email");
}

#[test]
fn a_code_that_comes_twice_takes_back_what_was_given_for_it() {
    if !wanted() {
        return;
    }
    let (tool, other) = (Tool::new("confidential", "openid email"), Tool::new("public", "openid"));
    let email = account("twice", &["customer"]);
    for thief in [&tool, &other] {
        let code = tool.code(&mut Browser::new(), &email, &[("prompt", "consent")]);
        let tokens = tool.redeem(&code).json();
        assert_eq!(userinfo(&tokens["access_token"]).0, 200);
        refused(&thief.redeem(&code));
        assert_eq!(userinfo(&tokens["access_token"]).0, 401, "what was given for it is taken back");
        refused(&tool.refresh(&tokens["refresh_token"]));
    }
}

#[test]
fn of_twenty_at_once_with_one_code_one_gets_tokens_at_most() {
    if !wanted() {
        return;
    }
    let tool = Tool::new("confidential", "openid email");
    let code = tool.code(&mut Browser::new(), &account("race", &["customer"]), &[]);
    let replies: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..20).map(|_| scope.spawn(|| tool.redeem(&code))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let (good, bad): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert!(good.len() <= 1, "{good:?}");
    bad.into_iter().for_each(refused);
    for reply in good {
        assert_eq!(userinfo(&reply.json()["access_token"]).0, 401, "two had the code");
    }
}

#[test]
fn a_client_that_can_keep_no_secret_has_its_verifier() {
    if !wanted() {
        return;
    }
    let tool = Tool::new("public", "openid email");
    let code = tool.code(&mut Browser::new(), &account("app", &["customer"]), &[]);
    refused(&tool.redeem_with(&code, CALLBACK, &"x".repeat(43)));
    // A secret that nobody gave it does not make it another.
    let claims = Tool { secret: Some("kos_x".into()), ..tool.clone() };
    assert_eq!(error(&claims.redeem(&code)), (401, "invalid_client".into()));
    let tokens = tool.redeem(&code).json();
    assert_eq!(userinfo(&tokens["access_token"]).0, 200, "{tokens}");
    assert_eq!(tool.refresh(&tokens["refresh_token"]).status, 200);
}
