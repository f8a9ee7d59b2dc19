//! API keys of integrations.

use crate::api::audit::Reason;
use crate::db::api_keys::{self as db, ApiKey};
use crate::db::audit::{self, Note};
use crate::rules::keys::{MAX_KEYS, Wanted, may_make};
use crate::rules::sessions::hash;
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::api_key::{KeyGrant, PREFIX};
use kirana_edge::db::{Db, required_change_missing};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What to call it, 1 to 60 characters.
    pub name: String,
    /// What it acts as: one of your own roles.
    pub role: Role,
    /// The stores it acts in, if it acts as staff or manager: some of your own.
    #[serde(default)]
    pub stores: Vec<Id>,
    /// What it may ask for, such as `orders:read` or `inventory:write`. Writing does not include reading.
    pub scopes: Vec<String>,
    /// Until when, a year at most.
    pub expires_at: Timestamp,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeApiKey {
    /// The key itself, for `Authorization: Bearer ...` or `X-API-Key`. It is shown now and never again.
    pub secret: String,
    /// What is known of it.
    #[serde(flatten)]
    pub key: ApiKey,
}

/// Makes a key for an integration. It may do what its maker may do, in the scopes it is given, and never more.
///
/// # Errors
/// 403 for more than one's own, 409 `too_many_keys`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "identity", request_body = NewApiKey,
    responses((status = 201, body = MadeApiKey), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Json(body): Json<NewApiKey>,
) -> Result<(StatusCode, Json<MadeApiKey>)> {
    let (database, now) = (Db::of(&env)?, clock::now());
    let NewApiKey { name, role, stores, scopes, expires_at } = body;
    may_make(&caller, &Wanted { name: &name, role, stores: &stores, scopes: &scopes, expires_at }, now)?;
    if db::list(&database, Some(caller.id), None, MAX_KEYS, now).await?.len() >= MAX_KEYS {
        return Err(Problem::conflict("too_many_keys", format!("you have {MAX_KEYS} keys: revoke one first")));
    }
    let secret = format!("{PREFIX}{}", hex::encode(clock::random::<32>()));
    let key = ApiKey {
        id: clock::new_id(),
        hint: secret.chars().take(9).collect(),
        name: name.trim().into(),
        maker_id: caller.id,
        role,
        stores,
        scopes,
        created_at: now,
        expires_at,
        last_used_at: None,
    };
    let note = Note::new(&caller, "api_key.made", key.id, &request_id).because(reason.as_deref());
    let note = note.from_to(None::<&()>, Some(&(key.role, &key.stores, &key.scopes)))?;
    audit::run(&database, &[db::insert(&key, &hash(&secret))?], &note).await?;
    Ok((StatusCode::CREATED, Json(MadeApiKey { secret, key })))
}

/// The keys one has made; for an admin everybody's.
///
/// # Errors
/// 400 for a page that is none.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "identity", params(PageQuery),
    responses((status = 200, body = Page<ApiKey>), (status = 400, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ApiKey>>> {
    let maker = if caller.has(Role::Admin) { None } else { Some(caller.id) };
    let limit = page.limit()?;
    let keys = db::list(&Db::of(&env)?, maker, page.after()?, limit, clock::now()).await?;
    Ok(Json(Page::of(keys, limit, |key| key.id.to_string())))
}

/// Revokes a key; within a second nobody gets in with it.
///
/// # Errors
/// 404 for what is not there or somebody else's.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "identity", params(("id" = Id, Path, description = "The key")),
    responses((status = 204), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn revoke(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    let maker = if caller.has(Role::Admin) { None } else { Some(caller.id) };
    let note = Note::new(&caller, "api_key.revoked", id, &request_id).because(reason.as_deref());
    match audit::run(&Db::of(&env)?, &db::revoke(id, maker, clock::now()), &note).await {
        Err(error) if required_change_missing(&error) => Err(Problem::not_found("there is no such key")),
        other => other.map(|()| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}

/// Which key.
#[derive(Debug, Deserialize)]
pub struct Hashed {
    hash: String,
}

/// `POST /internal/api-keys/resolve`: what a key grants, by its hash.
///
/// # Errors
/// 403 for all but workers, 404 for a key that is not good.
#[worker::send]
pub async fn resolve(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(key): Json<Hashed>,
) -> Result<Json<KeyGrant>> {
    caller.require_service()?;
    let found = db::resolve(&Db::of(&env)?, &key.hash, clock::now()).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("there is no such key"))
}
