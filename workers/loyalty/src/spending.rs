//! Points as a tender: payments takes them and gives them back. Each in one batch that checks what it moves, so that no two spend the last.

use crate::SOURCE;
use crate::events::{entry, sum_up};
use crate::rules::{Worth, restored};
use axum::extract::State;
use kirana_contracts::points::{RestorePoints, Restored, SpendPoints, Spent};
use kirana_edge::db::{Db, require_one_change, required_change_missing, stmt};
use kirana_edge::{Caller, Json, Problem, RequestId, Result, clock, outbox, params};
use kirana_events::{EventData, PointsEvent};
use kirana_kernel::{Id, Money};
use serde::Deserialize;
use worker::Env;

/// How often somebody else may write in between.
const TRIES: u32 = 8;

#[derive(Deserialize)]
struct Spend {
    customer_id: String,
    amount: i64,
    currency: String,
    points: i64,
    restored_amount: i64,
    restored_points: i64,
}

async fn spend_of(db: &Db, payment: Id) -> Result<Option<Spend>> {
    db.first("SELECT * FROM spends WHERE payment_id = ?1", params![payment]).await
}

/// Takes points for a payment, once: the same payment again is answered the same.
///
/// # Errors
/// 403 for all but workers, 409 `insufficient_points` when there are fewer, 422 for an amount of nothing.
#[worker::send]
pub async fn spend(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(ask): Json<SpendPoints>,
) -> Result<Json<Spent>> {
    caller.require_service()?;
    let (db, now, points) = (Db::of(&env)?, clock::now(), Worth::of(&env)?.price(ask.amount));
    if points == 0 {
        return Err(Problem::invalid_field("amount", "expected more than nothing"));
    }
    if let Some(known) = spend_of(&db, ask.payment_id).await? {
        return Ok(Json(Spent { points: known.points }));
    }
    let redeemed =
        PointsEvent { customer_id: ask.customer_id, order_id: Some(ask.order_id), points, value: Some(ask.amount) };
    let subject = ask.customer_id.to_string();
    let mut statements = vec![
        stmt(
            "INSERT INTO spends (payment_id, customer_id, order_id, amount, currency, points, at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM accounts WHERE customer_id = ?2 AND points >= ?6",
            params![ask.payment_id, ask.customer_id, ask.order_id, ask.amount.amount, ask.amount.currency, points, now],
        ),
        require_one_change(),
    ];
    statements.extend(entry(&format!("spent {}", ask.payment_id), ask.customer_id, -points, now));
    statements.push(outbox::append(
        SOURCE.name,
        &request_id,
        subject,
        Some(ask.store_id),
        EventData::PointsRedeemed(redeemed),
    )?);
    match db.batch(statements).await {
        Ok(_) => Ok(Json(Spent { points })),
        // The same payment may have come at the same moment.
        Err(error) => match spend_of(&db, ask.payment_id).await? {
            Some(known) => Ok(Json(Spent { points: known.points })),
            None if required_change_missing(&error) => Err(Problem::conflict(
                "insufficient_points",
                format!("{} takes {points} points, and there are fewer: see GET /loyalty/customer/{{id}}", ask.amount),
            )),
            None => Err(error.into()),
        },
    }
}

/// Gives back what points paid, or a part of it, once for each refund.
///
/// # Errors
/// 403 for all but workers, 404 for a payment that took no points, 409 `not_refundable` for more than it took.
#[worker::send]
pub async fn restore(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(ask): Json<RestorePoints>,
) -> Result<Json<Restored>> {
    #[derive(Deserialize)]
    struct Known {
        points: i64,
    }
    caller.require_service()?;
    let (db, now, cause) = (Db::of(&env)?, clock::now(), format!("restored {}", ask.refund_id));
    for _ in 0..TRIES {
        let known: Option<Known> = db.first("SELECT points FROM entries WHERE cause = ?1", params![&cause]).await?;
        if let Some(known) = known {
            return Ok(Json(Restored { points: known.points }));
        }
        let spend = spend_of(&db, ask.payment_id).await?;
        let spend = spend.ok_or_else(|| Problem::not_found("this payment took no points"))?;
        let total = spend.restored_amount + ask.amount.amount;
        let left = Money::new(spend.amount - spend.restored_amount, spend.currency.parse()?);
        if ask.amount.currency != left.currency || ask.amount.amount <= 0 || total > spend.amount {
            return Err(Problem::conflict("not_refundable", format!("expected at most {left}: so much is left of it")));
        }
        let points = restored(spend.points, spend.amount, total) - spend.restored_points;
        let customer = kirana_edge::db::id(&spend.customer_id)?;
        let statements = vec![
            stmt(
                "UPDATE spends SET restored_amount = ?2, restored_points = restored_points + ?3 WHERE payment_id = ?1 AND restored_amount = ?4",
                params![ask.payment_id, total, points, spend.restored_amount],
            ),
            require_one_change(),
            stmt(
                "INSERT INTO entries (cause, customer_id, points, at) VALUES (?1, ?2, ?3, ?4)",
                params![&cause, customer, points, now],
            ),
            sum_up(customer),
        ];
        match db.batch(statements).await {
            Ok(_) => return Ok(Json(Restored { points })),
            // Another wrote in between: this refund, or another of the payment.
            Err(error) if required_change_missing(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable("the points are being moved by others; ask again"))
}

/// What points have paid of an order, less what went back: nothing is earned with that.
///
/// # Errors
/// 500 when the database refuses.
pub async fn paid_by_points(db: &Db, order: Id, currency: kirana_kernel::Currency) -> Result<Money> {
    #[derive(Deserialize)]
    struct Sum {
        amount: i64,
    }
    let sql = "SELECT COALESCE(SUM(amount - restored_amount), 0) AS amount FROM spends WHERE order_id = ?1";
    let sum: Option<Sum> = db.first(sql, params![order]).await?;
    Ok(Money::new(sum.map_or(0, |sum| sum.amount), currency))
}
