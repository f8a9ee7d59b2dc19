//! What a product may be.

use kirana_contracts::menu::{Allergen, MenuProduct, MenuVariant, ModifierGroup, Nutrition};
use kirana_edge::FieldError;
use kirana_kernel::{Currency, Id, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The highest price of one piece or kilogram, in minor units.
pub const MAX_PRICE: i64 = 10_000_000_000;

/// Tags of a product at most.
const MAX_TAGS: usize = 20;

/// Variants of a product at most.
const MAX_VARIANTS: usize = 50;

/// A product as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Product {
    /// Unique in the menu, and the beginning of its variants' skus. It stays when the name changes: recipes hang on it.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its category's name.
    pub category: String,
    /// What it is.
    pub description: String,
    /// May only adults buy it?
    pub age_restricted: bool,
    /// How it is taxed, such as `food`.
    pub tax_class: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The allergens it contains, each once; nothing where nobody has said.
    pub allergens: Option<Vec<Allergen>>,
    /// What of it can be ordered.
    pub variants: Vec<MenuVariant>,
}

impl Product {
    /// The same, of what is read. Its photo is no part of it: that is put there by itself.
    #[must_use]
    pub fn of(slug: String, product: MenuProduct) -> Self {
        let MenuProduct { name, description, category, age_restricted, tax_class, tags, allergens, variants, .. } =
            product;
        Self { slug, name, category, description, age_restricted, tax_class, tags, allergens, variants }
    }

    /// As it is shown.
    #[must_use]
    pub fn shown(self, id: Id, photo: Option<String>) -> MenuProduct {
        let Self { slug: _, name, category, description, age_restricted, tax_class, tags, allergens, variants } = self;
        MenuProduct { id, name, description, category, age_restricted, tax_class, tags, allergens, photo, variants }
    }
}

fn standard() -> String {
    kirana_contracts::tax::STANDARD.to_owned()
}

/// A product as somebody wants it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductRequest {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Its category's name, 1 to 100 characters.
    pub category: String,
    /// What it is, 2000 characters at most.
    #[serde(default)]
    pub description: String,
    /// May only adults buy it?
    #[serde(default)]
    pub age_restricted: bool,
    /// How it is taxed, such as `food`: a class of the taxes of the stores' places, 40 characters at most; `standard` if not given.
    #[serde(default = "standard")]
    #[schema(min_length = 1, max_length = 40)]
    pub tax_class: String,
    /// Words to find it by, such as `vegan`: 20 at most, each of 40 characters at most.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    /// The allergens it contains; an empty list for none of them, nothing where nobody knows.
    #[serde(default)]
    pub allergens: Option<Vec<Allergen>>,
    /// What of it can be ordered, 1 to 50.
    #[schema(min_items = 1, max_items = 50)]
    pub variants: Vec<VariantRequest>,
}

/// A variant as somebody wants it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantRequest {
    /// Such as `Medium`, 1 to 100 characters.
    pub name: String,
    /// That of a variant there is, to give it another name. Without it, the sku is made of the names.
    #[serde(default)]
    pub sku: Option<String>,
    /// Of one piece, or of a kilogram where it is sold by weight; in the menu's currency.
    pub price: Money,
    /// Is it sold by weight?
    #[serde(default)]
    pub by_weight: bool,
    /// Ids of the menu's modifier groups that go with it.
    #[serde(default)]
    pub modifier_groups: Vec<String>,
    /// What one piece gives.
    #[serde(default)]
    pub nutrition: Option<Nutrition>,
}

