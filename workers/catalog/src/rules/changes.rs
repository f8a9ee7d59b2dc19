//! What is told of a menu that became another.

use super::product::Product;
use kirana_contracts::menu::ModifierGroup;
use kirana_events::{EventData, PriceChange, ProductEvent};
use kirana_kernel::{Id, Money};
use std::collections::BTreeMap;

/// A product on a menu, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: Id,
    /// Is it sold no more?
    pub retired: bool,
    /// The rest of it.
    pub product: Product,
}

/// The events of one product that was `before` and is `after`; none on either side if it is not sold then.
#[must_use]
pub fn of_product(menu_id: Id, id: Id, before: Option<&Product>, after: Option<&Product>) -> Vec<EventData> {
    let event = |product: &Product| ProductEvent {
        product_id: id,
        menu_id,
        name: product.name.clone(),
        category: product.category.clone(),
    };
    match (before, after) {
        (None, None) => Vec::new(),
        (None, Some(after)) => vec![EventData::ProductCreated(event(after))],
        (Some(before), None) => vec![EventData::ProductRetired(event(before))],
        (Some(before), Some(after)) if before == after => Vec::new(),
        (Some(before), Some(after)) => {
            let mut told = vec![EventData::ProductUpdated(event(after))];
            let prices = |product: &Product| -> Vec<(String, Money)> {
                product.variants.iter().map(|variant| (variant.sku.clone(), variant.price)).collect()
            };
            told.extend(of_prices(menu_id, &prices(before), &prices(after)));
            told
        }
    }
}

/// The events of a whole menu that was replaced: its products by their slugs, its modifiers by their skus.
#[must_use]
pub fn of_menu(menu_id: Id, before: (&[Kept], &[ModifierGroup]), after: (&[Kept], &[ModifierGroup])) -> Vec<EventData> {
    let sold = |side: &[Kept]| -> BTreeMap<String, Kept> {
        side.iter().filter(|kept| !kept.retired).map(|kept| (kept.product.slug.clone(), kept.clone())).collect()
    };
    let (old, new) = (sold(before.0), sold(after.0));
    let mut told = Vec::new();
    for (slug, kept) in &old {
        let now = new.get(slug).map(|kept| &kept.product);
        told.extend(of_product(menu_id, kept.id, Some(&kept.product), now));
    }
    for (_, kept) in new.iter().filter(|(slug, _)| !old.contains_key(*slug)) {
        told.extend(of_product(menu_id, kept.id, None, Some(&kept.product)));
    }
    let prices = |groups: &[ModifierGroup]| -> Vec<(String, Money)> {
        let modifiers = groups.iter().flat_map(|group| &group.modifiers);
        // Groups of one name share their skus.
        let prices: BTreeMap<_, _> = modifiers.map(|modifier| (modifier.sku.clone(), modifier.price)).collect();
        prices.into_iter().collect()
    };
    told.extend(of_prices(menu_id, &prices(before.1), &prices(after.1)));
    told
}

fn of_prices(menu_id: Id, before: &[(String, Money)], after: &[(String, Money)]) -> Vec<EventData> {
    let changed = after.iter().filter_map(|(sku, to)| {
        let (_, from) = before.iter().find(|(old, _)| old == sku)?;
        (from != to).then(|| PriceChange { sku: sku.clone(), menu_id, store_id: None, from: *from, to: *to })
    });
    changed.map(EventData::PriceChanged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::menu::{MenuVariant, Modifier};
    use kirana_kernel::{Currency, Timestamp};

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn product(slug: &str, price: i64) -> Kept {
        let variant = MenuVariant {
            sku: format!("{slug}/s"),
            name: "S".into(),
            price: Money::new(price, Currency::THB),
            list_price: None,
            price_reason: None,
            by_weight: false,
            modifier_groups: Vec::new(),
            nutrition: None,
        };
        let product = Product {
            slug: slug.into(),
            name: slug.into(),
            category: "Tea".into(),
            description: String::new(),
            age_restricted: false,
            tax_class: "standard".into(),
            tags: Vec::new(),
            allergens: None,
            variants: vec![variant],
        };
        Kept { id: id(slug.len() as u8), retired: false, product }
    }

    fn ice(price: i64) -> ModifierGroup {
        let modifier = Modifier {
            sku: "ice/more".into(),
            name: "More".into(),
            price: Money::new(price, Currency::THB),
            age_restricted: false,
            preselected: false,
        };
        ModifierGroup { id: "1".into(), name: "Ice".into(), min: 0, max: 1, modifiers: vec![modifier] }
    }

    #[test]
    fn a_menu_sent_again_says_nothing() {
        let menu = [product("a", 100), product("bb", 200)];
        assert_eq!(of_menu(id(9), (&menu, &[ice(0)]), (&menu, &[ice(0)])), []);
    }

    #[test]
    fn what_came_changed_and_went_is_told() {
        let back = Kept { retired: true, ..product("dddd", 400) };
        let before = [product("a", 100), product("bb", 200), back];
        let after = [product("a", 110), product("ccc", 300), product("dddd", 400)];
        let told = of_menu(id(9), (&before, &[ice(0)]), (&after, &[ice(500)]));
        let told: Vec<_> = told
            .iter()
            .map(|event| match event {
                EventData::PriceChanged(change) => {
                    format!("{} {} {}", change.sku, change.from.amount, change.to.amount)
                }
                EventData::ProductCreated(event)
                | EventData::ProductUpdated(event)
                | EventData::ProductRetired(event) => event.name.clone(),
                other => other.type_name().into(),
            })
            .collect();
        assert_eq!(told, ["a", "a/s 100 110", "bb", "ccc", "dddd", "ice/more 0 500"]);
    }
}
