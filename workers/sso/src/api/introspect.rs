//! What a token is worth, for the client that it was given to (RFC 7662).

use crate::api::client::{Refusal, authenticate};
use crate::api::form::{Authorization, Form};
use crate::api::{identity, issuer};
use crate::db::tokens::{self, TokenKind};
use crate::rules::client::ClientType;
use crate::rules::code::is_good;
use crate::rules::fault::{INVALID_CLIENT, invalid_request};
use crate::rules::scope;
use crate::rules::secret;
use axum::extract::State;
use kirana_edge::db::Db;
use kirana_edge::{Json, RequestId, clock};
use kirana_kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;
use worker::Env;

/// What a token is worth: of one that is not good nothing more is said.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Introspection {
    /// Is it good?
    pub active: bool,
    /// What it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Id>,
    /// Of whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<Id>,
    /// `access_token` or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_use: Option<&'static str>,
    /// `Bearer`, of an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// Who gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Since when, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Until when, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

/// What a token is worth. Only the client it was given to learns of it, and only one that proves itself with a secret.
///
/// # Errors
/// RFC 6749's `invalid_client` and `invalid_request`.
#[utoipa::path(post, path = "/api/v1/oauth/introspect", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`token`"),
    responses((status = 200, body = Introspection), (status = 400, description = "`error` and `error_description`"), (status = 401, description = "`invalid_client`"), (status = 415)))]
#[worker::send]
pub async fn introspect(
    State(env): State<Env>,
    authorization: Authorization,
    request_id: RequestId,
    Form(form): Form,
) -> Result<Json<Introspection>, Refusal> {
    let db = Db::of(&env)?;
    let client = authenticate(&db, &authorization, &form).await?;
    if client.client_type == ClientType::Public {
        return Err(INVALID_CLIENT.into());
    }
    let token = form.get("token").ok_or(invalid_request("token is missing"))?;
    let found = tokens::find(&db, &secret::hash(token)).await?;
    let good = found.filter(|found| found.token.client == client.client_id && is_good(&found.token, clock::now()));
    let Some(found) = good else { return Ok(Json(Introspection::default())) };
    if identity::standing(&env, &request_id, found.grant.user, found.grant.session).await?.is_none() {
        return Ok(Json(Introspection::default()));
    }
    let access = found.kind == TokenKind::Access;
    Ok(Json(Introspection {
        active: true,
        scope: Some(scope::written(&found.scope)),
        client_id: Some(client.client_id),
        sub: Some(found.grant.user),
        token_use: Some(if access { "access_token" } else { "refresh_token" }),
        token_type: access.then_some("Bearer"),
        iss: Some(issuer(&env)?),
        iat: Some(found.created_at.seconds()),
        exp: Some(found.token.expires_at.min(found.token.ends_at).seconds()),
    }))
}
