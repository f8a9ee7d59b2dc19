//! A request to sign in (OpenID Connect Core, section 3.1.2): what it must say, and what comes next.

use crate::rules::client::Client;
use crate::rules::fault::{Fault, fault, invalid_request};
use crate::rules::params::Params;
use crate::rules::pkce;
use crate::rules::scope::{self, Scope};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the client wants its user to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Prompt {
    /// Nothing: answer at once, or say why not.
    #[serde(default)]
    pub none: bool,
    /// To sign in, even if they are.
    #[serde(default)]
    pub login: bool,
    /// To agree, even if they have.
    #[serde(default)]
    pub consent: bool,
}

/// A request that is in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who asks.
    pub client_id: Id,
    /// Where the answer goes: one of the client's own.
    pub redirect_uri: String,
    /// What is asked for.
    pub scope: Vec<Scope>,
    /// Given back as it came.
    pub state: Option<String>,
    /// Put into the ID token as it came.
    pub nonce: Option<String>,
    /// The S256 challenge.
    pub code_challenge: String,
    /// What to ask.
    pub prompt: Prompt,
    /// Seconds ago at most that they may have signed in.
    pub max_age: Option<u32>,
}

/// Reads a request of a client whose redirect URI has been found to be its own: from here on faults go there.
///
/// # Errors
/// In the standards' words.
pub fn read(params: &Params, client: &Client, redirect_uri: &str) -> Result<Request, Fault> {
    if params.repeated() {
        return Err(invalid_request("a parameter is there twice"));
    }
    if params.get("request").is_some() {
        return Err(fault("request_not_supported", "send the parameters themselves"));
    }
    if params.get("request_uri").is_some() {
        return Err(fault("request_uri_not_supported", "send the parameters themselves"));
    }
    match params.get("response_type") {
        Some("code") => {}
        None => return Err(invalid_request("response_type is missing: expected code")),
        Some(_) => {
            return Err(fault("unsupported_response_type", "expected response_type=code: there is no other flow"));
        }
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(invalid_request("expected response_mode=query, or none"));
    }
    // Without a method, `plain` is meant (RFC 7636, section 4.3), which we do not take.
    if params.get("code_challenge_method") != Some("S256") {
        return Err(invalid_request("expected code_challenge_method=S256: PKCE is needed, and not as plain"));
    }
    let challenge = params.get("code_challenge").filter(|challenge| pkce::is_challenge(challenge));
    let challenge = challenge.ok_or(invalid_request("expected a code_challenge of 43 characters, as S256 makes it"))?;
    let scope = scope::parse(params.get("scope").unwrap_or_default());
    if !scope.contains(&Scope::Openid) {
        return Err(fault("invalid_scope", "expected a scope with openid in it"));
    }
    if !scope::within(&scope, &scope::parse(&client.scope)) {
        return Err(fault("invalid_scope", "this client may not ask for all of this"));
    }
    let short = |name: &str| params.get(name).is_none_or(|value| value.len() <= 1_000);
    if !short("state") || !short("nonce") {
        return Err(invalid_request("state and nonce have 1000 bytes at most"));
    }
    let max_age = params.get("max_age").map(str::parse).transpose();
    Ok(Request {
        client_id: client.client_id,
        redirect_uri: redirect_uri.into(),
        scope,
        state: params.get("state").map(str::to_owned),
        nonce: params.get("nonce").map(str::to_owned),
        code_challenge: challenge.into(),
        prompt: prompt(params.get("prompt").unwrap_or_default())?,
        max_age: max_age.map_err(|_| invalid_request("expected max_age in seconds"))?,
    })
}

fn prompt(text: &str) -> Result<Prompt, Fault> {
    let mut prompt = Prompt::default();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            // Who chooses an account signs in with it.
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(invalid_request("expected prompt to be of none, login, consent and select_account")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(invalid_request("prompt=none stands alone"));
    }
    Ok(prompt)
}

/// Somebody whose browser is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When they signed in.
    pub auth_time: Timestamp,
    /// Just now, as an answer to this very request?
    pub fresh: bool,
    /// Have they agreed before to all that is asked for?
    pub agreed: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// They sign in.
    SignIn,
    /// They are asked whether they agree.
    Consent,
    /// The client gets its code.
    Grant,
    /// The client is told why not.
    Refuse(Fault),
}

