//! What everybody may know of the provider: where its endpoints are, and its public keys. And the keys' rotation.

use crate::api::audit::{Doing, Reason};
use crate::api::issuer;
use crate::db::keys::{self as db, Kept};
use crate::rules::jwt::{EcJwks, Key};
use crate::rules::keys::{self as rules, Turn};
use crate::rules::scope::Scope;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use kirana_edge::db::{Db, constraint};
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, clock};
use kirana_kernel::Role;
use kirana_vault::Place;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use worker::Env;

/// How long copies may be kept. A new key is published a day before it signs.
const CACHE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

/// The provider's metadata (OpenID Connect Discovery, RFC 8414, RFC 9207).
#[derive(Debug, Serialize, ToSchema)]
#[allow(missing_docs)] // the names are the standards'
pub struct ProviderMetadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub end_session_endpoint: String,
    pub jwks_uri: String,
    pub revocation_endpoint: String,
    pub introspection_endpoint: String,
    pub scopes_supported: Vec<&'static str>,
    pub claims_supported: Vec<&'static str>,
    pub response_types_supported: Vec<&'static str>,
    pub response_modes_supported: Vec<&'static str>,
    pub grant_types_supported: Vec<&'static str>,
    pub subject_types_supported: Vec<&'static str>,
    pub acr_values_supported: Vec<&'static str>,
    pub prompt_values_supported: Vec<&'static str>,
    pub id_token_signing_alg_values_supported: Vec<&'static str>,
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    pub revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    pub introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    pub code_challenge_methods_supported: Vec<&'static str>,
    pub authorization_response_iss_parameter_supported: bool,
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
}

/// Where everything is.
///
/// # Errors
/// 500 when the deployment has no `PUBLIC_URL`.
#[utoipa::path(get, path = "/.well-known/openid-configuration", tag = "sso", responses((status = 200, body = ProviderMetadata)))]
#[worker::send]
pub async fn discovery(State(env): State<Env>) -> Result<Response> {
    let issuer = issuer(&env)?;
    let at = |name: &str| format!("{issuer}/api/v1/oauth/{name}");
    let with_secret = vec!["client_secret_basic", "client_secret_post"];
    let with_or_without = vec!["client_secret_basic", "client_secret_post", "none"];
    let metadata = ProviderMetadata {
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        userinfo_endpoint: at("userinfo"),
        end_session_endpoint: at("logout"),
        jwks_uri: at("jwks"),
        revocation_endpoint: at("revoke"),
        introspection_endpoint: at("introspect"),
        scopes_supported: Scope::ALL.iter().map(|scope| scope.name()).collect(),
        claims_supported: vec![
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "acr",
            "amr",
            "at_hash",
            "name",
            "email",
            "email_verified",
            "roles",
            "stores",
            "franchisee",
        ],
        response_types_supported: vec!["code"],
        response_modes_supported: vec!["query"],
        grant_types_supported: vec!["authorization_code", "refresh_token"],
        subject_types_supported: vec!["public"],
        acr_values_supported: vec!["1", "2"],
        prompt_values_supported: vec!["none", "login", "consent", "select_account"],
        id_token_signing_alg_values_supported: vec!["ES256"],
        token_endpoint_auth_methods_supported: with_or_without.clone(),
        revocation_endpoint_auth_methods_supported: with_or_without,
        introspection_endpoint_auth_methods_supported: with_secret,
        code_challenge_methods_supported: vec!["S256"],
        authorization_response_iss_parameter_supported: true,
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        issuer,
    };
    Ok(([CACHE], Json(metadata)).into_response())
}

/// The public keys that ID tokens are signed with: the one that signs, the one that will, and the one before until its last
/// token has ended.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/oauth/jwks", tag = "sso", responses((status = 200, body = EcJwks)))]
#[worker::send]
pub async fn jwks(State(env): State<Env>) -> Result<Response> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let all = keys(&env, &db).await?;
    let turns = turns(&all);
    let published = all.into_iter().filter(|kept| !rules::is_over(&turns, kept.turn.generation, now));
    Ok(([CACHE], Json(EcJwks { keys: published.map(|kept| kept.jwk).collect() })).into_response())
}

