//! Who is asking with an API key: identity knows, and is asked again every half minute; what is revoked meanwhile is
//! looked up like that of tokens, before every call.

use crate::headers::Trace;
use crate::policy::Route;
use kirana_contracts::api_key::{KeyGrant, PREFIX, scope_of};
use kirana_edge::{Principal, Problem, Result, call, clock, principal, revoked};
use kirana_kernel::{Role, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;
use worker::{Env, Request};

/// How long identity's answer is believed.
const LIFETIME: Duration = Duration::from_secs(30);

/// Keys that one isolate remembers.
const REMEMBERED: usize = 1_000;

thread_local! {
    /// What keys grant, by their hashes: the owner is identity.
    static KNOWN: RefCell<HashMap<String, (Timestamp, KeyGrant)>> = RefCell::new(HashMap::new());
}

/// The key in a request: in `X-API-Key`, or as a bearer token that looks like one.
///
/// # Errors
/// When the runtime refuses to read a header.
pub fn of(request: &Request, bearer: Option<&str>) -> Result<Option<String>> {
    if let Some(token) = bearer {
        return Ok(token.starts_with(PREFIX).then(|| token.to_owned()));
    }
    Ok(request.headers().get("x-api-key")?.map(|key| key.trim().to_owned()))
}

/// The principal of a key on a route.
///
/// # Errors
/// 401 for a key that is not good, 403 for one that may not ask this.
pub async fn identify(key: &str, route: &Route, env: &Env, trace: &Trace) -> Result<Principal> {
    let grant = grant(key, env).await?;
    let refused = || Problem::unauthorized("unauthenticated", "the API key is not good; make a new one");
    let grant = grant.filter(|grant| grant.expires_at > clock::now()).ok_or_else(refused)?;
    if !revoked::believes_key(&grant, env).await? {
        return Err(refused());
    }
    trace.asked_by(grant.id);
    let scope = scope_of(route.method, route.path);
    let scope = scope.ok_or_else(|| Problem::forbidden("no API key is let in here: log in"))?;
    if route.step_up {
        return Err(Problem::forbidden("this wants a proof of who you are that no API key can give: log in"));
    }
    if !grant.scopes.contains(&scope) {
        return Err(Problem::forbidden(format!("this API key has not the scope {scope}")).with("scope", scope));
    }
    Ok(principal_of(&grant))
}

/// A key is a principal of its own, with the id and the name of the key in audit and timelines.
fn principal_of(grant: &KeyGrant) -> Principal {
    Principal {
        id: grant.id,
        name: format!("API key {}", grant.name),
        roles: vec![grant.role],
        stores: grant.stores.clone(),
        franchisee: grant.franchisee.filter(|_| grant.role == Role::Owner),
        session: None,
        version: 0,
        from: None,
    }
}

async fn grant(key: &str, env: &Env) -> Result<Option<KeyGrant>> {
    if !key.starts_with(PREFIX) || key.len() > 200 {
        return Ok(None);
    }
    let (hash, now) = (hash(key), clock::now());
    let known = KNOWN.with_borrow(|known| known.get(&hash).filter(|(asked, _)| now.since(*asked) < LIFETIME).cloned());
    if let Some((_, grant)) = known {
        return Ok(Some(grant));
    }
    let identity = call::service(env, "IDENTITY", &principal::service("gateway"));
    match identity.post::<_, KeyGrant>("/internal/api-keys/resolve", &json!({"hash": hash})).await {
        Ok(grant) => {
            KNOWN.with_borrow_mut(|known| {
                if known.len() >= REMEMBERED {
                    known.clear();
                }
                known.insert(hash, (now, grant.clone()));
            });
            Ok(Some(grant))
        }
        Err(problem) if problem.status == 404 => {
            KNOWN.with_borrow_mut(|known| known.remove(&hash));
            Ok(None)
        }
        Err(problem) => Err(problem),
    }
}

/// SHA-256 in hex, as identity keeps keys: the key itself goes no further than here.
fn hash(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
