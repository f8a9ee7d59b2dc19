//! Closing periods: income and expenses go to equity, and nothing is booked before the end any more.

use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::Timestamp;
use kirana_ledger::Name;
use kirana_ledger::account::CHART;
use kirana_ledger::report::Period;
use serde::Deserialize;

/// One transaction for each currency, over all that was booked before the end and not closed yet. In SQL, so that nothing can be
/// posted between looking and closing.
const CLOSE: &str = "INSERT INTO ledger_transactions (id, kind, currency, occurred_at, booked_at, order_id, note, lines)
     SELECT 'period_closed/' || ?3 || '/' || ?1 || '/' || currency, 'period_closed', currency, ?2 - 1, ?2 - 1, NULL, NULL,
        json_group_array(json_object('debit', CASE WHEN balance > 0 THEN 'retained-earnings:' || ?3 ELSE account END,
            'credit', CASE WHEN balance > 0 THEN account ELSE 'retained-earnings:' || ?3 END, 'amount', ABS(balance)))
     FROM (SELECT account, currency, SUM(amount) AS balance FROM (
               SELECT debit AS account, currency, amount FROM ledger_lines WHERE booked_at < ?2
               UNION ALL SELECT credit, currency, -amount FROM ledger_lines WHERE booked_at < ?2)
           WHERE substr(account, 1, instr(account, ':') - 1) IN (SELECT value FROM json_each(?4))
           GROUP BY account, currency HAVING SUM(amount) <> 0 ORDER BY account)
     GROUP BY currency";

/// A period that was closed.
#[derive(Debug, Deserialize)]
pub struct Closed {
    /// Its name.
    pub name: String,
    /// Its first moment, milliseconds since 1970.
    pub from_at: i64,
    /// The first moment after it.
    pub until: i64,
}

/// The last period that was closed; everything before its end is.
///
/// # Errors
/// 500 when the database refuses.
pub async fn last(db: &Db) -> Result<Option<Closed>> {
    db.first("SELECT name, from_at, until FROM ledger_periods ORDER BY until DESC LIMIT 1", params![]).await
}

/// A closed period by its name.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_name(db: &Db, name: &Name) -> Result<Option<Closed>> {
    db.first("SELECT name, from_at, until FROM ledger_periods WHERE name = ?1", params![name.as_str()]).await
}

/// The statements that close a period. The batch fails where another was closed meanwhile.
///
/// # Errors
/// 500 when the chart cannot be written.
pub fn close(period: &Period, entity: &Name, by: &str, now: Timestamp) -> Result<Vec<Statement>> {
    let temporary: Vec<&str> =
        CHART.iter().filter(|chart| chart.account_type.is_temporary()).map(|chart| chart.name).collect();
    Ok(vec![
        stmt(CLOSE, params![&period.name, period.until, entity.as_str(), serde_json::to_string(&temporary)?]),
        stmt(
            "INSERT INTO ledger_periods (name, from_at, until, closed_at, closed_by)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM ledger_periods WHERE until > ?2)
                AND (NOT EXISTS (SELECT 1 FROM ledger_periods) OR EXISTS (SELECT 1 FROM ledger_periods WHERE until = ?2))",
            params![&period.name, period.from, period.until, now, by],
        ),
        require_one_change(),
    ])
}
