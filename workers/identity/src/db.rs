//! SQL of identity.

use kirana_edge::db::{Db, Statement, constraint, require_one_change, stmt};
use kirana_edge::{Principal, Problem, Result, params};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A user, as the API shows one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The user's id.
    pub id: Id,
    /// Where to write to them, in lower case.
    pub email: String,
    /// How to address them.
    pub name: String,
    /// What they are to the chain.
    pub roles: Vec<Role>,
    /// The stores they are assigned to.
    pub stores: Vec<Id>,
    /// The franchise they own.
    pub franchisee_id: Option<Id>,
    /// Since when.
    pub created_at: Timestamp,
}

impl User {
    /// The user as a principal of this session.
    #[must_use]
    pub fn principal(&self, session: Id) -> Principal {
        Principal {
            id: self.id,
            name: self.name.clone(),
            roles: self.roles.clone(),
            stores: self.stores.clone(),
            franchisee: self.franchisee_id,
            session: Some(session),
        }
    }
}

/// A user and the hash of the password.
pub struct Credentials {
    /// The user.
    pub user: User,
    /// PHC string.
    pub password_hash: String,
}

#[derive(Deserialize)]
struct UserRow {
    id: String,
    email: String,
    name: String,
    password_hash: String,
    roles: String,
    stores: String,
    franchisee_id: Option<String>,
    created_at: i64,
}

impl TryFrom<UserRow> for Credentials {
    type Error = Problem;

    fn try_from(row: UserRow) -> Result<Self> {
        let user = User {
            id: kirana_edge::db::id(&row.id)?,
            email: row.email,
            name: row.name,
            roles: serde_json::from_str(&row.roles)?,
            stores: serde_json::from_str(&row.stores)?,
            franchisee_id: row.franchisee_id.as_deref().map(kirana_edge::db::id).transpose()?,
            created_at: Timestamp::from_millis(row.created_at),
        };
        Ok(Self { user, password_hash: row.password_hash })
    }
}

/// The statement that makes a user.
///
/// # Errors
/// 500 when the roles cannot be written as JSON.
pub fn insert_user(user: &User, password_hash: &str) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO users (id, email, name, password_hash, roles, stores, franchisee_id, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        params![
            user.id,
            &user.email,
            &user.name,
            password_hash,
            serde_json::to_string(&user.roles)?,
            serde_json::to_string(&user.stores)?,
            user.franchisee_id,
            user.created_at
        ],
    ))
}

/// Runs the batch that makes a user.
///
/// # Errors
/// 409 `email_taken`.
pub async fn create(db: &Db, statements: Vec<Statement>) -> Result<()> {
    match db.batch(statements).await {
        Err(error) if constraint(&error, "users.email") => {
            Err(Problem::conflict("email_taken", "somebody has registered with this e-mail address; log in instead"))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// The user with this address.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<Credentials>> {
    let row = db
        .first::<UserRow>(
            "SELECT id, email, name, password_hash, roles, stores, franchisee_id, created_at FROM users WHERE email = ?1",
            params![email],
        )
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The user with this id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: Id) -> Result<Option<User>> {
    let row = db
        .first::<UserRow>(
            "SELECT id, email, name, password_hash, roles, stores, franchisee_id, created_at FROM users WHERE id = ?1",
            params![id],
        )
        .await?;
    row.map(Credentials::try_from).transpose().map(|found| found.map(|credentials| credentials.user))
}

/// Users in the order of their ids, `after` one, with one role or any, of one store or any.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(
    db: &Db,
    role: Option<Role>,
    store: Option<Id>,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<User>> {
    let rows: Vec<UserRow> = db
        .all(
            "SELECT id, email, name, password_hash, roles, stores, franchisee_id, created_at FROM users
             WHERE id > ?1
               AND (?2 IS NULL OR EXISTS (SELECT 1 FROM json_each(roles) WHERE value = ?2))
               AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(stores) WHERE value = ?3))
             ORDER BY id LIMIT ?4",
            params![after.map(|id| id.to_string()).unwrap_or_default(), role.map(Role::name), store, limit + 1],
        )
        .await?;
    rows.into_iter().map(|row| Credentials::try_from(row).map(|credentials| credentials.user)).collect()
}

/// Is there an admin yet?
///
/// # Errors
/// 500 when the database refuses.
pub async fn has_admin(db: &Db) -> Result<bool> {
    Ok(!list(db, Some(Role::Admin), None, None, 1).await?.is_empty())
}

/// The statements that begin a session with its first refresh token.
#[must_use]
pub fn begin_session(session: Id, user: Id, token_hash: &str, now: Timestamp, expires_at: Timestamp) -> Vec<Statement> {
    vec![
        stmt("INSERT INTO sessions (id, user_id, created_at) VALUES (?1, ?2, ?3)", params![session, user, now]),
        insert_refresh_token(session, token_hash, expires_at),
    ]
}

fn insert_refresh_token(session: Id, token_hash: &str, expires_at: Timestamp) -> Statement {
    stmt(
        "INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES (?1, ?2, ?3)",
        params![token_hash, session, expires_at],
    )
}

/// A refresh token and its session.
#[derive(Debug, Deserialize)]
pub struct RefreshToken {
    /// The session, a family of tokens.
    pub session_id: String,
    /// Whose.
    pub user_id: String,
    /// When it ends, in milliseconds.
    pub expires_at: i64,
    /// When it was used, in milliseconds.
    pub used_at: Option<i64>,
    /// When its session ended, in milliseconds.
    pub revoked_at: Option<i64>,
}

/// The refresh token with this hash.
///
/// # Errors
/// 500 when the database refuses.
pub async fn refresh_token(db: &Db, hash: &str) -> Result<Option<RefreshToken>> {
    db.first(
        "SELECT t.session_id, s.user_id, t.expires_at, t.used_at, s.revoked_at
         FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = ?1",
        params![hash],
    )
    .await
}

/// Uses a refresh token up and puts its successor in its place; false when somebody else was faster.
///
/// # Errors
/// 500 when the database refuses.
pub async fn rotate(db: &Db, old: &str, session: Id, new: &str, now: Timestamp, expires_at: Timestamp) -> Result<bool> {
    let used = stmt("UPDATE refresh_tokens SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL", params![old, now]);
    match db.batch(vec![used, require_one_change(), insert_refresh_token(session, new, expires_at)]).await {
        Ok(_) => Ok(true),
        Err(error) if kirana_edge::db::required_change_missing(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Ends a session with all its tokens.
///
/// # Errors
/// 500 when the database refuses.
pub async fn revoke_session(db: &Db, session: &str, why: &'static str, now: Timestamp) -> Result<()> {
    db.run(
        "UPDATE sessions SET revoked_at = ?2, revoked_why = ?3 WHERE id = ?1 AND revoked_at IS NULL",
        params![session, now, why],
    )
    .await?;
    Ok(())
}
