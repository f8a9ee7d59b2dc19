//! Methods that customers keep at Stripe: who may keep one, which they have, and that what they removed is forgotten there as well.
//!
//! Stripe holds the methods; the table beside it gives each an id of ours, so that its token is told to nobody, and says whose it is. What
//! Stripe lists counts: the table follows it whenever a customer looks.

use crate::db::methods::{self as db, Kept};
use crate::gateways::{Gateways, client};
use kirana_edge::db::{Db, Statement};
use kirana_edge::{Principal, Problem, Result, call, clock, log};
use kirana_gateways::stripe::{self, SavedMethod};
use kirana_gateways::{Failure, Gateway, Reason};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use std::time::Duration;
use worker::Env;

/// The gateway that keeps methods.
pub const KEEPER: &str = "stripe";

/// How long Stripe is left alone after it did not forget something.
const PAUSE: Duration = Duration::from_secs(600);

/// With which method somebody pays.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The gateway's token of it.
    pub token: Option<String>,
    /// Stripe's id of whoever pays, where it is to know.
    pub customer: Option<String>,
}

/// Who asks, as identity knows them.
#[derive(Deserialize)]
struct Me {
    email_verified: bool,
}

/// The method that somebody keeps, to pay with.
///
/// # Errors
/// 422 `invalid_body` for one that is not theirs, or that they removed.
pub async fn chosen(database: &Db, customer: Id, method: Id) -> Result<Chosen> {
    let unknown = || Problem::invalid_field("method_id", "expected one of GET /payments/methods");
    let kept = db::kept(database, customer, method).await?.ok_or_else(unknown)?;
    let reference = db::keeper(database, customer).await?.and_then(|keeper| keeper.reference).ok_or_else(unknown)?;
    Ok(Chosen { token: Some(kept.reference), customer: Some(reference) })
}

/// Stripe's id of whoever asks, made there now if they never kept anything.
///
/// # Errors
/// 403 `address_not_verified` for a guest and whoever else has no account beyond their session, 503 when identity or Stripe does not answer.
pub async fn keeper(env: &Env, database: &Db, gateway: &Gateway, caller: &Principal) -> Result<String> {
    if let Some(reference) = standing(db::keeper(database, caller.id).await?)? {
        return Ok(reference);
    }
    let me: Me = call::service(env, "IDENTITY", caller).get("/api/v1/auth/me").await?;
    if !me.email_verified {
        let detail = "an account keeps methods once its address is proved: see POST /auth/verify-email/letter";
        return Err(Problem::new(http::StatusCode::FORBIDDEN, "address_not_verified", detail));
    }
    let Gateway::Stripe(config) = gateway else { return Err(Problem::internal("only Stripe keeps methods")) };
    // The key is our id of them: who asks twice is one customer there.
    let request = Ok(stripe::customer(config, caller.id));
    let made = client::exchange(env, gateway, request, stripe::read_customer).await;
    let made = made.map_err(|_| Problem::unavailable("Stripe does not answer; ask again, or pay without `save`"))?;
    database.batch(vec![db::note_keeper(caller.id, &made, clock::now())]).await?;
    let kept = standing(db::keeper(database, caller.id).await?)?;
    kept.ok_or_else(|| Problem::internal("a customer of Stripe's was not kept"))
}

/// Their id at Stripe, if they have one and were not erased.
fn standing(keeper: Option<db::Keeper>) -> Result<Option<String>> {
    match keeper {
        Some(keeper) if keeper.erased_at.is_some() => Err(Problem::forbidden("this account is gone")),
        keeper => Ok(keeper.and_then(|keeper| keeper.reference)),
    }
}

/// What somebody keeps, as Stripe has it now; as it was last seen while Stripe does not answer.
///
/// # Errors
/// 500 when the database or the configuration fails.
pub async fn of_customer(env: &Env, database: &Db, customer: Id) -> Result<Vec<Kept>> {
    let Some(reference) = db::keeper(database, customer).await?.and_then(|keeper| keeper.reference) else {
        return Ok(Vec::new());
    };
    let gateways = Gateways::of(env)?;
    if let Some(gateway @ Gateway::Stripe(config)) = gateways.account(KEEPER) {
        let request = stripe::saved_methods(config, &reference);
        match client::exchange(env, gateway, request, stripe::read_saved_methods).await {
            Ok(there) => follow(database, customer, &there).await?,
            // Deleted at Stripe by hand, or the keys are of another account.
            Err(Failure::Refused(refusal)) if refusal.reason == Reason::NotFound => {
                database.batch(db::forgotten(&reference)).await?;
            }
            Err(_) => {}
        }
    }
    let kept = db::of_customer(database, customer).await?;
    Ok(kept.into_iter().filter(|method| method.forget_at.is_none()).collect())
}

