//! What a store sells otherwise than its menu says: at another price, or not now.

use super::product::MAX_PRICE;
use kirana_contracts::menu::{MenuProduct, ModifierGroup, MovingPrice};
use kirana_edge::FieldError;
use kirana_events::PriceChange;
use kirana_kernel::{Currency, Id, Money};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Overrides of one store at most.
pub const MAX_OVERRIDES: usize = 500;

/// One thing that a store sells otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The variant or modifier.
    #[schema(example = "golden-bubble-milk-tea/medium")]
    pub sku: String,
    /// What it costs here; that of the menu if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Is it sold here now? What is not is shown as sold out, and nobody can order it.
    #[serde(default = "yes")]
    pub available: bool,
    /// Is it no part of what this store offers? It does not stand on the store's menu then, nor among what is sold out.
    #[serde(default)]
    pub hidden: bool,
}

impl Override {
    /// Can it be ordered here now?
    #[must_use]
    pub const fn is_sold(&self) -> bool {
        self.available && !self.hidden
    }
}

/// How far a store may go from the chain's prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceBounds {
    /// So many per cent below at most; as far as it likes if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub below_percent: Option<u32>,
    /// So many per cent above at most; as far as it likes if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1000)]
    pub above_percent: Option<u32>,
}

impl PriceBounds {
    /// What is wrong with them.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let fault = |path: &str, most| FieldError { path: path.into(), message: format!("expected 0 to {most}") };
        let below = self.below_percent.filter(|percent| *percent > 100).map(|_| fault("below_percent", 100));
        let above = self.above_percent.filter(|percent| *percent > 1_000).map(|_| fault("above_percent", 1_000));
        below.into_iter().chain(above).collect()
    }

    /// The least and the most that something of this price may cost in a store. Rounded towards the chain's price, so that the bounds
    /// hold to the last minor unit.
    #[must_use]
    pub fn of(&self, price: Money) -> (Option<Money>, Option<Money>) {
        let part = |percent: i64, up: i64| Money::new((price.amount * percent + up).div_euclid(100), price.currency);
        let least = self.below_percent.map(|percent| part(100 - i64::from(percent), 99));
        let most = self.above_percent.map(|percent| part(100 + i64::from(percent), 0));
        (least, most)
    }
}

const fn yes() -> bool {
    true
}

/// One thing of the chain's menu, and what a store makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// The variant or modifier.
    #[schema(example = "golden-bubble-milk-tea/medium")]
    pub sku: String,
    /// Is it a variant of a product, or what is chosen with one?
    pub kind: ChoiceKind,
    /// The product's name, or the group's.
    pub of: String,
    /// The product's category; absent for modifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its own name.
    pub name: String,
    /// What it costs by the chain's menu.
    pub price: Money,
    /// What it costs here, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_price: Option<Money>,
    /// Is it sold here now?
    pub available: bool,
    /// Is it no part of what this store offers?
    pub hidden: bool,
    /// The least that it may cost here, where the chain has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Money>,
    /// The most that it may cost here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Money>,
    /// Of modifiers: the group they are chosen from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What a choice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    /// A variant of a product.
    Variant,
    /// What is chosen with one.
    Modifier,
}

/// Everything on a menu, in the order it is shown, with what a store makes of each.
#[must_use]
pub fn choices(
    products: &[MenuProduct],
    groups: &[ModifierGroup],
    overrides: &[Override],
    bounds: PriceBounds,
) -> Vec<Choice> {
    let overrides: BTreeMap<_, _> = overrides.iter().map(|one| (one.sku.as_str(), one)).collect();
    let choice = |kind, sku: &str, of: &str, category: Option<&str>, name: &str, price| {
        let own = overrides.get(sku);
        let (least, most) = bounds.of(price);
        Choice {
            sku: sku.to_owned(),
            kind,
            of: of.to_owned(),
            category: category.map(str::to_owned),
            name: name.to_owned(),
            price,
            own_price: own.and_then(|one| one.price),
            available: own.is_none_or(|one| one.available),
            hidden: own.is_some_and(|one| one.hidden),
            least,
            most,
            group: None,
        }
    };
    let variants = products.iter().flat_map(|product| {
        let category = Some(product.category.as_str());
        product.variants.iter().map(move |one| {
            (ChoiceKind::Variant, one.sku.as_str(), product.name.as_str(), category, one.name.as_str(), one.price)
        })
    });
    let modifiers = groups.iter().flat_map(|group| {
        group.modifiers.iter().map(|one| {
            let chosen = choice(ChoiceKind::Modifier, &one.sku, &group.name, None, &one.name, one.price);
            Choice { group: Some(group.id.clone()), ..chosen }
        })
    });
    variants
        .map(|(kind, sku, of, category, name, price)| choice(kind, sku, of, category, name, price))
        .chain(modifiers)
        .collect()
}

