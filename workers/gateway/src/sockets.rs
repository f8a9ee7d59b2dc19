//! Who opens a socket: with a ticket in its address (`kirana_edge::socket_ticket`), or like any other call by a header.

use crate::vars;
use http::StatusCode;
use kirana_contracts::rate_limit::Limit;
use kirana_edge::{Principal, Problem, Result, address, clock, rate_limit, revoked, socket_ticket};
use worker::{Env, Request};

/// Uses of one ticket: the window is twice its life.
const ONCE: Limit = Limit { calls: 1, window: 60 };

/// Whom the ticket in a socket's address lets in; nobody when this is no socket, or has none.
///
/// # Errors
/// 401 for a ticket that is not good or was used, 403 for a page of a foreign origin, 503 while nobody can tell whether it was used.
pub async fn caller(request: &Request, env: &Env) -> Result<Option<Principal>> {
    if !is_upgrade(request)? {
        return Ok(None);
    }
    same_origin(request, env)?;
    let query = address::pairs(request);
    let Some((_, ticket)) = query.iter().find(|(name, _)| name == "ticket") else { return Ok(None) };
    let refused = || {
        let detail = "this ticket is not good, or was used: get a new one with POST /api/v1/socket-tickets";
        Problem::unauthorized("unauthenticated", detail)
    };
    let found = socket_ticket::read(ticket, env, clock::now())?.ok_or_else(refused)?;
    match rate_limit::take(env, "gateway", format!("socket:{}", found.ticket), ONCE).await {
        Ok(Some(_)) => {}
        Ok(None) => return Err(Problem::unavailable("sockets cannot be opened now; try again shortly")),
        Err(problem) if problem.status == 429 => return Err(refused()),
        Err(problem) => return Err(problem),
    }
    if revoked::believes(&found.principal, env).await? { Ok(Some(found.principal)) } else { Err(refused()) }
}

fn is_upgrade(request: &Request) -> Result<bool> {
    Ok(request.headers().get("upgrade")?.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket")))
}

/// Refuses a socket that a page of a foreign origin opens, also where anybody may open one.
///
/// # Errors
/// 403 `foreign_origin`.
pub fn check_origin(request: &Request, env: &Env) -> Result<()> {
    if is_upgrade(request)? { same_origin(request, env) } else { Ok(()) }
}

/// Browsers let any page open a socket to anywhere, with no preflight: the origin is looked at here (ASVS 4.4.2).
fn same_origin(request: &Request, env: &Env) -> Result<()> {
    let Some(origin) = request.headers().get("origin")? else { return Ok(()) };
    let own = address::origin(request);
    let allowed = vars::text(env, "ALLOWED_ORIGINS");
    if origin == own || allowed.split_whitespace().any(|allowed| allowed == origin) {
        return Ok(());
    }
    let detail = "a page of this origin may open no socket here; ALLOWED_ORIGINS names those that may";
    Err(Problem::new(StatusCode::FORBIDDEN, "foreign_origin", detail))
}
