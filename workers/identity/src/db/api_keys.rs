//! SQL of API keys.

use crate::db::record::Record;
use crate::rules::keys::still;
use kirana_contracts::api_key::KeyGrant;
use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key, as its maker sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: Id,
    /// Its first characters.
    pub hint: String,
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub maker_id: Id,
    /// What it acts as.
    pub role: Role,
    /// The stores it acts in.
    pub stores: Vec<Id>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// The statement that keeps a new key.
///
/// # Errors
/// 500 when its lists cannot be written as JSON.
pub fn insert(key: &ApiKey, hash: &str) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO api_keys (id, hash, hint, name, maker_id, role, stores, scopes, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            key.id,
            hash,
            &key.hint,
            &key.name,
            key.maker_id,
            key.role.name(),
            serde_json::to_string(&key.stores)?,
            serde_json::to_string(&key.scopes)?,
            key.created_at,
            key.expires_at
        ],
    ))
}

/// The keys that are good, of one maker or of everybody, in the order of their ids after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, maker: Option<Id>, after: Option<Id>, limit: usize, now: Timestamp) -> Result<Vec<ApiKey>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT id, hint, name, maker_id, role, stores, scopes, created_at, expires_at, last_used_at FROM api_keys
             WHERE id > ?2 AND (?1 IS NULL OR maker_id = ?1) AND revoked_at IS NULL AND expires_at > ?3 ORDER BY id LIMIT ?4",
            params![maker, after.map(|id| id.to_string()).unwrap_or_default(), now, limit + 1],
        )
        .await?;
    let keys = rows.into_iter().map(|row| {
        Ok(ApiKey {
            id: row.id("id")?,
            hint: row.text("hint")?,
            name: row.text("name")?,
            maker_id: row.id("maker_id")?,
            role: row.word("role")?,
            stores: row.json("stores")?,
            scopes: row.json("scopes")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            last_used_at: row.maybe("last_used_at", Record::time)?,
        })
    });
    keys.collect()
}

/// The statements that revoke a key, of one maker or of anybody; they undo their batch when there is no such key.
#[must_use]
pub fn revoke(id: Id, maker: Option<Id>, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE api_keys SET revoked_at = ?3 WHERE id = ?1 AND (?2 IS NULL OR maker_id = ?2) AND revoked_at IS NULL",
            params![id, maker, now],
        ),
        require_one_change(),
        stmt("INSERT INTO revocations (kind, subject, at) VALUES ('key', ?1, ?2)", params![id, now]),
    ]
}

/// What the key with this hash grants now, as far as its maker may still do it; notes that it is used.
///
/// # Errors
/// 500 when the database refuses.
pub async fn resolve(db: &Db, hash: &str, now: Timestamp) -> Result<Option<KeyGrant>> {
    let row: Option<Record> = db
        .first(
            "SELECT k.id, k.name, k.role, k.stores, k.scopes, k.expires_at, k.maker_id, u.roles AS maker_roles,
                    u.stores AS maker_stores, u.franchisee_id, u.version
             FROM api_keys k JOIN users u ON u.id = k.maker_id
             WHERE k.hash = ?1 AND k.revoked_at IS NULL AND k.expires_at > ?2",
            params![hash, now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let stores: Vec<Id> = row.json("stores")?;
    let (roles, own): (Vec<Role>, Vec<Id>) = (row.json("maker_roles")?, row.json("maker_stores")?);
    let role: Role = row.word("role")?;
    let Some(stores) = still(role, &stores, &roles, &own) else { return Ok(None) };
    db.run(
        "UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1 AND COALESCE(last_used_at, 0) < ?2 - 60000",
        params![row.id("id")?, now],
    )
    .await
    .map_err(Problem::from)?;
    let franchisee = row.maybe("franchisee_id", Record::id)?.filter(|_| role == Role::Owner);
    Ok(Some(KeyGrant {
        id: row.id("id")?,
        name: row.text("name")?,
        role,
        stores,
        franchisee,
        scopes: row.json("scopes")?,
        maker: row.id("maker_id")?,
        version: row.count("version")?,
        expires_at: row.time("expires_at")?,
    }))
}
