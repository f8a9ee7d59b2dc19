//! SQL of how somebody is reached, and of forgetting them. What is personal comes in and goes out sealed.

use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// Language and telephone of somebody; the telephone is sealed.
#[derive(Clone, Debug, Deserialize)]
pub struct Contact {
    /// The language.
    pub locale: Option<String>,
    /// Sealed.
    pub phone: Option<String>,
}

/// How somebody is reached.
///
/// # Errors
/// 500 when the database refuses.
pub async fn contact(db: &Db, user: Id) -> Result<Contact> {
    let row = db.first("SELECT locale, phone FROM users WHERE id = ?1", params![user]).await?;
    Ok(row.unwrap_or(Contact { locale: None, phone: None }))
}

/// The statement that changes a profile.
#[must_use]
pub fn set_profile(
    user: Id,
    name: &str,
    locale: Option<&str>,
    phone: Option<(String, String)>,
    now: Timestamp,
) -> Statement {
    let (sealed, index) = phone.unzip();
    stmt(
        "UPDATE users SET name = ?2, locale = ?3, phone = ?4, phone_index = ?5, updated_at = ?6 WHERE id = ?1",
        params![user, name, locale.map(str::to_owned), sealed, index, now],
    )
}

/// The statements after which nothing personal is left of somebody here. Their id stays, for what refers to it.
#[must_use]
pub fn erase(user: Id, now: Timestamp) -> Vec<Statement> {
    let tables = [
        "DELETE FROM factors WHERE user_id = ?1",
        "DELETE FROM recovery_codes WHERE user_id = ?1",
        "DELETE FROM guesses WHERE user_id = ?1",
        "DELETE FROM tickets WHERE user_id = ?1",
        "DELETE FROM staff_assignments WHERE user_id = ?1",
    ];
    let mut statements: Vec<_> = tables.into_iter().map(|sql| stmt(sql, params![user])).collect();
    statements.push(stmt(
        "INSERT INTO revocations (kind, subject, at)
         SELECT 'key', id, ?2 FROM api_keys WHERE maker_id = ?1 AND revoked_at IS NULL",
        params![user, now],
    ));
    statements.push(stmt(
        "UPDATE api_keys SET revoked_at = ?2 WHERE maker_id = ?1 AND revoked_at IS NULL",
        params![user, now],
    ));
    statements.push(stmt("UPDATE sessions SET device = 'erased' WHERE user_id = ?1", params![user]));
    statements.push(stmt(
        "UPDATE users SET email = 'erased ' || id, name = 'erased', password_hash = '', roles = '[]', stores = '[]', franchisee_id = NULL,
                          locale = NULL, phone = NULL, phone_index = NULL, verified_at = NULL, erased_at = ?2, updated_at = ?2
         WHERE id = ?1 AND erased_at IS NULL",
        params![user, now],
    ));
    statements.push(require_one_change());
    statements
}
