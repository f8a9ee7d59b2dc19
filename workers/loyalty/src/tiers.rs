//! Tiers: how far somebody has come with the points of a year. They are a deployer's, from the lowest to the highest.

use kirana_edge::{Problem, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoyaltyTier {
    /// Its name, such as `blossom`.
    pub name: String,
    /// From how many points of the last 365 days on.
    pub from: i64,
}

/// The tiers of a setting such as `leaf:0 blossom:100`: the first is everybody's, each further one asks for more.
fn read(set: &str) -> Option<Vec<LoyaltyTier>> {
    let tier = |word: &str| {
        let (name, from) = word.split_once(':')?;
        Some(LoyaltyTier { name: name.to_owned(), from: from.parse().ok()? })
    };
    let tiers: Vec<_> = set.split_whitespace().map(tier).collect::<Option<_>>()?;
    let rises = tiers.windows(2).all(|pair| pair[0].from < pair[1].from);
    (rises && tiers.first().is_some_and(|first| first.from == 0)).then_some(tiers)
}

/// The tiers there are.
///
/// # Errors
/// 500 for a setting that says none.
pub fn tiers(env: &Env) -> Result<Vec<LoyaltyTier>> {
    let set = env.var("TIERS")?.to_string();
    read(&set)
        .ok_or_else(|| Problem::internal(format!("TIERS is {set}: expected such as leaf:0 blossom:100 grove:500")))
}

/// The tier that so many points are in, and the next.
#[must_use]
pub fn of(tiers: &[LoyaltyTier], earned: i64) -> (Option<LoyaltyTier>, Option<LoyaltyTier>) {
    let reached = tiers.iter().rev().find(|tier| tier.from <= earned);
    let next = tiers.iter().find(|tier| tier.from > earned);
    (reached.cloned(), next.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_begins_with_its_first_point() {
        let tiers = read("leaf:0 blossom:100 grove:500").unwrap();
        let at = |earned| {
            let (tier, next) = of(&tiers, earned);
            (tier.unwrap().name, next.map(|next| next.from))
        };
        assert_eq!(at(0), ("leaf".into(), Some(100)));
        assert_eq!(at(99), ("leaf".into(), Some(100)));
        assert_eq!(at(100), ("blossom".into(), Some(500)));
        assert_eq!(at(9_000), ("grove".into(), None));
        assert_eq!(of(&tiers, -5), (None, Some(tiers[0].clone())), "what went back was more than what came");
    }

    #[test]
    fn what_makes_no_sense_is_no_setting() {
        for wrong in ["", "leaf", "leaf:1", "leaf:0 blossom:0", "leaf:0 blossom:x", "leaf:0 grove:500 blossom:100"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
