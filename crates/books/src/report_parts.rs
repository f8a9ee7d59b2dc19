//! SQL of gateways' reports that come in parts: a day of ten thousand payments is longer than a request may be.

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// Parts of one report at most: with more than these it has more rows than one reconciliation looks at.
pub const MOST_PARTS: u32 = 8;

/// How long a part waits for the others.
const WAITS: Duration = Duration::from_secs(24 * 3600);

#[derive(Deserialize)]
struct Row {
    number: u32,
    csv: String,
}

/// The statements that keep a part. One that comes again takes the place of the first; those that waited too long go.
#[must_use]
pub fn keep(report: &str, number: u32, csv: &str, now: Timestamp) -> Vec<Statement> {
    let kept = stmt(
        "INSERT INTO ledger_report_parts (report, number, csv, came_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (report, number) DO UPDATE SET csv = excluded.csv, came_at = excluded.came_at",
        params![report, number, csv, now],
    );
    vec![stmt("DELETE FROM ledger_report_parts WHERE came_at < ?1", params![now - WAITS]), kept]
}

/// The file that so many parts come to; or the numbers of those that are missing.
///
/// # Errors
/// 500 when the database refuses.
pub async fn whole(db: &Db, report: &str, count: u32) -> Result<Result<String, Vec<u32>>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT number, csv FROM ledger_report_parts WHERE report = ?1 AND number <= ?2 ORDER BY number",
            params![report, count],
        )
        .await?;
    let missing: Vec<u32> = (1..=count).filter(|number| !rows.iter().any(|row| row.number == *number)).collect();
    Ok(if missing.is_empty() { Ok(rows.into_iter().map(|row| row.csv).collect()) } else { Err(missing) })
}

/// The statement that throws a report's parts away: it is read.
#[must_use]
pub fn forget(report: &str) -> Statement {
    stmt("DELETE FROM ledger_report_parts WHERE report = ?1", params![report])
}
