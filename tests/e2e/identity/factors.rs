//! Second factors (S5): each code once, five guesses, one winner; and proving again who one is before what matters.
#![allow(clippy::disallowed_methods)] // never runs as WASM

use super::{PASSWORD, account, client, log_in, until_refused};
use crate::{shared, wanted};
use identity::rules::totp;
use kirana_kernel::Timestamp;
use kirana_tests::{Answer, Client, eventually};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn now() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    Timestamp::from_millis(i64::try_from(millis).unwrap())
}

/// A moment with time left in its step: what is computed now is still good when it arrives.
pub fn calm_moment() -> Timestamp {
    eventually("a moment early in a step", Duration::from_secs(30), || {
        let now = now();
        if now.seconds() % 30 < 18 { Ok(now) } else { Err(format!("second {}", now.seconds() % 30)) }
    })
    .unwrap()
}

pub fn decoded(base32: &str) -> totp::Secret {
    let bits: String =
        base32.bytes().map(|b| format!("{:05b}", if b < b'A' { b - b'2' + 26 } else { b - b'A' })).collect();
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    bytes.try_into().unwrap()
}

fn first_half(email: &str) -> Value {
    let login = json!({"email": email, "password": PASSWORD});
    let answer = shared().nobody.post("/api/v1/auth/login", &login).unwrap().expect(401).unwrap();
    assert_eq!(answer["code"], "second_factor_required");
    answer
}

fn second_half(first: &Value, kind: &str, code: &str) -> Answer {
    let body = json!({"login_token": first["login_token"], "kind": kind, "code": code});
    shared().nobody.post("/api/v1/auth/login/second-factor", &body).unwrap()
}

/// Somebody with an authenticator app, whose current code is still unused: address, secret, recovery codes, and the session.
pub fn with_app(who: &str) -> (String, totp::Secret, Vec<String>, Client) {
    let email = account(who, &["customer"]);
    let me = client(&log_in(&email, "phone"));
    let enrolment = me.post("/api/v1/auth/factors/totp/enrol", &json!({})).unwrap().expect(201).unwrap();
    let secret = decoded(enrolment["secret"].as_str().unwrap());
    // The code of the step before confirms, so that the current one is left for the test.
    let code = totp::code_now(&secret, calm_moment() - Duration::from_secs(30));
    let done = me.post("/api/v1/auth/factors/totp/confirm", &json!({"code": code})).unwrap().expect(200).unwrap();
    let codes =
        done["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (email, secret, codes, me)
}

#[test]
fn an_app_is_enrolled_and_asked_for_from_then_on() {
    if !wanted() {
        return;
    }
    let email = account("app", &["customer"]);
    let (me, elsewhere) = (client(&log_in(&email, "phone")), client(&log_in(&email, "laptop")));
    let enrolment = me.post("/api/v1/auth/factors/totp/enrol", &json!({})).unwrap().expect(201).unwrap();
    let uri = enrolment["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/Kirana:app-") && uri.contains(enrolment["secret"].as_str().unwrap()),
        "{uri}"
    );
    assert!(enrolment["qr_svg"].as_str().unwrap().starts_with("<svg "));
    log_in(&email, "not confirmed yet: the password will do");

    let secret = decoded(enrolment["secret"].as_str().unwrap());
    let confirm = |code: &str| me.post("/api/v1/auth/factors/totp/confirm", &json!({"code": code})).unwrap();
    assert_eq!(confirm("000000").status, 401);
    let code = totp::code_now(&secret, calm_moment());
    let done = confirm(&code).expect(200).unwrap();
    assert_eq!(done["recovery_codes"].as_array().unwrap().len(), 10);
    until_refused(&elsewhere);
    let list = me.get("/api/v1/auth/factors").unwrap().expect(200).unwrap();
    assert_eq!((&list["factors"][0]["kind"], &list["recovery_codes_left"]), (&json!("totp"), &json!(10)));
    me.post("/api/v1/auth/factors/totp/enrol", &json!({})).unwrap().expect(409).unwrap();

    let first = first_half(&email);
    assert_eq!(first["kinds"], json!(["totp", "recovery"]));
    assert!(first["access_token"].is_null() && first["refresh_token"].is_null());
    assert_eq!(second_half(&first, "totp", &code).status, 401, "the code that confirmed is used");
    let recovery = done["recovery_codes"][3].as_str().unwrap();
    let session = second_half(&first, "recovery", &recovery.to_uppercase()).expect(200).unwrap();
    assert_eq!(client(&session).get("/api/v1/auth/me").unwrap().status, 200);
    let again = second_half(&first, "recovery", done["recovery_codes"][4].as_str().unwrap()).expect(401).unwrap();
    assert_eq!(again["code"], "invalid_login_token", "a first half is good for one second half");
    assert_eq!(second_half(&first_half(&email), "recovery", recovery).status, 401, "a recovery code is good once");

    me.send("DELETE", "/api/v1/auth/factors/totp", None, None).unwrap().expect(204).unwrap();
    log_in(&email, "the password will do again");
}

