//! Menus as delivery platforms export them: items with priced variants that refer to modifier groups.
//!
//! Prices are whole units of the currency or decimal texts; here they become minor units. What is wrong is reported with the
//! way to it, and nothing of the menu is taken.

use super::product::{Product, allergens, nutrition_fault, slug, tags};
use kirana_contracts::menu::{Allergen, MenuVariant, Modifier, ModifierGroup, Nutrition};
use kirana_edge::FieldError;
use kirana_kernel::{Currency, Money};
use serde::Deserialize;
use serde_json::Number;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A menu to be imported.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MenuFile {
    /// The menu's name, unique in the chain; the same name again replaces it.
    pub name: String,
    /// What its prices are in.
    pub currency: Currency,
    /// Modifier groups by the id that variants refer to.
    #[schema(value_type = Object)]
    pub modifier_groups: BTreeMap<String, GroupFile>,
    /// The products.
    pub items: Vec<ItemFile>,
}

/// A modifier group in a file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct GroupFile {
    /// Such as `Choose your topping`.
    pub name: String,
    /// How many must be chosen.
    pub min: i64,
    /// How many may be chosen.
    pub max: i64,
    /// What can be chosen.
    pub options: Vec<OptionFile>,
}

/// Something to choose, in a file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct OptionFile {
    /// Such as `Grass Jelly`.
    pub name: String,
    /// In the currency's main unit: 20 is 20.00 baht.
    #[schema(value_type = f64)]
    pub price: Number,
    /// May only adults have it? Then so is whatever it is chosen with.
    #[serde(default)]
    pub alcoholic: bool,
}

/// A product in a file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ItemFile {
    /// Its name, unique in the menu.
    pub name: String,
    /// Its category's name.
    pub category: String,
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// May only adults buy it?
    #[serde(default)]
    pub alcoholic: bool,
    /// Words to find it by, such as `vegan`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The allergens it contains; an empty list for none of them, nothing where nobody knows.
    #[serde(default)]
    pub allergens: Option<Vec<Allergen>>,
    /// What of it can be ordered.
    pub variants: Vec<VariantFile>,
}

/// A variant in a file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct VariantFile {
    /// Such as `Medium`.
    pub name: String,
    /// In the currency's main unit.
    #[schema(value_type = f64)]
    pub price: Number,
    /// Ids of modifier groups, as numbers or texts.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub modifier_groups: Vec<serde_json::Value>,
    /// Is it sold by weight? The price is that of a kilogram then.
    #[serde(default)]
    pub by_weight: bool,
    /// What one piece gives.
    #[serde(default)]
    pub nutrition: Option<Nutrition>,
}

/// Minor units of a price, exactly: no float is calculated with.
fn money(price: &Number, currency: Currency) -> Result<Money, String> {
    let text = price.to_string();
    let wrong =
        || format!("{text} is no price: expected a number of 0 or more with {} decimals at most", currency.exponent());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = currency.exponent() as usize;
    if fraction.len() > digits || text.starts_with('-') || text.contains(['e', 'E']) {
        return Err(wrong());
    }
    let minor: i64 = format!("{whole}{fraction:0<digits$}").parse().map_err(|_| wrong())?;
    Ok(Money::new(minor, currency))
}

/// Turns a file into groups and products.
///
/// # Errors
/// Everything that is wrong, with the way to it.
pub fn read(file: &MenuFile) -> Result<(Vec<ModifierGroup>, Vec<Product>), Vec<FieldError>> {
    let mut faults = Faults(Vec::new());
    let groups =
        file.modifier_groups.iter().map(|(id, group)| read_group(id, group, file.currency, &mut faults)).collect();
    let mut slugs = BTreeSet::new();
    let products = file
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let product = read_item(file, item, index, &mut faults);
            if !slugs.insert(product.slug.clone()) {
                faults.add(format!("items[{index}].name"), format!("{} is on the menu twice", item.name));
            }
            product
        })
        .collect();
    if file.name.trim().is_empty() {
        faults.add("name".into(), "expected a name for the menu".into());
    }
    if faults.0.is_empty() { Ok((groups, products)) } else { Err(faults.0) }
}

struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, path: String, message: String) {
        self.0.push(FieldError { path, message });
    }

    fn money(&mut self, path: String, price: &Number, currency: Currency) -> Money {
        money(price, currency).unwrap_or_else(|message| {
            self.add(path, message);
            Money::zero(currency)
        })
    }
}

fn read_group(id: &str, group: &GroupFile, currency: Currency, faults: &mut Faults) -> ModifierGroup {
    let path = format!("modifier_groups.{id}");
    if group.min < 0 || group.max < group.min {
        faults.add(format!("{path}.max"), format!("expected 0 <= min <= max, found {} and {}", group.min, group.max));
    }
    let group_slug = slug(&group.name);
    let modifiers = group
        .options
        .iter()
        .enumerate()
        .map(|(index, option)| Modifier {
            sku: format!("{group_slug}/{}", slug(&option.name)),
            name: option.name.clone(),
            price: faults.money(format!("{path}.options[{index}].price"), &option.price, currency),
            age_restricted: option.alcoholic,
            preselected: false,
        })
        .collect();
    ModifierGroup { id: id.into(), name: group.name.clone(), min: group.min, max: group.max, modifiers }
}

