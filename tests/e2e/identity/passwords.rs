//! Addresses that are proved, passwords that are forgotten and changed, and nobody who learns who has an account.

use super::{PASSWORD, account, client, log_in, new_email, until_refused};
use crate::{shared, wanted};
use kirana_tests::{Answer, eventually};
use serde_json::{Value, json};
use std::time::Duration;

fn register(email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password, "name": "Mali"});
    shared().nobody.post("/api/v1/auth/register", &body).unwrap()
}

fn login(email: &str, password: &str) -> Answer {
    shared().nobody.post("/api/v1/auth/login", &json!({"email": email, "password": password})).unwrap()
}

/// The token in a letter: what has a dot between 36 and 64 characters.
fn token_of(letter: &str) -> String {
    let words = letter.split(|c: char| c.is_whitespace() || c == '=');
    words.into_iter().find(|word| word.len() == 101 && word.as_bytes()[36] == b'.').expect("a token").to_owned()
}

/// What of an answer is the same for everybody: its fields, not what is in them.
fn shape(answer: &Answer) -> (u16, Vec<String>, Vec<String>) {
    let fields = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    (answer.status, fields(&answer.body), fields(&answer.body["user"]))
}

#[test]
fn an_address_is_proved_by_letter_once() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let email = new_email("prover");
    let session = register(&email, PASSWORD).expect(201).unwrap();
    assert_eq!(session["user"]["email_verified"], false);
    assert_eq!(client(&session).get("/api/v1/auth/me").unwrap().status, 200, "one can order at once");
    assert_eq!(login(&email, PASSWORD).status, 401, "but not log in elsewhere: anybody can say an address");

    let token = token_of(&chain.letter(&email, "Is this your address?").unwrap());
    let path = "/api/v1/auth/verify-email";
    for _ in 0..2 {
        let look = chain.nobody.get(&format!("{path}?token={token}")).unwrap().expect(200).unwrap();
        assert!(look["next"].is_string(), "a link that is opened proves nothing");
    }
    assert_eq!(login(&email, PASSWORD).status, 401);
    let forged = token.replace(&token[37..41], "0000");
    let refused = chain.nobody.post(path, &json!({"token": forged})).unwrap().expect(400).unwrap();
    assert_eq!(refused["code"], "invalid_token");
    // A token of another purpose opens nothing.
    chain
        .nobody
        .post("/api/v1/auth/reset-password", &json!({"token": token, "password": "a brand new one"}))
        .unwrap()
        .expect(400)
        .unwrap();

    chain.nobody.post(path, &json!({"token": token})).unwrap().expect(204).unwrap();
    assert_eq!(login(&email, PASSWORD).expect(200).unwrap()["user"]["email_verified"], true);
    chain.nobody.post(path, &json!({"token": token})).unwrap().expect(400).unwrap();
    client(&session).post(&format!("{path}/letter"), &json!({})).unwrap().expect(409).unwrap();
}

#[test]
fn nobody_learns_who_has_an_account() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (taken, free) = (account("has-one", &["customer"]), new_email("has-none"));
    // Registering: the same answer, and the owner hears of it.
    let (one, other) = (register(&taken, "another password"), register(&free, "another password"));
    assert_eq!(shape(&one), shape(&other));
    assert_eq!(one.status, 201);
    assert_eq!(one.body["user"]["email_verified"], other.body["user"]["email_verified"]);
    assert_ne!(one.body["user"]["id"], log_in(&taken, "x")["user"]["id"], "it is not the owner's account");
    chain.letter(&taken, "You have an account already").unwrap();
    // Asking for another letter: the same.
    let resend =
        |session: &Answer| shape(&client(&session.body).post("/api/v1/auth/verify-email/letter", &json!({})).unwrap());
    assert_eq!(resend(&one), resend(&other));
    // Logging in: a wrong password, an unknown address, one that is not proved.
    let wrong = login(&taken, "another password");
    for other in [login(&new_email("unknown"), PASSWORD), login(&free, "another password")] {
        assert_eq!((wrong.status, &wrong.body), (other.status, &other.body));
    }
    // Forgetting.
    let forgot = |email: &str| {
        let answer = chain.nobody.post("/api/v1/auth/forgot-password", &json!({"email": email})).unwrap();
        (answer.status, answer.body)
    };
    assert_eq!(forgot(&taken), forgot(&new_email("unknown")));
}

