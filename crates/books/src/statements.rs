//! Royalty statements as they are read again: which period has to be closed before one, the list, and what a year came to.

use crate::periods::Closed;
use crate::royalties::PostedRoyalties;
use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_ledger::report::Period;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The figures that are compared from period to period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoyaltyFigures {
    /// Everything that was asked for.
    pub sales: Money,
    /// What of it counts.
    pub base: Money,
    /// The royalty.
    pub royalty: Money,
    /// For the marketing fund.
    pub marketing: Money,
    /// All taxes on both.
    pub taxes: Money,
    /// All that is owed.
    pub total: Money,
}

/// A statement in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoyaltySummary {
    /// The period.
    pub period: Period,
    /// What it came to.
    pub figures: RoyaltyFigures,
    /// When it was posted.
    pub posted_at: Timestamp,
}

/// What the statements of a year came to, up to one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearToDate {
    /// The year in which the middle of the period is: a month of any time zone is in its own year.
    #[schema(example = "2026")]
    pub year: String,
    /// How many statements.
    pub statements: i64,
    /// Their sums, in the currency of the statement.
    pub figures: RoyaltyFigures,
}

/// A statement with all its lines, and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoyaltyDetail {
    /// How it was computed, and what each store earned.
    pub posted: PostedRoyalties,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// The statement before it; none for the first.
    pub previous: Option<RoyaltySummary>,
    /// The year up to and with it.
    pub year_to_date: YearToDate,
}

/// What of the ledger has to be closed before a statement is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CloseFirst {
    /// The period's name; none for what lies before the one that was asked for, which the chain has not named yet.
    pub name: Option<String>,
    /// Its first moment: the end of what is closed.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// What must be closed before a statement of `period` is drawn; none where all of it is.
#[must_use]
pub fn to_close(last: Option<&Closed>, period: &Period) -> Option<CloseFirst> {
    let closed = last.map_or(period.from, |last| Timestamp::from_millis(last.until));
    if closed >= period.until {
        return None;
    }
    if closed < period.from {
        return Some(CloseFirst { name: None, from: closed, until: period.from });
    }
    Some(CloseFirst { name: Some(period.name.clone()), from: closed, until: period.until })
}

/// The answer to who asks for a statement too early: what has to be closed first, in words and as `close_first`.
///
/// # Errors
/// Always: it is the problem, or 500 when it cannot be written.
pub fn not_closed(first: &CloseFirst, asked: &Period) -> Result<()> {
    let CloseFirst { name, from, until } = first;
    let how = match name {
        Some(name) => format!("close the ledger's period {name}, from {from} until {until}, first"),
        None => format!("close the ledger from {from} until {until} first, then {}", asked.name),
    };
    let problem = Problem::conflict("period_not_closed", format!("a statement is drawn on closed books: {how}"));
    Err(problem.with("close_first", serde_json::to_value(first)?))
}

#[derive(Deserialize)]
struct Figures {
    currency: Currency,
    sales: i64,
    base: i64,
    royalty: i64,
    marketing: i64,
    total: i64,
}

impl Figures {
    fn told(&self) -> RoyaltyFigures {
        let money = |amount| Money::new(amount, self.currency);
        RoyaltyFigures {
            sales: money(self.sales),
            base: money(self.base),
            royalty: money(self.royalty),
            marketing: money(self.marketing),
            // A statement adds up: what is neither royalty nor marketing fee is tax.
            taxes: money(self.total.saturating_sub(self.royalty).saturating_sub(self.marketing)),
            total: money(self.total),
        }
    }
}

#[derive(Deserialize)]
struct Row {
    period: String,
    from_at: i64,
    until: i64,
    posted_at: i64,
    #[serde(flatten)]
    figures: Figures,
}

impl Row {
    fn told(self) -> RoyaltySummary {
        let (from, until) = (Timestamp::from_millis(self.from_at), Timestamp::from_millis(self.until));
        RoyaltySummary {
            period: Period { name: self.period, from, until },
            figures: self.figures.told(),
            posted_at: Timestamp::from_millis(self.posted_at),
        }
    }
}

/// A franchisee's statements, the newest first, those that began before a moment.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, franchisee: Id, before: Option<i64>, limit: usize) -> Result<Vec<RoyaltySummary>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT period, from_at, until, posted_at, body ->> '$.statement.total.currency' AS currency,
                body ->> '$.statement.sales.amount' AS sales, body ->> '$.statement.base.amount' AS base,
                body ->> '$.statement.royalty.amount' AS royalty, body ->> '$.statement.marketing.amount' AS marketing,
                body ->> '$.statement.total.amount' AS total
             FROM ledger_royalties WHERE franchisee_id = ?1 AND (?2 IS NULL OR from_at < ?2) ORDER BY from_at DESC LIMIT ?3",
            params![franchisee, before, limit],
        )
        .await?;
    Ok(rows.into_iter().map(Row::told).collect())
}

