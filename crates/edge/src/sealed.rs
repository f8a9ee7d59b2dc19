//! What is sealed at rest ([`kirana_vault`]), and the change of the key it is sealed with.
//!
//! `DATA_KEY` seals. To change it, its value becomes `DATA_KEY_PREVIOUS`, which still opens, and a new one takes its place. While
//! there is a previous key, each worker's cron seals anew what is under the old one ([`renew`]) and logs what is left; when
//! nothing is, the old key goes.

use crate::db::{Db, Statement, stmt};
use crate::{Problem, Result, clock, log, params};
use kirana_vault::{Master, Place, Vault};
use serde::Deserialize;
use worker::Env;

/// The deployment's vault: what is new is sealed under `DATA_KEY`; what `DATA_KEY_PREVIOUS` has sealed, where there is one, is read.
///
/// # Errors
/// 500 when one of them is not 32 bytes in hex.
pub fn vault(env: &Env) -> Result<Vault> {
    let current = key(env, "DATA_KEY")?.ok_or_else(|| Problem::internal("there is no DATA_KEY"))?;
    Ok(Vault::new(current, key(env, "DATA_KEY_PREVIOUS")?))
}

/// A key of the deployment, from a secret of that name, if there is one.
///
/// # Errors
/// 500 when it is not 32 bytes in hex.
pub fn key(env: &Env, name: &'static str) -> Result<Option<Master>> {
    let Ok(text) = env.secret(name) else { return Ok(None) };
    let key = Master::from_hex(&text.to_string());
    key.map(Some).ok_or_else(|| Problem::internal(format!("{name} is not 32 bytes in hex")))
}

/// A column of sealed values, whose place is said by the table, the column and a key of the row; made by [`sealed_column!`].
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// Finds some values that are under another key than `?1`: `key` and `sealed`.
    pub find: &'static str,
    /// Puts `?3` in place of `?2` in the row `?1`.
    pub change: &'static str,
    /// Counts the values that are under another key than `?1`: `left`.
    pub count: &'static str,
}

/// The [`Column`] of a table, a column and the column that names the row, all literals.
#[macro_export]
macro_rules! sealed_column {
    ($table:literal, $column:literal, $key:literal) => {
        $crate::sealed::Column {
            table: $table,
            column: $column,
            find: concat!(
                "SELECT CAST(",
                $key,
                " AS TEXT) AS key, ",
                $column,
                " AS sealed FROM ",
                $table,
                " WHERE ",
                $column,
                " LIKE 'v1.%' AND ",
                $column,
                " NOT LIKE ?1 LIMIT 200"
            ),
            change: concat!("UPDATE ", $table, " SET ", $column, " = ?3 WHERE ", $key, " = ?1 AND ", $column, " = ?2"),
            count: concat!(
                "SELECT COUNT(*) AS left FROM ",
                $table,
                " WHERE ",
                $column,
                " LIKE 'v1.%' AND ",
                $column,
                " NOT LIKE ?1"
            ),
        }
    };
}

/// Seals anew what is under the previous key, while there is one; logs how much is left. A value that somebody changes meanwhile
/// is theirs.
///
/// # Errors
/// 500 when the database refuses, or a value cannot be opened.
pub async fn renew(env: &Env, columns: &[Column]) -> Result<()> {
    if env.secret("DATA_KEY_PREVIOUS").is_err() {
        return Ok(());
    }
    let (db, vault) = (Db::of(env)?, vault(env)?);
    let mut left = 0;
    for column in columns {
        left += renew_column(&db, &vault, *column).await?;
    }
    log::info("values are sealed with the new key", &[("left", &left.to_string())]);
    Ok(())
}

async fn renew_column(db: &Db, vault: &Vault, at: Column) -> Result<u64> {
    #[derive(Deserialize)]
    struct Row {
        key: String,
        sealed: String,
    }
    #[derive(Deserialize)]
    struct Left {
        left: u64,
    }
    let current = format!("v1.{}.%", vault.current_key_id());
    let rows: Vec<Row> = db.all(at.find, params![&current]).await?;
    let mut statements: Vec<Statement> = Vec::new();
    for row in rows {
        let place = Place(at.table, at.column, &row.key);
        let text = vault.open(&row.sealed, place).map_err(Problem::internal)?;
        let sealed = vault.seal(&text, place, clock::random()).map_err(Problem::internal)?;
        statements.push(stmt(at.change, params![row.key, row.sealed, sealed]));
    }
    if !statements.is_empty() {
        db.batch(statements).await?;
    }
    let left: Option<Left> = db.first(at.count, params![&current]).await?;
    Ok(left.map_or(0, |row| row.left))
}
