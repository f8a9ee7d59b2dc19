//! SQL of the audit log. An entry's hash needs the one before: it is read, and the batch that writes the change fails when
//! somebody else wrote meanwhile; then all is done once more.

use crate::db::record::Record;
use crate::rules::audit::{BEGINNING, Entry, hash};
use kirana_edge::db::{Db, Statement, constraint, stmt};
use kirana_edge::{Principal, Problem, RequestId, Result, clock, params};
use kirana_kernel::{Id, Timestamp};
use serde::Serialize;

/// How often a change is tried while others write entries.
const ATTEMPTS: usize = 20;

/// What is to be written down.
pub struct Note<'a> {
    /// Who.
    pub actor: (Id, &'static str),
    /// What they do.
    pub action: &'a str,
    /// To what.
    pub object: String,
    /// Why.
    pub reason: Option<&'a str>,
    /// How it stood.
    pub before: Option<String>,
    /// How it will stand.
    pub after: Option<String>,
    /// The request.
    pub request_id: &'a RequestId,
}

impl<'a> Note<'a> {
    /// A note of what somebody does.
    #[must_use]
    pub fn new(actor: &Principal, action: &'a str, object: impl ToString, request_id: &'a RequestId) -> Self {
        Self::by((actor.id, actor.acting_role().name()), action, object, request_id)
    }

    /// A note of what somebody does whom another worker names.
    #[must_use]
    pub fn by(actor: (Id, &'static str), action: &'a str, object: impl ToString, request_id: &'a RequestId) -> Self {
        Self { actor, action, object: object.to_string(), reason: None, before: None, after: None, request_id }
    }

    /// The same, with why.
    #[must_use]
    pub fn because(self, reason: Option<&'a str>) -> Self {
        Self { reason, ..self }
    }

    /// The same, with how it stood and how it will.
    ///
    /// # Errors
    /// 500 when these cannot be written as JSON.
    pub fn from_to<A: Serialize, B: Serialize>(self, before: Option<&A>, after: Option<&B>) -> Result<Self> {
        let before = before.map(serde_json::to_string).transpose()?;
        let after = after.map(serde_json::to_string).transpose()?;
        Ok(Self { before, after, ..self })
    }
}

/// Runs the batch of a change with the entry that says so.
///
/// # Errors
/// The database's own, as [`Db::batch`].
pub async fn run(db: &Db, statements: &[Statement], note: &Note<'_>) -> Result<(), worker::Error> {
    let mut tried = 0;
    loop {
        tried += 1;
        let (seq, previous) = head(db).await.map_err(|problem| worker::Error::RustError(problem.to_string()))?;
        let entry = Entry {
            seq: seq + 1,
            at: clock::now(),
            actor_id: note.actor.0,
            actor: note.actor.1.into(),
            action: note.action.into(),
            object: note.object.clone(),
            reason: note.reason.map(str::to_owned),
            before: note.before.clone(),
            after: note.after.clone(),
            request_id: note.request_id.0.clone(),
        };
        let hash = hash(&previous, &entry);
        let mut all = statements.to_vec();
        all.push(stmt(
            "INSERT INTO audit_log (seq, at, actor_id, actor, action, object, reason, before, after, request_id, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                entry.seq,
                entry.at,
                entry.actor_id,
                entry.actor,
                entry.action,
                entry.object,
                entry.reason,
                entry.before,
                entry.after,
                entry.request_id,
                hash
            ],
        ));
        match db.batch(all).await {
            Err(error) if tried < ATTEMPTS && constraint(&error, "audit_log.seq") => {}
            other => return other.map(|_| ()),
        }
    }
}

/// The number and the hash of the last entry.
///
/// # Errors
/// 500 when the database refuses.
pub async fn head(db: &Db) -> Result<(u64, String)> {
    let row: Option<Record> = db.first("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1", params![]).await?;
    let head = row.map(|row| Ok::<_, Problem>((row.sequence("seq")?, row.text("hash")?)));
    Ok(head.transpose()?.unwrap_or((0, BEGINNING.to_owned())))
}

impl TryFrom<Record> for (Entry, String) {
    type Error = Problem;

    fn try_from(row: Record) -> Result<Self> {
        let entry = Entry {
            seq: row.sequence("seq")?,
            at: row.time("at")?,
            actor_id: row.id("actor_id")?,
            actor: row.text("actor")?,
            action: row.text("action")?,
            object: row.text("object")?,
            reason: row.maybe("reason", Record::text)?,
            before: row.maybe("before", Record::text)?,
            after: row.maybe("after", Record::text)?,
            request_id: row.text("request_id")?,
        };
        Ok((entry, row.text("hash")?))
    }
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// By whom.
    pub actor: Option<Id>,
    /// To what.
    pub object: Option<String>,
    /// What was done: the beginning of its name.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Words in the reason, or in what was before or after.
    pub q: Option<String>,
    /// Older than this entry.
    pub before: Option<u64>,
}

/// The entries that a search finds, the newest first, with their hashes.
///
/// # Errors
/// 500 when the database refuses.
pub async fn search(db: &Db, search: &Search, limit: usize) -> Result<Vec<(Entry, String)>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT seq, at, actor_id, actor, action, object, reason, before, after, request_id, hash FROM audit_log
             WHERE (?1 IS NULL OR actor_id = ?1) AND (?2 IS NULL OR object = ?2) AND (?3 IS NULL OR instr(action, ?3) = 1)
               AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR at < ?5)
               AND (?6 IS NULL OR instr(lower(COALESCE(reason, '') || COALESCE(before, '') || COALESCE(after, '')), lower(?6)) > 0)
               AND (?7 IS NULL OR seq < ?7)
             ORDER BY seq DESC LIMIT ?8",
            params![
                search.actor,
                search.object.clone(),
                search.action.clone(),
                search.from,
                search.to,
                search.q.clone(),
                search.before,
                limit + 1
            ],
        )
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Entries after a number, in order, with their hashes.
///
/// # Errors
/// 500 when the database refuses.
pub async fn after(db: &Db, seq: u64, limit: usize) -> Result<Vec<(Entry, String)>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT seq, at, actor_id, actor, action, object, reason, before, after, request_id, hash FROM audit_log
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            params![seq, limit],
        )
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
