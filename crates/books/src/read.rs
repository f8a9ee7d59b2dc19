//! What the books say: balances, the trial balance, statements. All of it is computed from lines, but for balances.

use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_ledger::Account;
use kirana_ledger::report::{Period, Statement, StatementLine, TrialBalance, TrialRow};
use serde::Deserialize;

/// Lines of one statement at most.
pub const MOST_LINES: usize = 5_000;

/// Rows of a trial balance at most: a thousand stores have some eight accounts each.
pub const MOST_ACCOUNTS: usize = 20_000;

#[derive(Deserialize)]
struct Sums {
    account: String,
    currency: String,
    debits: i64,
    credits: i64,
}

/// Every account's debits and credits of what was booked before `until`; of a franchisee and its stores, where one is given.
///
/// # Errors
/// 500 when the database refuses.
pub async fn trial_balance(db: &Db, until: Option<Timestamp>, franchisee: Option<Id>) -> Result<TrialBalance> {
    let rows: Vec<Sums> = db
        .all(
            "SELECT account, currency, SUM(debit) AS debits, SUM(credit) AS credits FROM (
                SELECT debit AS account, currency, amount AS debit, 0 AS credit FROM ledger_lines WHERE ?1 IS NULL OR booked_at < ?1
                UNION ALL
                SELECT credit, currency, 0, amount FROM ledger_lines WHERE ?1 IS NULL OR booked_at < ?1)
             WHERE ?2 IS NULL OR substr(account, instr(account, ':') + 1) IN
                (SELECT store_id FROM ledger_stores WHERE franchisee_id = ?2 UNION ALL SELECT ?2)
             GROUP BY account, currency ORDER BY account, currency LIMIT ?3",
            params![until, franchisee, MOST_ACCOUNTS + 1],
        )
        .await?;
    if rows.len() > MOST_ACCOUNTS {
        return Err(Problem::internal("the trial balance has more accounts than it may have"));
    }
    let row = |sums: Sums| {
        let account: Account = sums.account.parse().map_err(Problem::internal)?;
        let account_type = account.account_type();
        let (currency, balance) = (sums.currency.parse()?, sums.debits - sums.credits);
        Ok(TrialRow { account, account_type, currency, debits: sums.debits, credits: sums.credits, balance })
    };
    let mut rows: Vec<TrialRow> = rows.into_iter().map(row).collect::<Result<_>>()?;
    // In the order of the chart.
    rows.sort_by(|one, other| (&one.account, one.currency).cmp(&(&other.account, other.currency)));
    Ok(TrialBalance { rows })
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    kind: String,
    occurred_at: i64,
    booked_at: i64,
    order_id: Option<String>,
    note: Option<String>,
    counter: String,
    amount: i64,
}

/// An account over a period, in one currency.
///
/// # Errors
/// 422 `too_long` for a period with more lines than fit, 500 when the database refuses.
pub async fn statement(db: &Db, account: &Account, currency: Currency, period: &Period) -> Result<Statement> {
    #[derive(Deserialize)]
    struct Sum {
        amount: i64,
    }
    let name = account.to_string();
    let before: Option<Sum> = db
        .first(
            "SELECT COALESCE((SELECT SUM(amount) FROM ledger_lines WHERE debit = ?1 AND currency = ?2 AND booked_at < ?3), 0)
                  - COALESCE((SELECT SUM(amount) FROM ledger_lines WHERE credit = ?1 AND currency = ?2 AND booked_at < ?3), 0) AS amount",
            params![&name, currency, period.from],
        )
        .await?;
    let entries: Vec<Entry> = db
        .all(
            "SELECT t.id, t.kind, t.occurred_at, t.booked_at, t.order_id, t.note, l.counter, l.amount FROM (
                SELECT transaction_id, number, credit AS counter, amount FROM ledger_lines
                WHERE debit = ?1 AND currency = ?2 AND booked_at >= ?3 AND booked_at < ?4
                UNION ALL
                SELECT transaction_id, number, debit, -amount FROM ledger_lines
                WHERE credit = ?1 AND currency = ?2 AND booked_at >= ?3 AND booked_at < ?4) l
             JOIN ledger_transactions t ON t.id = l.transaction_id ORDER BY t.booked_at, t.id, l.number LIMIT ?5",
            params![&name, currency, period.from, period.until, MOST_LINES + 1],
        )
        .await?;
    if entries.len() > MOST_LINES {
        let detail = format!(
            "the account has more than {MOST_LINES} entries from {} until {}: ask for a shorter time",
            period.from, period.until
        );
        return Err(Problem::unprocessable("too_long", detail));
    }
    let opening = Money::new(account.natural(before.map_or(0, |sum| sum.amount)), currency);
    let (mut closing, mut lines) = (opening, Vec::with_capacity(entries.len()));
    for entry in entries {
        let amount = account.natural(entry.amount);
        closing = closing.plus(Money::new(amount, currency))?;
        lines.push(StatementLine {
            booked_at: Timestamp::from_millis(entry.booked_at),
            occurred_at: Timestamp::from_millis(entry.occurred_at),
            transaction: entry.id,
            kind: entry.kind,
            counter: entry.counter.parse().map_err(Problem::internal)?,
            order: entry.order_id.map(|order| kirana_edge::db::id(&order)).transpose()?,
            amount,
            balance: closing.amount,
            note: entry.note,
        });
    }
    Ok(Statement { account: account.clone(), period: period.clone(), opening, lines, closing })
}

/// The currencies that an account ever had.
///
/// # Errors
/// 500 when the database refuses.
pub async fn currencies(db: &Db, account: &Account) -> Result<Vec<Currency>> {
    #[derive(Deserialize)]
    struct Row {
        currency: String,
    }
    let sql = "SELECT currency FROM ledger_balances WHERE account = ?1 ORDER BY currency LIMIT 200";
    let rows: Vec<Row> = db.all(sql, params![account.to_string()]).await?;
    rows.iter().map(|row| Ok(row.currency.parse()?)).collect()
}
