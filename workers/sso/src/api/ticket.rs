//! What a page's form carries from one step to the next: the client's request and how far it has come, sealed, good for ten
//! minutes and in the one browser that it was shown in. So nobody can make somebody else's browser send a form (CSRF), nothing
//! is kept of those who never come back, and no step can be left out.

use crate::rules::authorize::Request;
use crate::rules::secret;
use kirana_edge::sealed::vault;
use kirana_edge::{Problem, Result, clock};
use kirana_kernel::{Id, Timestamp};
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::Env;

/// How long somebody may take for a step.
const LIFETIME: Duration = Duration::from_secs(600);

/// A request on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ticket {
    /// What the client asked for.
    pub request: Request,
    /// How far it has come.
    pub stage: Stage,
    /// When this step began.
    pub made_at: Timestamp,
}

/// A step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Address and password are asked for.
    Password,
    /// A second factor is asked for.
    Code {
        /// What identity goes on with.
        login_token: String,
        /// The kinds of code that will do.
        kinds: Vec<String>,
    },
    /// They are asked whether they agree.
    Consent {
        /// Who: if somebody else signs in meanwhile in the same browser, that is not who was asked.
        user: Id,
        /// The session in which they were.
        session: Id,
    },
}

fn place(browser: &str) -> String {
    secret::hash(browser)
}

/// The form's hidden field.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn seal(env: &Env, browser: &str, request: &Request, stage: Stage) -> Result<String> {
    let text = serde_json::to_string(&Ticket { request: request.clone(), stage, made_at: clock::now() })?;
    let sealed = vault(env)?.seal(&text, Place("authorize", "ticket", &place(browser)), clock::random());
    sealed.map_err(Problem::internal)
}

/// The request of a form that came back; none when it is not from this browser's page, or too old.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn open(env: &Env, browser: Option<&str>, sealed: Option<&str>) -> Result<Option<Ticket>> {
    let (Some(browser), Some(sealed)) = (browser, sealed) else { return Ok(None) };
    let opened = vault(env)?.open(sealed, Place("authorize", "ticket", &place(browser))).ok();
    let ticket = opened.and_then(|text| serde_json::from_str::<Ticket>(&text).ok());
    Ok(ticket.filter(|ticket| clock::now() < ticket.made_at + LIFETIME))
}
