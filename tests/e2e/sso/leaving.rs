//! Taking back and leaving: the page of what one has allowed, the way out, and clients that sign their users out (OpenID Connect
//! RP-Initiated Logout 1.0).

use super::{Browser, CALLBACK, Reply, Tool, account, error, userinfo};
use crate::{shared, wanted};
use serde_json::{Value, json};

/// Where the client wants its user back. Nobody listens there.
const BYE: &str = "https://tool.example/bye";

fn tool() -> Tool {
    Tool::made(&json!({
        "client_name": "Accounts & Co",
        "client_type": "confidential",
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [BYE],
        "scope": "openid email",
    }))
}

fn page(browser: &mut Browser) -> Reply {
    browser.send("GET", "/api/v1/oauth/account", &[("accept", "text/html")], None)
}

fn logout(browser: &mut Browser, params: &[(&str, &str)]) -> Reply {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    browser.send("GET", &format!("/api/v1/oauth/logout?{query}"), &[("accept", "text/html")], None)
}

/// Somebody signed in with what the tool was given for them.
fn signed_in(tool: &Tool, who: &str) -> (Browser, Value) {
    let mut browser = Browser::new();
    let code = tool.code(&mut browser, &account(who, &["customer"]), &[]);
    (browser, tool.redeem(&code).json())
}

fn is_signed_in(tool: &Tool, browser: &mut Browser) -> bool {
    !tool.ask(browser, &[]).text.contains("<h1>Sign in</h1>")
}

