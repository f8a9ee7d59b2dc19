//! A client gives back what it does not need any more (RFC 7009).

use crate::api::client::{Refusal, authenticate};
use crate::api::form::{Authorization, Form};
use crate::db::grants;
use crate::db::tokens::{self, TokenKind};
use crate::rules::fault::{fault, invalid_request};
use crate::rules::secret;
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Problem, clock};
use worker::Env;

/// Takes back a token: an access token alone; with a refresh token all that was given with it. One that is not known is not good
/// already.
///
/// # Errors
/// RFC 6749's `invalid_client` and `invalid_request`; `unauthorized_client` for another client's token.
#[utoipa::path(post, path = "/api/v1/oauth/revoke", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`token`"),
    responses((status = 200), (status = 400, description = "`error` and `error_description`"), (status = 401, description = "`invalid_client`"), (status = 415, body = Problem)))]
#[worker::send]
pub async fn revoke(
    State(env): State<Env>,
    authorization: Authorization,
    Form(form): Form,
) -> Result<StatusCode, Refusal> {
    let db = Db::of(&env)?;
    let client = authenticate(&db, &authorization, &form).await?;
    let hash = secret::hash(form.get("token").ok_or(invalid_request("token is missing"))?);
    let Some(found) = tokens::find(&db, &hash).await? else { return Ok(StatusCode::OK) };
    if found.token.client != client.client_id {
        return Err(fault("unauthorized_client", "this token is not this client's").into());
    }
    let statement = match found.kind {
        TokenKind::Access => tokens::end(&hash, clock::now()),
        TokenKind::Refresh => grants::revoke(found.grant.id, "given_back", clock::now()),
    };
    db.batch(vec![statement]).await.map_err(Problem::from)?;
    Ok(StatusCode::OK)
}
