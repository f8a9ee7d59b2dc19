//! Calls to other workers that follow from what devices did: written down with the event that asks for them, made after it, and made again
//! with the same key until somebody has answered. A time-out is not a failure.

use super::session::{Moment, Output};
use super::{Hub, Result};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Whom to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `workers/orders`.
    Orders,
    /// `workers/payments`.
    Payments,
    /// The object of this store.
    Store,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Whom to ask.
    pub target: Target,
    /// Of which device: the call is made as it.
    pub device: Id,
    /// The sale that it is part of, and which step of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<(String, String)>,
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// Where.
    pub path: String,
    /// With what.
    #[serde(default)]
    pub body: Value,
    /// Makes it happen once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A call that is due.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its number.
    pub id: i64,
    /// The call.
    pub call: Call,
    /// Whom it speaks for: the name of its device.
    pub name: String,
    /// The device's store.
    pub store_id: Id,
}

/// A call of which nothing is heard in this time is made again.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Calls that are made at once.
const AT_ONCE: i64 = 20;

impl<S: Sql> Hub<S> {
    /// Writes a call down.
    pub(super) fn ask(&self, call: &Call, at: Timestamp) -> Result<()> {
        Ok(self.sql.run(
            "INSERT INTO work (next_at, body) VALUES (?1, ?2)",
            values![at.millis(), serde_json::to_string(call)?],
        )?)
    }

    /// Calls that are due; each is taken, so that nobody else makes it within the time that it may take.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn work_due(&self, now: Timestamp) -> Result<Vec<Work>> {
        #[derive(Deserialize)]
        struct Row {
            id: i64,
            attempts: u32,
            body: String,
        }
        self.whole(|| {
            let rows: Vec<Row> = self.sql.query(
                "SELECT id, attempts, body FROM work WHERE next_at <= ?1 ORDER BY id LIMIT 20",
                values![now.millis()],
            )?;
            debug_assert!(i64::try_from(rows.len()).unwrap_or(0) <= AT_ONCE);
            let mut due = Vec::new();
            for row in rows {
                let call: Call = serde_json::from_str(&row.body)?;
                let later = now + ANSWER_WITHIN + Duration::from_secs(u64::from(row.attempts.min(30)) * 10);
                self.sql.run(
                    "UPDATE work SET next_at = ?2, attempts = attempts + 1 WHERE id = ?1",
                    values![row.id, later.millis()],
                )?;
                match self.find(call.device)? {
                    Some(device) => due.push(Work { id: row.id, call, name: device.name, store_id: device.store_id }),
                    None => self.sql.run("DELETE FROM work WHERE id = ?1", values![row.id])?,
                }
            }
            Ok(due)
        })
    }

    /// A call was answered: with what, or with the status and the words of a refusal. A status of 500 and above says nothing of
    /// what happened: the call is made again.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn answered(
        &self,
        work: &Work,
        answer: &std::result::Result<Value, (u16, String)>,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        self.whole(|| {
            if let Err((status, words)) = answer
                && (*status >= 500 || *status == 429)
            {
                let soon = moment.now + Duration::from_secs(2);
                self.sql.run(
                    "UPDATE work SET next_at = CASE WHEN attempts < 5 THEN ?2 ELSE next_at END WHERE id = ?1",
                    values![work.id, soon.millis()],
                )?;
                return self
                    .note(
                        work.call.device,
                        moment,
                        "warning",
                        &format!("{} {}: {words}", work.call.method, work.call.path),
                    )
                    .map(|()| Vec::new());
            }
            self.sql.run("DELETE FROM work WHERE id = ?1", values![work.id])?;
            let Some(device) = self.find(work.call.device)? else { return Ok(Vec::new()) };
            match &work.call.sale {
                Some((session, step)) => self.sale_answered(&device, session, step, answer, moment),
                None => {
                    if let Err((_, words)) = answer {
                        self.tell_fault(&device, "not_applied", words, Some(work.call.body.clone()), moment)?;
                    }
                    Ok(Vec::new())
                }
            }
        })
    }
}
