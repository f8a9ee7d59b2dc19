//! What the rules say of an attempt.

use crate::rules::{Count, Place, RuleSet, Signal, Test};
use kirana_contracts::risk::Verdict;
use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// How often the same was seen, by what, which, and within how many minutes. What is not known has none.
pub type Seen = BTreeMap<(Signal, Count, u32), u32>;

/// What is known of an attempt.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// By which gateway.
    pub gateway: &'a str,
    /// Does money move there?
    pub moves_money: bool,
    /// In which store.
    pub store: Id,
    /// How much.
    pub amount: Money,
    /// How old the account is.
    pub account_age: Duration,
    /// The countries that are known, by ISO 3166-1.
    pub countries: BTreeMap<Place, &'a str>,
    /// How often the same was seen.
    pub seen: Seen,
}

/// What one rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The rule.
    #[schema(example = "card-refusals")]
    pub rule: String,
    /// Did it fire?
    pub fired: bool,
    /// What it asks for where it fires.
    pub asks: Verdict,
    /// Why it fired, or why not.
    #[schema(example = "4 refusals by the same card within 60 minutes: more than 3")]
    pub why: String,
}

/// What all of them say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assessment {
    /// The strictest of what was asked for.
    pub verdict: Verdict,
    /// Every rule that is about such a payment.
    pub findings: Vec<Finding>,
}

/// Holds an attempt against the rules.
#[must_use]
pub fn assess(rules: &RuleSet, facts: &Facts<'_>) -> Assessment {
    let about = rules.rules.iter().filter(|rule| rule.is_about(facts.gateway, facts.moves_money, facts.store));
    let findings: Vec<Finding> = about
        .map(|rule| {
            let (fired, why) = test(&rule.test, facts);
            Finding { rule: rule.name.clone(), fired, asks: rule.then.into(), why }
        })
        .collect();
    let verdict = findings.iter().filter(|finding| finding.fired).map(|finding| finding.asks).max().unwrap_or_default();
    Assessment { verdict, findings }
}

fn test(test: &Test, facts: &Facts<'_>) -> (bool, String) {
    match test {
        Test::Velocity { by, count, minutes, most } => match facts.seen.get(&(*by, *count, *minutes)) {
            None => (false, format!("the {by} is not known")),
            Some(times) => {
                let what = match count {
                    Count::Attempts => "attempts",
                    Count::Refusals => "refusals",
                };
                let fired = times > most;
                let than = if fired { "more than" } else { "not more than" };
                (fired, format!("{times} {what} by the same {by} within {minutes} minutes: {than} {most}"))
            }
        },
        Test::Amount { over } => more(facts.amount, over),
        Test::CountryMismatch { one, other } => {
            let country = |place: &Place| facts.countries.get(place).copied();
            match (country(one), country(other)) {
                (Some(here), Some(there)) => {
                    let fired = !here.eq_ignore_ascii_case(there);
                    let is = if fired { "is not that" } else { "is that" };
                    let (one, other) = (one.as_str(), other.as_str());
                    (fired, format!("the country of the {one}, {here}, {is} of the {other}, {there}"))
                }
                (None, _) => (false, format!("the country of the {} is not known", one.as_str())),
                (_, None) => (false, format!("the country of the {} is not known", other.as_str())),
            }
        }
        Test::NewAccount { hours, over } => {
            let age = facts.account_age.as_secs() / 3_600;
            let is_new = age < u64::from(*hours);
            let is = if is_new { "younger" } else { "not younger" };
            let account = format!("the account is {age} hours old, {is} than {hours}");
            if !is_new || over.is_empty() {
                return (is_new, account);
            }
            let (is_large, amount) = more(facts.amount, over);
            (is_large, format!("{account}; {amount}"))
        }
    }
}

fn more(amount: Money, over: &BTreeMap<kirana_kernel::Currency, i64>) -> (bool, String) {
    match over.get(&amount.currency) {
        None => (false, format!("nothing is said of {}", amount.currency)),
        Some(most) => {
            let fired = amount.amount > *most;
            let than = if fired { "more than" } else { "not more than" };
            (fired, format!("{amount} is {than} {}", Money::new(*most, amount.currency)))
        }
    }
}
