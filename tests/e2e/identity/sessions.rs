//! Sessions: which there are, what ends them, and what a refresh token is worth when it comes again (S3).

use super::tokens::signed;
use super::{PASSWORD, account, client, log_in, until_refused};
use crate::{shared, wanted};
use kirana_tests::{Answer, eventually};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn refresh(token: &Value) -> Answer {
    shared().nobody.post("/api/v1/auth/refresh-token", &json!({"refresh_token": token})).unwrap()
}

#[test]
fn sessions_are_listed_by_device_and_ended_one_by_one() {
    if !wanted() {
        return;
    }
    let email = account("lister", &["customer"]);
    let (phone, laptop) = (log_in(&email, "Mali's phone"), log_in(&email, "Laptop"));
    let list = client(&laptop).get("/api/v1/auth/sessions").unwrap().expect(200).unwrap();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|session| session["device"].as_str().unwrap()).collect();
    assert_eq!(names, ["Laptop", "Mali's phone"]);
    assert_eq!((&list[0]["current"], &list[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!(list[1]["id"], phone["session_id"]);

    let path = format!("/api/v1/auth/sessions/{}", phone["session_id"].as_str().unwrap());
    // Somebody else's session is no session.
    let other = client(&log_in(&account("other", &["customer"]), "x"));
    other.send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
    assert_eq!(client(&phone).get("/api/v1/auth/me").unwrap().status, 200);

    client(&laptop).send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    until_refused(&client(&phone));
    assert_eq!(refresh(&phone["refresh_token"]).status, 401, "and no new tokens for it");
    assert_eq!(client(&laptop).get("/api/v1/auth/me").unwrap().status, 200, "the other device goes on");
    client(&laptop).send("DELETE", &path, None, None).unwrap().expect(404).unwrap();
}

#[test]
fn all_other_sessions_end_at_once_or_all() {
    if !wanted() {
        return;
    }
    let email = account("leaver", &["customer"]);
    let sessions: Vec<_> = (0..3).map(|n| log_in(&email, &format!("device {n}"))).collect();
    let me = client(&sessions[0]);
    me.send("DELETE", "/api/v1/auth/sessions", None, None).unwrap().expect(204).unwrap();
    for session in &sessions[1..] {
        until_refused(&client(session));
    }
    assert_eq!(me.get("/api/v1/auth/sessions").unwrap().expect(200).unwrap().as_array().unwrap().len(), 1);
    me.send("DELETE", "/api/v1/auth/sessions?keep_current=false", None, None).unwrap().expect(204).unwrap();
    until_refused(&me);
}

#[test]
fn a_token_of_before_is_refused_after_a_fresh_proof_and_the_session_goes_on() {
    if !wanted() {
        return;
    }
    let email = account("prover", &["customer"]);
    let (session, elsewhere) = (log_in(&email, "phone"), log_in(&email, "laptop"));
    let before = client(&session);
    // Moments in tokens are whole seconds: what is proved twice within one is proved once.
    std::thread::sleep(Duration::from_millis(1_100));
    let proof = json!({"password": PASSWORD});
    let fresh = before.post("/api/v1/auth/step-up", &proof).unwrap().expect(200).unwrap();
    until_refused(&before);
    assert_eq!(client(&fresh).get("/api/v1/auth/me").unwrap().status, 200, "another took its place");
    assert_eq!(client(&elsewhere).get("/api/v1/auth/me").unwrap().status, 200, "another session is another proof");
    // Another tab of the same session gets a token as fresh.
    let next = refresh(&session["refresh_token"]).expect(200).unwrap();
    assert_eq!(client(&next).get("/api/v1/auth/me").unwrap().status, 200);
    assert_eq!(before.post("/api/v1/auth/step-up", &proof).unwrap().status, 401, "nothing comes of it any more");
}

#[test]
fn sessions_are_ended_by_who_proved_lately_who_they_are() {
    if !wanted() {
        return;
    }
    let email = account("thief", &["customer"]);
    let (stolen, own) = (log_in(&email, "a phone that is lost"), log_in(&email, "laptop"));
    let path = |session: &Value| format!("/api/v1/auth/sessions/{}", session["session_id"].as_str().unwrap());
    // Who has a device that somebody left logged in does not lock its owner out.
    let old = shared().nobody.with_token(&signed(&stolen, |claims| {
        claims["auth_time"] = json!(claims["auth_time"].as_i64().unwrap() - 360);
    }));
    for path in [path(&own), "/api/v1/auth/sessions".into(), "/api/v1/auth/sessions?keep_current=false".into()] {
        let refused = old.send("DELETE", &path, None, None).unwrap().expect(401).unwrap();
        assert_eq!(refused["code"], "step_up_required", "{path}");
    }
    assert_eq!(old.get("/api/v1/auth/sessions").unwrap().status, 200, "looking is free");
    assert_eq!(client(&own).get("/api/v1/auth/me").unwrap().status, 200);
    // The owner, who has just logged in elsewhere, ends it at once.
    client(&own).send("DELETE", &path(&stolen), None, None).unwrap().expect(204).unwrap();
    until_refused(&old);
    // And out of one's own session everybody gets.
    let stale = shared().nobody.with_token(&signed(&own, |claims| {
        claims["auth_time"] = json!(claims["auth_time"].as_i64().unwrap() - 360);
    }));
    stale.post("/api/v1/auth/logout", &json!({})).unwrap().expect(204).unwrap();
}

#[test]
fn who_logs_out_is_out_with_the_token_too() {
    if !wanted() {
        return;
    }
    let session = log_in(&account("logout", &["customer"]), "x");
    client(&session).post("/api/v1/auth/logout", &json!({})).unwrap().expect(204).unwrap();
    until_refused(&client(&session));
    let refused = refresh(&session["refresh_token"]).expect(401).unwrap();
    assert_eq!(refused["code"], "invalid_refresh_token");
}

#[test]
fn fifty_refreshes_at_once_make_one_successor() {
    if !wanted() {
        return;
    }
    let session = log_in(&account("fifty", &["customer"]), "x");
    let token = &session["refresh_token"];
    let successors: BTreeSet<String> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..50).map(|_| scope.spawn(|| refresh(token).expect(200).unwrap())).collect();
        let successor = |answer: Value| answer["refresh_token"].as_str().unwrap().to_owned();
        calls.into_iter().map(|call| successor(call.join().unwrap())).collect()
    });
    assert_eq!(successors.len(), 1, "{successors:?}");
    let successor = json!(successors.first().unwrap());
    assert_eq!(refresh(&successor).status, 200, "and it is good");
}