/// What each thing on a menu costs.
#[must_use]
pub fn prices(products: &[MenuProduct], groups: &[ModifierGroup]) -> BTreeMap<String, Money> {
    let variants = products.iter().flat_map(|product| &product.variants).map(|variant| (&variant.sku, variant.price));
    let modifiers = groups.iter().flat_map(|group| &group.modifiers).map(|modifier| (&modifier.sku, modifier.price));
    variants.chain(modifiers).map(|(sku, price)| (sku.clone(), price)).collect()
}

/// Everything that is wrong with a store's overrides of a menu with these prices.
#[must_use]
pub fn faults(
    overrides: &[Override],
    prices: &BTreeMap<String, Money>,
    currency: Currency,
    bounds: PriceBounds,
) -> Vec<FieldError> {
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    let mut fault = |path: String, message: String| faults.push(FieldError { path, message });
    if overrides.len() > MAX_OVERRIDES {
        fault("overrides".into(), format!("expected {MAX_OVERRIDES} at most"));
        return faults;
    }
    for (at, one) in overrides.iter().enumerate() {
        let path = format!("overrides[{at}]");
        if !prices.contains_key(&one.sku) {
            fault(format!("{path}.sku"), format!("{} is not on this store's menu", one.sku));
        }
        if !seen.insert(&one.sku) {
            fault(format!("{path}.sku"), format!("{} stands here twice", one.sku));
        }
        match one.price {
            None if one.is_sold() => fault(path, "expected a price, available: false, or hidden: true".into()),
            Some(price) if price.currency != currency => {
                fault(format!("{path}.price.currency"), format!("the menu is in {currency}"));
            }
            Some(price) if !(0..=MAX_PRICE).contains(&price.amount) => {
                fault(format!("{path}.price.amount"), format!("expected 0 to {MAX_PRICE} minor units"));
            }
            Some(price) => {
                let (least, most) = prices.get(&one.sku).map_or((None, None), |chain| bounds.of(*chain));
                if least.is_some_and(|least| price.amount < least.amount)
                    || most.is_some_and(|most| price.amount > most.amount)
                {
                    let says = |bound: Option<Money>, word: &str| bound.map(|bound| format!("{word} {bound}"));
                    let words: Vec<_> = says(least, "at least").into_iter().chain(says(most, "at most")).collect();
                    fault(format!("{path}.price.amount"), format!("the chain lets it cost {}", words.join(", ")));
                }
            }
            None => {}
        }
    }
    faults
}

