//! SQL of who works where. `users.stores` is what tokens carry; `staff_assignments` is the same from the stores' side, and
//! both are written in one batch.

use crate::db::audit::{self, Note};
use crate::db::record::Record;
use crate::db::revocations;
use crate::db::users::User;
use kirana_contracts::staff::{Candidate, Reassignment, StaffMember};
use kirana_edge::db::{Db, Statement, require_one_change, required_change_missing, stmt};
use kirana_edge::{Problem, RequestId, Result, clock, params};
use kirana_kernel::{Id, Role, Timestamp};

/// The statement that notes the stores of a new user.
///
/// # Errors
/// 500 when they cannot be written as JSON.
pub fn note(user: &User) -> Result<Statement> {
    add(user.id, &user.stores, user.created_at)
}

fn add(user: Id, stores: &[Id], since: Timestamp) -> Result<Statement> {
    Ok(stmt(
        "INSERT OR IGNORE INTO staff_assignments (store_id, user_id, since) SELECT value, ?1, ?3 FROM json_each(?2)",
        params![user, serde_json::to_string(stores)?, since],
    ))
}

/// Who works in a store, in the order of their ids, after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_store(db: &Db, store: Id, after: Option<Id>, limit: usize) -> Result<Vec<StaffMember>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT u.id, u.name, u.email, u.roles, a.since FROM staff_assignments a JOIN users u ON u.id = a.user_id
             WHERE a.store_id = ?1 AND a.user_id > ?2 ORDER BY a.user_id LIMIT ?3",
            params![store, after.map(|id| id.to_string()).unwrap_or_default(), limit + 1],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StaffMember {
                user_id: row.id("id")?,
                name: row.text("name")?,
                email: row.text("email")?,
                roles: row.json("roles")?,
                since: row.time("since")?,
            })
        })
        .collect()
}

/// Gives a user other roles and stores, as the stores worker decided; the tokens they have are not believed any more.
///
/// # Errors
/// 409 `user_changed` when the user is no longer as the caller saw it.
pub async fn reassign(db: &Db, change: &Reassignment, request_id: &RequestId) -> Result<()> {
    let statements = moved(&change.from, &change.roles, &change.stores, clock::now())?;
    let note = Note::by((change.by.id, change.by.role.name()), "user.stores", change.from.user_id, request_id);
    let before = (&change.from.roles, &change.from.stores);
    let note = note.from_to(Some(&before), Some(&(&change.roles, &change.stores)))?;
    match audit::run(db, &statements, &note).await {
        Err(error) if required_change_missing(&error) => {
            Err(Problem::conflict("user_changed", "somebody else changed this user just now: look again"))
        }
        other => other.map_err(Into::into),
    }
}

/// The statements that give a user other rights.
///
/// # Errors
/// 500 when these cannot be written as JSON.
pub fn set_rights(before: &User, after: &User, now: Timestamp) -> Result<Vec<Statement>> {
    let from = Candidate { user_id: before.id, roles: before.roles.clone(), stores: before.stores.clone() };
    let mut statements = moved(&from, &after.roles, &after.stores, now)?;
    let franchise = "UPDATE users SET franchisee_id = ?2 WHERE id = ?1";
    statements.push(stmt(franchise, params![before.id, after.franchisee_id]));
    Ok(statements)
}

fn moved(from: &Candidate, new_roles: &[Role], stores_then: &[Id], now: Timestamp) -> Result<Vec<Statement>> {
    let Candidate { user_id, roles, stores } = from;
    let new_stores = serde_json::to_string(stores_then)?;
    let mut statements = vec![
        stmt(
            "UPDATE users SET roles = ?4, stores = ?5, updated_at = ?6 WHERE id = ?1 AND roles = ?2 AND stores = ?3",
            params![
                user_id,
                serde_json::to_string(roles)?,
                serde_json::to_string(stores)?,
                serde_json::to_string(new_roles)?,
                &new_stores,
                now
            ],
        ),
        require_one_change(),
        stmt(
            "DELETE FROM staff_assignments WHERE user_id = ?1 AND store_id IN (SELECT value FROM json_each(?2))
               AND store_id NOT IN (SELECT value FROM json_each(?3))",
            params![user_id, serde_json::to_string(stores)?, new_stores],
        ),
        add(*user_id, stores_then, now)?,
    ];
    statements.extend(revocations::outdate(*user_id, now));
    Ok(statements)
}
