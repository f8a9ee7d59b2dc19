//! Other providers that people may sign in with: their configuration, and what may be asked where.

use kirana_edge::outbound::{Reach, may_call};
use serde::Deserialize;

/// A provider, as the variable `SOCIAL_PROVIDERS` lists it. Its secret stands in the secret `SOCIAL_SECRETS` under its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What it is called in addresses: lower-case letters, digits and `-`.
    pub name: String,
    /// Its issuer; its metadata is found from there.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// What we ask for.
    #[serde(default = "usual_scope")]
    pub scope: String,
    /// `form_post` where it answers with a form, as Apple does when asked for a name or an address.
    #[serde(default)]
    pub response_mode: Option<String>,
    /// Its token endpoint, where its metadata lacks it, as Facebook's does.
    #[serde(default)]
    pub token_endpoint: Option<String>,
}

fn usual_scope() -> String {
    "openid email profile".into()
}

/// The providers in the variable's text.
///
/// # Errors
/// What is wrong with it, for the log.
pub fn parse(text: &str) -> Result<Vec<Provider>, String> {
    let providers: Vec<Provider> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    for provider in &providers {
        let named = !provider.name.is_empty()
            && provider.name.len() <= 30
            && provider.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !named || !may_ask(&provider.issuer, &provider.issuer) {
            return Err(format!("{}: expected a name of letters, and an issuer with https", provider.name));
        }
        if !provider.scope.split(' ').any(|scope| scope == "openid") {
            return Err(format!("{}: expected a scope with openid", provider.name));
        }
        if provider.response_mode.as_deref().is_some_and(|mode| mode != "form_post") {
            return Err(format!("{}: expected response_mode form_post, or none", provider.name));
        }
    }
    Ok(providers)
}

/// May a provider with this issuer be asked at this address? With https and in the public network; on this machine only where
/// the issuer is there too. A provider's metadata sends nobody into a network that the deployer did not name.
#[must_use]
pub fn may_ask(issuer: &str, url: &str) -> bool {
    // An issuer without https is on this machine, or is refused itself.
    let reach = if issuer.starts_with("http://") { Reach::WorldAndHere } else { Reach::World };
    may_call(url, reach).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_configured_by_its_issuer() {
        let text = r#"[{"name": "google", "issuer": "https://accounts.google.com", "client_id": "x"}]"#;
        let google = parse(text).unwrap().remove(0);
        assert_eq!((google.scope.as_str(), google.response_mode), ("openid email profile", None));
        assert_eq!(parse("[]"), Ok(vec![]));
        for bad in [
            "{}",
            r#"[{"name": "Google", "issuer": "https://a.example", "client_id": "x"}]"#,
            r#"[{"name": "a/b", "issuer": "https://a.example", "client_id": "x"}]"#,
            r#"[{"name": "a", "issuer": "http://a.example", "client_id": "x"}]"#,
            r#"[{"name": "a", "issuer": "https://10.0.0.1", "client_id": "x"}]"#,
            r#"[{"name": "a", "issuer": "https://a.example", "client_id": "x", "scope": "email"}]"#,
            r#"[{"name": "a", "issuer": "https://a.example", "client_id": "x", "response_mode": "fragment"}]"#,
            r#"[{"name": "a", "issuer": "https://a.example", "client_id": "x", "secret": "y"}]"#,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn metadata_leads_to_no_other_network() {
        let far = "https://accounts.example";
        assert!(may_ask(far, "https://keys.example/jwks"));
        for bad in [
            "http://127.0.0.1/jwks",
            "http://169.254.169.254/",
            "http://accounts.example/",
            "file:///x",
            "https://",
            "https://a@b/",
            "https://127.0.0.1/jwks",
            "https://169.254.169.254/latest/meta-data",
            "https://2852039166/",
            "https://[::ffff:10.0.0.1]/",
            "https://kirana-identity/",
        ] {
            assert!(!may_ask(far, bad), "{bad}");
        }
        assert!(may_ask("http://127.0.0.1:3000", "http://127.0.0.1:3000/jwks"));
        assert!(!may_ask("http://127.0.0.1:3000", "http://10.0.0.1/jwks"));
        assert!(!may_ask("http://127.0.0.1:3000", "http://127.0.0.1.evil.example/"));
    }
}
