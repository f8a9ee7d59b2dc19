//! What holds of every set of rules and every attempt.

use kirana_contracts::risk::Verdict;
use kirana_kernel::{Currency, Id, Money, Timestamp};
use kirana_risk::{Assessment, Count, Facts, Place, Rule, RuleSet, Seen, Signal, Test, Then, assess};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

fn store(number: u8) -> Id {
    Id::new(Timestamp::from_millis(1), [number; 10])
}

fn signal() -> impl Strategy<Value = Signal> {
    prop::sample::select(Signal::ALL.to_vec())
}

fn count() -> impl Strategy<Value = Count> {
    prop_oneof![Just(Count::Attempts), Just(Count::Refusals)]
}

fn amounts() -> impl Strategy<Value = BTreeMap<Currency, i64>> {
    prop::collection::btree_map(prop_oneof![Just(Currency::THB), Just(Currency::USD)], 0_i64..2_000, 1..3)
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![Just(Place::Card), Just(Place::Network), Just(Place::Store)]
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        (signal(), count(), 1_u32..4, 0_u32..6).prop_map(|(by, count, minutes, most)| Test::Velocity {
            by,
            count,
            minutes,
            most
        }),
        amounts().prop_map(|over| Test::Amount { over }),
        (place(), place()).prop_map(|(one, other)| Test::CountryMismatch { one, other }),
        (1_u32..50, amounts()).prop_map(|(hours, over)| Test::NewAccount { hours, over }),
    ]
}

fn rules() -> impl Strategy<Value = RuleSet> {
    let gateways = prop::collection::vec(prop_oneof![Just("stripe".to_owned()), Just("sandbox".to_owned())], 0..2);
    let stores = prop::collection::vec((0_u8..3).prop_map(store), 0..2);
    let then = prop_oneof![Just(Then::StepUp), Just(Then::Review)];
    prop::collection::vec((test(), then, gateways, stores), 0..8).prop_map(|rules| RuleSet {
        rules: rules
            .into_iter()
            .enumerate()
            .map(|(index, (test, then, gateways, stores))| Rule {
                name: format!("rule-{index}"),
                test,
                then,
                gateways,
                stores,
            })
            .collect(),
    })
}

fn facts() -> impl Strategy<Value = Facts<'static>> {
    let seen = prop::collection::btree_map((signal(), count(), 1_u32..4), 0_u32..8, 0..12);
    let countries = prop::collection::btree_map(place(), prop_oneof![Just("TH"), Just("SE"), Just("th")], 0..3);
    (prop_oneof![Just("stripe"), Just("sandbox")], 0_u8..3, 0_i64..3_000, 0_u64..60, countries, seen).prop_map(
        |(gateway, number, amount, hours, countries, seen): (_, _, _, _, _, Seen)| Facts {
            gateway,
            moves_money: gateway != "sandbox",
            store: store(number),
            amount: Money::new(amount, Currency::THB),
            account_age: Duration::from_secs(hours * 3_600),
            countries,
            seen,
        },
    )
}

fn fired(assessment: &Assessment) -> Vec<&str> {
    let mut names: Vec<_> = assessment.findings.iter().filter(|one| one.fired).map(|one| one.rule.as_str()).collect();
    names.sort_unstable();
    names
}

