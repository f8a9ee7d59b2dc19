//! Cash that riders hold: what they collected at doors and have not handed over.

use kirana_edge::db::Db;
use kirana_edge::{Result, params};
use kirana_kernel::{Currency, Id, Money, Timestamp};
use serde::Deserialize;

/// What a rider holds, in one currency.
///
/// # Errors
/// 500 when the database refuses.
pub async fn holds(db: &Db, rider: Id, currency: Currency) -> Result<Money> {
    #[derive(Deserialize)]
    struct Row {
        balance: i64,
    }
    let sql = "SELECT balance FROM ledger_balances WHERE account = 'rider-cash:' || ?1 AND currency = ?2";
    let row: Option<Row> = db.first(sql, params![rider, currency]).await?;
    Ok(Money::new(row.map_or(0, |row| row.balance), currency))
}

/// A hand-over that was posted: what was owed of it, and when.
///
/// # Errors
/// 500 when the database refuses.
pub async fn settled(db: &Db, key: &str, rider: Id) -> Result<Option<(i64, Timestamp)>> {
    #[derive(Deserialize)]
    struct Row {
        owed: i64,
        occurred_at: i64,
    }
    let row: Option<Row> = db
        .first(
            "SELECT SUM(l.amount) AS owed, t.occurred_at AS occurred_at FROM ledger_transactions t
             JOIN ledger_lines l ON l.transaction_id = t.id AND l.credit = 'rider-cash:' || ?2
             WHERE t.id = 'rider_settled/' || ?1 GROUP BY t.id",
            params![key, rider],
        )
        .await?;
    Ok(row.map(|row| (row.owed, Timestamp::from_millis(row.occurred_at))))
}