/// Letters and digits in lower case, with hyphens between words.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() {
            slug.extend(character.to_lowercase());
        } else if character == '%' {
            slug.push_str("pc");
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Tags in lower case, each once, in the order of the alphabet.
///
/// # Errors
/// What is wrong with them.
pub fn tags(wanted: &[String]) -> Result<Vec<String>, String> {
    let tags: BTreeSet<String> = wanted.iter().map(|tag| tag.trim().to_lowercase()).collect();
    if tags.len() > MAX_TAGS || tags.iter().any(|tag| tag.is_empty() || tag.chars().count() > 40) {
        return Err(format!("expected {MAX_TAGS} tags at most, each of 1 to 40 characters"));
    }
    Ok(tags.into_iter().collect())
}

/// Each of them once, in one order, so that the same is known to be the same.
#[must_use]
pub fn allergens(wanted: Option<&[Allergen]>) -> Option<Vec<Allergen>> {
    wanted.map(|wanted| wanted.iter().copied().collect::<BTreeSet<_>>().into_iter().collect())
}

/// What is wrong with what a piece is said to give, if anything is.
#[must_use]
pub fn nutrition_fault(of: &Nutrition) -> Option<&'static str> {
    /// Two kilograms: no piece weighs more.
    const MOST: u32 = 2_000_000;
    let weights = [of.fat_mg, of.carbohydrates_mg, of.protein_mg, of.salt_mg, of.caffeine_mg.unwrap_or(0)];
    if of.energy_kcal > 20_000 || weights.into_iter().any(|weight| weight > MOST) {
        return Some("expected 20000 kcal at most, and 2000000 mg of anything");
    }
    let parts = of.saturated_mg > of.fat_mg || of.sugars_mg > of.carbohydrates_mg;
    parts.then_some("expected no more saturated than fat, and no more sugars than carbohydrates")
}

