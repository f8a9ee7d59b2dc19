//! Rules, as an admin sets them.

use kirana_contracts::risk::Verdict;
use kirana_kernel::{Currency, Id};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use utoipa::ToSchema;

/// Rules of one set at most.
const MOST_RULES: usize = 40;

/// Minutes that a rule looks back at most: so long is kept who paid with what.
pub const MOST_MINUTES: u32 = 30 * 24 * 60;

/// What attempts are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The same card, whatever its token: the gateway's fingerprint of it.
    Card,
    /// The same browser or app.
    Device,
    /// The same place where goods are brought.
    Address,
    /// The same address in the network.
    Network,
    /// The same customer.
    Customer,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 5] = [Self::Card, Self::Device, Self::Address, Self::Network, Self::Customer];

    /// Its name in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Device => "device",
            Self::Address => "address",
            Self::Network => "network",
            Self::Customer => "customer",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Which attempts count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// All, this one among them.
    Attempts,
    /// Those that failed.
    Refusals,
}

/// Somewhere with a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The card's bank.
    Card,
    /// The caller's network.
    Network,
    /// The store.
    Store,
}

impl Place {
    /// Its name in sentences.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Network => "network",
            Self::Store => "store",
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// The same was seen too often.
    Velocity {
        /// The same what.
        by: Signal,
        /// Which attempts.
        count: Count,
        /// Within so many minutes.
        #[schema(minimum = 1, maximum = 43_200)]
        minutes: u32,
        /// So often is still right.
        most: u32,
    },
    /// It is a lot of money.
    Amount {
        /// More than this, in minor units by currency. Another currency fires nothing.
        #[schema(value_type = BTreeMap<String, i64>, example = json!({"THB": 1_500_000}))]
        over: BTreeMap<Currency, i64>,
    },
    /// Two countries are not the same.
    CountryMismatch {
        /// Of this.
        one: Place,
        /// And of this.
        other: Place,
    },
    /// The account is new.
    NewAccount {
        /// Younger than so many hours.
        #[schema(minimum = 1, maximum = 8_760)]
        hours: u32,
        /// And pays more than this, in minor units by currency; anything if not given.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        #[schema(value_type = BTreeMap<String, i64>)]
        over: BTreeMap<Currency, i64>,
    },
}

/// What a rule that fires asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// [`Verdict::StepUp`].
    StepUp,
    /// [`Verdict::Review`].
    Review,
}

impl From<Then> for Verdict {
    fn from(then: Then) -> Self {
        match then {
            Then::StepUp => Self::StepUp,
            Then::Review => Self::Review,
        }
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// What it is called in reasons: lower-case letters, digits and hyphens, at most 60.
    #[schema(example = "card-refusals")]
    pub name: String,
    /// What it looks at.
    #[serde(flatten)]
    pub test: Test,
    /// What it asks for.
    pub then: Then,
    /// Only by these gateways; by all that move money if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateways: Vec<String>,
    /// Only in these stores; in all if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Id>,
}

impl Rule {
    /// Is it about payments by this gateway in this store?
    #[must_use]
    pub fn is_about(&self, gateway: &str, moves_money: bool, store: Id) -> bool {
        let by = if self.gateways.is_empty() { moves_money } else { self.gateways.iter().any(|name| name == gateway) };
        by && (self.stores.is_empty() || self.stores.contains(&store))
    }
}

/// Why rules cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// Where: `rules[2].minutes`.
    pub path: String,
    /// What would be right.
    pub message: String,
}

