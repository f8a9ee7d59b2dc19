//! Asking the object `rate-limiter` whether one more may be.

use crate::{Problem, Result, call, log, principal};
use http::StatusCode;
use kirana_contracts::rate_limit::{Limit, Verdict};
use worker::Env;

/// Takes one call out of what `whose` has, such as `proof:address:203.0.113.7`. Without an answer it is allowed, and logged:
/// that nobody can log in would be worse than a minute without a limit.
///
/// # Errors
/// 429 `too_many_requests` with the seconds to wait as `retry_after`, when nothing is left.
pub async fn take(env: &Env, asker: &str, whose: String, limit: Limit) -> Result<Option<Verdict>> {
    let limiter = call::object(env, "RATE_LIMITER", whose, &principal::service(asker)).repeatable();
    let verdict = match limiter.post::<_, Verdict>("/take", &limit).await {
        Ok(verdict) => verdict,
        Err(problem) => {
            log::error("a limit could not be looked up", &[("problem", &problem.to_string())]);
            return Ok(None);
        }
    };
    if verdict.allowed { Ok(Some(verdict)) } else { Err(refusal(verdict.retry_after)) }
}

/// Too many: come again in so many seconds.
#[must_use]
pub fn refusal(seconds: u32) -> Problem {
    let detail = format!("too many requests of this kind: try again in {seconds} seconds");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).with("retry_after", seconds)
}
