//! What a client may learn of somebody, as they stand now (OpenID Connect Core, section 5.3).

use crate::api::form::Authorization;
use crate::api::identity;
use crate::db::tokens::{self, TokenKind};
use crate::rules::code::is_good;
use crate::rules::scope::Scope;
use crate::rules::secret;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use kirana_edge::db::Db;
use kirana_edge::{Json, Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Serialize;
use utoipa::ToSchema;
use worker::Env;

/// Somebody, as far as was agreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserInfo {
    /// Who: the same for good.
    pub sub: Id,
    /// How to address them; with `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where to write to them; with `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Is it proved that the address is theirs? With `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// What they are to the chain; with `stores`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// The stores they work in; with `stores`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stores: Option<Vec<Id>>,
    /// The franchise they own, if they do; with `stores`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub franchisee: Option<Id>,
}

/// What is known of who signed in, in the scopes that they agreed to. The access token comes in the header.
///
/// # Errors
/// 401 for a token that is not good.
#[utoipa::path(get, path = "/api/v1/oauth/userinfo", tag = "sso",
    responses((status = 200, body = UserInfo), (status = 401, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, authorization: Authorization, request_id: RequestId) -> Response {
    answer(&env, &authorization, &request_id).await
}

/// The same.
///
/// # Errors
/// 401 for a token that is not good.
#[utoipa::path(post, path = "/api/v1/oauth/userinfo", tag = "sso",
    responses((status = 200, body = UserInfo), (status = 401, body = Problem)))]
#[worker::send]
pub async fn post(State(env): State<Env>, authorization: Authorization, request_id: RequestId) -> Response {
    answer(&env, &authorization, &request_id).await
}

async fn answer(env: &Env, authorization: &Authorization, request_id: &RequestId) -> Response {
    match userinfo(env, authorization, request_id).await {
        Ok(Some(info)) => Json(info).into_response(),
        Ok(None) => {
            let detail =
                "this access token is not good: ended, taken back, or none; get another with the refresh token";
            let mut response = Problem::unauthorized("invalid_token", detail).into_response();
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn userinfo(env: &Env, authorization: &Authorization, request_id: &RequestId) -> Result<Option<UserInfo>> {
    let token = authorization.0.as_deref().and_then(|header| header.split_once(' '));
    let Some((_, token)) = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else { return Ok(None) };
    let found = tokens::find(&Db::of(env)?, &secret::hash(token.trim())).await?;
    let good = found.filter(|found| found.kind == TokenKind::Access && is_good(&found.token, clock::now()));
    let Some(found) = good else { return Ok(None) };
    let user = identity::standing(env, request_id, found.grant.user, found.grant.session).await?;
    let Some(user) = user else { return Ok(None) };
    let has = |scope: Scope| found.scope.contains(&scope);
    let (profile, email, stores) = (has(Scope::Profile), has(Scope::Email), has(Scope::Stores));
    Ok(Some(UserInfo {
        sub: user.id,
        name: profile.then_some(user.name),
        email: email.then_some(user.email),
        email_verified: email.then_some(user.email_verified),
        roles: stores.then_some(user.roles),
        stores: stores.then_some(user.stores),
        franchisee: user.franchisee_id.filter(|_| stores),
    }))
}
