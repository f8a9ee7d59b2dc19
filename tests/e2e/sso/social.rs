//! Signing in with other providers: a real one, `oidc-provider` of npm, and one that lies: tests/openid/social.mjs.

use super::PASSWORD;
use super::openid::run;
use crate::wanted;
use kirana_tests::Platform;
use kirana_tests::platform::SECRET;
use serde_json::json;
use std::net::TcpListener;

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

#[test]
fn other_providers_say_who_somebody_is_and_liars_are_not_believed() {
    if !wanted() {
        return;
    }
    let (local, crooked, return_to) = (free_port(), free_port(), "https://shop.example/back");
    let provider = |name: &str, port: u16, client_id: &str| json!({"name": name, "issuer": format!("http://127.0.0.1:{port}"), "client_id": client_id});
    let providers =
        json!([provider("local", local, "kirana"), provider("crooked", crooked, "kirana-there")]).to_string();
    let secrets = json!({"local": "a-secret-of-the-test", "crooked": "x"}).to_string();
    let vars = [("SOCIAL_PROVIDERS", providers.as_str()), ("SOCIAL_SECRETS", &secrets), ("RETURN_URIS", return_to)];
    let platform = Platform::start_with("social", &vars).unwrap();
    let nobody = platform.client();
    let admin = json!({"secret": SECRET, "email": "admin@social.example", "password": PASSWORD});
    let session = nobody.post("/api/v1/auth/bootstrap", &admin).unwrap().expect(201).unwrap();
    let admin = nobody.with_token(session["access_token"].as_str().unwrap());
    for who in ["known", "factor"] {
        let user =
            json!({"email": format!("{who}@social.example"), "password": PASSWORD, "name": who, "roles": ["customer"]});
        admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    }
    assert_eq!(nobody.get("/api/v1/oauth/providers").unwrap().expect(200).unwrap(), json!(["local", "crooked"]));
    let (local, crooked) = (local.to_string(), crooked.to_string());
    let vars = [
        ("PLATFORM", nobody.url()),
        ("LOCAL_PORT", &local),
        ("CROOKED_PORT", &crooked),
        ("SECRET", "a-secret-of-the-test"),
        ("RETURN_TO", return_to),
        ("PASSWORD", PASSWORD),
    ];
    run("social.mjs", &vars);
}