/// All rules of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// The rules, at most 40; their order means nothing.
    #[schema(max_items = 40)]
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// Can these be?
    ///
    /// # Errors
    /// The first that cannot, and what would be right.
    pub fn check(&self) -> Result<(), RuleFault> {
        let fault = |path: String, message: &str| Err(RuleFault { path, message: message.to_owned() });
        if self.rules.len() > MOST_RULES {
            return fault("rules".into(), "expected at most 40");
        }
        let mut names = BTreeSet::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let at = |field: &str| format!("rules[{index}].{field}");
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if !(1..=60).contains(&rule.name.len()) || !rule.name.bytes().all(plain) {
                return fault(at("name"), "expected 1 to 60 lower-case letters, digits and hyphens");
            }
            if !names.insert(&rule.name) {
                return fault(at("name"), "expected a name that no other rule has");
            }
            match &rule.test {
                Test::Velocity { minutes, .. } if !(1..=MOST_MINUTES).contains(minutes) => {
                    return fault(at("minutes"), "expected 1 to 43200: thirty days");
                }
                Test::Amount { over } if over.is_empty() => {
                    return fault(at("over"), "expected an amount for a currency at least");
                }
                Test::Amount { over } | Test::NewAccount { over, .. } if over.values().any(|amount| *amount < 0) => {
                    return fault(at("over"), "expected minor units, not below zero");
                }
                Test::NewAccount { hours, .. } if !(1..=8_760).contains(hours) => {
                    return fault(at("hours"), "expected 1 to 8760: a year");
                }
                Test::CountryMismatch { one, other } if one == other => {
                    return fault(at("other"), "expected another place than `one`");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Is a rule for payments by this gateway in this store about their card?
    #[must_use]
    pub fn wants_card(&self, gateway: &str, moves_money: bool, store: Id) -> bool {
        self.rules.iter().filter(|rule| rule.is_about(gateway, moves_money, store)).any(|rule| match rule.test {
            Test::Velocity { by, .. } => by == Signal::Card,
            Test::CountryMismatch { one, other } => one == Place::Card || other == Place::Card,
            Test::Amount { .. } | Test::NewAccount { .. } => false,
        })
    }

    /// What has to be counted for payments by this gateway in this store.
    #[must_use]
    pub fn needs(&self, gateway: &str, moves_money: bool, store: Id) -> BTreeSet<(Signal, Count, u32)> {
        let about = self.rules.iter().filter(|rule| rule.is_about(gateway, moves_money, store));
        about
            .filter_map(|rule| match rule.test {
                Test::Velocity { by, count, minutes, .. } => Some((by, count, minutes)),
                _ => None,
            })
            .collect()
    }
}

/// What a chain has that has set none: they are about gateways that move money, and mild where somebody honest may come by.
impl Default for RuleSet {
    fn default() -> Self {
        let velocity =
            |name: &str, by, count, minutes, most, then| rule(name, Test::Velocity { by, count, minutes, most }, then);
        let (hour, day) = (60, 24 * 60);
        Self {
            rules: vec![
                velocity("card-refusals", Signal::Card, Count::Refusals, hour, 3, Then::Review),
                velocity("card-attempts", Signal::Card, Count::Attempts, hour, 10, Then::StepUp),
                velocity("device-refusals", Signal::Device, Count::Refusals, hour, 5, Then::Review),
                velocity("customer-refusals", Signal::Customer, Count::Refusals, hour, 5, Then::StepUp),
                velocity("network-refusals", Signal::Network, Count::Refusals, hour, 20, Then::Review),
                velocity("address-attempts", Signal::Address, Count::Attempts, day, 30, Then::StepUp),
                rule("large", Test::Amount { over: amounts(1) }, Then::StepUp),
                rule("very-large", Test::Amount { over: amounts(5) }, Then::Review),
                rule(
                    "new-and-large",
                    Test::NewAccount { hours: 24, over: amounts(2).into_iter().map(|(c, a)| (c, a / 8)).collect() },
                    Then::StepUp,
                ),
                rule("country", Test::CountryMismatch { one: Place::Card, other: Place::Network }, Then::StepUp),
            ],
        }
    }
}

fn rule(name: &str, test: Test, then: Then) -> Rule {
    Rule { name: name.to_owned(), test, then, gateways: Vec::new(), stores: Vec::new() }
}

/// About five hundred dollars, so many times.
fn amounts(times: i64) -> BTreeMap<Currency, i64> {
    let table =
        [("EUR", 50_000), ("GBP", 40_000), ("INR", 4_000_000), ("SEK", 500_000), ("THB", 1_700_000), ("USD", 50_000)];
    table.iter().filter_map(|(code, amount)| Some((code.parse().ok()?, amount * times))).collect()
}