fn read_item(file: &MenuFile, item: &ItemFile, index: usize, faults: &mut Faults) -> Product {
    let item_slug = slug(&item.name);
    let path = format!("items[{index}]");
    if item.variants.is_empty() || item_slug.is_empty() {
        faults.add(path.clone(), format!("{} needs a name and at least one variant", item.name));
    }
    let mut skus = BTreeSet::new();
    let variants = item
        .variants
        .iter()
        .enumerate()
        .map(|(position, variant)| {
            let path = format!("{path}.variants[{position}]");
            let sku = format!("{item_slug}/{}", slug(&variant.name));
            if !skus.insert(sku.clone()) {
                faults.add(format!("{path}.name"), format!("{} has two variants called {}", item.name, variant.name));
            }
            let groups: Vec<String> = variant
                .modifier_groups
                .iter()
                .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned))
                .collect();
            for (at, id) in groups.iter().enumerate().filter(|(_, id)| !file.modifier_groups.contains_key(*id)) {
                faults.add(format!("{path}.modifier_groups[{at}]"), format!("there is no modifier group {id}"));
            }
            let price = faults.money(format!("{path}.price"), &variant.price, file.currency);
            if let Some(message) = variant.nutrition.as_ref().and_then(nutrition_fault) {
                faults.add(format!("{path}.nutrition"), message.into());
            }
            MenuVariant {
                sku,
                name: variant.name.clone(),
                price,
                list_price: None,
                price_reason: None,
                by_weight: variant.by_weight,
                modifier_groups: groups,
                nutrition: variant.nutrition,
            }
        })
        .collect();
    Product {
        slug: item_slug,
        name: item.name.clone(),
        category: item.category.clone(),
        description: item.description.clone(),
        age_restricted: item.alcoholic,
        tax_class: kirana_contracts::tax::STANDARD.to_owned(),
        tags: tags(&item.tags).unwrap_or_else(|message| {
            faults.add(format!("{path}.tags"), message);
            Vec::new()
        }),
        allergens: allergens(item.allergens.as_deref()),
        variants,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_real_menu_is_read_whole() {
        let mut menu: serde_json::Value =
            serde_json::from_str(include_str!("../../../../data/menu_boba.json")).unwrap();
        menu["name"] = "Boba".into();
        let file: MenuFile = serde_json::from_value(menu).unwrap();
        let (groups, products) = read(&file).unwrap();
        assert_eq!((groups.len(), products.len()), (9, 35));
        let tea = products.iter().find(|product| product.slug == "golden-bubble-milk-tea").unwrap();
        let medium = tea.variants.iter().find(|variant| variant.sku == "golden-bubble-milk-tea/medium").unwrap();
        assert!(medium.price.amount % 100 == 0 && medium.price.amount > 0);
    }

    #[test]
    fn what_is_poured_in_may_be_for_adults() {
        let file: MenuFile = serde_json::from_value(json!({
            "name": "x", "currency": "THB",
            "modifier_groups": {"1": {"name": "Extra", "min": 0, "max": 1, "options": [
                {"name": "Rum", "price": 40, "alcoholic": true}, {"name": "Jelly", "price": 20}]}},
            "items": [{"name": "Tea", "category": "c", "variants": [{"name": "S", "price": 1, "modifier_groups": [1]}]}],
        }))
        .unwrap();
        let (groups, products) = read(&file).unwrap();
        assert_eq!(groups[0].modifiers.iter().map(|one| one.age_restricted).collect::<Vec<_>>(), [true, false]);
        assert!(!products[0].age_restricted, "tea alone is for everybody");
    }

    #[test]
    fn each_fault_is_named() {
        let file: MenuFile = serde_json::from_value(json!({
            "name": "x", "currency": "THB",
            "modifier_groups": {"1": {"name": "g", "min": 2, "max": 1, "options": [{"name": "o", "price": 1.005}]}},
            "items": [
                {"name": "Tea", "category": "c", "variants": [{"name": "S", "price": 1, "modifier_groups": [2]}, {"name": "S", "price": -1}]},
                {"name": "tea", "category": "c", "variants": []},
            ],
        }))
        .unwrap();
        let paths: Vec<_> = read(&file).unwrap_err().into_iter().map(|fault| fault.path).collect();
        assert_eq!(
            paths,
            [
                "modifier_groups.1.max",
                "modifier_groups.1.options[0].price",
                "items[0].variants[0].modifier_groups[0]",
                "items[0].variants[1].name",
                "items[0].variants[1].price",
                "items[1]",
                "items[1].name",
            ]
        );
    }

    #[test]
    fn prices_are_exact() {
        let number = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        assert_eq!(money(&number("8.49"), Currency::USD), Ok(Money::new(849, Currency::USD)));
        assert_eq!(money(&number("45"), Currency::THB), Ok(Money::new(4_500, Currency::THB)));
        assert_eq!(money(&number("0.1"), Currency::USD), Ok(Money::new(10, Currency::USD)));
        assert!(money(&number("1.005"), Currency::USD).is_err());
        assert_eq!(slug("Sugar 50%"), "sugar-50pc");
    }
}
