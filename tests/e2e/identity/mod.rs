//! Who somebody is: sessions, proofs, keys, and what is theirs.

mod api_keys;
pub mod factors;
mod keys;
mod leads;
pub mod leaked;
mod passwords;
mod people;
mod sessions;
pub mod tokens;

use crate::shared;
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What everybody here logs in with.
const PASSWORD: &str = "correct horse battery";

/// An address that nobody has yet.
fn new_email(who: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{who}-{}@identity.example", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Somebody new with an account that the chain's admin made: the address.
fn account(who: &str, roles: &[&str]) -> String {
    let email = new_email(who);
    let mut user = json!({"email": email, "password": PASSWORD, "name": who, "roles": roles});
    if roles.iter().any(|role| ["staff", "manager"].contains(role)) {
        user["stores"] = json!([shared().store]);
    }
    shared().admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    email
}

/// A session of somebody, on a device of this name.
fn log_in(email: &str, device: &str) -> Value {
    let login = json!({"email": email, "password": PASSWORD, "on": {"device_name": device}});
    shared().nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap()
}

/// The client that a session's access token makes.
fn client(session: &Value) -> Client {
    shared().nobody.with_token(session["access_token"].as_str().unwrap())
}

/// Waits until a client is not let in any more. Within a second, by construction: the gateway's copy of what is revoked is
/// half a second old at most.
fn until_refused(client: &Client) {
    eventually("the token to be refused", Duration::from_secs(10), || {
        let answer = client.get("/api/v1/auth/me").map_err(|error| error.to_string())?;
        if answer.status == 401 { Ok(()) } else { Err(format!("{} {}", answer.status, answer.body)) }
    })
    .unwrap();
}
