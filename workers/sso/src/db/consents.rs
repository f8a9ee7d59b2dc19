//! SQL of what people have agreed to.

use crate::rules::scope::{self, Scope};
use kirana_edge::db::{self, Db, Statement, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Consents that are shown of one user.
const SHOWN: usize = 100;

/// That somebody has agreed to what a client asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Consent {
    /// The client.
    pub client_id: Id,
    /// What it is called.
    pub client_name: String,
    /// What it may learn, with spaces between.
    pub scope: String,
    /// Since when, or when more was added.
    pub agreed_at: Timestamp,
}

/// What somebody has let a client learn.
///
/// # Errors
/// 500 when the database refuses.
pub async fn scope(db: &Db, user: Id, client: Id) -> Result<Vec<Scope>> {
    #[derive(Deserialize)]
    struct Row {
        scope: String,
    }
    let sql = "SELECT scope FROM consents WHERE user_id = ?1 AND client_id = ?2";
    let row: Option<Row> = db.first(sql, params![user, client]).await?;
    Ok(row.map(|row| scope::parse(&row.scope)).unwrap_or_default())
}

/// The statement that notes what somebody has agreed to, all of it.
#[must_use]
pub fn agree(user: Id, client: Id, scope: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO consents (user_id, client_id, scope, agreed_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, agreed_at = excluded.agreed_at",
        params![user, client, scope, now],
    )
}

/// What somebody has agreed to, client by client.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, user: Id) -> Result<Vec<Consent>> {
    #[derive(Deserialize)]
    struct Row {
        client_id: String,
        name: String,
        scope: String,
        agreed_at: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT c.client_id, k.name, c.scope, c.agreed_at FROM consents c JOIN clients k ON k.id = c.client_id
             WHERE c.user_id = ?1 ORDER BY c.client_id LIMIT ?2",
            params![user, SHOWN],
        )
        .await?;
    let consent = |row: Row| {
        let (client_id, agreed_at) = (db::id(&row.client_id)?, timestamp(row.agreed_at));
        Ok(Consent { client_id, client_name: row.name, scope: row.scope, agreed_at })
    };
    rows.into_iter().map(consent).collect()
}

/// The statements that take back what somebody agreed to, with all that the client was given for it. The first changes one row
/// if there was something.
#[must_use]
pub fn withdraw(user: Id, client: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM consents WHERE user_id = ?1 AND client_id = ?2", params![user, client]),
        stmt(
            "UPDATE grants SET revoked_at = ?3, revoked_why = 'consent_withdrawn'
             WHERE user_id = ?1 AND client_id = ?2 AND revoked_at IS NULL",
            params![user, client, now],
        ),
    ]
}
