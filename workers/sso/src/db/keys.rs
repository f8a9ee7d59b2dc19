//! SQL of signing keys.

use crate::rules::jwt::EcJwk;
use crate::rules::keys::Turn;
use kirana_edge::db::{Db, Statement, stmt, timestamp};
use kirana_edge::{Problem, Result, params};
use serde::Deserialize;

/// Keys that are there at a time, at most: two by rotation, more if somebody rotates by hand again and again.
const MOST: usize = 20;

/// A key as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// When it signs.
    pub turn: Turn,
    /// Its secret half, sealed.
    pub sealed: String,
    /// Its public half.
    pub jwk: EcJwk,
}

/// The keys, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn all(db: &Db) -> Result<Vec<Kept>> {
    #[derive(Deserialize)]
    struct Row {
        generation: u32,
        sealed: String,
        jwk: String,
        signs_from: i64,
    }
    let sql = "SELECT generation, sealed, jwk, signs_from FROM signing_keys ORDER BY generation DESC LIMIT ?1";
    let rows: Vec<Row> = db.all(sql, params![MOST]).await?;
    rows.into_iter()
        .map(|row| {
            let turn = Turn { generation: row.generation, signs_from: timestamp(row.signs_from) };
            Ok::<_, Problem>(Kept { turn, sealed: row.sealed, jwk: serde_json::from_str(&row.jwk)? })
        })
        .collect()
}

/// The statement that keeps a key; it fails when somebody else made one of the same generation.
///
/// # Errors
/// 500 when the public half cannot be written as JSON.
pub fn insert(kept: &Kept) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO signing_keys (generation, sealed, jwk, signs_from) VALUES (?1, ?2, ?3, ?4)",
        params![kept.turn.generation, &kept.sealed, serde_json::to_string(&kept.jwk)?, kept.turn.signs_from],
    ))
}

/// The statement that throws a key away.
#[must_use]
pub fn delete(generation: u32) -> Statement {
    stmt("DELETE FROM signing_keys WHERE generation = ?1", params![generation])
}