/// The product that is wanted, on a menu with this currency and these modifier groups; `before` is what it was.
///
/// # Errors
/// Everything that is wrong, with the way to it.
pub fn read(
    request: &ProductRequest,
    before: Option<&Product>,
    currency: Currency,
    groups: &[ModifierGroup],
) -> Result<Product, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut fault = |path: String, message: String| faults.push(FieldError { path, message });
    let long = |text: &str, max: usize| text.trim().is_empty() || text.chars().count() > max;
    let slug = before.map_or_else(|| self::slug(&request.name), |before| before.slug.clone());
    if long(&request.name, 200) || slug.is_empty() {
        fault("name".into(), "expected 1 to 200 characters, with a letter or a digit".into());
    }
    if long(&request.category, 100) {
        fault("category".into(), "expected 1 to 100 characters".into());
    }
    if long(&request.tax_class, 40) {
        fault("tax_class".into(), "expected 1 to 40 characters".into());
    }
    if request.description.chars().count() > 2_000 {
        fault("description".into(), "expected 2000 characters at most".into());
    }
    let tags = tags(&request.tags).unwrap_or_else(|message| {
        fault("tags".into(), message);
        Vec::new()
    });
    if !(1..=MAX_VARIANTS).contains(&request.variants.len()) {
        fault("variants".into(), format!("expected 1 to {MAX_VARIANTS} variants"));
    }
    let mut skus = BTreeSet::new();
    let mut variants = Vec::new();
    for (at, variant) in request.variants.iter().enumerate().take(MAX_VARIANTS) {
        let path = format!("variants[{at}]");
        let part = self::slug(&variant.name);
        if long(&variant.name, 100) || part.is_empty() {
            fault(format!("{path}.name"), "expected 1 to 100 characters, with a letter or a digit".into());
        }
        let sku = variant.sku.clone().unwrap_or_else(|| format!("{slug}/{part}"));
        let known = before.is_some_and(|before| before.variants.iter().any(|old| old.sku == sku));
        if variant.sku.is_some() && !known {
            fault(format!("{path}.sku"), format!("this product has no variant {sku}: leave it out for a new one"));
        }
        if !skus.insert(sku.clone()) {
            fault(path.clone(), format!("{sku} stands here twice"));
        }
        if variant.price.currency != currency {
            fault(format!("{path}.price.currency"), format!("the menu is in {currency}"));
        }
        if !(0..=MAX_PRICE).contains(&variant.price.amount) {
            fault(format!("{path}.price.amount"), format!("expected 0 to {MAX_PRICE} minor units"));
        }
        for (at, id) in variant.modifier_groups.iter().enumerate() {
            let twice = variant.modifier_groups[..at].contains(id);
            if twice || !groups.iter().any(|group| group.id == *id) {
                fault(
                    format!("{path}.modifier_groups[{at}]"),
                    format!("expected a modifier group of the menu, each once; found {id}"),
                );
            }
        }
        if let Some(message) = variant.nutrition.as_ref().and_then(nutrition_fault) {
            fault(format!("{path}.nutrition"), message.into());
        }
        variants.push(MenuVariant {
            sku,
            name: variant.name.trim().into(),
            price: variant.price,
            list_price: None,
            price_reason: None,
            by_weight: variant.by_weight,
            modifier_groups: variant.modifier_groups.clone(),
            nutrition: variant.nutrition,
        });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Product {
        slug,
        name: request.name.trim().into(),
        category: request.category.trim().into(),
        description: request.description.trim().into(),
        age_restricted: request.age_restricted,
        tax_class: request.tax_class.clone(),
        tags,
        allergens: allergens(request.allergens.as_deref()),
        variants,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(value: serde_json::Value) -> ProductRequest {
        serde_json::from_value(value).unwrap()
    }

    fn tea() -> serde_json::Value {
        json!({"name": "Thai Tea", "category": "Tea", "tags": ["Vegan", "iced", "vegan "],
            "variants": [{"name": "Small", "price": {"amount": 4500, "currency": "THB"}}]})
    }

    fn group() -> ModifierGroup {
        ModifierGroup { id: "7".into(), name: "Ice".into(), min: 0, max: 1, modifiers: Vec::new() }
    }

    #[test]
    fn skus_outlive_names() {
        let first = read(&request(tea()), None, Currency::THB, &[]).unwrap();
        assert_eq!((first.slug.as_str(), first.variants[0].sku.as_str()), ("thai-tea", "thai-tea/small"));
        assert_eq!(first.tags, ["iced", "vegan"]);
        let mut renamed = tea();
        renamed["name"] = "Cha Yen".into();
        renamed["variants"] = json!([
            {"name": "Klein", "sku": "thai-tea/small", "price": {"amount": 5000, "currency": "THB"}},
            {"name": "Large", "price": {"amount": 6000, "currency": "THB"}, "modifier_groups": ["7"]},
        ]);
        let second = read(&request(renamed), Some(&first), Currency::THB, &[group()]).unwrap();
        let skus: Vec<_> = second.variants.iter().map(|variant| variant.sku.as_str()).collect();
        assert_eq!((second.slug.as_str(), skus), ("thai-tea", vec!["thai-tea/small", "thai-tea/large"]));
    }

    #[test]
    fn each_fault_is_named() {
        let wrong = request(json!({"name": "!", "category": " ", "tags": [""], "variants": [
            {"name": "S", "price": {"amount": -1, "currency": "USD"}, "modifier_groups": ["7", "7", "8"]},
            {"name": "s", "sku": "x/y", "price": {"amount": 1, "currency": "THB"}},
            {"name": "S", "price": {"amount": 1, "currency": "THB"}},
        ]}));
        let paths: Vec<_> =
            read(&wrong, None, Currency::THB, &[group()]).unwrap_err().into_iter().map(|fault| fault.path).collect();
        let expected = [
            "name",
            "category",
            "tags",
            "variants[0].price.currency",
            "variants[0].price.amount",
            "variants[0].modifier_groups[1]",
            "variants[0].modifier_groups[2]",
            "variants[1].sku",
            "variants[2]",
        ];
        assert_eq!(paths, expected);
        let none = request(json!({"name": "a", "category": "b", "variants": []}));
        assert_eq!(read(&none, None, Currency::THB, &[]).unwrap_err()[0].path, "variants");
    }

    #[test]
    fn what_is_in_it_is_said_once_and_adds_up() {
        let mut wanted = tea();
        wanted["allergens"] = json!(["milk", "gluten", "milk"]);
        wanted["variants"][0]["nutrition"] = json!({"energy_kcal": 210, "fat_mg": 4000, "saturated_mg": 2500,
            "carbohydrates_mg": 38_000, "sugars_mg": 30_000, "protein_mg": 3000, "salt_mg": 120});
        let product = read(&request(wanted.clone()), None, Currency::THB, &[]).unwrap();
        assert_eq!(product.allergens, Some(vec![Allergen::Gluten, Allergen::Milk]));
        assert_eq!(product.variants[0].nutrition.unwrap().sugars_mg, 30_000);
        wanted["variants"][0]["nutrition"]["sugars_mg"] = 38_001.into();
        let faults = read(&request(wanted), None, Currency::THB, &[]).unwrap_err();
        assert_eq!(faults[0].path, "variants[0].nutrition");
        let silent = read(&request(tea()), None, Currency::THB, &[]).unwrap();
        assert_eq!(silent.allergens, None, "nobody has said: that is not none");
    }

    #[test]
    fn slugs() {
        assert_eq!(slug("Sugar 50%"), "sugar-50pc");
        assert_eq!(slug("  Crème -- Brûlée! "), "crème-brûlée");
    }
}
