//! SQL of invitations.

use crate::db::record::Record;
use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who was invited.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    pub id: Id,
    /// Where the letter went.
    pub email: String,
    /// How to address them.
    pub name: String,
    /// What they will be to the chain.
    pub roles: Vec<Role>,
    /// The stores they will be assigned to.
    pub stores: Vec<Id>,
    /// The franchise they will own.
    pub franchisee_id: Option<Id>,
    /// Who invited them.
    pub inviter_id: Id,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// The statement that keeps an invitation.
///
/// # Errors
/// 500 when its lists cannot be written as JSON.
pub fn insert(invitation: &Invitation) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO invitations (id, email, name, roles, stores, franchisee_id, inviter_id, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            invitation.id,
            &invitation.email,
            &invitation.name,
            serde_json::to_string(&invitation.roles)?,
            serde_json::to_string(&invitation.stores)?,
            invitation.franchisee_id,
            invitation.inviter_id,
            invitation.created_at,
            invitation.expires_at
        ],
    ))
}

impl TryFrom<Record> for Invitation {
    type Error = Problem;

    fn try_from(row: Record) -> Result<Self> {
        Ok(Self {
            id: row.id("id")?,
            email: row.text("email")?,
            name: row.text("name")?,
            roles: row.json("roles")?,
            stores: row.json("stores")?,
            franchisee_id: row.maybe("franchisee_id", Record::id)?,
            inviter_id: row.id("inviter_id")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
        })
    }
}

/// Invitations that wait, of one inviter or of everybody, in the order of their ids after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(
    db: &Db,
    inviter: Option<Id>,
    after: Option<Id>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Invitation>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT id, email, name, roles, stores, franchisee_id, inviter_id, created_at, expires_at FROM invitations
             WHERE id > ?2 AND (?1 IS NULL OR inviter_id = ?1) AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > ?3
             ORDER BY id LIMIT ?4",
            params![inviter, after.map(|id| id.to_string()).unwrap_or_default(), now, limit + 1],
        )
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The invitation of this id, if it waits.
///
/// # Errors
/// 500 when the database refuses.
pub async fn waiting(db: &Db, id: Id, now: Timestamp) -> Result<Option<Invitation>> {
    let row: Option<Record> = db
        .first(
            "SELECT id, email, name, roles, stores, franchisee_id, inviter_id, created_at, expires_at FROM invitations
             WHERE id = ?1 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > ?2",
            params![id, now],
        )
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The statements that use an invitation up, once.
#[must_use]
pub fn accept(id: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE invitations SET accepted_at = ?2
             WHERE id = ?1 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > ?2",
            params![id, now],
        ),
        require_one_change(),
    ]
}

/// The statements that withdraw an invitation, of one inviter or of anybody.
#[must_use]
pub fn withdraw(id: Id, inviter: Option<Id>, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE invitations SET withdrawn_at = ?3
             WHERE id = ?1 AND (?2 IS NULL OR inviter_id = ?2) AND accepted_at IS NULL AND withdrawn_at IS NULL",
            params![id, inviter, now],
        ),
        require_one_change(),
    ]
}