proptest! {
    #[test]
    fn the_strictest_rule_that_fires_decides_and_every_rule_says_why(rules in rules(), facts in facts()) {
        let said = assess(&rules, &facts);
        let strictest = said.findings.iter().filter(|one| one.fired).map(|one| one.asks).max();
        prop_assert_eq!(said.verdict, strictest.unwrap_or(Verdict::Allow));
        let about = rules.rules.iter().filter(|rule| rule.is_about(facts.gateway, facts.moves_money, facts.store)).count();
        prop_assert_eq!(said.findings.len(), about);
        prop_assert!(said.findings.iter().all(|one| !one.why.is_empty()));
    }

    #[test]
    fn the_order_of_rules_means_nothing(rules in rules(), facts in facts()) {
        let forth = assess(&rules, &facts);
        let back = assess(&RuleSet { rules: rules.rules.into_iter().rev().collect() }, &facts);
        prop_assert_eq!(forth.verdict, back.verdict);
        prop_assert_eq!(fired(&forth), fired(&back));
    }

    #[test]
    fn one_more_rule_is_never_milder_and_one_that_is_about_others_changes_nothing(rules in rules(), more in rules(), facts in facts()) {
        let before = assess(&rules, &facts);
        let all = RuleSet { rules: rules.rules.iter().chain(&more.rules).cloned().collect() };
        prop_assert!(assess(&all, &facts).verdict >= before.verdict);
        let elsewhere = more.rules.into_iter().map(|rule| Rule { stores: vec![store(9)], ..rule });
        let all = RuleSet { rules: rules.rules.into_iter().chain(elsewhere).collect() };
        prop_assert_eq!(assess(&all, &facts), before);
    }

    #[test]
    fn what_is_seen_more_often_is_never_taken_more_mildly(rules in rules(), facts in facts()) {
        let before = assess(&rules, &facts).verdict;
        let seen = facts.seen.iter().map(|(what, times)| (*what, times + 1)).collect();
        let more = Facts { seen, amount: Money::new(facts.amount.amount + 1, Currency::THB), ..facts };
        prop_assert!(assess(&rules, &more).verdict >= before);
    }

    #[test]
    fn what_is_not_known_fires_nothing(rules in rules(), facts in facts()) {
        let blank = Facts { seen: Seen::new(), countries: BTreeMap::new(), ..facts };
        for finding in assess(&rules, &blank).findings.iter().filter(|one| one.fired) {
            let rule = rules.rules.iter().find(|rule| rule.name == finding.rule).unwrap();
            prop_assert!(matches!(rule.test, Test::Amount { .. } | Test::NewAccount { .. }), "{rule:?}");
        }
    }

    #[test]
    fn what_has_to_be_counted_is_what_rules_count(rules in rules(), facts in facts()) {
        let needs = rules.needs(facts.gateway, facts.moves_money, facts.store);
        let seen = needs.iter().map(|what| (*what, 1_000)).collect();
        let known = assess(&rules, &Facts { seen, ..facts });
        prop_assert!(known.findings.iter().all(|one| !one.why.ends_with("is not known") || one.why.contains("country")));
    }
}

#[test]
fn a_set_is_read_as_it_is_written_and_says_what_is_wrong() {
    let set = RuleSet::default();
    assert_eq!(set.check(), Ok(()));
    let text = serde_json::to_string(&set).unwrap();
    assert_eq!(serde_json::from_str::<RuleSet>(&text).unwrap(), set);
    assert!(set.rules.iter().all(|rule| !rule.is_about("sandbox", false, store(1))), "play money is nobody's loss");

    let wrong = |rule: &str| {
        let set: RuleSet = serde_json::from_str(&format!("{{\"rules\":[{rule}]}}")).unwrap();
        set.check().unwrap_err().path
    };
    let velocity = |name: &str, minutes: u32| {
        format!(
            "{{\"name\":\"{name}\",\"test\":\"velocity\",\"by\":\"card\",\"count\":\"refusals\",\"minutes\":{minutes},\"most\":3,\"then\":\"review\"}}"
        )
    };
    assert_eq!(wrong(&velocity("No", 1)), "rules[0].name");
    assert_eq!(wrong(&velocity("too-long-ago", 43_201)), "rules[0].minutes");
    assert_eq!(wrong(&format!("{},{}", velocity("a", 1), velocity("a", 2))), "rules[1].name");
    assert_eq!(wrong(r#"{"name":"a","test":"amount","over":{},"then":"step_up"}"#), "rules[0].over");
    assert_eq!(wrong(r#"{"name":"a","test":"amount","over":{"THB":-1},"then":"step_up"}"#), "rules[0].over");
    assert_eq!(
        wrong(r#"{"name":"a","test":"country_mismatch","one":"card","other":"card","then":"review"}"#),
        "rules[0].other"
    );
    assert_eq!(wrong(r#"{"name":"a","test":"new_account","hours":0,"then":"review"}"#), "rules[0].hours");
    assert!(serde_json::from_str::<RuleSet>(r#"{"rules":[{"name":"a","test":"moon","then":"review"}]}"#).is_err());
}