/// The menu as the store sells it. What is sold out is taken off it, so that nobody orders it, and returned to be shown; what is hidden
/// is gone.
pub fn apply(
    products: &mut Vec<MenuProduct>,
    groups: &mut [ModifierGroup],
    overrides: &[Override],
) -> (Vec<MenuProduct>, Vec<ModifierGroup>) {
    let overrides: BTreeMap<_, _> = overrides.iter().map(|one| (one.sku.as_str(), one)).collect();
    let is_out = |sku: &str| overrides.get(sku).is_some_and(|one| !one.available && !one.hidden);
    let keep = |sku: &str, price: &mut Money| match overrides.get(sku) {
        Some(one) => {
            *price = one.price.unwrap_or(*price);
            one.is_sold()
        }
        None => true,
    };
    let mut sold_out = Vec::new();
    for product in products.iter_mut() {
        let out: Vec<_> = product.variants.iter().filter(|variant| is_out(&variant.sku)).cloned().collect();
        if !out.is_empty() {
            sold_out.push(MenuProduct { variants: out, ..product.clone() });
        }
        product.variants.retain_mut(|variant| keep(&variant.sku, &mut variant.price));
    }
    products.retain(|product| !product.variants.is_empty());
    let mut out_of_choice = Vec::new();
    for group in groups {
        let out: Vec<_> = group.modifiers.iter().filter(|modifier| is_out(&modifier.sku)).cloned().collect();
        if !out.is_empty() {
            out_of_choice.push(ModifierGroup { modifiers: out, ..group.clone() });
        }
        group.modifiers.retain_mut(|modifier| keep(&modifier.sku, &mut modifier.price));
    }
    (sold_out, out_of_choice)
}

/// The menu with prices that move by themselves; what it costs otherwise is said beside.
pub fn moved(products: &mut [MenuProduct], moving: &[MovingPrice]) {
    let moving: BTreeMap<_, _> = moving.iter().map(|one| (one.sku.as_str(), one)).collect();
    for variant in products.iter_mut().flat_map(|product| &mut product.variants) {
        if let Some(one) = moving.get(variant.sku.as_str()).filter(|one| one.price != variant.price) {
            variant.list_price = Some(std::mem::replace(&mut variant.price, one.price));
            variant.price_reason.clone_from(&one.reason);
        }
    }
}

/// The prices that are others once they have moved.
#[must_use]
pub fn moves(
    menu_id: Id,
    store_id: Id,
    products: &[MenuProduct],
    before: &[MovingPrice],
    after: &[MovingPrice],
) -> Vec<PriceChange> {
    let of = |moving: &[MovingPrice], sku: &str| moving.iter().find(|one| one.sku == sku).map(|one| one.price);
    let variants = products.iter().flat_map(|product| &product.variants);
    variants
        .filter_map(|variant| {
            let (from, to) = (of(before, &variant.sku), of(after, &variant.sku));
            let (from, to) = (from.unwrap_or(variant.price), to.unwrap_or(variant.price));
            let sku = variant.sku.clone();
            (from != to).then_some(PriceChange { sku, menu_id, store_id: Some(store_id), from, to })
        })
        .collect()
}

