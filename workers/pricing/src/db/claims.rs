//! SQL of claims: shares of offers of which there are only so many. Every limit is kept by the statement that counts it, in the
//! transaction of the claim, so that two who want the last one do not both get it.

use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use kirana_pricing::document::{ClaimItem, ClaimRequest};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A claim that is not released.
#[derive(Debug, Deserialize)]
pub struct Live {
    /// Its id.
    pub id: String,
    /// `held` or `kept`.
    pub state: String,
    /// What the order is.
    pub fingerprint: String,
    /// The offers of it and what they take off, as text that two equal claims share.
    pub items: String,
}

/// The claim of an order's key, if there is one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn live(db: &Db, scope: &str, key: &str) -> Result<Option<Live>> {
    db.first(
        "SELECT c.id AS id, c.state AS state, c.fingerprint AS fingerprint,
                COALESCE((SELECT group_concat(item, ' ') FROM
                    (SELECT i.offer_id || ':' || i.amount AS item FROM claim_items i WHERE i.claim_id = c.id ORDER BY i.offer_id)), '') AS items
         FROM claims c WHERE c.scope = ?1 AND c.key = ?2 AND c.state <> 'released'",
        params![scope, key],
    )
    .await
}

/// The items as [`Live::items`] has them.
#[must_use]
pub fn as_text(items: &[ClaimItem]) -> String {
    let items: BTreeSet<String> =
        items.iter().map(|item| format!("{}:{}", item.offer_id, item.amount.amount)).collect();
    items.into_iter().collect::<Vec<_>>().join(" ")
}

/// The statements that hold a claim; the batch fails when something of it is used up.
#[must_use]
pub fn hold(id: Id, request: &ClaimRequest, good_until: Timestamp, now: Timestamp) -> Vec<Statement> {
    let mut statements = vec![stmt(
        "INSERT INTO claims (id, scope, key, fingerprint, store_number, customer_id, state, good_until, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'held', ?7, ?8)",
        params![
            id,
            &request.scope,
            &request.key,
            &request.fingerprint,
            request.store_number,
            request.customer_id,
            good_until,
            now
        ],
    )];
    for item in &request.items {
        statements.extend([
            stmt(
                "UPDATE offers SET used = used + 1
                 WHERE id = ?1 AND campaign_id = ?2 AND withdrawn_at IS NULL AND (total_limit IS NULL OR used < total_limit)",
                params![item.offer_id, item.campaign_id],
            ),
            require_one_change(),
            stmt(
                "INSERT INTO offer_customers (offer_id, customer_id, used) VALUES (?1, ?2, 1)
                 ON CONFLICT (offer_id, customer_id) DO UPDATE SET used = used + 1
                 WHERE used < COALESCE((SELECT customer_limit FROM offers WHERE id = ?1), used + 1)",
                params![item.offer_id, request.customer_id],
            ),
            require_one_change(),
            stmt(
                // A quote may be kept to after its campaign has ended; what was paused or withdrawn is given to nobody.
                "UPDATE campaigns SET spent = spent + ?2
                 WHERE id = ?1 AND status IN ('active', 'ended') AND (budget IS NULL OR spent + ?2 <= budget)",
                params![item.campaign_id, item.amount.amount],
            ),
            require_one_change(),
            stmt(
                "INSERT INTO claim_items (claim_id, offer_id, campaign_id, amount) VALUES (?1, ?2, ?3, ?4)",
                params![id, item.offer_id, item.campaign_id, item.amount.amount],
            ),
        ]);
    }
    statements
}

/// The statement that lets an order be placed with a claim for longer, if it is still held.
#[must_use]
pub fn extend(id: Id, good_until: Timestamp) -> Statement {
    stmt("UPDATE claims SET good_until = ?2 WHERE id = ?1 AND state = 'held'", params![id, good_until])
}

