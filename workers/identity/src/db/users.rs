//! SQL of users.

use crate::db::record::Record;
use kirana_edge::db::{Db, Statement, constraint, stmt};
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
    /// Is it proved that the address is theirs?
    pub email_verified: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Counts the changes of what they may do.
    #[serde(skip)]
    pub version: u32,
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
            // The token says it beside.
            version: 0,
            from: None,
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

/// A query for whole users, with what comes after `FROM users`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, password_hash, roles, stores, franchisee_id, created_at, version, verified_at FROM users ",
            $rest
        )
    };
}

impl TryFrom<Record> for Credentials {
    type Error = Problem;

    fn try_from(row: Record) -> Result<Self> {
        let user = User {
            id: row.id("id")?,
            email: row.text("email")?,
            name: row.text("name")?,
            roles: row.json("roles")?,
            stores: row.json("stores")?,
            franchisee_id: row.maybe("franchisee_id", Record::id)?,
            created_at: row.time("created_at")?,
            version: row.count("version")?,
            email_verified: !row.is_null("verified_at"),
        };
        Ok(Self { user, password_hash: row.text("password_hash")? })
    }
}

/// The statement that makes a user.
///
/// # Errors
/// 500 when the roles cannot be written as JSON.
pub fn insert(user: &User, password_hash: &str) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO users (id, email, name, password_hash, roles, stores, franchisee_id, created_at, updated_at, verified_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, CASE WHEN ?9 THEN ?8 END)",
        params![
            user.id,
            &user.email,
            &user.name,
            password_hash,
            serde_json::to_string(&user.roles)?,
            serde_json::to_string(&user.stores)?,
            user.franchisee_id,
            user.created_at,
            user.email_verified
        ],
    ))
}

/// 409: an address is proved to be somebody else's.
#[must_use]
pub fn taken() -> Problem {
    Problem::conflict("email_taken", "this e-mail address is proved to be another account's")
}

/// Runs a batch after which an address is proved to be somebody's.
///
/// # Errors
/// 409 `email_taken` when it is somebody else's.
pub async fn create(db: &Db, statements: Vec<Statement>) -> Result<()> {
    match db.batch(statements).await {
        Err(error) if constraint(&error, "users.email") => Err(taken()),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// The user whose address this is, as they have proved.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<Credentials>> {
    let row: Option<Record> = db.first(select!("WHERE email = ?1 AND verified_at IS NOT NULL"), params![email]).await?;
    row.map(TryInto::try_into).transpose()
}

/// The user whose address this is, or the last who said so.
///
/// # Errors
/// 500 when the database refuses.
pub async fn claimant(db: &Db, email: &str) -> Result<Option<User>> {
    let last = select!("WHERE email = ?1 AND erased_at IS NULL ORDER BY verified_at IS NULL, created_at DESC LIMIT 1");
    let row: Option<Record> = db.first(last, params![email]).await?;
    row.map(Credentials::try_from).transpose().map(|found| found.map(|credentials| credentials.user))
}

/// The user with this id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: Id) -> Result<Option<User>> {
    Ok(credentials(db, id).await?.map(|credentials| credentials.user))
}

/// The user with this id, and the hash of the password.
///
/// # Errors
/// 500 when the database refuses.
pub async fn credentials(db: &Db, id: Id) -> Result<Option<Credentials>> {
    let row: Option<Record> = db.first(select!("WHERE id = ?1 AND erased_at IS NULL"), params![id]).await?;
    row.map(Credentials::try_from).transpose()
}

/// The statement that sets a password. Whoever does so by a letter has proved the address as well.
#[must_use]
pub fn set_password(user: Id, password_hash: &str, by_letter: bool, now: Timestamp) -> Statement {
    stmt(
        "UPDATE users SET password_hash = ?2, updated_at = ?3,
                          verified_at = CASE WHEN ?4 THEN COALESCE(verified_at, ?3) ELSE verified_at END WHERE id = ?1",
        params![user, password_hash, now, by_letter],
    )
}

/// The statement that notes that an address is proved.
#[must_use]
pub fn verify(user: Id, now: Timestamp) -> Statement {
    stmt("UPDATE users SET verified_at = COALESCE(verified_at, ?2), updated_at = ?2 WHERE id = ?1", params![user, now])
}

/// Which users are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// With this role.
    pub role: Option<Role>,
    /// Assigned to this store.
    pub store: Option<Id>,
    /// With this in the name, or at the beginning of the address.
    pub q: Option<&'a str>,
    /// Or with this index of a telephone number.
    pub phone: Option<String>,
    /// After this one.
    pub after: Option<Id>,
}

/// Users in the order of their ids.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, wanted: &Wanted<'_>, limit: usize) -> Result<Vec<User>> {
    let rows: Vec<Record> = db
        .all(
            select!(
                "WHERE id > ?1 AND erased_at IS NULL
                   AND (?2 IS NULL OR EXISTS (SELECT 1 FROM json_each(roles) WHERE value = ?2))
                   AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(stores) WHERE value = ?3))
                   AND (?4 IS NULL OR phone_index = ?5 OR instr(lower(name), ?4) > 0 OR instr(email, ?4) = 1)
                 ORDER BY id LIMIT ?6"
            ),
            params![
                wanted.after.map(|id| id.to_string()).unwrap_or_default(),
                wanted.role.map(Role::name),
                wanted.store,
                wanted.q.map(str::to_lowercase),
                wanted.phone.clone(),
                limit + 1
            ],
        )
        .await?;
    rows.into_iter().map(|row| Credentials::try_from(row).map(|credentials| credentials.user)).collect()
}

/// Is there an admin yet?
///
/// # Errors
/// 500 when the database refuses.
pub async fn has_admin(db: &Db) -> Result<bool> {
    Ok(!list(db, &Wanted { role: Some(Role::Admin), ..Wanted::default() }, 1).await?.is_empty())
}
