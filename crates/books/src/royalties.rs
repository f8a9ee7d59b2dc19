//! SQL of royalties: what counts, what a store earned, and statements that were posted.

use crate::{post, post_all};
use kirana_edge::db::{Db, Statement, id, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_ledger::report::Period;
use kirana_ledger::royalty::{RoyaltyStatement, Sold};
use kirana_ledger::{BusinessEvent, Name, What};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a franchisee's stores sold before the end of a period and no statement counted yet. The last row that is among it, too.
///
/// # Errors
/// 500 when the database refuses.
pub async fn sold(db: &Db, franchisee: Id, currency: Currency, until: Timestamp) -> Result<(Vec<Sold>, i64)> {
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        category: String,
        tender: String,
        list: i64,
        net: i64,
        last: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT kind, category, tender, SUM(list) AS list, SUM(net) AS net, MAX(id) AS last FROM ledger_sold
             WHERE statement IS NULL AND booked_at < ?2 AND currency = ?3
                AND store_id IN (SELECT store_id FROM ledger_stores WHERE franchisee_id = ?1)
             GROUP BY kind, category, tender ORDER BY kind, category, tender LIMIT 10000",
            params![franchisee, until, currency],
        )
        .await?;
    let last = rows.iter().map(|row| row.last).max().unwrap_or(0);
    let text = |text: String| (!text.is_empty()).then_some(text);
    let one = |row: Row| {
        Ok(Sold {
            kind: serde_json::from_value(row.kind.into())?,
            category: text(row.category),
            tender: text(row.tender),
            list: Money::new(row.list, currency),
            net: Money::new(row.net, currency),
        })
    };
    Ok((rows.into_iter().map(one).collect::<Result<_>>()?, last))
}

/// The kinds of accounts that make a store's result; what was credited to its franchisee is the last.
const RESULT: &str =
    r#"["sales","fees","rounding","dispute-losses","loyalty-cost","cash-differences","franchise-cost"]"#;

/// What each of a franchisee's stores earned before the end of a period and was not credited for yet.
///
/// # Errors
/// 500 when the database refuses.
pub async fn results(db: &Db, franchisee: Id, currency: Currency, until: Timestamp) -> Result<Vec<(Id, Money)>> {
    #[derive(Deserialize)]
    struct Row {
        store_id: String,
        amount: i64,
    }
    // As `store_result` has it: income less costs, without what closing moved; less what was credited. A credit counts whenever it was
    // booked: a statement on closed books is booked in the open period, which may be long after the next one that is drawn.
    let rows: Vec<Row> = db
        .all(
            "WITH accounts (store_id, account) AS (
                SELECT s.store_id, kind.value || ':' || s.store_id FROM ledger_stores s, json_each(?4) kind WHERE s.franchisee_id = ?1)
             SELECT store_id, SUM(amount) AS amount FROM (
                SELECT a.store_id AS store_id, l.amount AS amount FROM accounts a
                JOIN ledger_lines l ON l.credit = a.account AND l.currency = ?3 AND (l.booked_at < ?2 OR a.account LIKE 'franchise-cost:%')
                    AND l.transaction_id NOT LIKE 'period_closed/%'
                UNION ALL
                SELECT a.store_id, -l.amount FROM accounts a
                JOIN ledger_lines l ON l.debit = a.account AND l.currency = ?3 AND (l.booked_at < ?2 OR a.account LIKE 'franchise-cost:%')
                    AND l.transaction_id NOT LIKE 'period_closed/%')
             GROUP BY store_id HAVING SUM(amount) <> 0 ORDER BY store_id LIMIT 2000",
            params![franchisee, until, currency, RESULT],
        )
        .await?;
    rows.into_iter().map(|row| Ok((id(&row.store_id)?, Money::new(row.amount, currency)))).collect()
}

