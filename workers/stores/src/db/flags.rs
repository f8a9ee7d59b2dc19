//! SQL of feature flags.

use crate::rules::flags::{FlagChange, FlagScope, FlagSetting, Whereabouts};
use kirana_edge::db::{Db, timestamp};
use kirana_edge::{Problem, Result, clock, params};
use kirana_kernel::Id;
use serde::Deserialize;
use std::collections::BTreeMap;
use worker::Env;

/// What was said, by flag.
pub type Settings = BTreeMap<String, Vec<FlagSetting>>;

#[derive(Deserialize)]
struct Row {
    name: String,
    scope: FlagScope,
    subject_id: String,
    percent: u8,
    changed_by: String,
    changed_at: i64,
}

fn settings(rows: Vec<Row>) -> Result<Settings> {
    let mut settings = Settings::new();
    for row in rows {
        let subject_id = match row.scope {
            FlagScope::Chain => None,
            _ => Some(kirana_edge::db::id(&row.subject_id)?),
        };
        settings.entry(row.name).or_default().push(FlagSetting {
            scope: row.scope,
            subject_id,
            percent: row.percent,
            changed_by: kirana_edge::db::id(&row.changed_by)?,
            changed_at: timestamp(row.changed_at),
        });
    }
    Ok(settings)
}

/// What counts at a place: for the chain, its franchisee, its store.
///
/// # Errors
/// 500 when the database refuses.
pub async fn at(env: &Env, place: Whereabouts) -> Result<Settings> {
    let rows = Db::of(env)?
        .all(
            "SELECT name, scope, subject_id, percent, changed_by, changed_at FROM flag_settings
             WHERE subject_id IN ('', ?1, ?2) LIMIT 1000",
            params![place.franchisee, place.store],
        )
        .await?;
    settings(rows)
}

/// Everything that was said, the widest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn all(env: &Env) -> Result<Settings> {
    let rows = Db::of(env)?
        .all(
            "SELECT name, scope, subject_id, percent, changed_by, changed_at FROM flag_settings
             ORDER BY name, scope, subject_id LIMIT 1000",
            params![],
        )
        .await?;
    settings(rows)
}

/// Is there a franchisee, or a store, of this id?
///
/// # Errors
/// 422 `invalid_body` where there is none.
pub async fn require_subject(env: &Env, change: &FlagChange) -> Result<()> {
    let Some(subject) = change.subject_id else { return Ok(()) };
    let sql = match change.scope {
        FlagScope::Store => "SELECT id FROM stores WHERE id = ?1",
        _ => "SELECT id FROM franchisees WHERE id = ?1",
    };
    let found: Option<serde_json::Value> = Db::of(env)?.first(sql, params![subject]).await?;
    let unknown = || Problem::invalid_field("subject_id", format!("there is no {} of this id", change.scope.name()));
    found.map(|_| ()).ok_or_else(unknown)
}

/// Writes what is said of a flag, or takes it back.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set(env: &Env, name: &str, change: &FlagChange, by: Id) -> Result<()> {
    let subject = change.subject_id.map(|id| id.to_string()).unwrap_or_default();
    let db = Db::of(env)?;
    match change.percent {
        Some(percent) => {
            db.run(
                "INSERT INTO flag_settings (name, scope, subject_id, percent, changed_by, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (name, scope, subject_id) DO UPDATE SET percent = excluded.percent, changed_by = excluded.changed_by,
                        changed_at = excluded.changed_at",
                params![name, change.scope.name(), subject, u32::from(percent), by, clock::now()],
            )
            .await?
        }
        None => {
            db.run(
                "DELETE FROM flag_settings WHERE name = ?1 AND scope = ?2 AND subject_id = ?3",
                params![name, change.scope.name(), subject],
            )
            .await?
        }
    };
    Ok(())
}
