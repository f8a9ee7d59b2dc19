//! Benefits and stacking as JSON has them: one flat object each, whose `kind` says which other fields there must be. Serde's own
//! way to read tagged enums keeps everything aside first, and takes twice the code.

use super::{BulkMeasure, BundlePart, Selector, Tier};
use kirana_kernel::Money;
use serde::Deserialize;

/// What a benefit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Percentage,
    AmountOff,
    AmountOffEach,
    BuyGet,
    Bundle,
    BulkTiers,
}

/// A benefit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    kind: Kind,
    percent_bp: Option<u32>,
    on: Option<Selector>,
    amount: Option<Money>,
    buy: Option<u32>,
    buy_on: Option<Selector>,
    get: Option<u32>,
    get_on: Option<Selector>,
    parts: Option<Vec<BundlePart>>,
    price: Option<Money>,
    measure: Option<BulkMeasure>,
    tiers: Option<Vec<Tier>>,
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("missing field `{name}`"))
}

impl TryFrom<Benefit> for super::Benefit {
    type Error = String;

    fn try_from(wire: Benefit) -> Result<Self, String> {
        let Benefit { kind, percent_bp, on, amount, buy, buy_on, get, get_on, parts, price, measure, tiers } = wire;
        let given = [
            ("percent_bp", percent_bp.is_some(), matches!(kind, Kind::Percentage | Kind::BuyGet)),
            ("on", on.is_some(), !matches!(kind, Kind::BuyGet | Kind::Bundle)),
            ("amount", amount.is_some(), matches!(kind, Kind::AmountOff | Kind::AmountOffEach)),
            ("buy", buy.is_some(), kind == Kind::BuyGet),
            ("buy_on", buy_on.is_some(), kind == Kind::BuyGet),
            ("get", get.is_some(), kind == Kind::BuyGet),
            ("get_on", get_on.is_some(), kind == Kind::BuyGet),
            ("parts", parts.is_some(), kind == Kind::Bundle),
            ("price", price.is_some(), kind == Kind::Bundle),
            ("measure", measure.is_some(), kind == Kind::BulkTiers),
            ("tiers", tiers.is_some(), kind == Kind::BulkTiers),
        ];
        if let Some((name, ..)) = given.into_iter().find(|(_, given, fits)| *given && !fits) {
            return Err(format!("unknown field `{name}`: this kind of benefit has none"));
        }
        let on = on.unwrap_or_default();
        Ok(match kind {
            Kind::Percentage => Self::Percentage { percent_bp: needed(percent_bp, "percent_bp")?, on },
            Kind::AmountOff => Self::AmountOff { amount: needed(amount, "amount")?, on },
            Kind::AmountOffEach => Self::AmountOffEach { amount: needed(amount, "amount")?, on },
            Kind::BuyGet => Self::BuyGet {
                buy: needed(buy, "buy")?,
                buy_on: buy_on.unwrap_or_default(),
                get: needed(get, "get")?,
                get_on: get_on.unwrap_or_default(),
                percent_bp: needed(percent_bp, "percent_bp")?,
            },
            Kind::Bundle => Self::Bundle { parts: needed(parts, "parts")?, price: needed(price, "price")? },
            Kind::BulkTiers => {
                Self::BulkTiers { measure: needed(measure, "measure")?, tiers: needed(tiers, "tiers")?, on }
            }
        })
    }
}

/// How a promotion goes together with others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stacking {
    kind: Together,
    group: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Together {
    Stackable,
    Exclusive,
    ExclusiveIn,
}

impl TryFrom<Stacking> for super::Stacking {
    type Error = String;

    fn try_from(wire: Stacking) -> Result<Self, String> {
        match (wire.kind, wire.group) {
            (Together::ExclusiveIn, group) => Ok(Self::ExclusiveIn { group: needed(group, "group")? }),
            (_, Some(_)) => Err("unknown field `group`: only exclusive_in has one".into()),
            (Together::Stackable, None) => Ok(Self::Stackable),
            (Together::Exclusive, None) => Ok(Self::Exclusive),
        }
    }
}
