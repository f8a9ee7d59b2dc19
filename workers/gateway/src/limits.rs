//! How often somebody may call. Proofs of who one is are counted exactly, by address, in an object: each may be a guess. All
//! else is counted by the platform's own rate limits, which are cheap, and coarse: each place counts for itself, by the minute.

use crate::headers::Trace;
use crate::policy::{Class, Route};
use kirana_contracts::rate_limit::{Limit, Verdict};
use kirana_edge::{Principal, Problem, Result, log, rate_limit};
use worker::{Env, Request};

/// Proofs from one address, unless `PROOF_LIMIT` says otherwise.
const PROOFS: Limit = Limit { calls: 30, window: 300 };

/// The window of the platform's own limits, in seconds; their numbers are in wrangler.toml.
const MINUTE: u32 = 60;

/// The binding that counts calls of a class; none for what is counted exactly, and for payment gateways, which would only tell us later.
const fn counter(class: Class) -> Option<&'static str> {
    match class {
        Class::Browse => Some("LIMIT_BROWSE"),
        Class::Web => Some("LIMIT_WEB"),
        Class::Checkout => Some("LIMIT_CHECKOUT"),
        Class::Counter => Some("LIMIT_COUNTER"),
        Class::Proof | Class::Webhook => None,
    }
}

/// The caller's address, as Cloudflare saw it.
pub fn address(request: &Request) -> Result<String> {
    Ok(request.headers().get("cf-connecting-ip")?.unwrap_or_default())
}

/// Counts a call before anybody is asked who makes it.
///
/// # Errors
/// 429 when it is one too many.
pub async fn before(route: &Route, address: &str, env: &Env, trace: &Trace) -> Result<()> {
    if route.class != Class::Proof {
        return Ok(());
    }
    let limit = env.var("PROOF_LIMIT").ok().and_then(|limit| Limit::parse(&limit.to_string())).unwrap_or(PROOFS);
    trace.tell("ratelimit-policy", format!("\"proof\";q={};w={}", limit.calls, limit.window));
    let taken = rate_limit::take(env, "gateway", format!("proof:address:{address}"), limit).await;
    match &taken {
        Ok(Some(Verdict { remaining, reset, .. })) => {
            trace.tell("ratelimit", format!("\"proof\";r={remaining};t={reset}"))
        }
        Ok(None) => {}
        Err(problem) => {
            let wait = problem.extensions.get("retry_after").map(ToString::to_string).unwrap_or_default();
            trace.tell("ratelimit", format!("\"proof\";r=0;t={wait}"));
        }
    }
    taken.map(drop)
}

/// Counts a call of somebody: by who they are, or by their address where they are nobody, or say that they are who they are not.
///
/// # Errors
/// 429 when it is one too many.
pub async fn after(route: &Route, caller: &Result<Option<Principal>>, address: &str, env: &Env) -> Result<()> {
    let Some(binding) = counter(route.class) else { return Ok(()) };
    let whose = match caller {
        Ok(Some(caller)) => caller.id.to_string(),
        _ => address.to_owned(),
    };
    let limiter = match env.rate_limiter(binding) {
        Ok(limiter) => limiter,
        Err(error) => {
            log::error("a limit is not there", &[("binding", binding), ("error", &error.to_string())]);
            return Ok(());
        }
    };
    let counted = limiter.limit(format!("{}:{whose}", route.class.name())).await?;
    if counted.success { Ok(()) } else { Err(too_many()) }
}

fn too_many() -> Problem {
    rate_limit::refusal(MINUTE)
}