async fn follow(database: &Db, customer: Id, there: &[SavedMethod]) -> Result<()> {
    let here = db::of_customer(database, customer).await?;
    let statements = difference(&here, there, |method| db::keep(clock::new_id(), customer, method, clock::now()));
    if !statements.is_empty() {
        database.batch(statements).await?;
    }
    Ok(())
}

/// What makes the table as Stripe's list is: nothing where they are the same.
fn difference(here: &[Kept], there: &[SavedMethod], keep: impl Fn(&SavedMethod) -> Statement) -> Vec<Statement> {
    let same = |kept: &Kept, method: &SavedMethod| {
        kept.brand == method.brand
            && kept.last4 == method.last4
            && (kept.expires_year, kept.expires_month) == method.expires
    };
    let known = |method: &SavedMethod| here.iter().find(|kept| kept.reference == method.reference);
    let new = there.iter().filter(|method| known(method).is_none_or(|kept| !same(kept, method)));
    let gone = here.iter().filter(|kept| there.iter().all(|method| method.reference != kept.reference));
    new.map(keep).chain(gone.map(|kept| db::drop_method(&kept.reference))).collect()
}

/// Has Stripe forget what is to be forgotten. What it does not do now it is asked again; a fault is logged.
pub async fn forget(env: &Env) {
    if let Err(problem) = forget_due(env, clock::now()).await {
        log::error("methods wait to be forgotten", &[("problem", &problem.to_string())]);
    }
}

async fn forget_due(env: &Env, now: Timestamp) -> Result<()> {
    let database = Db::of(env)?;
    let due = db::to_forget(&database, now).await?;
    if due.is_empty() {
        return Ok(());
    }
    let gateways = Gateways::of(env)?;
    for what in due {
        let Some(gateway @ Gateway::Stripe(config)) = gateways.account(KEEPER) else {
            log::error("methods wait to be forgotten: GATEWAYS has no stripe any more", &[]);
            database.batch(vec![db::later(&what, now + PAUSE)]).await?;
            continue;
        };
        let request = if what.is_customer == 1 {
            stripe::forget_customer(config, &what.reference)
        } else {
            stripe::forget_method(config, &what.reference)
        };
        let done = match client::exchange(env, gateway, request, stripe::read_forgotten).await {
            Ok(()) => true,
            // A method that is nobody's cannot be detached again: nothing can be charged to it.
            Err(Failure::Refused(_)) => what.is_customer == 0,
            Err(Failure::Unknown(_)) => false,
        };
        let statements = match (done, what.is_customer) {
            (true, 1) => db::forgotten(&what.reference),
            (true, _) => vec![db::drop_method(&what.reference)],
            (false, _) => vec![db::later(&what, now + PAUSE)],
        };
        database.batch(statements).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_edge::db::stmt;

    fn kept(reference: &str, month: u8, forget_at: Option<i64>) -> Kept {
        let (id, brand, last4) = (reference.to_owned(), "visa".to_owned(), "4242".to_owned());
        Kept { id, reference: reference.into(), brand, last4, expires_year: 2030, expires_month: month, forget_at }
    }

    fn there(reference: &str, month: u8) -> SavedMethod {
        SavedMethod { reference: reference.into(), brand: "visa".into(), last4: "4242".into(), expires: (2030, month) }
    }

    #[test]
    fn the_table_follows_stripe_and_is_left_alone_otherwise() {
        let keep = |_: &SavedMethod| stmt("keep", Vec::new());
        let sql = |here: &[Kept], there: &[SavedMethod]| -> Vec<&'static str> {
            difference(here, there, keep).iter().map(|statement| statement.sql).collect()
        };
        assert_eq!(sql(&[kept("pm_1", 4, None)], &[there("pm_1", 4)]), Vec::<&str>::new());
        assert_eq!(
            sql(&[kept("pm_1", 4, Some(1))], &[there("pm_1", 4)]),
            Vec::<&str>::new(),
            "not back by being listed"
        );
        assert_eq!(sql(&[], &[there("pm_1", 4)]), ["keep"]);
        assert_eq!(sql(&[kept("pm_1", 4, None)], &[there("pm_1", 5)]), ["keep"], "its bank moved the date");
        let gone = sql(&[kept("pm_1", 4, None), kept("pm_2", 4, None)], &[there("pm_2", 4)]);
        assert_eq!(gone, ["DELETE FROM payment_methods WHERE reference = ?1"]);
    }

    #[test]
    fn who_was_erased_keeps_nothing_again() {
        let keeper = |reference: Option<&str>, erased_at| {
            standing(Some(db::Keeper { reference: reference.map(str::to_owned), erased_at }))
        };
        assert_eq!(keeper(Some("cus_1"), None).unwrap().as_deref(), Some("cus_1"));
        assert_eq!(keeper(None, None).unwrap(), None);
        assert_eq!(keeper(Some("cus_1"), Some(1)).unwrap_err().status, 403);
        assert_eq!(standing(None).unwrap(), None);
    }
}
