//! SQL of what clients were given: a code each, and all that comes of it.

use crate::db::browsers::SignedIn;
use crate::rules::authorize::Request;
use crate::rules::code::{CODE_LIFETIME, Code, GRANT_LIFETIME};
use crate::rules::scope::{self, Scope};
use kirana_edge::access_token::Method;
use kirana_edge::db::{self, Db, Statement, require_one_change, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// What a client was given.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id.
    pub id: Id,
    /// The client.
    pub client: Id,
    /// Of whom.
    pub user: Id,
    /// The session in which they agreed: what is given ends with it.
    pub session: Id,
    /// What it may learn.
    pub scope: Vec<Scope>,
    /// When they had signed in.
    pub auth_time: Timestamp,
    /// How.
    pub amr: Vec<Method>,
    /// What the client wants to find in the ID token.
    pub nonce: Option<String>,
}

/// A grant, and its code.
#[derive(Clone, Debug)]
pub struct Coded {
    /// The grant.
    pub grant: Grant,
    redirect_uri: String,
    challenge: String,
    expires_at: Timestamp,
    redeemed: bool,
    revoked: bool,
}

impl Coded {
    /// The code, for judging.
    #[must_use]
    pub fn code(&self) -> Code<'_> {
        Code {
            client: self.grant.client,
            redirect_uri: &self.redirect_uri,
            challenge: &self.challenge,
            expires_at: self.expires_at,
            redeemed: self.redeemed,
            revoked: self.revoked,
        }
    }
}

/// The statement that gives a client a code.
///
/// # Errors
/// 500 when the methods cannot be written as JSON.
pub fn insert(id: Id, request: &Request, who: &SignedIn, code_hash: &str, now: Timestamp) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO grants (id, client_id, user_id, session_id, scope, auth_time, amr, nonce, code_hash, redirect_uri,
                             code_challenge, code_expires_at, ends_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            id,
            request.client_id,
            who.user,
            who.session,
            scope::written(&request.scope),
            who.auth_time,
            serde_json::to_string(&who.amr)?,
            request.nonce.clone(),
            code_hash,
            &request.redirect_uri,
            &request.code_challenge,
            now + CODE_LIFETIME,
            now + GRANT_LIFETIME
        ],
    ))
}

/// The columns of a grant that stand in a row.
#[derive(Deserialize)]
pub(crate) struct GrantRow {
    id: String,
    client_id: String,
    user_id: String,
    session_id: String,
    scope: String,
    auth_time: i64,
    amr: String,
    nonce: Option<String>,
}

impl GrantRow {
    pub(crate) fn grant(self) -> Result<Grant> {
        Ok(Grant {
            id: db::id(&self.id)?,
            client: db::id(&self.client_id)?,
            user: db::id(&self.user_id)?,
            session: db::id(&self.session_id)?,
            scope: scope::parse(&self.scope),
            auth_time: timestamp(self.auth_time),
            amr: serde_json::from_str(&self.amr)?,
            nonce: self.nonce,
        })
    }
}

/// The grant whose code has this hash.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_code(db: &Db, hash: &str) -> Result<Option<Coded>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        grant: GrantRow,
        redirect_uri: String,
        code_challenge: String,
        code_expires_at: i64,
        redeemed_at: Option<i64>,
        revoked_at: Option<i64>,
    }
    let row: Option<Row> = db
        .first(
            "SELECT id, client_id, user_id, session_id, scope, auth_time, amr, nonce, redirect_uri, code_challenge,
                    code_expires_at, redeemed_at, revoked_at FROM grants WHERE code_hash = ?1",
            params![hash],
        )
        .await?;
    row.map(|row| {
        Ok(Coded {
            grant: row.grant.grant()?,
            redirect_uri: row.redirect_uri,
            challenge: row.code_challenge,
            expires_at: timestamp(row.code_expires_at),
            redeemed: row.redeemed_at.is_some(),
            revoked: row.revoked_at.is_some(),
        })
    })
    .transpose()
}

/// The statements that use a code up: of parallel calls one wins, the batch of every other fails.
#[must_use]
pub fn redeem(id: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE grants SET redeemed_at = ?2 WHERE id = ?1 AND redeemed_at IS NULL AND revoked_at IS NULL",
            params![id, now],
        ),
        require_one_change(),
    ]
}

/// The statement that takes back what a client was given. Taken back twice, it is taken back once.
#[must_use]
pub fn revoke(id: Id, why: &'static str, now: Timestamp) -> Statement {
    stmt(
        "UPDATE grants SET revoked_at = ?2, revoked_why = ?3 WHERE id = ?1 AND revoked_at IS NULL",
        params![id, now, why],
    )
}
