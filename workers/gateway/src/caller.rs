//! Who is asking: the access token, verified against identity's public keys, an API key, or a socket's ticket.

use crate::api_key;
use crate::headers::Trace;
use crate::policy::{Access, Route};
use crate::{second_factor, sockets};
use kirana_edge::access_token::Jwks;
use kirana_edge::{Principal, Problem, Result, call, clock, principal, revoked};
use kirana_kernel::Timestamp;
use std::cell::RefCell;
use std::time::Duration;
use worker::{Env, Request};

/// How long the keys are believed without asking again.
const KEYS_LIFETIME: Duration = Duration::from_secs(300);

/// How long a proof of who one is is good for what matters.
const STEP_UP_LIFETIME: Duration = Duration::from_secs(300);

thread_local! {
    /// Identity's keys, asked for again when they are old: its owner is identity, five minutes its staleness.
    static KEYS: RefCell<Option<(Timestamp, Jwks)>> = const { RefCell::new(None) };
}

/// The principal of a request, as far as its route asks for one.
///
/// # Errors
/// 401 without a good token, key or ticket, or a recent proof, where one is needed; 403 without a role that the route names, or
/// without the second factor that it wants.
pub async fn identify(request: &Request, route: &Route, env: &Env, trace: &Trace) -> Result<Option<Principal>> {
    if route.access == Access::Public {
        sockets::check_origin(request, env)?;
        return Ok(None);
    }
    if let Some(principal) = sockets::caller(request, env).await? {
        trace.asked_by(principal.id);
        if let Access::Roles(roles) = route.access {
            principal.require(roles)?;
        }
        return Ok(Some(principal));
    }
    let token = token(request)?;
    if let Some(key) = api_key::of(request, token.as_deref())? {
        let principal = api_key::identify(&key, route, env, trace).await?;
        if let Access::Roles(roles) = route.access {
            principal.require(roles)?;
        }
        return Ok(Some(principal));
    }
    if route.access == Access::Guest && token.is_none() {
        return Ok(None);
    }
    let token = token.ok_or_else(|| {
        Problem::unauthorized("unauthenticated", "log in, and send the access token as Authorization: Bearer <token>")
    })?;
    let refused = || Problem::unauthorized("unauthenticated", "the access token is not good; refresh it or log in");
    let mut grant = keys(env).await?.verify(&token, clock::now()).ok_or_else(refused)?;
    grant.principal.version = grant.version;
    if !revoked::believes_token(&grant, env).await? {
        return Err(refused());
    }
    // Also of what is refused from here on.
    trace.asked_by(grant.principal.id);
    let proved_at = grant.proved_at;
    let principal = second_factor::admit(grant, route, env)?;
    if route.step_up && !is_recent(proved_at, clock::now()) {
        return Err(Problem::unauthorized(
            "step_up_required",
            "prove again who you are with POST /api/v1/auth/step-up, and ask with the token that it answers",
        ));
    }
    Ok(Some(principal))
}

/// Is a proof of that moment good for what matters? Moments in tokens are whole seconds.
fn is_recent(proved_at: Timestamp, now: Timestamp) -> bool {
    now.since(proved_at) < STEP_UP_LIFETIME + Duration::from_secs(1)
}

/// The token from the header.
fn token(request: &Request) -> Result<Option<String>> {
    let Some(header) = request.headers().get("authorization")? else { return Ok(None) };
    let token = header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer "));
    Ok(token.map(|token| token.trim().to_owned()))
}

async fn keys(env: &Env) -> Result<Jwks> {
    let now = clock::now();
    let cached = KEYS.with_borrow(|keys| keys.clone());
    if let Some((asked, keys)) = cached.filter(|(asked, _)| now.since(*asked) < KEYS_LIFETIME) {
        let _ = asked;
        return Ok(keys);
    }
    let keys: Jwks =
        call::service(env, "IDENTITY", &principal::service("gateway")).get("/.well-known/jwks.json").await?;
    KEYS.set(Some((now, keys.clone())));
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_recent_for_five_minutes() {
        let proved = Timestamp::from_millis(1_763_631_000_000);
        assert!(is_recent(proved, proved) && is_recent(proved, proved + Duration::from_secs(300)));
        assert!(!is_recent(proved, proved + Duration::from_secs(301)));
    }
}
