//! What goes to a provider means what its own SDK would have said: tests/letters/sdk.mjs.

use super::PASSWORD;
use crate::wanted;
use kirana_tests::Platform;
use kirana_tests::platform::SECRET;
use serde_json::json;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// Runs Node with these arguments and what it needs to know.
pub fn node(arguments: &[&str], vars: &[(&str, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let node = std::env::var_os("KIRANA_NODE").unwrap();
    let done = Command::new(node).args(arguments).envs(vars.iter().copied()).current_dir(root).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "node:\n{said}");
    eprintln!("{said}");
}

#[test]
fn providers_are_asked_as_their_own_sdks_ask_them() {
    if !wanted() {
        return;
    }
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
    let url = format!("http://127.0.0.1:{port}");
    let secrets = json!({
        "postmark": "8c2b6a0e-postmark",
        "resend": "re_of_the_test",
        "ses": {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
        "twilio": {"account_sid": "AC00112233445566778899aabbccddeeff", "auth_token": "an-auth-token"},
    })
    .to_string();
    let vars = [
        ("LETTER_CHANNEL", "postmark"),
        ("LETTER_FROM", "Kirana <hello@kirana.example>"),
        ("LETTER_API", &url),
        ("SES_REGION", "eu-central-1"),
        ("TEXT_CHANNEL", "twilio"),
        ("TEXT_FROM", "+15005550006"),
        ("TEXT_API", &url),
        ("PROVIDER_SECRETS", &secrets),
    ];
    let mut platform = Platform::start_with("sdks", &vars).unwrap();
    let nobody = platform.client();
    let admin = json!({"secret": SECRET, "email": "admin@sdks.example", "password": PASSWORD});
    let session = nobody.post("/api/v1/auth/bootstrap", &admin).unwrap().expect(201).unwrap();
    for provider in ["postmark", "resend", "ses", "twilio"] {
        if provider != "twilio" {
            platform.restart_with(&[("LETTER_CHANNEL", provider)]).unwrap();
        }
        let vars = [
            ("PLATFORM", nobody.url()),
            ("ADMIN", session["access_token"].as_str().unwrap()),
            ("PORT", &port),
            ("PROVIDER", provider),
            ("SECRETS", &secrets),
            ("PASSWORD", PASSWORD),
        ];
        node(&["tests/letters/sdk.mjs"], &vars);
    }
}