/// The prices that are others in a store once it has other overrides.
#[must_use]
pub fn price_changes(
    menu_id: Id,
    store_id: Id,
    prices: &BTreeMap<String, Money>,
    before: &[Override],
    after: &[Override],
) -> Vec<PriceChange> {
    let priced = |overrides: &[Override]| -> BTreeMap<String, Money> {
        overrides.iter().filter_map(|one| Some((one.sku.clone(), one.price?))).collect()
    };
    let (before, after) = (priced(before), priced(after));
    let skus: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    skus.into_iter()
        .filter_map(|sku| {
            let base = *prices.get(sku)?;
            let (from, to) = (*before.get(sku).unwrap_or(&base), *after.get(sku).unwrap_or(&base));
            (from != to).then(|| PriceChange { sku: sku.clone(), menu_id, store_id: Some(store_id), from, to })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::menu::{MenuVariant, Modifier};
    use kirana_kernel::Timestamp;

    fn baht(amount: i64) -> Money {
        Money::new(amount, Currency::THB)
    }

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn menu() -> (Vec<MenuProduct>, Vec<ModifierGroup>) {
        let variant = |sku: &str, price| MenuVariant {
            sku: sku.into(),
            name: sku.into(),
            price: baht(price),
            list_price: None,
            price_reason: None,
            by_weight: false,
            modifier_groups: vec!["ice".into()],
            nutrition: None,
        };
        let product = MenuProduct {
            id: id(1),
            name: "Tea".into(),
            description: String::new(),
            category: "Tea".into(),
            age_restricted: false,
            tax_class: "standard".into(),
            tags: Vec::new(),
            allergens: None,
            photo: None,
            variants: vec![variant("tea/s", 4_000), variant("tea/m", 5_000)],
        };
        let modifiers = vec![Modifier {
            sku: "ice/more".into(),
            name: "More".into(),
            price: baht(0),
            age_restricted: false,
            preselected: false,
        }];
        (vec![product], vec![ModifierGroup { id: "ice".into(), name: "Ice".into(), min: 0, max: 1, modifiers }])
    }

    fn sells(sku: &str, price: Option<i64>, available: bool) -> Override {
        Override { sku: sku.into(), price: price.map(baht), available, hidden: false }
    }

    #[test]
    fn a_store_has_its_prices_and_leaves_out_what_it_does_not_sell() {
        let (mut products, mut groups) = menu();
        let overrides =
            [sells("tea/s", None, false), sells("tea/m", Some(5_500), true), sells("ice/more", None, false)];
        let (out, choices) = apply(&mut products, &mut groups, &overrides);
        assert_eq!((out[0].variants[0].sku.as_str(), out[0].variants.len()), ("tea/s", 1), "it is shown as sold out");
        assert_eq!((choices[0].id.as_str(), choices[0].modifiers[0].sku.as_str()), ("ice", "ice/more"));
        assert_eq!(products[0].variants.len(), 1);
        assert_eq!(products[0].variants[0].price, baht(5_500));
        assert_eq!(groups[0].modifiers, []);
        let hidden = Override { hidden: true, ..sells("tea/m", None, true) };
        assert_eq!(apply(&mut products, &mut groups, &[hidden]), (vec![], vec![]), "what is hidden is not sold out");
        assert_eq!(products, [], "a product without variants cannot be ordered");
    }

    #[test]
    fn each_fault_is_named() {
        let (products, groups) = menu();
        let wrong = [
            sells("tea/xl", Some(1), true),
            sells("tea/s", None, true),
            sells("tea/s", Some(-1), true),
            Override { price: Some(Money::new(1, Currency::USD)), ..sells("tea/m", None, true) },
        ];
        let paths: Vec<_> = faults(&wrong, &prices(&products, &groups), Currency::THB, PriceBounds::default())
            .into_iter()
            .map(|fault| fault.path)
            .collect();
        let expected = [
            "overrides[0].sku",
            "overrides[1]",
            "overrides[2].sku",
            "overrides[2].price.amount",
            "overrides[3].price.currency",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn prices_stay_within_the_chains_bounds() {
        let (products, groups) = menu();
        let bounds = PriceBounds { below_percent: Some(10), above_percent: Some(25) };
        assert_eq!(bounds.of(baht(4_999)), (Some(baht(4_500)), Some(baht(6_248))), "to the last satang");
        let faults =
            |price| faults(&[sells("tea/m", Some(price), true)], &prices(&products, &groups), Currency::THB, bounds);
        assert_eq!((faults(4_500), faults(6_250)), (vec![], vec![]));
        for wrong in [4_499, 6_251] {
            assert_eq!(faults(wrong)[0].path, "overrides[0].price.amount", "{wrong}");
        }
        let choice = &choices(&products, &groups, &[], bounds)[1];
        assert_eq!((choice.least, choice.most), (Some(baht(4_500)), Some(baht(6_250))));
        let wrong = PriceBounds { below_percent: Some(101), above_percent: Some(1_001) };
        assert_eq!(wrong.faults().len(), 2);
    }

    #[test]
    fn what_changes_is_told() {
        let (products, groups) = menu();
        let prices = prices(&products, &groups);
        let (one, two) = (sells("tea/s", Some(4_500), true), sells("tea/m", Some(5_000), true));
        let told = |before: &[Override], after: &[Override]| {
            price_changes(id(2), id(3), &prices, before, after)
                .into_iter()
                .map(|change| (change.sku, change.from.amount, change.to.amount))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&[], &[one.clone(), two.clone()]), [("tea/s".into(), 4_000, 4_500)]);
        assert_eq!(told(&[one, two], &[]), [("tea/s".into(), 4_500, 4_000)]);
    }
}
