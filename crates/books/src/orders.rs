//! Completed orders: what was deposited for them is earned, or owed to others.

use crate::split::{Parts, parts};
use crate::stores::Place;
use crate::{invoices, not_postable, post};
use kirana_contracts::order::Order;
use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData};
use kirana_kernel::{Currency, Money, OrderStatus, Timestamp};
use kirana_ledger::{Account, BusinessEvent, What, changes, rules};
use serde::Serialize;
use std::collections::BTreeMap;

/// Brings what is posted of an order to what it comes to: all of it the first time, and what it is more or less of later. `?6` has each
/// account with what it should have been credited for this order. Numbers are bound as doubles, so the one in the id is cast.
const BRING: &str = "WITH was (account, amount) AS (
        SELECT account, SUM(amount) FROM (
            SELECT l.credit AS account, l.amount AS amount FROM ledger_lines l JOIN ledger_transactions t ON t.id = l.transaction_id
            WHERE t.order_id = ?1 AND t.kind IN ('order_completed', 'order_credited')
            UNION ALL
            SELECT l.debit, -l.amount FROM ledger_lines l JOIN ledger_transactions t ON t.id = l.transaction_id
            WHERE t.order_id = ?1 AND t.kind IN ('order_completed', 'order_credited'))
        WHERE account <> ?5 GROUP BY account),
     less (account, amount) AS (
        SELECT account, SUM(amount) FROM (
            SELECT key AS account, value AS amount FROM json_each(?6) UNION ALL SELECT account, -amount FROM was)
        GROUP BY account HAVING SUM(amount) <> 0 ORDER BY account),
     open (at) AS (SELECT COALESCE(MAX(until), 0) FROM ledger_periods),
     first (is_so) AS (SELECT NOT EXISTS (SELECT 1 FROM was))
     INSERT INTO ledger_transactions (id, kind, currency, occurred_at, booked_at, order_id, note, lines)
     SELECT CASE WHEN first.is_so THEN 'order_completed/' || ?1 ELSE 'order_credited/' || ?1 || '/' || CAST(?2 AS INTEGER) END,
        CASE WHEN first.is_so THEN 'order_completed' ELSE 'order_credited' END, ?3, ?4, MAX(?4, open.at), ?1,
        CASE WHEN ?4 < open.at THEN 'came late: happened on ' || strftime('%Y-%m-%dT%H:%M:%fZ', ?4 / 1000.0, 'unixepoch')
            || ', in a period that was closed' END,
        (SELECT json_group_array(json_object('debit', CASE WHEN amount > 0 THEN ?5 ELSE account END,
            'credit', CASE WHEN amount > 0 THEN account ELSE ?5 END, 'amount', ABS(amount))) FROM less)
     FROM open, first
     WHERE EXISTS (SELECT 1 FROM less) AND NOT EXISTS (SELECT 1 FROM ledger_orders WHERE order_id = ?1 AND version >= ?2)";

/// The same for what royalties count. `?6` has what was sold in all.
const SELL: &str = "INSERT INTO ledger_sold (order_id, version, store_id, booked_at, kind, category, tender, currency, list, net)
     SELECT ?1, ?2, ?5, MAX(?4, (SELECT COALESCE(MAX(until), 0) FROM ledger_periods)), kind, category, tender, ?3, SUM(list), SUM(net)
     FROM (SELECT value ->> 'kind' AS kind, COALESCE(value ->> 'category', '') AS category, COALESCE(value ->> 'tender', '') AS tender,
                  value -> 'list' ->> 'amount' AS list, value -> 'net' ->> 'amount' AS net FROM json_each(?6)
           UNION ALL SELECT kind, category, tender, -list, -net FROM ledger_sold WHERE order_id = ?1)
     WHERE NOT EXISTS (SELECT 1 FROM ledger_orders WHERE order_id = ?1 AND version >= ?2)
     GROUP BY kind, category, tender HAVING SUM(list) <> 0 OR SUM(net) <> 0";

const REMEMBER: &str = "INSERT INTO ledger_orders (order_id, version, store_id, total, currency) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (order_id) DO UPDATE SET version = excluded.version, total = excluded.total WHERE excluded.version > ledger_orders.version";

/// The order of an event that changes what a completed order comes to. What happens to one that is not completed is not in the books:
/// what was paid for it is a deposit.
#[must_use]
pub fn completed(event: &Event) -> Option<&Order> {
    let (EventData::OrderCompleted(told) | EventData::OrderAmended(told) | EventData::OrderRefunded(told)) =
        &event.data
    else {
        return None;
    };
    completed_at(&told.order).map(|_| &told.order)
}

fn completed_at(order: &Order) -> Option<Timestamp> {
    order.timeline.iter().find(|entry| entry.to == OrderStatus::Completed).map(|entry| entry.at)
}

/// The statements that bring the books to a completed order as an event has it.
///
/// # Errors
/// 422 `not_postable` for an order whose parts do not fit.
pub fn statements(event: &Event, order: &Order, place: &Place) -> Result<Vec<Statement>> {
    let at = match &event.data {
        // A counter that was without a line tells of it later.
        EventData::OrderCompleted(_) => completed_at(order).unwrap_or(event.occurred_at),
        _ => event.occurred_at,
    };
    let Parts { split, sold } = parts(order, place).map_err(not_postable)?;
    let (total, currency) = (split.total, split.total.currency);
    let mut statements = takings(order, at)?;
    let invoice = invoices::issue(order, &split, place, at)?;
    let what = What::OrderCompleted { store: order.store_id, split };
    let event = BusinessEvent { key: order.id.to_string(), at, order: Some(order.id), what };
    let deposits = Account::Deposits(order.store_id);
    let mut credits: BTreeMap<String, i64> = BTreeMap::new();
    if let Some(transaction) = rules::transaction(&event).map_err(not_postable)? {
        let moved =
            changes(&transaction).map_err(not_postable)?.into_iter().filter(|(account, _)| **account != deposits);
        credits.extend(moved.map(|(account, debits)| (account.to_string(), debits.saturating_neg())));
    }
    statements.extend([
        bring(order, currency, at, BRING, &deposits.to_string(), &credits)?,
        bring(order, currency, at, SELL, &order.store_id.to_string(), &sold)?,
        invoice,
        // Last: what comes before looks at the version that was there.
        stmt(REMEMBER, params![order.id, order.version, order.store_id, total.amount, currency]),
    ]);
    Ok(statements)
}

fn bring(
    order: &Order,
    currency: Currency,
    at: Timestamp,
    sql: &'static str,
    owner: &str,
    to: &impl Serialize,
) -> Result<Statement> {
    Ok(stmt(sql, params![order.id, order.version, currency, at, owner, serde_json::to_string(to)?]))
}

/// What the store took itself, while its line was down: cash is in its drawer, all else with whoever runs its terminal.
fn takings(order: &Order, at: Timestamp) -> Result<Vec<Statement>> {
    let Some(tender) = order.payment.tender.as_deref().filter(|_| !order.payment.paid.is_zero()) else {
        return Ok(Vec::new());
    };
    let (store, paid) = (order.store_id, order.payment.paid);
    let what = if tender == "cash" {
        What::CashTaken { store, due: order.totals.total, taken: paid }
    } else {
        let named = tender.parse().or_else(|_| crate::split::slug(tender)).or_else(|_| "terminal".parse());
        let gateway = named.map_err(not_postable)?;
        What::PaymentCaptured { gateway, store, amount: paid, released: Money::zero(paid.currency) }
    };
    post(&BusinessEvent { key: order.id.to_string(), at, order: Some(order.id), what })
}
