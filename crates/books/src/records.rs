//! Our own records of a gateway, as they are held against its report.

use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Money, Timestamp};
use kirana_ledger::reconcile::{OurRecord, RecordKind, Terms};
use serde::Deserialize;
use std::time::Duration;

/// Records of one report at most.
pub const MOST_RECORDS: usize = 20_000;

#[derive(Deserialize)]
struct Row {
    id: String,
    kind: String,
    reference: Option<String>,
    amount: i64,
    currency: String,
    at: i64,
}

/// The captures, refunds and disputes of a gateway in the window of a report and around it, as the books have them, and the payments that those
/// refunds are of. Where a gateway calls the money that was taken otherwise than the order that it was taken for (PayPal's capture, Razorpay's
/// payment), its report names the former.
///
/// # Errors
/// 422 `too_long` for more than fit, 500 when the database refuses.
pub async fn of_gateway(db: &Db, terms: &Terms) -> Result<Vec<OurRecord>> {
    let around = Duration::from_secs(terms.date_tolerance_s.unsigned_abs());
    let rows: Vec<Row> = db
        .all(
            "WITH moved (id, kind, order_id, at, currency, amount) AS (
                SELECT substr(t.id, instr(t.id, '/') + 1), t.kind, t.order_id, t.occurred_at, l.currency, l.amount
                FROM ledger_lines l JOIN ledger_transactions t ON t.id = l.transaction_id
                WHERE l.debit = 'gateway:' || ?1 AND t.kind = 'payment_captured'
                UNION ALL
                SELECT substr(t.id, instr(t.id, '/') + 1), t.kind, t.order_id, t.occurred_at, l.currency, l.amount
                FROM ledger_lines l JOIN ledger_transactions t ON t.id = l.transaction_id
                WHERE l.credit = 'gateway:' || ?1 AND t.kind IN ('payment_refunded', 'dispute_opened')
                UNION ALL
                SELECT substr(t.id, instr(t.id, '/') + 1), t.kind, t.order_id, t.occurred_at, l.currency, l.amount
                FROM ledger_lines l JOIN ledger_transactions t ON t.id = l.transaction_id
                WHERE l.debit = 'gateway:' || ?1 AND t.kind = 'dispute_won'),
             within (id, kind, order_id, at, currency, amount) AS (SELECT * FROM moved WHERE at >= ?2 AND at < ?3)
             SELECT m.id, m.kind, COALESCE(p.transaction_id, p.reference, r.reference, CASE WHEN m.kind LIKE 'dispute%' THEN m.id END) AS reference, m.amount, m.currency, m.at FROM moved m
             LEFT JOIN payments p ON m.kind = 'payment_captured' AND p.id = m.id
             LEFT JOIN refunds r ON m.kind = 'payment_refunded' AND r.id = m.id
             WHERE (m.at >= ?2 AND m.at < ?3)
                OR (m.kind = 'payment_captured' AND m.order_id IN (SELECT order_id FROM within WHERE kind = 'payment_refunded'))
             ORDER BY m.at, m.id LIMIT ?4",
            params![terms.gateway.as_str(), terms.window.from - around, terms.window.until + around, MOST_RECORDS + 1],
        )
        .await?;
    if rows.len() > MOST_RECORDS {
        let detail = format!(
            "there are more than {MOST_RECORDS} payments and refunds in this window: send a report of a shorter one"
        );
        return Err(Problem::unprocessable("too_long", detail));
    }
    let record = |row: Row| {
        let kind = match row.kind.as_str() {
            "payment_captured" => RecordKind::Payment,
            "dispute_opened" => RecordKind::Dispute,
            "dispute_won" => RecordKind::DisputeReversal,
            _ => RecordKind::Refund,
        };
        // A dispute has no name of ours: its key is the gateway's.
        let is_ours = matches!(kind, RecordKind::Payment | RecordKind::Refund);
        Ok(OurRecord {
            order_reference: is_ours.then(|| row.id.clone()),
            id: row.id,
            kind,
            reference: row.reference,
            amount: Money::new(row.amount, row.currency.parse()?),
            at: Timestamp::from_millis(row.at),
            expected_fee: None,
        })
    };
    rows.into_iter().map(record).collect()
}