#[test]
fn a_lost_reply_is_given_again_to_the_same_device_only() {
    if !wanted() {
        return;
    }
    let email = account("lost-reply", &["customer"]);
    let secret = "0123456789abcdef-secret-of-a-phone";
    let login = json!({"email": email, "password": PASSWORD, "on": {"device_name": "phone", "device_secret": secret}});
    let session = shared().nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    let with = |token: &Value, secret: &str| {
        let body = json!({"refresh_token": token, "device_secret": secret});
        shared().nobody.post("/api/v1/auth/refresh-token", &body).unwrap()
    };
    let lost = with(&session["refresh_token"], secret).expect(200).unwrap();
    let again = with(&session["refresh_token"], secret).expect(200).unwrap();
    assert_eq!(lost["refresh_token"], again["refresh_token"]);
    // The same token from elsewhere: it was stolen, and nobody has the session any more.
    assert_eq!(with(&session["refresh_token"], "another-device-entirely").status, 401);
    assert_eq!(with(&again["refresh_token"], secret).status, 401);
    until_refused(&client(&again));
}

#[test]
fn a_token_used_after_its_successor_ends_the_session_and_its_user_is_told() {
    if !wanted() {
        return;
    }
    let email = account("stolen", &["customer"]);
    let (session, elsewhere) = (log_in(&email, "phone"), log_in(&email, "laptop"));
    let second = refresh(&session["refresh_token"]).expect(200).unwrap();
    let third = refresh(&second["refresh_token"]).expect(200).unwrap();
    assert_eq!(refresh(&session["refresh_token"]).status, 401, "two have it");
    assert_eq!(refresh(&third["refresh_token"]).status, 401, "the family is dead");
    until_refused(&client(&third));
    let me = client(&elsewhere);
    assert_eq!(me.get("/api/v1/auth/me").unwrap().status, 200, "another session is another family");
    eventually("the user to be told", Duration::from_secs(60), || {
        let told = me.get("/api/v1/notifications").map_err(|error| error.to_string())?.body;
        let hit =
            told["items"].as_array().into_iter().flatten().any(|one| one["title"] == "We ended one of your sessions");
        if hit { Ok(()) } else { Err(told.to_string()) }
    })
    .unwrap();
}

#[test]
fn a_token_says_nothing_of_roles_that_were_taken_away() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let email = account("dismissed", &["staff"]);
    let session = log_in(&email, "till");
    let (staff, id) = (client(&session), session["user"]["id"].as_str().unwrap());
    let tickets = format!("/api/v1/stores/{}/kitchen/tickets", chain.store);
    assert_eq!(staff.get(&tickets).unwrap().status, 200);
    let place = format!("/api/v1/stores/{}/staff/{id}", chain.store);
    chain.manager.send("DELETE", &place, None, None).unwrap().expect(204).unwrap();
    until_refused(&staff);
    // The session goes on, with what the user may do now.
    let after = refresh(&session["refresh_token"]).expect(200).unwrap();
    assert_eq!(after["user"]["roles"], json!(["customer"]));
    assert_eq!(client(&after).get(&tickets).unwrap().status, 403);
}
