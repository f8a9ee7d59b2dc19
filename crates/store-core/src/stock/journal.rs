//! The journal: every movement of stock with its reason and actor, append-only; stock can be computed anew from it.

use super::batches::{moves_of, rows_of};
use crate::Result;
use crate::command::Context;
use kirana_contracts::stock::{JournalEntry, JournalProof, Move, MoveKind};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The name of a kind in the journal.
pub const fn kind_name(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Receive => "receive",
        MoveKind::Adjust => "adjust",
        MoveKind::Count => "count",
        MoveKind::Spoil => "spoil",
        MoveKind::Expire => "expire",
        MoveKind::TransferOut => "transfer_out",
        MoveKind::TransferIn => "transfer_in",
        MoveKind::Sale => "sale",
        MoveKind::Return => "return",
        MoveKind::Rfid => "rfid",
    }
}

/// Writes an entry; answers its number.
pub fn write<S: Sql>(
    context: &Context<'_, S>,
    kind: MoveKind,
    actor: &str,
    reference: Option<&str>,
    reason: Option<&str>,
    moves: &[Move],
) -> Result<i64> {
    let id = context.memory.count("journal", || last(context.sql, "SELECT MAX(id) AS id FROM journal"))?;
    context.sql.run(
        "INSERT INTO journal (id, at, kind, actor, reference, reason, moves) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![
            id,
            context.now().millis(),
            kind_name(kind),
            actor,
            reference.map(str::to_owned),
            reason.map(str::to_owned),
            rows_of(moves)?
        ],
    )?;
    Ok(id)
}

/// The newest id of a table, by a query for it; 0 where there is none.
pub fn last(sql: &impl Sql, newest: &str) -> Result<i64> {
    #[derive(Deserialize)]
    struct Row {
        id: Option<i64>,
    }
    let row: Option<Row> = sql.first(newest, values![])?;
    Ok(row.and_then(|row| row.id).unwrap_or(0))
}

#[derive(Deserialize)]
struct Row {
    id: i64,
    at: i64,
    kind: MoveKind,
    actor: String,
    reference: Option<String>,
    reason: Option<String>,
    moves: String,
}

impl Row {
    fn into_entry(self) -> Result<JournalEntry> {
        Ok(JournalEntry {
            id: self.id,
            at: Timestamp::from_millis(self.at),
            kind: self.kind,
            actor: self.actor,
            reference: self.reference,
            reason: self.reason,
            moves: moves_of(&self.moves)?,
        })
    }
}

/// Entries after a number, oldest first, at most `limit`.
pub fn list(sql: &impl Sql, after: i64, limit: i64) -> Result<Vec<JournalEntry>> {
    let rows: Vec<Row> = sql.query(
        "SELECT id, at, kind, actor, reference, reason, moves FROM journal WHERE id > ?1 ORDER BY id LIMIT ?2",
        values![after, limit.clamp(1, 500)],
    )?;
    rows.into_iter().map(Row::into_entry).collect()
}

/// Entries before a number, newest first, at most `limit`; from the newest where no number is given. Only these are read, however long
/// the journal is.
pub fn newest(sql: &impl Sql, before: Option<i64>, limit: i64) -> Result<Vec<JournalEntry>> {
    let rows: Vec<Row> = sql.query(NEWEST, values![before, limit.clamp(1, 500)])?;
    rows.into_iter().map(Row::into_entry).collect()
}

// A number beyond all entries instead of `OR ?1 IS NULL`, which would read from the newest down to where the page begins.
const NEWEST: &str = "SELECT id, at, kind, actor, reference, reason, moves FROM journal
     WHERE id < COALESCE(?1, 9007199254740991) ORDER BY id DESC LIMIT ?2";

/// Computes every batch anew from the journal and compares.
pub fn prove(sql: &impl Sql) -> Result<JournalProof> {
    #[derive(Deserialize)]
    struct Batch {
        id: i64,
        sku: String,
        on_hand: i64,
        value: i64,
    }
    let mut computed: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let (mut entries, mut last, mut differences) = (0, 0, Vec::new());
    loop {
        let page = list(sql, last, 500)?;
        let Some(newest) = page.last() else { break };
        for entry in &page {
            entries += 1;
            if entry.id != entries {
                differences.push(format!("entry {} is the {entries}. of the journal", entry.id));
            }
            for part in &entry.moves {
                let sum = computed.entry(part.batch).or_default();
                sum.0 += part.quantity;
                sum.1 += part.value;
            }
        }
        last = newest.id;
    }
    let batches: Vec<Batch> = sql.query("SELECT id, sku, on_hand, value FROM batches ORDER BY id", values![])?;
    for batch in &batches {
        let (on_hand, value) = computed.remove(&batch.id).unwrap_or_default();
        if (on_hand, value) != (batch.on_hand, batch.value) {
            differences.push(format!(
                "batch {} of {}: the journal says {on_hand} worth {value}, the books {} worth {}",
                batch.id, batch.sku, batch.on_hand, batch.value
            ));
        }
    }
    differences.extend(computed.keys().map(|batch| format!("the journal moves batch {batch}, which is not there")));
    Ok(JournalProof { entries, batches: i64::try_from(batches.len()).unwrap_or(i64::MAX), differences })
}
