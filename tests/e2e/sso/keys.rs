//! What the provider says of itself, and its keys: another signs, and the one before is still published.

use super::{B64, Browser, Tool, account};
use crate::{shared, wanted};
use base64::Engine;
use serde_json::{Value, json};

fn kid(id_token: &Value) -> String {
    let header = id_token.as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&B64.decode(header).unwrap()).unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("JWT")));
    header["kid"].as_str().unwrap().to_owned()
}

fn published() -> Vec<Value> {
    let jwks = shared().nobody.get("/api/v1/oauth/jwks").unwrap();
    assert!(jwks.headers["cache-control"].starts_with("public"));
    jwks.expect(200).unwrap()["keys"].as_array().unwrap().clone()
}

#[test]
fn the_provider_says_where_everything_is_and_what_it_does() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let said = nobody.get("/.well-known/openid-configuration").unwrap().expect(200).unwrap();
    assert_eq!(said["issuer"], nobody.url());
    for (endpoint, path) in [
        ("authorization_endpoint", "/api/v1/oauth/authorize"),
        ("token_endpoint", "/api/v1/oauth/token"),
        ("userinfo_endpoint", "/api/v1/oauth/userinfo"),
        ("end_session_endpoint", "/api/v1/oauth/logout"),
        ("jwks_uri", "/api/v1/oauth/jwks"),
        ("revocation_endpoint", "/api/v1/oauth/revoke"),
        ("introspection_endpoint", "/api/v1/oauth/introspect"),
    ] {
        assert_eq!(said[endpoint], format!("{}{path}", nobody.url()));
    }
    assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(said["response_types_supported"], json!(["code"]));
    assert_eq!(said["id_token_signing_alg_values_supported"], json!(["ES256"]));
    assert_eq!(said["authorization_response_iss_parameter_supported"], true);
    // The key of the platform's own access tokens is another, where it was.
    let own = nobody.get("/.well-known/jwks.json").unwrap().expect(200).unwrap();
    assert_eq!((own["keys"].as_array().unwrap().len(), &own["keys"][0]["alg"]), (1, &json!("EdDSA")));
    assert!(published().iter().all(|key| key["kty"] == "EC" && key["d"].is_null() && key["use"] == "sig"));
}

#[test]
fn a_key_that_signed_stays_published_while_its_tokens_are_good() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let tool = Tool::new("confidential", "openid email");
    let before = tool.redeem(&tool.code(&mut Browser::new(), &account("keys", &["customer"]), &[])).json();
    let old = kid(&before["id_token"]);
    for who in [&chain.manager, &chain.staff] {
        who.post("/api/v1/oauth/keys/rotate", &json!({})).unwrap().expect(403).unwrap();
    }
    chain.admin.post("/api/v1/oauth/keys/rotate", &json!({})).unwrap().expect(200).unwrap();
    let new = kid(&tool.refresh(&before["refresh_token"]).json()["id_token"]);
    assert_ne!(old, new);
    let kids: Vec<_> = published().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
    assert!(kids.contains(&old) && kids.contains(&new), "{kids:?}");
}