/// A statement by the name of its period, with the one before it and its year.
///
/// # Errors
/// 500 when the database refuses.
pub async fn detail(db: &Db, franchisee: Id, period: &str) -> Result<Option<RoyaltyDetail>> {
    #[derive(Deserialize)]
    struct Found {
        body: String,
        from_at: i64,
        posted_at: i64,
    }
    let sql = "SELECT body, from_at, posted_at FROM ledger_royalties WHERE franchisee_id = ?1 AND period = ?2";
    let found: Option<Found> = db.first(sql, params![franchisee, period]).await?;
    let Some(Found { body, from_at, posted_at }) = found else { return Ok(None) };
    let posted: PostedRoyalties = serde_json::from_str(&body)?;
    let previous = list(db, franchisee, Some(from_at), 1).await?.into_iter().next();
    let year_to_date = year_to_date(db, &posted, from_at).await?;
    Ok(Some(RoyaltyDetail { posted, posted_at: Timestamp::from_millis(posted_at), previous, year_to_date }))
}

async fn year_to_date(db: &Db, posted: &PostedRoyalties, from_at: i64) -> Result<YearToDate> {
    #[derive(Deserialize)]
    struct Sums {
        year: String,
        statements: i64,
        #[serde(flatten)]
        figures: Figures,
    }
    let currency = posted.statement.total.currency;
    let sums: Option<Sums> = db
        .first(
            "SELECT strftime('%Y', (?3 + ?4) / 2000, 'unixepoch') AS year, COUNT(*) AS statements, ?2 AS currency,
                COALESCE(SUM(body ->> '$.statement.sales.amount'), 0) AS sales, COALESCE(SUM(body ->> '$.statement.base.amount'), 0) AS base,
                COALESCE(SUM(body ->> '$.statement.royalty.amount'), 0) AS royalty,
                COALESCE(SUM(body ->> '$.statement.marketing.amount'), 0) AS marketing,
                COALESCE(SUM(body ->> '$.statement.total.amount'), 0) AS total
             FROM ledger_royalties WHERE franchisee_id = ?1 AND from_at <= ?3 AND body ->> '$.statement.total.currency' = ?2
                AND strftime('%Y', (from_at + until) / 2000, 'unixepoch') = strftime('%Y', (?3 + ?4) / 2000, 'unixepoch')",
            params![posted.franchisee_id, currency, from_at, posted.period.until],
        )
        .await?;
    let sums = sums.ok_or_else(|| Problem::internal("a sum without a row"))?;
    Ok(YearToDate { year: sums.year, statements: sums.statements, figures: sums.figures.told() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(name: &str, from: i64, until: i64) -> Period {
        Period { name: name.into(), from: Timestamp::from_millis(from), until: Timestamp::from_millis(until) }
    }

    fn closed(from_at: i64, until: i64) -> Closed {
        Closed { name: "before".into(), from_at, until }
    }

    #[test]
    fn a_statement_waits_until_its_whole_period_is_closed() {
        let asked = period("2025-02", 200, 300);
        let first = |name: Option<&str>, from, until| {
            let [from, until] = [from, until].map(Timestamp::from_millis);
            Some(CloseFirst { name: name.map(Into::into), from, until })
        };
        assert_eq!(to_close(None, &asked), first(Some("2025-02"), 200, 300), "nothing is closed");
        assert_eq!(to_close(Some(&closed(0, 100)), &asked), first(None, 100, 200), "a gap");
        assert_eq!(to_close(Some(&closed(100, 200)), &asked), first(Some("2025-02"), 200, 300), "the next one");
        assert_eq!(to_close(Some(&closed(100, 250)), &asked), first(Some("2025-02"), 250, 300), "a half");
        for until in [300, 400] {
            assert_eq!(to_close(Some(&closed(200, until)), &asked), None, "until {until}");
        }
    }

    #[test]
    fn the_answer_says_what_to_close() {
        let asked = period("2025-02", 200, 300);
        let problem = |last: &Closed| not_closed(&to_close(Some(last), &asked).unwrap(), &asked).unwrap_err();
        let next = problem(&closed(100, 200));
        assert_eq!((next.status, next.code.as_str()), (409, "period_not_closed"));
        assert!(next.detail.contains("close the ledger's period 2025-02"), "{}", next.detail);
        assert_eq!(next.extensions["close_first"]["name"], "2025-02");
        let gap = problem(&closed(0, 100));
        assert!(gap.detail.contains("first, then 2025-02"), "{}", gap.detail);
        assert_eq!(gap.extensions["close_first"]["name"], serde_json::Value::Null);
    }

    #[test]
    fn what_is_neither_royalty_nor_marketing_is_tax() {
        let thb: Currency = "THB".parse().unwrap();
        let figures = Figures { currency: thb, sales: 600, base: 500, royalty: 30, marketing: 10, total: 43 }.told();
        assert_eq!(figures.taxes, Money::new(3, thb));
    }
}