#[test]
fn of_calls_with_one_code_one_wins() {
    if !wanted() {
        return;
    }
    let (email, secret, _, _) = with_app("race");
    let halves: Vec<_> = (0..5).map(|_| first_half(&email)).collect();
    let code = totp::code_now(&secret, calm_moment());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let calls: Vec<_> = halves.iter().map(|half| scope.spawn(|| second_half(half, "totp", &code).status)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((count(200), count(401)), (1, 4), "{statuses:?}");
}

#[test]
fn the_sixth_guess_is_not_looked_at() {
    if !wanted() {
        return;
    }
    let (email, secret, recovery, _) = with_app("guesser");
    let half = first_half(&email);
    for guess in 0..5 {
        assert_eq!(second_half(&half, "totp", &format!("00000{guess}")).expect(401).unwrap()["code"], "wrong_code");
    }
    let right = totp::code_now(&secret, calm_moment());
    for (kind, code) in [("totp", right.as_str()), ("recovery", recovery[0].as_str())] {
        let locked = second_half(&half, kind, code).expect(429).unwrap();
        assert_eq!(locked["code"], "too_many_guesses", "right or not");
        assert!(locked["retry_after"].as_u64().unwrap() > 800);
    }
    assert_eq!(second_half(&first_half(&email), "totp", &right).status, 429, "nor with another first half");
}

#[test]
fn codes_come_by_mail_and_by_text_message() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let email = account("mailed", &["customer"]);
    let me = client(&log_in(&email, "phone"));
    let code_of = |letter: String| letter.split("your code is ").nth(1).unwrap()[..6].to_owned();
    me.post("/api/v1/auth/factors/mail/enrol", &json!({})).unwrap().expect(202).unwrap();
    let code = code_of(chain.letter(&email, "Your code").unwrap());
    me.post("/api/v1/auth/factors/mail/confirm", &json!({"code": code})).unwrap().expect(200).unwrap();
    assert_eq!(me.post("/api/v1/auth/factors/mail/confirm", &json!({"code": code})).unwrap().status, 404, "done");

    let phone = format!("+66{}", 800_000_000 + std::process::id() % 90_000_000);
    me.post("/api/v1/auth/factors/sms/enrol", &json!({"phone": "0812345678"})).unwrap().expect(422).unwrap();
    let risk = me.post("/api/v1/auth/factors/sms/enrol", &json!({"phone": phone})).unwrap().expect(202).unwrap();
    assert_eq!((&risk["code"], &risk["safer"]), (&json!("text_messages_can_be_read"), &json!(["totp"])), "{risk}");
    let code = code_of(chain.letter(&phone.replace('+', "%2B"), "Your code").unwrap());
    let second = me.post("/api/v1/auth/factors/sms/confirm", &json!({"code": code})).unwrap().expect(200).unwrap();
    assert_eq!(second["recovery_codes"], json!([]), "there are some already");

    let first = first_half(&email);
    let ask = |kind: &str| {
        let body = json!({"login_token": first["login_token"], "kind": kind});
        chain.nobody.post("/api/v1/auth/login/code", &body).unwrap()
    };
    assert_eq!(ask("totp").status, 404);
    assert_eq!(second_half(&first, "mail", &code).status, 401, "a code of another message");
    let before = code_of(chain.letter(&email, "Your code").unwrap());
    ask("mail").expect(202).unwrap();
    let code = eventually("the letter with the new code", Duration::from_secs(60), || {
        let code = code_of(chain.letter(&email, "Your code").map_err(|error| error.to_string())?);
        if code == before { Err("still the old letter".to_owned()) } else { Ok(code) }
    })
    .unwrap();
    let session = second_half(&first, "mail", &code).expect(200).unwrap();
    assert_eq!(client(&session).get("/api/v1/auth/me").unwrap().status, 200);
}

