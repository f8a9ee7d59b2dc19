//! Statements that post.

use crate::not_postable;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Currency, Id};
use kirana_ledger::{Account, BusinessEvent, Line, Transaction, is_guarded, rules};
use serde::Serialize;

/// When something counts that happened in a period that is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// At the beginning of the open one, with a note: it happened, whatever the books say.
    Late,
    /// Not at all: somebody chose the time, and can choose another.
    Strict,
}

/// A transaction as [`POST`] reads it.
#[derive(Serialize)]
struct Posting<'a> {
    id: &'a str,
    kind: &'a str,
    currency: Currency,
    at: i64,
    order: Option<Id>,
    note: Option<&'a str>,
    strict: bool,
    lines: &'a [Line],
}

const POST: &str = "INSERT INTO ledger_transactions (id, kind, currency, occurred_at, booked_at, order_id, note, lines)
     SELECT v ->> 'id', v ->> 'kind', v ->> 'currency', v ->> 'at',
        CASE WHEN v ->> 'strict' OR v ->> 'at' >= open THEN v ->> 'at' ELSE open END, v ->> 'order',
        CASE WHEN v ->> 'strict' OR v ->> 'at' >= open THEN v ->> 'note'
             ELSE COALESCE(v ->> 'note' || '; ', '') || 'came late: happened on '
                || strftime('%Y-%m-%dT%H:%M:%fZ', (v ->> 'at') / 1000.0, 'unixepoch') || ', in a period that was closed' END,
        v -> 'lines'
     FROM (SELECT value AS v, (SELECT COALESCE(MAX(until), 0) FROM ledger_periods) AS open FROM json_each(?1))
     WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t
        WHERE t.id = v ->> 'id' AND t.currency = v ->> 'currency' AND t.lines = v -> 'lines')";

/// Refuses a payout of more than was there, when the statement before it posted one.
const NOT_OWED: &str =
    "SELECT CASE WHEN changes() = 1 AND EXISTS (SELECT 1 FROM ledger_balances WHERE account = ?1 AND currency = ?2 AND balance > 0)
            THEN json('below zero') ELSE 1 END";

/// Transactions in one statement at most: they are one bound text.
const TOGETHER: usize = 200;

/// The statements that post what an event does, once. What came late counts in the open period.
///
/// # Errors
/// 422 `not_postable` for an event that moves what nothing can.
pub fn post(event: &BusinessEvent) -> Result<Vec<Statement>> {
    post_at(event, Time::Late)
}

/// The same, and what to do with what happened in a closed period.
///
/// # Errors
/// As [`post`].
pub fn post_at(event: &BusinessEvent, time: Time) -> Result<Vec<Statement>> {
    let Some(transaction) = rules::transaction(event).map_err(not_postable)? else { return Ok(Vec::new()) };
    let mut statements = vec![insert(std::slice::from_ref(&transaction), time)?];
    // The chart's own floors are CHECKs; these depend on what is done.
    let floors = transaction.lines.iter().map(|line| &line.debit);
    let floors = floors.filter(|account| account.chart().may_be_negative && is_guarded(&transaction, account));
    statements.extend(floors.map(|account| not_owed(account, transaction.currency)));
    Ok(statements)
}

/// The statements that post many events that nothing guards, such as a report's fees.
///
/// # Errors
/// As [`post`].
pub fn post_all(events: &[BusinessEvent]) -> Result<Vec<Statement>> {
    let transactions: Vec<Transaction> = events
        .iter()
        .filter_map(|event| rules::transaction(event).map_err(not_postable).transpose())
        .collect::<Result<_>>()?;
    transactions.chunks(TOGETHER).map(|some| insert(some, Time::Late)).collect()
}

fn insert(transactions: &[Transaction], time: Time) -> Result<Statement> {
    let strict = time == Time::Strict;
    let posting = |transaction: &'_ Transaction| -> Result<String> {
        let Transaction { id, kind, currency, occurred_at, order, lines, note, .. } = transaction;
        let (currency, order, at, note) = (*currency, *order, occurred_at.millis(), note.as_deref());
        Ok(serde_json::to_string(&Posting { id, kind, currency, at, order, note, strict, lines })?)
    };
    let postings = transactions.iter().map(posting).collect::<Result<Vec<_>>>()?.join(",");
    Ok(stmt(POST, params![format!("[{postings}]")]))
}

fn not_owed(account: &Account, currency: Currency) -> Statement {
    stmt(NOT_OWED, params![account.to_string(), currency])
}

fn says(error: &worker::Error, what: &str) -> bool {
    match error {
        worker::Error::D1(error) => error.cause().contains(what),
        other => other.to_string().contains(what),
    }
}

/// Did the batch fail as it was booked into a closed period?
#[must_use]
pub fn closed(error: &worker::Error) -> bool {
    says(error, "the period is closed")
}

/// Did the batch fail as an account would have fallen below zero?
#[must_use]
pub fn below_zero(error: &worker::Error) -> bool {
    says(error, "malformed JSON") || says(error, "CHECK constraint failed: balance")
}

/// Did the batch fail as the same key was posted with other amounts?
#[must_use]
pub fn broken_key(error: &worker::Error) -> bool {
    says(error, "UNIQUE constraint failed: ledger_transactions.id")
}

/// What to answer somebody whose posting was refused.
#[must_use]
pub fn refused(error: worker::Error) -> Problem {
    if closed(&error) {
        Problem::conflict(
            "period_closed",
            "`at` is in a period that is closed: expected a time after its end, or none for now",
        )
    } else if below_zero(&error) {
        Problem::conflict("not_owed", "that is more than is owed: expected no more than the account holds")
    } else if broken_key(&error) {
        Problem::unprocessable(
            "idempotency_key_reused",
            "this key was used for another amount: expected a new key, or the same amount",
        )
    } else {
        error.into()
    }
}
