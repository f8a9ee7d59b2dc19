//! How an app wants somebody back who signs in elsewhere: said in the address that opens the way, or before, and then sealed.

use crate::rules::arrival::JOURNEY;
use crate::rules::pkce;
use crate::rules::redirect::is_registered;
use kirana_edge::sealed::vault;
use kirana_edge::{Problem, Result, clock};
use kirana_kernel::Timestamp;
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use worker::Env;

/// A wish, as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wish {
    /// Where the app is.
    pub return_to: String,
    /// What it gets back as it came.
    pub state: Option<String>,
    /// Its challenge: who sent the browser away is who comes for it.
    pub code_challenge: String,
    /// `S256`.
    pub code_challenge_method: String,
}

#[derive(Serialize, Deserialize)]
struct Reference {
    wish: Wish,
    made_at: Timestamp,
}

impl Wish {
    /// Can it be granted?
    ///
    /// # Errors
    /// 400 `unknown_return_to` or `invalid_request`.
    pub fn check(&self, env: &Env) -> Result<()> {
        let allowed = env.var("RETURN_URIS")?.to_string();
        let allowed: Vec<String> = allowed.split_whitespace().map(str::to_owned).collect();
        if !is_registered(&self.return_to, &allowed) {
            let detail = "expected a return_to that the deployment knows, letter by letter";
            return Err(Problem::bad_request("unknown_return_to", detail));
        }
        let short = self.state.as_ref().is_none_or(|state| state.len() <= 500);
        if !short || !pkce::is_challenge(&self.code_challenge) || self.code_challenge_method != "S256" {
            let detail = "expected a code_challenge with code_challenge_method=S256, and a state of 500 bytes at most";
            return Err(Problem::bad_request("invalid_request", detail));
        }
        Ok(())
    }

    /// What stands for it for ten minutes. Nothing is kept of those who never come, and nothing secret is in it: state, nonce and
    /// verifier are made in the browser's own cookie when it comes.
    ///
    /// # Errors
    /// 500 when the deployment has no key.
    pub fn seal(&self, env: &Env, provider: &str) -> Result<String> {
        let text = serde_json::to_string(&Reference { wish: self.clone(), made_at: clock::now() })?;
        let sealed = vault(env)?.seal(&text, Place("social", "reference", provider), clock::random());
        sealed.map_err(Problem::internal)
    }

    /// What a reference stands for: at this provider, and not for too long.
    ///
    /// # Errors
    /// 500 when the deployment has no key.
    pub fn open(env: &Env, provider: &str, reference: &str) -> Result<Option<Self>> {
        let opened = vault(env)?.open(reference, Place("social", "reference", provider)).ok();
        let reference = opened.and_then(|text| serde_json::from_str::<Reference>(&text).ok());
        Ok(reference.filter(|reference| clock::now() < reference.made_at + JOURNEY).map(|reference| reference.wish))
    }
}
