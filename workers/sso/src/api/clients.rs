//! Clients, for those who run the chain.

use crate::api::audit::{Doing, Reason};
use crate::db::clients as db;
use crate::rules::client::{Client, ClientMetadata, ClientType, Kept, MAX_CLIENTS, faults};
use crate::rules::grant_type::{self, GrantType};
use crate::rules::scope;
use crate::rules::secret::{self, Kind};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A client to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// What people know it by, 1 to 60 characters.
    pub client_name: String,
    /// Can it keep a secret?
    pub client_type: ClientType,
    /// Where answers may go, 1 to 10 addresses; compared letter by letter.
    pub redirect_uris: Vec<String>,
    /// Where its user may be led after signing out, 10 addresses at most; compared letter by letter.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// Which grants it may use: `authorization_code`, and `refresh_token` if it goes on while nobody looks. Both, if not given.
    #[serde(default = "grant_type::usual")]
    pub grant_types: Vec<GrantType>,
    /// What it may ask for, with spaces between: `openid`, and of `profile`, `email`, `stores` what it needs.
    pub scope: String,
}

/// A client that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeClient {
    /// Its secret, if it can keep one. It is shown now and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What is known of it.
    #[serde(flatten)]
    pub client: Client,
}

/// Makes a client.
///
/// # Errors
/// 403 for all but admins, 409 `too_many_clients`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/oauth/clients", tag = "sso", request_body = NewClient,
    responses((status = 201, body = MadeClient), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    reason: Reason,
    Json(body): Json<NewClient>,
) -> Result<(StatusCode, Json<MadeClient>)> {
    caller.require(&[Role::Admin])?;
    let NewClient { client_name, client_type, redirect_uris, post_logout_redirect_uris, grant_types, scope } = body;
    let metadata = ClientMetadata { client_name, redirect_uris, post_logout_redirect_uris, grant_types, scope };
    let metadata = checked(metadata, client_type)?;
    let now = clock::now();
    let client = Client {
        client_id: clock::new_id(),
        client_name: metadata.client_name,
        client_type,
        redirect_uris: metadata.redirect_uris,
        post_logout_redirect_uris: metadata.post_logout_redirect_uris,
        grant_types: metadata.grant_types,
        scope: metadata.scope,
        created_at: now,
        updated_at: now,
    };
    let client_secret =
        (client_type == ClientType::Confidential).then(|| secret::secret(Kind::Client, clock::random()));
    let kept = Kept { client, secret_hash: client_secret.as_deref().map(secret::hash) };
    let doing = Doing { caller: &caller, request_id: &request_id, reason: &reason };
    doing.note(&env, "oauth_client.made", kept.client.client_id.to_string(), None, Some(&kept.client)).await?;
    match Db::of(&env)?.batch(db::insert(&kept)?).await {
        Err(error) if required_change_missing(&error) => {
            let detail = format!("there are {MAX_CLIENTS} clients: delete one first");
            return Err(Problem::conflict("too_many_clients", detail));
        }
        other => other?,
    };
    Ok((StatusCode::CREATED, Json(MadeClient { client_secret, client: kept.client })))
}

fn checked(metadata: ClientMetadata, client_type: ClientType) -> Result<ClientMetadata> {
    let faults = faults(&metadata, client_type);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let scope = scope::written(&scope::parse(&metadata.scope));
    Ok(ClientMetadata { client_name: metadata.client_name.trim().into(), scope, ..metadata })
}

/// The clients, in the order they were made.
///
/// # Errors
/// 400 for a page that is none, 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/oauth/clients", tag = "sso", params(PageQuery),
    responses((status = 200, body = Page<Client>), (status = 400, body = Problem), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Client>>> {
    caller.require(&[Role::Admin])?;
    let limit = page.limit()?;
    let clients = db::list(&Db::of(&env)?, page.after()?, limit).await?;
    Ok(Json(Page::of(clients, limit, |client| client.client_id.to_string())))
}

/// Changes a client. When it may ask for less than before, all that it was given is taken back; without the grant of refresh
/// tokens, those that it has are refused.
///
/// # Errors
/// 403 for all but admins, 404, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/oauth/clients/{id}", tag = "sso", params(("id" = Id, Path, description = "The client")), request_body = ClientMetadata,
    responses((status = 200, body = Client), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn update(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    reason: Reason,
    Path(id): Path<Id>,
    Json(body): Json<ClientMetadata>,
) -> Result<Json<Client>> {
    caller.require(&[Role::Admin])?;
    let database = Db::of(&env)?;
    let before = db::by_id(&database, id).await?.ok_or_else(unknown)?.client;
    let metadata = checked(body, before.client_type)?;
    let now = clock::now();
    let shrinks = !scope::within(&scope::parse(&before.scope), &scope::parse(&metadata.scope));
    let ClientMetadata { client_name, redirect_uris, post_logout_redirect_uris, grant_types, scope } = metadata;
    let client = Client {
        client_name,
        redirect_uris,
        post_logout_redirect_uris,
        grant_types,
        scope,
        updated_at: now,
        ..before.clone()
    };
    let doing = Doing { caller: &caller, request_id: &request_id, reason: &reason };
    doing.note(&env, "oauth_client.changed", id.to_string(), Some(&before), Some(&client)).await?;
    let mut statements = db::update(&client)?;
    if shrinks {
        statements.extend(db::take_back(id, now));
    }
    run(&database, statements).await?;
    Ok(Json(client))
}

/// Deletes a client with all that it was given.
///
/// # Errors
/// 403 for all but admins, 404.
#[utoipa::path(delete, path = "/api/v1/oauth/clients/{id}", tag = "sso", params(("id" = Id, Path, description = "The client")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn delete(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    reason: Reason,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let database = Db::of(&env)?;
    let before = db::by_id(&database, id).await?.ok_or_else(unknown)?.client;
    let doing = Doing { caller: &caller, request_id: &request_id, reason: &reason };
    doing.note(&env, "oauth_client.deleted", id.to_string(), Some(&before), None).await?;
    run(&database, db::delete(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown() -> Problem {
    Problem::not_found("there is no such client")
}

async fn run(database: &Db, statements: Vec<Statement>) -> Result<()> {
    match database.batch(statements).await {
        Err(error) if required_change_missing(&error) => Err(unknown()),
        other => other.map(|_| ()).map_err(Into::into),
    }
}
