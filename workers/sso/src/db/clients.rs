//! SQL of clients.

use crate::rules::client::{Client, ClientType, Kept, MAX_CLIENTS};
use crate::rules::grant_type;
use kirana_edge::db::{self, Db, Statement, require_one_change, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    name: String,
    #[serde(rename = "type")]
    client_type: ClientType,
    secret_hash: Option<String>,
    redirect_uris: String,
    post_logout_redirect_uris: String,
    grant_types: String,
    scope: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn kept(self) -> Result<Kept> {
        let client = Client {
            client_id: db::id(&self.id)?,
            client_name: self.name,
            client_type: self.client_type,
            redirect_uris: serde_json::from_str(&self.redirect_uris)?,
            post_logout_redirect_uris: serde_json::from_str(&self.post_logout_redirect_uris)?,
            grant_types: grant_type::parse(&self.grant_types),
            scope: self.scope,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        };
        Ok(Kept { client, secret_hash: self.secret_hash })
    }
}

/// The client with this id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: Id) -> Result<Option<Kept>> {
    let row: Option<Row> = db
        .first(
            "SELECT id, name, type, secret_hash, redirect_uris, post_logout_redirect_uris, grant_types, scope, created_at, updated_at
             FROM clients WHERE id = ?1",
            params![id],
        )
        .await?;
    row.map(Row::kept).transpose()
}

/// Clients in the order they were made, after one of them.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, after: Option<Id>, limit: usize) -> Result<Vec<Client>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT id, name, type, secret_hash, redirect_uris, post_logout_redirect_uris, grant_types, scope, created_at, updated_at
             FROM clients WHERE id > ?1 ORDER BY id LIMIT ?2",
            params![after.map(|id| id.to_string()).unwrap_or_default(), limit + 1],
        )
        .await?;
    rows.into_iter().map(|row| Ok(row.kept()?.client)).collect()
}

/// The statements that keep a new client; they fail when there are too many.
///
/// # Errors
/// 500 when the addresses cannot be written as JSON.
pub fn insert(kept: &Kept) -> Result<Vec<Statement>> {
    let client = &kept.client;
    Ok(vec![
        stmt(
            "INSERT INTO clients (id, name, type, secret_hash, redirect_uris, scope, created_at, updated_at, post_logout_redirect_uris,
                                  grant_types)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?9, ?10 WHERE (SELECT COUNT(*) FROM clients) < ?8",
            params![
                client.client_id,
                &client.client_name,
                client.client_type.name(),
                kept.secret_hash.clone(),
                serde_json::to_string(&client.redirect_uris)?,
                &client.scope,
                client.created_at,
                MAX_CLIENTS,
                serde_json::to_string(&client.post_logout_redirect_uris)?,
                grant_type::written(&client.grant_types)
            ],
        ),
        require_one_change(),
    ])
}

/// The statements that change a client.
///
/// # Errors
/// 500 when the addresses cannot be written as JSON.
pub fn update(client: &Client) -> Result<Vec<Statement>> {
    Ok(vec![
        stmt(
            "UPDATE clients SET name = ?2, redirect_uris = ?3, scope = ?4, updated_at = ?5, post_logout_redirect_uris = ?6,
                    grant_types = ?7 WHERE id = ?1",
            params![
                client.client_id,
                &client.client_name,
                serde_json::to_string(&client.redirect_uris)?,
                &client.scope,
                client.updated_at,
                serde_json::to_string(&client.post_logout_redirect_uris)?,
                grant_type::written(&client.grant_types)
            ],
        ),
        require_one_change(),
    ])
}

/// The statements that forget a client with all that it was given.
#[must_use]
pub fn delete(id: Id) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM tokens WHERE grant_id IN (SELECT id FROM grants WHERE client_id = ?1)", params![id]),
        stmt("DELETE FROM grants WHERE client_id = ?1", params![id]),
        stmt("DELETE FROM consents WHERE client_id = ?1", params![id]),
        stmt("DELETE FROM clients WHERE id = ?1", params![id]),
        require_one_change(),
    ]
}

/// The statements that take back all that a client was given and all that people agreed to.
#[must_use]
pub fn take_back(id: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM consents WHERE client_id = ?1", params![id]),
        stmt(
            "UPDATE grants SET revoked_at = ?2, revoked_why = 'client_changed' WHERE client_id = ?1 AND revoked_at IS NULL",
            params![id, now],
        ),
    ]
}