#[test]
fn what_one_has_allowed_is_seen_on_a_page_and_taken_back_there() {
    if !wanted() {
        return;
    }
    let tool = tool();
    let ((mut browser, tokens), (mut other, _)) = (signed_in(&tool, "allower"), signed_in(&tool, "stranger"));
    let shown = page(&mut browser);
    assert_eq!(
        (shown.status, shown.header("cache-control"), shown.header("x-frame-options")),
        (200, "no-store", "DENY")
    );
    for words in ["Accounts &amp; Co", "see your e-mail address", "The allower", "value=\"sign_out\""] {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
    let ticket = shown.ticket();
    let take_back = [("ticket", ticket.as_str()), ("withdraw", tool.id.as_str())];
    // The form, sent by another browser, and another's form, sent by this one.
    assert_eq!(other.submit("account", &take_back).status, 400);
    assert_eq!(Browser::new().submit("account", &take_back).status, 400);
    let foreign = page(&mut other).ticket();
    assert_eq!(browser.submit("account", &[("ticket", &foreign), ("withdraw", &tool.id)]).status, 400);
    for bad in
        [[("ticket", ticket.as_str()), ("withdraw", "x")], [("ticket", "v1.0.0.0"), ("withdraw", tool.id.as_str())]]
    {
        assert_eq!(browser.submit("account", &bad).status, 400, "{bad:?}");
    }
    assert_eq!(userinfo(&tokens["access_token"]).0, 200, "nobody has taken anything back");

    let shown = browser.submit("account", &take_back);
    assert!(shown.status == 200 && shown.text.contains("You have allowed nothing"), "{shown:?}");
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    assert_eq!(error(&tool.refresh(&tokens["refresh_token"])), (400, "invalid_grant".into()));
    assert!(tool.ask(&mut browser, &[]).text.contains("Do you allow this?"), "and is asked again");
    assert!(page(&mut Browser::new()).text.contains("You are signed out"), "nobody is shown to who is not signed in");
}

#[test]
fn who_signs_out_is_out_with_all_that_was_given() {
    if !wanted() {
        return;
    }
    let tool = tool();
    let (mut browser, tokens) = signed_in(&tool, "leaver");
    let consent = tool.ask(&mut browser, &[("prompt", "consent")]);
    assert!(consent.text.contains("href=\"/api/v1/oauth/account\""), "every page shows the way: {}", consent.text);
    let cookie = browser.cookies["__Host-kirana-sso"].clone();
    let ticket = page(&mut browser).ticket();
    let out = browser.submit("account", &[("ticket", &ticket), ("action", "sign_out")]);
    assert!(out.status == 200 && out.text.contains("You are signed out"), "{out:?}");
    assert_eq!(browser.cookies["__Host-kirana-sso"], "");
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    assert_eq!(error(&tool.refresh(&tokens["refresh_token"])), (400, "invalid_grant".into()));
    browser.cookies.insert("__Host-kirana-sso".into(), cookie);
    assert!(!is_signed_in(&tool, &mut browser), "a cookie that was kept opens nothing");
}

#[test]
fn a_client_signs_its_user_out_and_gets_them_back() {
    if !wanted() {
        return;
    }
    let tool = tool();
    let (mut browser, tokens) = signed_in(&tool, "sent-out");
    let hint = tokens["id_token"].as_str().unwrap();
    let asked = [("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("state", "a state & more")];
    // By a form of the client's page the browser brings no cookie: it comes again with one.
    let again = browser.submit("logout", &asked);
    let location = again.header("location").to_owned();
    assert_eq!(again.status, 303, "{again:?}");
    let path = location.strip_prefix(shared().nobody.url()).unwrap_or_else(|| panic!("{location}"));
    let back = browser.send("GET", path, &[("accept", "text/html")], None).answer(BYE);
    assert_eq!((back.len(), back["state"].as_str()), (1, "a state & more"));
    assert_eq!(userinfo(&tokens["access_token"]).0, 401);
    assert!(!is_signed_in(&tool, &mut browser));
    // Who is out already gets back as well.
    assert_eq!(logout(&mut browser, &asked).answer(BYE)["state"], "a state & more");
}

#[test]
fn nobody_is_signed_out_by_who_does_not_know_them_or_led_where_no_client_is() {
    if !wanted() {
        return;
    }
    let (tool, other) = (tool(), Tool::new("confidential", "openid email"));
    let ((mut browser, tokens), (_, theirs)) = (signed_in(&tool, "stays"), signed_in(&tool, "another"));
    let (hint, foreign) = (tokens["id_token"].as_str().unwrap(), theirs["id_token"].as_str().unwrap());
    // Its last letter but one is another.
    let (begin, end) = hint.split_at(hint.len() - 2);
    let forged = format!("{begin}{}{}", if end.starts_with('A') { 'B' } else { 'A' }, &end[1..]);
    let id = tool.id.as_str();
    for params in [
        vec![],
        vec![("client_id", id), ("post_logout_redirect_uri", BYE)],
        vec![("id_token_hint", foreign), ("post_logout_redirect_uri", BYE)],
        vec![("id_token_hint", forged.as_str()), ("post_logout_redirect_uri", BYE)],
        vec![("id_token_hint", "x")],
        vec![("id_token_hint", hint), ("client_id", other.id.as_str())],
    ] {
        let asks = logout(&mut browser, &params);
        assert_eq!((asks.status, asks.header("location")), (200, ""), "{params:?}");
        assert!(asks.text.contains("Do you want to sign out?"), "{params:?}: {}", asks.text);
        assert!(is_signed_in(&tool, &mut browser), "{params:?}");
    }
    assert_eq!(logout(&mut browser, &[("client_id", id), ("client_id", id)]).status, 400);

    // To an address that is not registered nobody is led, signed out or not.
    let evil = [("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")];
    let out = logout(&mut browser, &evil);
    assert_eq!((out.status, out.header("location")), (200, ""), "{out:?}");
    assert!(out.text.contains("You are signed out") && !is_signed_in(&tool, &mut browser));
    let out = logout(&mut browser, &[("client_id", id), ("post_logout_redirect_uri", CALLBACK)]);
    assert_eq!((out.status, out.header("location")), (200, ""), "an address for codes is none for this");

    // Who is asked and says yes comes back as the client wished.
    let (mut browser, _) = signed_in(&tool, "agrees-to-leave");
    let asked = [("client_id", id), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let asks = logout(&mut browser, &asked);
    assert!(
        asks.text.contains("Accounts &amp; Co")
            && asks.header("content-security-policy").contains("https://tool.example")
    );
    let back = browser.submit("account", &[("ticket", &asks.ticket()), ("action", "sign_out")]).answer(BYE);
    assert_eq!(back["state"], "s");
    assert!(!is_signed_in(&tool, &mut browser));
}
