//! Keys change while the platform runs: those that sign tokens, and those that seal what is personal (S18).

use super::{PASSWORD, factors::calm_moment};
use crate::wanted;
use kirana_tests::platform::SECRET;
use kirana_tests::{Chain, Platform, eventually};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const NEW: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

fn kids(platform: &Platform) -> Vec<Value> {
    let jwks = platform.client().get("/.well-known/jwks.json").unwrap().expect(200).unwrap();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
}

#[test]
fn a_token_is_good_as_long_as_its_key_is_published() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("signing-keys").unwrap();
    let chain = Chain::open(&platform, 1).unwrap();
    let (_, before) = chain.customer().unwrap();
    let me = |client: &kirana_tests::Client| client.get("/api/v1/auth/me").unwrap().status;
    let old = kids(&platform);
    platform.restart_with(&[("JWT_SEED_NEXT", NEW)]).unwrap();
    let both = kids(&platform);
    assert_eq!((both.len(), &both[0]), (2, &old[0]), "published before it signs");
    assert_eq!(me(&before), 200);
    platform.restart_with(&[("JWT_SEED", NEW), ("JWT_SEED_NEXT", NEW), ("JWT_SEED_PREVIOUS", SECRET)]).unwrap();
    assert_eq!(kids(&platform)[0], both[1], "it signs");
    let (_, after) = chain.customer().unwrap();
    assert_eq!((me(&before), me(&after)), (200, 200), "tokens of both are good");
    platform.restart_with(&[("JWT_SEED_PREVIOUS", NEW)]).unwrap();
    assert_eq!((me(&before), me(&after)), (401, 200), "the old key is gone, and with it its tokens");
}

/// Values in the platform's databases that a key has sealed.
fn sealed_with(state: &Path, kid: &str) -> usize {
    let mut found = 0;
    for entry in std::fs::read_dir(state).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found += sealed_with(&path, kid);
        } else {
            let needle = format!("v1.{kid}.");
            let bytes = std::fs::read(&path).unwrap_or_default();
            found += bytes.windows(needle.len()).filter(|window| *window == needle.as_bytes()).count();
        }
    }
    found
}

#[test]
fn what_is_sealed_is_sealed_anew_and_the_old_key_can_go() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("sealing-keys").unwrap();
    let chain = Chain::open(&platform, 1).unwrap();
    let (id, me) = chain.regular().unwrap();
    let profile = json!({"name": "Ploy", "phone": "+66812345678"});
    me.put(&format!("/api/v1/users/{id}"), &profile).unwrap().expect(200).unwrap();
    let home = json!({"address": {"label": "Home", "recipient": "Ploy", "street": "1 Rama I Road", "city": "Bangkok", "country": "TH"}});
    me.post(&format!("/api/v1/customers/{id}/addresses"), &home).unwrap().expect(201).unwrap();
    let enrolment = me.post("/api/v1/auth/factors/totp/enrol", &json!({})).unwrap().expect(201).unwrap();
    let secret = super::factors::decoded(enrolment["secret"].as_str().unwrap());
    let code = identity::rules::totp::code_now(&secret, calm_moment() - Duration::from_secs(30));
    let codes = me.post("/api/v1/auth/factors/totp/confirm", &json!({"code": code})).unwrap().expect(200).unwrap();

    let reads = |me: &kirana_tests::Client| {
        let profile = me.get(&format!("/api/v1/users/{id}")).unwrap().expect(200).unwrap();
        let addresses = me.get(&format!("/api/v1/customers/{id}/addresses")).unwrap().expect(200).unwrap();
        assert_eq!(
            (&profile["phone"], &addresses[0]["address"]["street"]),
            (&json!("+66812345678"), &json!("1 Rama I Road"))
        );
    };
    reads(&me);
    platform.restart_with(&[("DATA_KEY", NEW), ("DATA_KEY_PREVIOUS", SECRET)]).unwrap();
    reads(&me);
    let search = || chain.admin.get("/api/v1/users?q=%2B66812345678").unwrap().expect(200).unwrap();
    assert_eq!(search()["items"][0]["id"], id, "found by telephone: the index has a key of its own");
    let new = kirana_vault::key_id(&kirana_vault::Master::from_hex(NEW).unwrap());
    platform.tick().unwrap();
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e/sealing-keys/runner.log");
    eventually("nothing to be left under the old key", Duration::from_secs(60), || {
        let log = std::fs::read_to_string(&log).map_err(|error| error.to_string())?;
        let done = log.matches("\"left\":\"0\"").count();
        if done >= 2 { Ok(()) } else { Err(format!("{done} workers are done")) }
    })
    .unwrap();
    assert!(sealed_with(log.parent().unwrap(), &new) >= 3, "telephone, address and secret are sealed with the new key");
    // The old key goes: what it had sealed could not be read any more.
    platform.restart_with(&[("DATA_KEY_PREVIOUS", NEW)]).unwrap();
    reads(&me);
    // And a recovery code that was made before is good still.
    let half = json!({"email": "regular@example.com", "password": PASSWORD});
    let half = chain.nobody.post("/api/v1/auth/login", &half).unwrap().expect(401).unwrap();
    let whole = json!({"login_token": half["login_token"], "kind": "recovery", "code": codes["recovery_codes"][0]});
    chain.nobody.post("/api/v1/auth/login/second-factor", &whole).unwrap().expect(200).unwrap();
}
