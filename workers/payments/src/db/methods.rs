//! SQL of the methods that customers keep at Stripe.

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_gateways::stripe::SavedMethod;
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// Somebody at Stripe.
#[derive(Debug, Deserialize)]
pub struct Keeper {
    /// Stripe's id of them; none before they keep anything, and none after they were forgotten.
    pub reference: Option<String>,
    /// When they were erased here.
    pub erased_at: Option<i64>,
}

/// A kept method.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// Our id of it.
    pub id: String,
    /// Stripe's token of it.
    pub reference: String,
    /// `visa`, `mastercard`, ...
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The year and month at whose end it expires.
    pub expires_year: u16,
    /// See `expires_year`.
    pub expires_month: u8,
    /// Its owner removed it: it is kept until Stripe has forgotten it, and shown to nobody.
    pub forget_at: Option<i64>,
}

/// Who somebody is at Stripe.
///
/// # Errors
/// 500 when the database refuses.
pub async fn keeper(db: &Db, customer: Id) -> Result<Option<Keeper>> {
    let sql = "SELECT reference, erased_at FROM payment_customers WHERE customer_id = ?1";
    db.first(sql, params![customer]).await
}

/// The statement that notes who somebody is at Stripe. Of two the first stays; somebody who was erased meanwhile is to be forgotten there.
#[must_use]
pub fn note_keeper(customer: Id, reference: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO payment_customers (customer_id, reference) VALUES (?1, ?2)
         ON CONFLICT (customer_id) DO UPDATE SET reference = COALESCE(reference, excluded.reference),
            forget_at = CASE WHEN erased_at IS NOT NULL THEN ?3 END",
        params![customer, reference, now],
    )
}

/// All that somebody keeps, the newest first, those among it that Stripe is still to forget.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_customer(db: &Db, customer: Id) -> Result<Vec<Kept>> {
    let sql = "SELECT id, reference, brand, last4, expires_year, expires_month, forget_at FROM payment_methods
               WHERE customer_id = ?1 ORDER BY id DESC LIMIT 100";
    db.all(sql, params![customer]).await
}

/// One method that somebody keeps, if it is theirs and not removed.
///
/// # Errors
/// 500 when the database refuses.
pub async fn kept(db: &Db, customer: Id, id: Id) -> Result<Option<Kept>> {
    let sql = "SELECT id, reference, brand, last4, expires_year, expires_month, forget_at FROM payment_methods
               WHERE id = ?1 AND customer_id = ?2 AND forget_at IS NULL";
    db.first(sql, params![id, customer]).await
}

/// The statement that keeps a method, or what is new of it (an expiry that its bank moved); not of somebody who was erased meanwhile.
#[must_use]
pub fn keep(id: Id, customer: Id, method: &SavedMethod, now: Timestamp) -> Statement {
    let (year, month) = method.expires;
    stmt(
        "INSERT INTO payment_methods (id, customer_id, reference, brand, last4, expires_year, expires_month, created_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         WHERE EXISTS (SELECT 1 FROM payment_customers WHERE customer_id = ?2 AND reference IS NOT NULL AND erased_at IS NULL)
         ON CONFLICT (reference) DO UPDATE SET brand = excluded.brand, last4 = excluded.last4,
            expires_year = excluded.expires_year, expires_month = excluded.expires_month",
        params![id, customer, &method.reference, &method.brand, &method.last4, i64::from(year), i64::from(month), now],
    )
}

/// The statement that drops a method: Stripe has it no more.
#[must_use]
pub fn drop_method(reference: &str) -> Statement {
    stmt("DELETE FROM payment_methods WHERE reference = ?1", params![reference])
}

/// The statement that removes a method of somebody: nothing is paid with it from now on, and Stripe is to forget it.
#[must_use]
pub fn remove(customer: Id, id: Id, now: Timestamp) -> Statement {
    stmt(
        "UPDATE payment_methods SET forget_at = ?3 WHERE id = ?1 AND customer_id = ?2 AND forget_at IS NULL",
        params![id, customer, now],
    )
}

/// The statements that forget somebody here; Stripe is to do so too.
#[must_use]
pub fn erase(customer: Id, at: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT INTO payment_customers (customer_id, erased_at) VALUES (?1, ?2)
             ON CONFLICT (customer_id) DO UPDATE SET erased_at = excluded.erased_at,
                forget_at = CASE WHEN reference IS NOT NULL THEN excluded.erased_at END",
            params![customer, at],
        ),
        stmt("DELETE FROM payment_methods WHERE customer_id = ?1", params![customer]),
    ]
}

/// The statements after Stripe has forgotten somebody, or knows nothing of them.
#[must_use]
pub fn forgotten(reference: &str) -> Vec<Statement> {
    vec![
        stmt(
            "DELETE FROM payment_methods WHERE customer_id IN (SELECT customer_id FROM payment_customers WHERE reference = ?1)",
            params![reference],
        ),
        stmt(
            "UPDATE payment_customers SET reference = NULL, forget_at = NULL WHERE reference = ?1",
            params![reference],
        ),
    ]
}

/// What Stripe is to forget.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ToForget {
    /// Its id there.
    pub reference: String,
    /// A person with all that they keep (1), or one method (0).
    pub is_customer: u8,
}

/// So much is asked of Stripe at once.
const MOST: u32 = 20;

/// What Stripe is to forget now, the longest waiting first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn to_forget(db: &Db, now: Timestamp) -> Result<Vec<ToForget>> {
    let sql = "SELECT reference, is_customer FROM (
                   SELECT reference, forget_at, 1 AS is_customer FROM payment_customers WHERE forget_at <= ?1 AND reference IS NOT NULL
                   UNION ALL SELECT reference, forget_at, 0 FROM payment_methods WHERE forget_at <= ?1)
               ORDER BY forget_at LIMIT ?2";
    db.all(sql, params![now, MOST]).await
}

/// The statement after Stripe did not forget: it is asked again then, after all others.
#[must_use]
pub fn later(what: &ToForget, at: Timestamp) -> Statement {
    let sql = if what.is_customer == 1 {
        "UPDATE payment_customers SET forget_at = ?2 WHERE reference = ?1 AND forget_at IS NOT NULL"
    } else {
        "UPDATE payment_methods SET forget_at = ?2 WHERE reference = ?1 AND forget_at IS NOT NULL"
    };
    stmt(sql, params![&what.reference, at])
}

#[cfg(test)]
mod tests;
