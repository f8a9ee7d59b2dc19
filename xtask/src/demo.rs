//! The demo chain, loaded through the public API as its people would.

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The password of every demo login.
const PASSWORD: &str = "kirana-demo";

/// Loads the chain; answers what [`describe`] needs.
pub fn load(url: &str, bootstrap_secret: &str) -> Result<Value> {
    let admin = post(
        url,
        None,
        "/api/v1/auth/bootstrap",
        &json!({"secret": bootstrap_secret, "email": "admin@kirana.example", "password": PASSWORD}),
    )?;
    let _token = admin["access_token"].as_str().context("no access token")?;
    Ok(json!({"logins": ["admin@kirana.example"], "password": PASSWORD}))
}

/// Prints where everything is and what to try.
pub fn describe(url: &str, chain: &Value) {
    println!("\nKirana is served at {url}\n");
    println!("{chain:#}");
}

fn post(url: &str, token: Option<&str>, path: &str, body: &Value) -> Result<Value> {
    let mut request = ureq::post(format!("{url}{path}")).config().http_status_as_error(false).build();
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.send_json(body)?;
    let answer: Value = response.body_mut().read_json()?;
    anyhow::ensure!(response.status().is_success(), "{path}: {answer}");
    Ok(answer)
}
