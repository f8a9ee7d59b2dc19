//! Who leads has a second factor, where the deployment asks for it: without one their role does not count.
#![allow(clippy::disallowed_methods)] // never runs as WASM

use super::factors::{calm_moment, decoded};
use crate::wanted;
use identity::rules::totp;
use kirana_tests::platform::SECRET;
use kirana_tests::{Client, Platform};
use serde_json::{Value, json};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";

fn refused(client: &Client) {
    let answer = client.get("/api/v1/users").unwrap().expect(403).unwrap();
    assert_eq!(answer["code"], "second_factor_missing", "{answer}");
}

fn client(nobody: &Client, session: &Value) -> Client {
    nobody.with_token(session["access_token"].as_str().unwrap())
}

#[test]
fn a_role_that_leads_counts_once_a_second_factor_is_there() {
    if !wanted() {
        return;
    }
    let platform = Platform::start_with("leads", &[("SECOND_FACTOR_FOR", "manager owner support admin")]).unwrap();
    let nobody = platform.client();
    let first = json!({"secret": SECRET, "email": "admin@example.com", "password": PASSWORD});
    let session = nobody.post("/api/v1/auth/bootstrap", &first).unwrap().expect(201).unwrap();
    let admin = client(&nobody, &session);
    refused(&admin);
    assert_eq!(admin.get("/api/v1/auth/me").unwrap().status, 200, "in one's own affairs one is let in");

    let enrolment = admin.post("/api/v1/auth/factors/totp/enrol", &json!({})).unwrap().expect(201).unwrap();
    let secret = decoded(enrolment["secret"].as_str().unwrap());
    let now = calm_moment();
    let code = totp::code_now(&secret, now - Duration::from_secs(30));
    admin.post("/api/v1/auth/factors/totp/confirm", &json!({"code": code})).unwrap().expect(200).unwrap();
    refused(&admin);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let session = nobody.post("/api/v1/auth/refresh-token", &refresh).unwrap().expect(200).unwrap();
    let admin = client(&nobody, &session);
    assert_eq!(admin.get("/api/v1/users").unwrap().status, 200);

    // Somebody new: nothing by the password alone.
    let support = json!({"email": "support@example.com", "password": PASSWORD, "name": "Noi", "roles": ["support"]});
    admin.post("/api/v1/users", &support).unwrap().expect(201).unwrap();
    let login = json!({"email": "support@example.com", "password": PASSWORD});
    let session = nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    refused(&client(&nobody, &session));
    // And an admin who comes back by password and code.
    let login = json!({"email": "admin@example.com", "password": PASSWORD});
    let half = nobody.post("/api/v1/auth/login", &login).unwrap().expect(401).unwrap();
    assert_eq!(half["code"], "second_factor_required");
    let code = totp::code_now(&secret, calm_moment());
    let whole = json!({"login_token": half["login_token"], "kind": "totp", "code": code});
    let session = nobody.post("/api/v1/auth/login/second-factor", &whole).unwrap().expect(200).unwrap();
    assert_eq!(client(&nobody, &session).get("/api/v1/users").unwrap().status, 200);
}