/// What comes next for a request of somebody, or of nobody yet.
#[must_use]
pub fn next(request: &Request, who: Option<Standing>, now: Timestamp) -> Next {
    let too_long_ago = |who: &Standing| {
        request.max_age.is_some_and(|seconds| now.since(who.auth_time) > Duration::from_secs(seconds.into()))
    };
    let signed_in =
        who.filter(|who| who.fresh || !(request.prompt.login || too_long_ago(who) || request.max_age == Some(0)));
    match signed_in {
        None if request.prompt.none => Next::Refuse(fault("login_required", "the user has to sign in")),
        None => Next::SignIn,
        Some(who) if who.agreed && !request.prompt.consent => Next::Grant,
        Some(_) if request.prompt.none => Next::Refuse(fault("consent_required", "the user has to agree")),
        Some(_) => Next::Consent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::client_auth::tests::kept;

    const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn request(change: &str) -> Result<Request, Fault> {
        let base = format!(
            "response_type=code&scope=openid+email&state=s&nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256"
        );
        let (name, _) = change.split_once('=').unwrap_or((change, ""));
        let kept_pairs = base.split('&').filter(|pair| pair.split('=').next() != Some(name));
        let text = kept_pairs.chain((!change.is_empty()).then_some(change)).collect::<Vec<_>>().join("&");
        read(&Params::parse(text.as_bytes()), &kept(None).client, "https://tool.example/cb")
    }

    #[test]
    fn a_request_says_all_that_it_must() {
        let good = request("").unwrap();
        assert_eq!((good.state.as_deref(), good.nonce.as_deref()), (Some("s"), Some("n")));
        assert_eq!(good.scope, [Scope::Openid, Scope::Email]);
        let error = |change: &str| request(change).unwrap_err().error;
        assert_eq!(error("response_type="), "invalid_request");
        for flow in ["token", "id_token", "code+id_token", "none", "Code"] {
            assert_eq!(error(&format!("response_type={flow}")), "unsupported_response_type", "{flow}");
        }
        assert_eq!(error("response_mode=fragment"), "invalid_request");
        assert_eq!(error("scope=email"), "invalid_scope");
        assert_eq!(error("scope=openid+stores"), "invalid_scope", "more than the client may");
        assert_eq!(error("request=x"), "request_not_supported");
        assert_eq!(error("request_uri=https://evil.example/x"), "request_uri_not_supported");
        assert_eq!(error("max_age=-1"), "invalid_request");
        assert_eq!(error("prompt=none+login"), "invalid_request");
        assert_eq!(error("prompt=whatever"), "invalid_request");
        assert_eq!(error(&format!("state={}", "x".repeat(1_001))), "invalid_request");
        assert_eq!(error("scope=openid&scope=openid+email"), "invalid_request", "twice");
    }

    #[test]
    fn a_challenge_is_needed_and_not_as_plain() {
        for bad in [
            "code_challenge=",
            "code_challenge=short",
            "code_challenge_method=",
            "code_challenge_method=plain",
            "code_challenge_method=s256",
        ] {
            assert_eq!(request(bad).unwrap_err().error, "invalid_request", "{bad}");
        }
    }

    #[test]
    fn who_is_asked_what() {
        let minute = Duration::from_secs(60);
        let stands = Standing { auth_time: NOW - minute, fresh: false, agreed: true };
        let what = |change: &str, who: Option<Standing>| match next(&request(change).unwrap(), who, NOW) {
            Next::SignIn => "sign in",
            Next::Consent => "consent",
            Next::Grant => "grant",
            Next::Refuse(fault) => fault.error,
        };
        let stranger = Standing { agreed: false, ..stands };
        let fresh = Standing { auth_time: NOW, fresh: true, ..stands };
        for (change, who, expected) in [
            ("", None, "sign in"),
            ("", Some(stands), "grant"),
            ("", Some(stranger), "consent"),
            ("prompt=consent", Some(stands), "consent"),
            ("prompt=login", Some(stands), "sign in"),
            ("prompt=select_account", Some(stands), "sign in"),
            ("prompt=login", Some(fresh), "grant"),
            ("prompt=none", None, "login_required"),
            ("prompt=none", Some(stranger), "consent_required"),
            ("prompt=none", Some(stands), "grant"),
            ("max_age=60", Some(stands), "grant"),
            ("max_age=59", Some(stands), "sign in"),
            ("max_age=0", Some(Standing { auth_time: NOW, ..stands }), "sign in"),
            ("max_age=0", Some(fresh), "grant"),
        ] {
            assert_eq!(what(change, who), expected, "{change} {who:?}");
        }
        let mut silent = request("max_age=59").unwrap();
        silent.prompt.none = true;
        assert!(matches!(next(&silent, Some(stands), NOW), Next::Refuse(fault) if fault.error == "login_required"));
    }
}