/// Another key signs from now on: somebody fears that the one before is known. It stays published until its last token has ended.
///
/// # Errors
/// 401 `step_up_required`, 403 for all but admins, 409 when somebody else did the same just now.
#[utoipa::path(post, path = "/api/v1/oauth/keys/rotate", tag = "sso",
    responses((status = 200, body = EcJwks), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn rotate(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    reason: Reason,
) -> Result<Json<EcJwks>> {
    caller.require(&[Role::Admin])?;
    let db = Db::of(&env)?;
    let all = keys(&env, &db).await?;
    let next = rules::at_once(&turns(&all), clock::now());
    let doing = Doing { caller: &caller, request_id: &request_id, reason: &reason };
    doing.note(&env, "signing_key.rotated", next.generation.to_string(), None::<&()>, None).await?;
    if !make(&env, &db, next).await? {
        return Err(Problem::conflict("key_changed", "somebody else has rotated the key just now"));
    }
    Ok(Json(EcJwks { keys: db::all(&db).await?.into_iter().map(|kept| kept.jwk).collect() }))
}

fn turns(kept: &[Kept]) -> Vec<Turn> {
    kept.iter().map(|kept| kept.turn).collect()
}

/// Every key; the first is made when it is first asked for.
async fn keys(env: &Env, db: &Db) -> Result<Vec<Kept>> {
    let all = db::all(db).await?;
    if !all.is_empty() {
        return Ok(all);
    }
    if let Some(first) = rules::wanted(&[], clock::now()) {
        make(env, db, first).await?;
    }
    db::all(db).await
}

/// Makes a key; false when somebody else made one of that generation.
async fn make(env: &Env, db: &Db, turn: Turn) -> Result<bool> {
    // Of 2^32 random numbers one is no number of the curve's.
    let (bytes, key) = loop {
        let bytes = clock::random::<32>();
        if let Some(key) = Key::from_bytes(&bytes) {
            break (bytes, key);
        }
    };
    let place = turn.generation.to_string();
    let sealed = vault(env)?.seal(&hex::encode(bytes), Place("signing_keys", "sealed", &place), clock::random());
    let kept = Kept { turn, sealed: sealed.map_err(Problem::internal)?, jwk: key.jwk() };
    match db.batch(vec![db::insert(&kept)?]).await {
        Err(error) if constraint(&error, "signing_keys.generation") => Ok(false),
        other => other.map(|_| true).map_err(Into::into),
    }
}

/// The key that signs now.
///
/// # Errors
/// 500 when the database refuses, or the key cannot be opened.
pub async fn signer(env: &Env, db: &Db) -> Result<Key> {
    let all = keys(env, db).await?;
    let generation = rules::signing(&turns(&all), clock::now());
    let kept = all.iter().find(|kept| Some(kept.turn.generation) == generation);
    open(env, kept.ok_or_else(|| Problem::internal("no key signs now"))?)
}

/// What an ID token says, if one of our keys that are still known has signed it.
///
/// # Errors
/// 500 when the database refuses, or a key cannot be opened.
pub async fn read<T: DeserializeOwned>(env: &Env, db: &Db, token: &str) -> Result<Option<T>> {
    for kept in &keys(env, db).await? {
        if let Some(claims) = open(env, kept)?.read(token) {
            return Ok(Some(claims));
        }
    }
    Ok(None)
}

fn open(env: &Env, kept: &Kept) -> Result<Key> {
    let place = kept.turn.generation.to_string();
    let secret = vault(env)?.open(&kept.sealed, Place("signing_keys", "sealed", &place)).map_err(Problem::internal)?;
    let bytes = hex::decode(secret).ok().and_then(|bytes| bytes.try_into().ok());
    let key = bytes.and_then(|bytes| Key::from_bytes(&bytes));
    key.ok_or_else(|| Problem::internal("a signing key is no key"))
}

/// Makes the next key in time, and throws away those whose last token has ended.
///
/// # Errors
/// 500 when the database refuses.
pub async fn maintain(env: &Env, db: &Db) -> Result<()> {
    let (all, now) = (keys(env, db).await?, clock::now());
    let turns = turns(&all);
    if let Some(next) = rules::wanted(&turns, now) {
        make(env, db, next).await?;
    }
    let over = turns.iter().filter(|turn| rules::is_over(&turns, turn.generation, now));
    let statements: Vec<_> = over.map(|turn| db::delete(turn.generation)).collect();
    if !statements.is_empty() {
        db.batch(statements).await?;
    }
    Ok(())
}