#[test]
fn what_matters_wants_a_fresh_proof() {
    if !wanted() {
        return;
    }
    let chain = shared();
    // A token whose proof is six minutes old, as identity would sign it for a session that went on.
    let email = account("stale", &["manager"]);
    let session = log_in(&email, "till");
    let stale = super::tokens::signed(&session, |claims| {
        claims["auth_time"] = json!(claims["auth_time"].as_i64().unwrap() - 360);
    });
    let old = chain.nobody.with_token(&stale);
    assert_eq!(old.get("/api/v1/auth/me").unwrap().status, 200, "good for what does not matter");
    let refused = old.post("/api/v1/users", &json!({})).unwrap();
    assert_eq!((refused.status, refused.body["code"].as_str()), (401, Some("step_up_required")));
    assert!(refused.headers["www-authenticate"].contains("insufficient_user_authentication"), "{:?}", refused.headers);

    let step_up = |body: Value| old.post("/api/v1/auth/step-up", &body).unwrap();
    assert_eq!(step_up(json!({"password": "not mine at all"})).status, 403);
    assert_eq!(step_up(json!({})).status, 422);
    let fresh = step_up(json!({"password": PASSWORD})).expect(200).unwrap();
    assert_eq!(client(&fresh).post("/api/v1/users", &json!({})).unwrap().status, 422, "now it is looked at");

    // Who has a second factor needs it.
    let (_, secret, _, me) = with_app("stepper");
    let step_up = |body: Value| me.post("/api/v1/auth/step-up", &body).unwrap();
    let refused = step_up(json!({"password": PASSWORD})).expect(422).unwrap();
    assert!(refused["detail"].as_str().unwrap().contains("totp, recovery"), "{refused}");
    let code = totp::code_now(&secret, calm_moment());
    let fresh = step_up(json!({"kind": "totp", "code": code})).expect(200).unwrap();
    let again = client(&fresh).post("/api/v1/auth/step-up", &json!({"kind": "totp", "code": code})).unwrap();
    assert_eq!((again.status, again.body["code"].as_str()), (401, Some("wrong_code")), "once");
}

#[test]
fn a_new_password_leaves_the_second_factor() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (email, secret, _, _) = with_app("reset");
    chain.nobody.post("/api/v1/auth/forgot-password", &json!({"email": email})).unwrap().expect(202).unwrap();
    let letter = chain.letter(&email, "A new password").unwrap();
    let words = letter.split(|c: char| c.is_whitespace() || c == '=');
    let token = words.into_iter().find(|word| word.len() == 101 && word.as_bytes()[36] == b'.').unwrap();
    let new = json!({"token": token, "password": "a brand new one"});
    let reset = chain.nobody.post("/api/v1/auth/reset-password", &new).unwrap();
    assert_eq!((reset.status, reset.text.as_str()), (204, ""), "a letter lets nobody in");
    let login = json!({"email": email, "password": "a brand new one"});
    let first = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(401).unwrap();
    assert_eq!(first["code"], "second_factor_required", "whoever reads the mailbox has one factor");
    let code = totp::code_now(&secret, calm_moment());
    second_half(&first, "totp", &code).expect(200).unwrap();
}
