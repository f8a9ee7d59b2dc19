//! SQL of fraud rules: what was seen how often, what the rules said, what somebody decided.

use kirana_contracts::risk::{PaymentAttempt, Review, Verdict};
use kirana_edge::db::{Db, Statement, id, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use kirana_risk::{Assessment, Count, Finding, RuleSet, Seen, Signal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use utoipa::ToSchema;

/// So long is kept who paid with what: the longest that a rule looks back.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// What the rules said of a payment, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RiskAssessment {
    /// The payment.
    pub payment_id: Id,
    /// Its order.
    pub order_id: Id,
    /// The order's store.
    pub store_id: Id,
    /// Who pays.
    pub customer_id: Id,
    /// By which gateway.
    pub gateway: String,
    /// How much.
    pub amount: Money,
    /// What is done with it.
    pub verdict: Verdict,
    /// Every rule that was about it, and why it fired or not.
    pub findings: Vec<Finding>,
    /// The set of rules; 0 for those that a chain has that set none.
    pub rules_version: u32,
    /// When.
    pub at: Timestamp,
    /// How its review stands, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// Why it was decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<Id>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Row {
    payment_id: String,
    order_id: String,
    store_id: String,
    customer_id: String,
    gateway: String,
    amount: i64,
    currency: String,
    verdict: Verdict,
    findings: String,
    rules_version: u32,
    at: i64,
    review: Option<Review>,
    note: Option<String>,
    reviewed_by: Option<String>,
    reviewed_at: Option<i64>,
}

impl Row {
    fn assessment(self) -> Result<RiskAssessment> {
        Ok(RiskAssessment {
            payment_id: id(&self.payment_id)?,
            order_id: id(&self.order_id)?,
            store_id: id(&self.store_id)?,
            customer_id: id(&self.customer_id)?,
            gateway: self.gateway,
            amount: Money::new(self.amount, self.currency.parse()?),
            verdict: self.verdict,
            findings: serde_json::from_str(&self.findings)?,
            rules_version: self.rules_version,
            at: Timestamp::from_millis(self.at),
            review: self.review,
            note: self.note,
            reviewed_by: self.reviewed_by.as_deref().map(id).transpose()?,
            reviewed_at: self.reviewed_at.map(Timestamp::from_millis),
        })
    }
}

/// The rules that count, and their version; 0 for a chain that set none.
///
/// # Errors
/// 500 when the database refuses.
pub async fn rules(db: &Db) -> Result<(u32, RuleSet)> {
    #[derive(Deserialize)]
    struct Kept {
        version: u32,
        body: String,
    }
    let kept: Option<Kept> =
        db.first("SELECT version, body FROM risk_rules ORDER BY version DESC LIMIT 1", params![]).await?;
    kept.map_or_else(|| Ok((0, RuleSet::default())), |kept| Ok((kept.version, serde_json::from_str(&kept.body)?)))
}

/// Sets other rules; those of before are kept.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set_rules(db: &Db, rules: &RuleSet, by: Id, now: Timestamp) -> Result<u32> {
    let body = serde_json::to_string(rules)?;
    let sql = "INSERT INTO risk_rules (version, body, set_by, set_at) SELECT COALESCE(MAX(version), 0) + 1, ?1, ?2, ?3 FROM risk_rules";
    db.run(sql, params![body, by, now]).await?;
    Ok(self::rules(db).await?.0)
}

