//! Idempotency keys: what a key was answered with, it is answered with again.

use crate::command::Context;
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result};
use kirana_contracts::store_state::Idempotency;
use kirana_sql::{Sql, values};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a key gives the same answer.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// The answer that a key was given, if it was.
///
/// # Errors
/// [`Refusal::KeyReused`] when the body was another.
pub fn answer_of<T: DeserializeOwned>(sql: &impl Sql, scope: &str, key: &str, fingerprint: &str) -> Result<Option<T>> {
    #[derive(Deserialize)]
    struct Row {
        fingerprint: String,
        answer: String,
    }
    if sabotage::on(Guard::Idempotency) {
        return Ok(None);
    }
    let row: Option<Row> =
        sql.first("SELECT fingerprint, answer FROM idempotency WHERE scope = ?1 AND key = ?2", values![scope, key])?;
    match row {
        None => Ok(None),
        Some(row) if row.fingerprint != fingerprint => Err(Refusal::KeyReused),
        Some(row) => Ok(Some(serde_json::from_str(&row.answer)?)),
    }
}

/// Keeps the answer to a key for a week.
pub fn remember<S: Sql>(
    context: &Context<'_, S>,
    key: &Idempotency,
    subject: &str,
    answer: &impl Serialize,
) -> Result<()> {
    remember_for(context, key, subject, answer, LIFETIME)
}

/// Keeps the answer to a key for as long as told.
pub fn remember_for<S: Sql>(
    context: &Context<'_, S>,
    key: &Idempotency,
    subject: &str,
    answer: &impl Serialize,
    lifetime: Duration,
) -> Result<()> {
    Ok(context.sql.run(
        "INSERT OR REPLACE INTO idempotency (scope, key, fingerprint, order_id, answer, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            key.scope.as_str(),
            key.key.as_str(),
            key.fingerprint.as_str(),
            subject,
            serde_json::to_string(answer)?,
            (context.now() + lifetime).millis()
        ],
    )?)
}

/// Does the work once for a key; later calls get the first answer. Without a key the work is done each time.
pub fn once<S: Sql, T: Serialize + DeserializeOwned>(
    context: &mut Context<'_, S>,
    key: Option<&Idempotency>,
    work: impl FnOnce(&mut Context<'_, S>) -> Result<T>,
) -> Result<T> {
    let Some(key) = key else { return work(context) };
    if let Some(answer) = answer_of(context.sql, &key.scope, &key.key, &key.fingerprint)? {
        return Ok(answer);
    }
    let answer = work(context)?;
    remember(context, key, "", &answer)?;
    Ok(answer)
}