#[test]
fn a_forgotten_password_is_replaced_by_letter_and_every_session_ends() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let email = account("forgetful", &["customer"]);
    let before = log_in(&email, "phone");
    let forgot = json!({"email": email.to_uppercase()});
    chain.nobody.post("/api/v1/auth/forgot-password", &forgot).unwrap().expect(202).unwrap();
    let token = token_of(&chain.letter(&email, "A new password").unwrap());
    let reset = |token: &str, password: &str| {
        chain.nobody.post("/api/v1/auth/reset-password", &json!({"token": token, "password": password})).unwrap()
    };
    for bad in ["short", "password1", email.as_str(), &"x".repeat(129)] {
        assert_eq!(reset(&token, bad).expect(422).unwrap()["errors"][0]["path"], "password", "{bad}");
    }
    reset(&token, "a brand new one").expect(204).unwrap();
    reset(&token, "and once more, please").expect(400).unwrap();
    until_refused(&client(&before));
    let refresh = json!({"refresh_token": before["refresh_token"]});
    chain.nobody.post("/api/v1/auth/refresh-token", &refresh).unwrap().expect(401).unwrap();
    assert_eq!((login(&email, PASSWORD).status, login(&email, "a brand new one").status), (401, 200));
    chain.letter(&email, "Your password was changed").unwrap();
}

#[test]
fn a_password_is_changed_by_who_knows_it_and_other_sessions_end() {
    if !wanted() {
        return;
    }
    let email = account("changer", &["customer"]);
    let (here, elsewhere) = (log_in(&email, "here"), log_in(&email, "elsewhere"));
    let change = |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        client(&here).post("/api/v1/auth/change-password", &body).unwrap()
    };
    assert_eq!(change("not mine at all", "a brand new one").expect(403).unwrap()["code"], "wrong_password");
    assert_eq!(change(PASSWORD, "12345678").status, 422, "the most common of all");
    change(PASSWORD, "a brand new one").expect(204).unwrap();
    until_refused(&client(&elsewhere));
    assert_eq!(client(&here).get("/api/v1/auth/me").unwrap().status, 200);
    let refresh = json!({"refresh_token": elsewhere["refresh_token"]});
    shared().nobody.post("/api/v1/auth/refresh-token", &refresh).unwrap().expect(401).unwrap();
    assert_eq!((login(&email, PASSWORD).status, login(&email, "a brand new one").status), (401, 200));
}

#[test]
fn letters_are_few() {
    if !wanted() {
        return;
    }
    let session = register(&new_email("pest"), PASSWORD).expect(201).unwrap();
    let ask = || client(&session).post("/api/v1/auth/verify-email/letter", &json!({})).unwrap();
    assert_eq!([ask().status, ask().status, ask().status], [202, 202, 429], "three with the one at registration");
}

#[test]
fn somebody_hears_once_a_day_that_a_login_failed() {
    if !wanted() {
        return;
    }
    let email = account("attacked", &["customer"]);
    let wrong = json!({"email": email, "password": "correct horse battery but not mine"});
    for _ in 0..3 {
        shared().nobody.post("/api/v1/auth/login", &wrong).unwrap().expect(401).unwrap();
    }
    let me = client(&log_in(&email, "phone"));
    let titles = || {
        let told = me.get("/api/v1/notifications").unwrap().expect(200).unwrap();
        let items = told["items"].as_array().unwrap().clone();
        items.iter().filter(|one| one["title"] == "Somebody could not log in to your account").count()
    };
    eventually("somebody to hear of it", Duration::from_secs(60), || match titles() {
        0 => Err("not yet".into()),
        count => Ok(count),
    })
    .unwrap();
    // What comes after this event has come after those as well.
    let profile = json!({"name": "attacked"});
    let id = me.get("/api/v1/auth/me").unwrap().expect(200).unwrap()["id"].as_str().unwrap().to_owned();
    me.put(&format!("/api/v1/users/{id}"), &profile).unwrap().expect(200).unwrap();
    assert_eq!(titles(), 1, "once, however often it was tried");
}

#[test]
fn no_password_has_a_word_of_the_chain_in_it() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let path_of = |refused: &Value| refused["errors"][0]["path"].clone();
    for bad in ["kirana-2026", "My K1R4NA account", "k.i.r.a.n.a at noon"] {
        let refused = register(&new_email("worded"), bad).expect(422).unwrap();
        assert_eq!(path_of(&refused), "password", "{bad}");
        let user = json!({"email": new_email("worded"), "password": bad, "name": "Mali", "roles": ["customer"]});
        let refused = chain.admin.post("/api/v1/users", &user).unwrap().expect(422).unwrap();
        assert_eq!(path_of(&refused), "password", "{bad}");
    }
    let me = client(&log_in(&account("worded", &["customer"]), "x"));
    let change = json!({"current_password": PASSWORD, "new_password": "the kirana of old"});
    let refused = me.post("/api/v1/auth/change-password", &change).unwrap().expect(422).unwrap();
    assert_eq!(path_of(&refused), "new_password");
}
