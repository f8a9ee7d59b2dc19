//! SQL of access and refresh tokens.

use crate::db::grants::{Grant, GrantRow};
use crate::rules::code::{ACCESS_LIFETIME, REFRESH_LIFETIME, Token};
use crate::rules::scope::{self, Scope};
use kirana_edge::db::{Db, Statement, require_one_change, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// Opens userinfo.
    Access,
    /// Gets new tokens, once.
    Refresh,
}

/// A token and what it belongs to.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is.
    pub kind: TokenKind,
    /// What it opens: the grant's scope, or less.
    pub scope: Vec<Scope>,
    /// Since when.
    pub created_at: Timestamp,
    /// For judging.
    pub token: Token,
    /// What it belongs to.
    pub grant: Grant,
}

/// The token with this hash.
///
/// # Errors
/// 500 when the database refuses.
pub async fn find(db: &Db, hash: &str) -> Result<Option<Found>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        grant: GrantRow,
        kind: TokenKind,
        token_scope: String,
        created_at: i64,
        expires_at: i64,
        used_at: Option<i64>,
        ends_at: i64,
        revoked_at: Option<i64>,
    }
    let row: Option<Row> = db
        .first(
            "SELECT t.kind, t.scope AS token_scope, t.created_at, t.expires_at, t.used_at, g.id, g.client_id, g.user_id,
                    g.session_id, g.scope, g.auth_time, g.amr, g.nonce, g.ends_at, g.revoked_at
             FROM tokens t JOIN grants g ON g.id = t.grant_id WHERE t.hash = ?1",
            params![hash],
        )
        .await?;
    row.map(|row| {
        let grant = row.grant.grant()?;
        let token = Token {
            client: grant.client,
            expires_at: timestamp(row.expires_at),
            ends_at: timestamp(row.ends_at),
            used: row.used_at.is_some(),
            revoked: row.revoked_at.is_some(),
        };
        let (scope, created_at) = (scope::parse(&row.token_scope), timestamp(row.created_at));
        Ok(Found { kind: row.kind, scope, created_at, token, grant })
    })
    .transpose()
}

/// The hashes of a new pair of tokens.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Of the access token.
    pub access: String,
    /// Of the refresh token, for who may have one.
    pub refresh: Option<String>,
}

/// The statements that keep a new pair: the access token for this scope, the refresh token for all of the grant's.
#[must_use]
pub fn insert(grant: &Grant, pair: &Pair, scope: &[Scope], now: Timestamp) -> Vec<Statement> {
    let one = |hash: &str, kind: &'static str, scope: &[Scope], expires_at: Timestamp| {
        stmt(
            "INSERT INTO tokens (hash, grant_id, kind, scope, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![hash, grant.id, kind, scope::written(scope), now, expires_at],
        )
    };
    let mut statements = vec![one(&pair.access, "access", scope, now + ACCESS_LIFETIME)];
    statements.extend(pair.refresh.iter().map(|hash| one(hash, "refresh", &grant.scope, now + REFRESH_LIFETIME)));
    statements
}

/// The statements that use a refresh token up: of parallel calls one wins, the batch of every other fails.
#[must_use]
pub fn rotate(hash: &str, grant: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE tokens SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL
               AND EXISTS (SELECT 1 FROM grants WHERE id = ?3 AND revoked_at IS NULL)",
            params![hash, now, grant],
        ),
        require_one_change(),
    ]
}

/// The statement after which an access token is good no more.
#[must_use]
pub fn end(hash: &str, now: Timestamp) -> Statement {
    stmt("UPDATE tokens SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL", params![hash, now])
}