/// Notes an attempt by each of its signals, and answers how often the same was seen, this one among it. It is noted before it is counted,
/// so that of many at once none sees too few.
///
/// # Errors
/// 500 when the database refuses.
pub async fn seen(
    db: &Db,
    payment: Id,
    signals: &BTreeMap<Signal, String>,
    needs: &BTreeSet<(Signal, Count, u32)>,
    now: Timestamp,
) -> Result<Seen> {
    #[derive(Deserialize)]
    struct Counted {
        attempts: u32,
        refusals: u32,
    }
    let mut statements = vec![stmt("DELETE FROM risk_signals WHERE at < ?1", params![now - KEPT])];
    statements.extend(signals.iter().map(|(signal, hash)| {
        stmt(
            "INSERT OR IGNORE INTO risk_signals (signal, hash, at, payment_id) VALUES (?1, ?2, ?3, ?4)",
            params![signal.as_str(), hash, now, payment],
        )
    }));
    db.batch(statements).await?;
    let mut seen = Seen::new();
    for (signal, count, minutes) in needs {
        let Some(hash) = signals.get(signal) else { continue };
        let since = now - Duration::from_secs(u64::from(*minutes) * 60);
        let counted: Option<Counted> = db
            .first(
                // Who has fewer points than they thought was refused by nobody.
                "SELECT COUNT(*) AS attempts,
                    COALESCE(SUM(p.status = 'failed' AND COALESCE(p.failure, '') NOT LIKE 'insufficient_points%'), 0) AS refusals
                 FROM risk_signals s LEFT JOIN payments p ON p.id = s.payment_id
                 WHERE s.signal = ?1 AND s.hash = ?2 AND s.at >= ?3",
                params![signal.as_str(), hash, since],
            )
            .await?;
        let times = counted.map_or(0, |counted| match count {
            Count::Attempts => counted.attempts,
            Count::Refusals => counted.refusals,
        });
        seen.insert((*signal, *count, *minutes), times);
    }
    Ok(seen)
}

/// Keeps what the rules said of an attempt, once.
///
/// # Errors
/// 500 when the database refuses.
pub async fn keep(
    db: &Db,
    attempt: &PaymentAttempt,
    said: &Assessment,
    version: u32,
    verdict: Verdict,
    now: Timestamp,
) -> Result<()> {
    let review = (verdict == Verdict::Review).then_some(Review::Open.as_str());
    db.run(
        "INSERT OR IGNORE INTO risk_assessments (payment_id, order_id, store_id, customer_id, gateway, amount, currency, verdict, findings,
            rules_version, at, review) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            attempt.payment_id,
            attempt.order_id,
            attempt.store_id,
            attempt.customer_id,
            &attempt.gateway,
            attempt.amount.amount,
            attempt.amount.currency,
            verdict.as_str(),
            serde_json::to_string(&said.findings)?,
            version,
            now,
            review
        ],
    )
    .await?;
    Ok(())
}

/// Which assessments.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this store.
    pub store: Option<Id>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// Whose review stands so; of open ones those whose payment waits for it.
    pub review: Option<Review>,
    /// Before this payment.
    pub before: Option<Id>,
}

/// Assessments, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, filter: &Filter, limit: usize) -> Result<Vec<RiskAssessment>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT * FROM risk_assessments a WHERE (?1 IS NULL OR store_id = ?1) AND (?2 IS NULL OR verdict = ?2)
                AND (?3 IS NULL OR review = ?3) AND (?4 IS NULL OR payment_id < ?4)
                AND (?3 IS NULL OR ?3 <> 'open' OR EXISTS (SELECT 1 FROM payments p WHERE p.id = a.payment_id AND p.status = 'initiated'))
             ORDER BY payment_id DESC LIMIT ?5",
            params![
                filter.store,
                filter.verdict.map(Verdict::as_str),
                filter.review.map(Review::as_str),
                filter.before,
                limit
            ],
        )
        .await?;
    rows.into_iter().map(Row::assessment).collect()
}

/// What the rules said of a payment; none where no rule was about it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_payment(db: &Db, payment: Id) -> Result<Option<RiskAssessment>> {
    let row: Option<Row> = db.first("SELECT * FROM risk_assessments WHERE payment_id = ?1", params![payment]).await?;
    row.map(Row::assessment).transpose()
}

/// The statements that decide a review, once: their batch fails when it is decided, or its payment does not wait any more. Payments asks
/// the gateway, or ends the payment, at its next sweep.
#[must_use]
pub fn decide(payment: Id, review: Review, note: &str, by: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE risk_assessments SET review = ?2, note = ?3, reviewed_by = ?4, reviewed_at = ?5 WHERE payment_id = ?1 AND review = 'open'",
            params![payment, review.as_str(), note, by, now],
        ),
        require_one_change(),
        stmt(
            "UPDATE payments SET review = ?2, next_at = ?3, version = version + 1 WHERE id = ?1 AND review = 'open' AND status = 'initiated'",
            params![payment, review.as_str(), now],
        ),
        require_one_change(),
    ]
}