/// A statement that was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PostedRoyalties {
    /// Whose.
    pub franchisee_id: Id,
    /// The period.
    pub period: Period,
    /// How it was computed.
    pub statement: RoyaltyStatement,
    /// What each store earned, that is its franchisee's.
    pub stores: Vec<StoreResult>,
}

/// What a store earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StoreResult {
    /// The store.
    pub store_id: Id,
    /// Sales, fees and rounding less what disputes, points and missing cash cost it.
    pub amount: Money,
}

/// The statement of a period, where it was posted.
///
/// # Errors
/// 500 when the database refuses.
pub async fn posted(db: &Db, franchisee: Id, period: &str) -> Result<Option<PostedRoyalties>> {
    one(db
        .all("SELECT body FROM ledger_royalties WHERE franchisee_id = ?1 AND period = ?2", params![franchisee, period])
        .await?)
}

/// The last statement of a franchisee.
///
/// # Errors
/// 500 when the database refuses.
pub async fn last(db: &Db, franchisee: Id) -> Result<Option<PostedRoyalties>> {
    let sql = "SELECT body FROM ledger_royalties WHERE franchisee_id = ?1 ORDER BY until DESC LIMIT 1";
    one(db.all(sql, params![franchisee]).await?)
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

fn one(rows: Vec<Body>) -> Result<Option<PostedRoyalties>> {
    Ok(rows.first().map(|row| serde_json::from_str(&row.body)).transpose()?)
}

/// The statements that post a royalty statement, once: what its stores earned is the franchisee's, and the royalty is owed. What
/// was counted up to the row `counted` is not counted again. The batch fails where there is one of that period.
///
/// # Errors
/// 422 `not_postable`.
pub fn post_statement(
    royalties: &PostedRoyalties,
    fund: Name,
    counted: i64,
    by: &str,
    now: Timestamp,
) -> Result<Vec<Statement>> {
    let PostedRoyalties { franchisee_id, period, statement, stores } = royalties;
    let franchisee = *franchisee_id;
    let key = format!("{franchisee}/{}", period.name);
    let mut statements = vec![
        stmt(
            "INSERT INTO ledger_royalties (franchisee_id, period, from_at, until, body, posted_at, posted_by)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
             WHERE NOT EXISTS (SELECT 1 FROM ledger_royalties WHERE franchisee_id = ?1 AND (period = ?2 OR until > ?3))",
            params![franchisee, &period.name, period.from, period.until, serde_json::to_string(royalties)?, now, by],
        ),
        require_one_change(),
        stmt(
            "UPDATE ledger_sold SET statement = ?1 WHERE statement IS NULL AND id <= ?2 AND booked_at < ?3 AND currency = ?4
                AND store_id IN (SELECT store_id FROM ledger_stores WHERE franchisee_id = ?5)",
            params![&key, counted, period.until, statement.total.currency, franchisee],
        ),
    ];
    let credited = stores.iter().map(|StoreResult { store_id, amount }| BusinessEvent {
        key: format!("{key}/{store_id}"),
        at: period.until - Duration::from_millis(1),
        order: None,
        what: What::FranchiseeCredited { franchisee, store: *store_id, amount: *amount },
    });
    statements.extend(post_all(&credited.collect::<Vec<_>>())?);
    statements.extend(post(&statement.event(key, period, franchisee, fund))?);
    Ok(statements)
}

/// What is owed to a franchisee; below zero: it owes.
///
/// # Errors
/// 500 when the database refuses.
pub async fn owed(db: &Db, franchisee: Id, currency: Currency) -> Result<Money> {
    #[derive(Deserialize)]
    struct Row {
        balance: i64,
    }
    let sql = "SELECT balance FROM ledger_balances WHERE account = 'franchisee:' || ?1 AND currency = ?2";
    let row: Option<Row> = db.first(sql, params![franchisee, currency]).await?;
    Money::zero(currency).minus(Money::new(row.map_or(0, |row| row.balance), currency)).map_err(Problem::from)
}