/// The statements that give back a claim that is still held, or kept as well; nothing where it is neither, or where it is good
/// until another moment than it was.
#[must_use]
pub fn release(id: Id, kept: bool, unless_extended: Option<i64>) -> Vec<Statement> {
    // The claim itself comes last: whether it is still there decides about all of them.
    vec![
        stmt(
            "UPDATE offers SET used = used - 1 WHERE id IN
                (SELECT i.offer_id FROM claim_items i JOIN claims c ON c.id = i.claim_id
                 WHERE c.id = ?1 AND (c.state = 'held' OR (?2 AND c.state = 'kept')) AND c.good_until = COALESCE(?3, c.good_until))",
            params![id, kept, unless_extended],
        ),
        stmt(
            "UPDATE offer_customers SET used = used - 1 WHERE (offer_id, customer_id) IN
                (SELECT i.offer_id, c.customer_id FROM claim_items i JOIN claims c ON c.id = i.claim_id
                 WHERE c.id = ?1 AND (c.state = 'held' OR (?2 AND c.state = 'kept')) AND c.good_until = COALESCE(?3, c.good_until))",
            params![id, kept, unless_extended],
        ),
        stmt(
            "UPDATE campaigns SET spent = MAX(0, spent -
                (SELECT SUM(i.amount) FROM claim_items i WHERE i.claim_id = ?1 AND i.campaign_id = campaigns.id))
             WHERE id IN (SELECT i.campaign_id FROM claim_items i JOIN claims c ON c.id = i.claim_id
                          WHERE c.id = ?1 AND (c.state = 'held' OR (?2 AND c.state = 'kept')) AND c.good_until = COALESCE(?3, c.good_until))",
            params![id, kept, unless_extended],
        ),
        stmt(
            "UPDATE claims SET state = 'released' WHERE id = ?1 AND (state = 'held' OR (?2 AND state = 'kept'))
               AND good_until = COALESCE(?3, good_until)",
            params![id, kept, unless_extended],
        ),
        // What was used up may be given again.
        super::changed(),
    ]
}

/// The statement that keeps a claim for the order that was placed with it. A claim that was released meanwhile stays so: no
/// order is placed with one.
#[must_use]
pub fn keep(id: Id, order: Id) -> Statement {
    stmt("UPDATE claims SET state = 'kept', order_id = ?2 WHERE id = ?1 AND state = 'held'", params![id, order])
}

/// The statements that let a claim take something else off than was claimed, as its order has changed since. It has the share
/// already: a budget that this would go beyond is spent.
#[must_use]
pub fn takes(claim: Id, offer: Id, amount: i64) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE campaigns SET spent = MIN(COALESCE(budget, 9007199254740991), MAX(0, spent + ?3 -
                (SELECT i.amount FROM claim_items i WHERE i.claim_id = ?1 AND i.offer_id = ?2)))
             WHERE id = (SELECT i.campaign_id FROM claim_items i JOIN claims c ON c.id = i.claim_id
                         WHERE i.claim_id = ?1 AND i.offer_id = ?2 AND c.state = 'kept')",
            params![claim, offer, amount],
        ),
        stmt(
            "UPDATE claim_items SET amount = ?3 WHERE claim_id = ?1 AND offer_id = ?2
                AND EXISTS (SELECT 1 FROM claims c WHERE c.id = ?1 AND c.state = 'kept')",
            params![claim, offer, amount],
        ),
    ]
}

/// A claim that ran out, and how to ask for its order.
#[derive(Debug, Deserialize)]
pub struct Stale {
    /// The claim.
    pub id: String,
    /// The order's scope,
    pub scope: String,
    /// its key,
    pub key: String,
    /// and what it is.
    pub fingerprint: String,
    /// The store.
    pub store_number: u32,
    /// Until when it was good.
    pub good_until: i64,
}

/// Claims with which no order is placed any more, and of whose order nobody has told.
///
/// # Errors
/// 500 when the database refuses.
pub async fn stale(db: &Db, before: Timestamp) -> Result<Vec<Stale>> {
    db.all(
        "SELECT id, scope, key, fingerprint, store_number, good_until FROM claims WHERE state = 'held' AND good_until < ?1 ORDER BY good_until LIMIT 50",
        params![before],
    )
    .await
}

/// Which of these offers a customer cannot have.
///
/// # Errors
/// 500 when the database refuses.
pub async fn used_up(db: &Db, customer: Id, items: &[ClaimItem]) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    struct Row {
        left: i64,
    }
    let mut used = Vec::new();
    for item in items {
        let row: Option<Row> = db
            .first(
                "SELECT (o.total_limit IS NULL OR o.used < o.total_limit) AND c.status IN ('active', 'ended') AND o.withdrawn_at IS NULL
                        AND (c.budget IS NULL OR c.spent + ?3 <= c.budget)
                        AND COALESCE((SELECT u.used FROM offer_customers u WHERE u.offer_id = o.id AND u.customer_id = ?2), 0)
                            < COALESCE(o.customer_limit, 1000000000) AS left
                 FROM offers o JOIN campaigns c ON c.id = o.campaign_id WHERE o.id = ?1",
                params![item.offer_id, customer, item.amount.amount],
            )
            .await?;
        if row.is_none_or(|row| row.left == 0) {
            used.push(item.offer_id);
        }
    }
    Ok(used)
}
