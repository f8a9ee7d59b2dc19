//! Which segments a customer is in: loyalty knows their tier, customers what they were put into. Asked only where a store's offers name a
//! segment, and only whoever knows one that is named; kept for some seconds as menus are. Whoever does not answer within a second is done
//! without: the order goes on, and offers for those segments say that nobody can tell.

use crate::upstream::{Cache, cached, keep};
use futures_util::future::{Either, join, select};
use kirana_contracts::segment::tier_of;
use kirana_edge::{Result, call, log, principal};
use kirana_kernel::Id;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;
use worker::{Delay, Env};

/// How long an order waits to hear what its customer is.
const MOMENT: Duration = Duration::from_secs(1);

thread_local! {
    /// Their owners are customers and loyalty; five seconds their staleness. None: they did not answer.
    static TAGS: Cache<Option<Vec<String>>> = RefCell::default();
    static TIERS: Cache<Option<Vec<String>>> = RefCell::default();
}

/// What is known of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segments {
    /// They are in these.
    pub of: Vec<String>,
    /// Of these that offers name nobody can tell right now.
    pub unknown: Vec<String>,
}

/// What is known of a customer, of the segments that a store's offers name. A guest is in none.
pub async fn of_customer(env: &Env, customer: Option<Id>, named: &BTreeSet<String>) -> Segments {
    let Some(customer) = customer.filter(|_| !named.is_empty()) else { return Segments::default() };
    let wants_tier = named.iter().any(|name| tier_of(name).is_some());
    let wants_tags = named.iter().any(|name| tier_of(name).is_none());
    let tiers = async { if wants_tier { known(env, customer, "LOYALTY", &TIERS).await } else { Some(Vec::new()) } };
    let tags = async { if wants_tags { known(env, customer, "CUSTOMERS", &TAGS).await } else { Some(Vec::new()) } };
    let (tiers, tags) = join(tiers, tags).await;
    together(named, tiers, tags)
}

fn together(named: &BTreeSet<String>, tiers: Option<Vec<String>>, tags: Option<Vec<String>>) -> Segments {
    let silent = |name: &&String| if tier_of(name).is_some() { tiers.is_none() } else { tags.is_none() };
    let unknown = named.iter().filter(silent).cloned().collect();
    Segments { of: tiers.into_iter().chain(tags).flatten().collect(), unknown }
}

async fn known(
    env: &Env,
    customer: Id,
    binding: &'static str,
    cache: &'static std::thread::LocalKey<Cache<Option<Vec<String>>>>,
) -> Option<Vec<String>> {
    if let Some(kept) = cache.with(|cache| cached(cache, customer)) {
        return kept.as_ref().clone();
    }
    let asked = async {
        let callee = call::service(env, binding, &principal::service("orders"));
        callee.get::<Vec<String>>(&format!("/internal/customers/{customer}/segments")).await
    };
    let answer: Option<Result<Vec<String>>> = match select(pin!(asked), pin!(Delay::from(MOMENT))).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    };
    let known = match answer {
        Some(Ok(known)) => Some(known),
        Some(Err(problem)) => {
            let problem = problem.to_string();
            log::error("an order goes on without segments", &[("of", binding), ("problem", &problem)]);
            None
        }
        None => {
            log::error("an order goes on without segments", &[("of", binding), ("problem", "no answer in time")]);
            None
        }
    };
    // Also that nobody answered: the next order does not wait for it again.
    cache.with(|cache| keep(cache, customer, known)).as_ref().clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_named_by_what_they_would_know() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let named: BTreeSet<String> = texts(&["students", "tier:grove"]).into_iter().collect();
        let both = together(&named, Some(texts(&["tier:leaf"])), Some(texts(&["students"])));
        assert_eq!((both.of, both.unknown), (texts(&["tier:leaf", "students"]), texts(&[])));
        let one = together(&named, None, Some(texts(&["students"])));
        assert_eq!((one.of, one.unknown), (texts(&["students"]), texts(&["tier:grove"])));
        let other = together(&named, Some(Vec::new()), None);
        assert_eq!((other.of, other.unknown), (texts(&[]), texts(&["students"])));
    }
}
