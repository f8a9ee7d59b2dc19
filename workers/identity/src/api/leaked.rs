//! Asks the service that `LEAKED_PASSWORDS` names whether a password was leaked. One that does not answer in time holds nobody up: then the bundled list
//! has to do.

use crate::rules::leaked::{digest, tells_of};
use futures_util::future::{Either, select};
use kirana_edge::breaker::Breaker;
use kirana_edge::{FieldError, Problem, Result, clock, log, wire};
use std::cell::RefCell;
use std::pin::pin;
use std::time::Duration;
use worker::{AbortController, Delay, Env, Fetch, Headers, Request, RequestInit, RequestRedirect};

/// How long the service may take while somebody waits.
const DEADLINE: Duration = Duration::from_secs(2);

thread_local! {
    static BREAKER: RefCell<Breaker> = RefCell::default();
}

/// Refuses a password, given in the field `path`, that was leaked.
///
/// # Errors
/// 422 `invalid_body`.
pub async fn refuse(env: &Env, path: &str, password: &str) -> Result<()> {
    let service = env.var("LEAKED_PASSWORDS").map(|url| url.to_string()).unwrap_or_default();
    if service.is_empty() || !BREAKER.with_borrow_mut(|breaker| breaker.lets_through(clock::now())) {
        return Ok(());
    }
    let (said, kept) = digest(password);
    let range = range(&format!("{service}{said}")).await;
    BREAKER.with_borrow_mut(|breaker| breaker.learn(range.is_some(), clock::now()));
    match range {
        Some(range) if tells_of(&range, &kept) => {
            let message = "this password was leaked from some other place, and is guessed first; choose another";
            Err(Problem::invalid_fields(vec![FieldError { path: path.into(), message: message.into() }]))
        }
        Some(_) => Ok(()),
        None => {
            log::error("leaked passwords could not be asked for", &[]);
            Ok(())
        }
    }
}

/// A range of the service; nothing when it does not answer as it should.
async fn range(url: &str) -> Option<String> {
    let headers = Headers::new();
    // So that the length of an answer says nothing of what was asked.
    headers.set("add-padding", "true").ok()?;
    let mut init = RequestInit::new();
    init.with_headers(headers).with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init).ok()?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let asked = async {
        let answer = Fetch::Request(request).send_with_signal(&signal).await.ok()?;
        if answer.status_code() != 200 {
            return None;
        }
        wire::text(&answer).await.ok()
    };
    match select(pin!(asked), pin!(Delay::from(DEADLINE))).await {
        Either::Left((range, _)) => range,
        Either::Right(_) => {
            controller.abort();
            None
        }
    }
}
