//! The pages: what protects them, and that no step of theirs can be forged, carried elsewhere or left out.

use super::tokens::claims;
use super::{Browser, CALLBACK, Tool, account};
use crate::identity::factors::with_app;
use crate::wanted;
use serde_json::json;

#[test]
fn a_page_runs_nothing_and_stands_in_nobodys_frame() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let sign_in = tool.ask(&mut browser, &[]);
    let consent = browser.sign_in(&sign_in, &account("pages", &["customer"]));
    let lost = tool.ask(&mut browser, &[("client_id", "x")]);
    for (page, leads_to) in
        [(&sign_in, " https://tool.example;"), (&consent, " https://tool.example;"), (&lost, "'self' ;")]
    {
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self'") && policy.contains(leads_to), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        assert_eq!((page.header("x-frame-options"), page.header("cache-control")), ("DENY", "no-store"));
        assert_eq!((page.header("referrer-policy"), page.header("x-content-type-options")), ("no-referrer", "nosniff"));
        assert!(!page.text.contains("<script") && !page.text.contains(" style=") && page.text.contains("lang=\"en\""));
    }
    // A redirect carries a code: nobody keeps it.
    let answer = browser.allow(&consent);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn a_form_is_good_in_its_browser_only_and_for_its_step() {
    if !wanted() {
        return;
    }
    let tool = Tool::new("confidential", "openid email");
    let (mut victim, mut attacker) = (Browser::new(), Browser::new());
    let (email, mallory) = (account("victim", &["customer"]), account("mallory", &["customer"]));
    let sign_in = tool.ask(&mut victim, &[]);
    let consent = victim.sign_in(&sign_in, &email);
    let theirs = tool.ask(&mut attacker, &[]);
    let their_consent = attacker.sign_in(&theirs, &mallory);
    let stale = |reply: super::Reply, what: &str| {
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{what}: {reply:?}");
        assert!(reply.text.contains("not opened in this browser"), "{what}: {}", reply.text);
    };
    // The attacker's form, sent by the victim's browser (CSRF, and signing the victim in as the attacker).
    stale(victim.allow(&their_consent), "consent of another browser");
    stale(victim.sign_in(&theirs, &mallory), "sign-in of another browser");
    // The victim's form, sent by a browser without its cookie.
    stale(Browser::new().allow(&consent), "no cookie");
    // A step for another.
    stale(victim.allow(&sign_in), "a ticket of the first step where the last is expected");
    stale(victim.sign_in(&consent, &email), "a ticket of the last step where the first is expected");
    // Forged, cut, empty.
    for bad in ["", "v1.0.0.0", &consent.ticket()[1..]] {
        stale(victim.submit("consent", &[("ticket", bad), ("action", "allow")]), bad);
    }
    // Without being signed in as who was asked.
    let cookie = victim.cookies.remove("__Host-kirana-sso").unwrap();
    assert!(victim.allow(&consent).text.contains("<h1>Sign in</h1>"), "nobody agrees for who is not signed in");
    victim.cookies.insert("__Host-kirana-sso".into(), attacker.cookies["__Host-kirana-sso"].clone());
    assert!(victim.allow(&consent).text.contains("<h1>Sign in</h1>"), "nobody agrees for somebody else");
    victim.cookies.insert("__Host-kirana-sso".into(), cookie);
    assert!(victim.allow(&consent).answer(CALLBACK).contains_key("code"), "as it was meant, it is good");
}

#[test]
fn a_wrong_password_is_said_on_the_page_and_gives_nothing_away() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let email = account("wrong", &["customer"]);
    let page = tool.ask(&mut browser, &[]);
    let mut said = Vec::new();
    for email in [email.as_str(), "nobody-at-all@sso.example"] {
        let form = [("ticket", page.ticket()), ("email", email.into()), ("password", "not it at all".into())];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = browser.submit("sign-in", &form);
        assert_eq!((reply.status, reply.header("location")), (403, ""));
        assert!(reply.text.contains("role=\"alert\"") && !reply.text.contains("not it at all"), "{}", reply.text);
        assert!(!browser.cookies.contains_key("__Host-kirana-sso"));
        said.push(reply.text.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap().to_owned());
    }
    assert_eq!(said[0], said[1]);
    let cancelled = browser.submit("sign-in", &[("ticket", &page.ticket()), ("action", "cancel")]).answer(CALLBACK);
    assert_eq!(cancelled["error"], "access_denied");
}

#[test]
fn who_has_a_second_factor_is_asked_for_it() {
    if !wanted() {
        return;
    }
    let (tool, mut browser) = (Tool::new("confidential", "openid email"), Browser::new());
    let (email, _, recovery, _) = with_app("second-factor");
    let recovery = recovery[0].as_str();

    let page = tool.ask(&mut browser, &[]);
    let half = browser.sign_in(&page, &email);
    assert!(half.text.contains("One more step") && half.text.contains("Authenticator app"), "{}", half.text);
    assert!(!browser.cookies.contains_key("__Host-kirana-sso"), "half of it signs nobody in");
    let with = |browser: &mut Browser, page: &super::Reply, kind: &str, code: &str| {
        browser.submit("sign-in", &[("ticket", &page.ticket()), ("kind", kind), ("code", code), ("action", "code")])
    };
    let wrong = with(&mut browser, &half, "totp", "000000");
    assert!(wrong.status == 403 && wrong.text.contains("not right"), "{}", wrong.text);
    assert_eq!(with(&mut browser, &half, "carrier-pigeon", "000000").status, 403);
    let consent = with(&mut browser, &wrong, "recovery", recovery);
    assert!(consent.text.contains("Do you allow this?"), "{}", consent.text);
    let code = browser.allow(&consent).answer(CALLBACK)["code"].clone();
    let claims = claims(&tool.redeem(&code).json()["id_token"]);
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2"), &json!(["pwd", "otp", "mfa"])));
}
