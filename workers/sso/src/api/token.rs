//! The token endpoint: codes and refresh tokens become tokens.

use crate::api::client::{Refusal, authenticate};
use crate::api::form::{Authorization, Form};
use crate::api::{identity, issuer, keys};
use crate::db::grants::{self, Grant};
use crate::db::tokens::{self, Pair, TokenKind};
use crate::rules::amr::amr;
use crate::rules::client::Client;
use crate::rules::code::{ACCESS_LIFETIME, ID_TOKEN_LIFETIME, Redeemer, Verdict, judge, judge_refresh};
use crate::rules::fault::{INVALID_GRANT, fault, invalid_request};
use crate::rules::grant_type::GrantType;
use crate::rules::jwt::at_hash;
use crate::rules::params::Params;
use crate::rules::scope::{self, Scope};
use crate::rules::secret::{self, Kind};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::{Json, Problem, RequestId, Result, clock};
use kirana_kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use worker::Env;

/// What a client gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Opens userinfo.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds that the access token is good.
    pub expires_in: u64,
    /// Good once, for new tokens; for clients that may use refresh tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who signed in, signed.
    pub id_token: String,
    /// What the access token opens.
    pub scope: String,
}

/// What an ID token says.
#[derive(Serialize)]
struct IdClaims<'a> {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: &'static str,
    amr: Vec<&'static str>,
    at_hash: String,
}

/// Tokens for a code or a refresh token. The client shows itself with HTTP Basic or in the form; a public one with its id alone.
///
/// # Errors
/// RFC 6749's: `invalid_client`, `invalid_grant`, `invalid_request`, `invalid_scope`, `unauthorized_client` for a grant that the
/// client may not use, `unsupported_grant_type`.
#[utoipa::path(post, path = "/api/v1/oauth/token", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`grant_type=authorization_code` with `code`, `redirect_uri` and `code_verifier`, or `grant_type=refresh_token` with `refresh_token` and perhaps `scope`"),
    responses((status = 200, body = Tokens), (status = 400, description = "`error` and `error_description`"), (status = 401, description = "`invalid_client`"), (status = 415, body = Problem)))]
#[worker::send]
pub async fn token(
    State(env): State<Env>,
    authorization: Authorization,
    request_id: RequestId,
    Form(form): Form,
) -> Result<Response, Refusal> {
    let db = Db::of(&env)?;
    let client = authenticate(&db, &authorization, &form).await?;
    let desk = Desk { env: &env, db, client, request_id, now: clock::now() };
    let tokens = match form.get("grant_type") {
        Some("authorization_code") => desk.redeem(&form).await?,
        Some("refresh_token") if !desk.client.grant_types.contains(&GrantType::RefreshToken) => {
            return Err(fault("unauthorized_client", "this client may not use refresh tokens").into());
        }
        Some("refresh_token") => desk.refresh(&form).await?,
        Some(_) => return Err(fault("unsupported_grant_type", "expected authorization_code or refresh_token").into()),
        None => return Err(invalid_request("grant_type is missing").into()),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(tokens)).into_response())
}

struct Desk<'a> {
    env: &'a Env,
    db: Db,
    client: Client,
    request_id: RequestId,
    now: Timestamp,
}

impl Desk<'_> {
    async fn redeem(&self, form: &Params) -> Result<Tokens, Refusal> {
        let code = form.get("code").ok_or(invalid_request("code is missing"))?;
        let found = grants::by_code(&self.db, &secret::hash(code)).await?.ok_or(INVALID_GRANT)?;
        let shown = Redeemer {
            client: self.client.client_id,
            redirect_uri: form.get("redirect_uri"),
            verifier: form.get("code_verifier"),
        };
        match judge(&found.code(), &shown, self.now) {
            Verdict::Good => {}
            Verdict::Replayed => return Err(self.take_back(&found.grant, "code_replayed").await?),
            Verdict::Refused => return Err(INVALID_GRANT.into()),
        }
        let statements = grants::redeem(found.grant.id, self.now);
        let scope = found.grant.scope.clone();
        self.give(&found.grant, &scope, found.grant.nonce.as_deref(), statements, "code_replayed").await
    }

    async fn refresh(&self, form: &Params) -> Result<Tokens, Refusal> {
        let token = form.get("refresh_token").ok_or(invalid_request("refresh_token is missing"))?;
        let hash = secret::hash(token);
        let found = tokens::find(&self.db, &hash).await?.filter(|found| found.kind == TokenKind::Refresh);
        let found = found.ok_or(INVALID_GRANT)?;
        match judge_refresh(&found.token, self.client.client_id, self.now) {
            Verdict::Good => {}
            Verdict::Replayed => return Err(self.take_back(&found.grant, "refresh_token_replayed").await?),
            Verdict::Refused => return Err(INVALID_GRANT.into()),
        }
        let scope = form.get("scope").map_or_else(|| found.grant.scope.clone(), scope::parse);
        if scope.is_empty() || !scope::within(&scope, &found.grant.scope) {
            return Err(fault("invalid_scope", "this is more than was given").into());
        }
        let statements = tokens::rotate(&hash, found.grant.id, self.now);
        self.give(&found.grant, &scope, None, statements, "refresh_token_replayed").await
    }

    /// Two have what one should have: what was given for it ends, for the thief and for the robbed, who signs in again.
    async fn take_back(&self, grant: &Grant, why: &'static str) -> Result<Refusal> {
        self.db.batch(vec![grants::revoke(grant.id, why, self.now)]).await?;
        Ok(INVALID_GRANT.into())
    }

    /// New tokens, with the statements that use up what they are given for.
    async fn give(
        &self,
        grant: &Grant,
        scope: &[Scope],
        nonce: Option<&str>,
        mut statements: Vec<Statement>,
        lost_race: &'static str,
    ) -> Result<Tokens, Refusal> {
        if identity::standing(self.env, &self.request_id, grant.user, grant.session).await?.is_none() {
            return Err(INVALID_GRANT.into());
        }
        let access_token = secret::secret(Kind::Access, clock::random());
        let goes_on = self.client.grant_types.contains(&GrantType::RefreshToken);
        let refresh_token = goes_on.then(|| secret::secret(Kind::Refresh, clock::random()));
        let claims = IdClaims {
            iss: issuer(self.env)?,
            sub: grant.user.to_string(),
            aud: grant.client.to_string(),
            exp: (self.now + ID_TOKEN_LIFETIME).seconds(),
            iat: self.now.seconds(),
            auth_time: grant.auth_time.seconds(),
            nonce,
            acr: if grant.amr.len() > 1 { "2" } else { "1" },
            amr: amr(&grant.amr),
            at_hash: at_hash(&access_token),
        };
        let key = keys::signer(self.env, &self.db).await?;
        let id_token = key.sign(&claims).map_err(Problem::internal)?;
        let pair = Pair { access: secret::hash(&access_token), refresh: refresh_token.as_deref().map(secret::hash) };
        statements.extend(tokens::insert(grant, &pair, scope, self.now));
        match self.db.batch(statements).await {
            Err(error) if required_change_missing(&error) => return Err(self.take_back(grant, lost_race).await?),
            other => other.map_err(Problem::from)?,
        };
        Ok(Tokens {
            access_token,
            token_type: "Bearer",
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh_token,
            id_token,
            scope: scope::written(scope),
        })
    }
}
