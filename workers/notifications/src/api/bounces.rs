//! Letters that bounce: what providers say of them, and the addresses that take none, for whoever runs the chain.

use crate::db::{self, Unreachable};
use crate::rules::bounce::{NoticeSecrets, Signed, is_postmark, is_svix, postmark, resend};
use axum::body::Bytes;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock, log};
use kirana_kernel::{Id, Role};
use worker::Env;

/// Takes a provider's notice that a letter bounced or was not wanted. Nothing more is sent to its address. Notices about anything else,
/// and about letters that are not ours, change nothing.
///
/// # Errors
/// 400 for what is no notice, 401 `bad_signature`, 404 for a provider that this deployment expects none of.
#[utoipa::path(post, path = "/api/v1/webhooks/letters/{provider}", tag = "notifications",
    params(("provider" = String, Path, description = "`postmark` or `resend`")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn receive(
    State(env): State<Env>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode> {
    let secrets = env.secret("PROVIDER_SECRETS").map(|secret| secret.to_string()).unwrap_or_default();
    let secrets = NoticeSecrets::of(&secrets);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = Signed {
        id: header("svix-id").unwrap_or_default(),
        timestamp: header("svix-timestamp").unwrap_or_default(),
        signatures: header("svix-signature").unwrap_or_default(),
    };
    let (provider, genuine, bounce) = match (provider.as_str(), secrets) {
        ("postmark", NoticeSecrets { postmark: Some(secret), .. }) => {
            ("postmark", is_postmark(header("authorization"), &secret), postmark(&body))
        }
        ("resend", NoticeSecrets { resend: Some(secret), .. }) => {
            ("resend", is_svix(signed, &body, &secret, clock::now()), resend(&body))
        }
        _ => return Err(Problem::not_found("no notices of this provider are expected here")),
    };
    if !genuine {
        return Err(Problem::unauthorized("bad_signature", "this notice is not the provider's, or too old"));
    }
    let bounce = bounce.map_err(|error| Problem::bad_request("malformed_notice", error.to_string()))?;
    if let Some(bounce) = bounce {
        let marked = Db::of(&env)?.batch(vec![db::bounced(&bounce, provider, clock::now())]).await?;
        if marked.first() == Some(&1) {
            log::info("an address takes no letters", &[("provider", provider), ("reason", &bounce.reason)]);
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Addresses that nothing is sent to, as letters bounced there or were not wanted; in the order of their users.
///
/// # Errors
/// 400 for a page that is none, 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/notifications/unreachable", tag = "notifications", params(PageQuery),
    responses((status = 200, body = Page<Unreachable>), (status = 400, body = Problem), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Unreachable>>> {
    caller.require(&[Role::Admin])?;
    let limit = page.limit()?;
    let found = db::unreachable(&Db::of(&env)?, page.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |one| one.user_id.to_string())))
}

/// Lets letters go to somebody again: their mailbox is mended. Those that were not sent are tried again one by one.
///
/// # Errors
/// 403 for all but admins, 404 for who is not on the list.
#[utoipa::path(delete, path = "/api/v1/notifications/unreachable/{user_id}", tag = "notifications",
    params(("user_id" = Id, Path, description = "The user")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn clear(State(env): State<Env>, Caller(caller): Caller, Path(user): Path<Id>) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let cleared = Db::of(&env)?.batch(vec![db::reachable(user)]).await?;
    match cleared.first() {
        Some(1..) => Ok(StatusCode::NO_CONTENT),
        _ => Err(Problem::not_found("letters to this user are not held back")),
    }
}
