//! What is in the demo's drinks: allergens by what their recipes use, and what some of them give.

use super::data;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Letters and digits in lower case with hyphens between words: how the catalogue makes skus of names.
fn slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// The menu with what is known of its items.
pub fn with(mut menu: Value) -> Result<Value> {
    let facts: Value = serde_json::from_str(&data("facts_boba.json")?)?;
    let recipes: Value = serde_json::from_str(&data("recipes_boba.json")?)?;
    let recipes = recipes["recipes"].as_array().context("recipes_boba.json has no recipes")?;
    let items = menu["items"].as_array_mut().context("menu_boba.json has no items")?;
    for item in items {
        let name = slug(item["name"].as_str().unwrap_or_default());
        let variants = item["variants"].as_array_mut().context("an item has no variants")?;
        let mut allergens = BTreeSet::new();
        let mut is_known = true;
        for variant in variants {
            let sku = format!("{name}/{}", slug(variant["name"].as_str().unwrap_or_default()));
            let recipe = recipes.iter().find(|recipe| recipe["sku"] == sku);
            is_known &= recipe.is_some();
            for ingredient in recipe.and_then(|recipe| recipe["ingredients"].as_array()).into_iter().flatten() {
                let brings = &facts["allergens"][ingredient["sku"].as_str().unwrap_or_default()];
                allergens.extend(brings.as_array().into_iter().flatten().filter_map(Value::as_str));
            }
            if let (Some(given), Some(variant)) = (facts["nutrition"].get(&sku), variant.as_object_mut()) {
                variant.insert("nutrition".into(), given.clone());
            }
        }
        let allergens = json!(allergens);
        if let (true, Some(item)) = (is_known, item.as_object_mut()) {
            item.insert("allergens".into(), allergens);
        }
    }
    Ok(menu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drinks_say_what_their_recipes_bring() {
        let menu = with(serde_json::from_str(&data("menu_boba.json").unwrap()).unwrap()).unwrap();
        let item = |name: &str| menu["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap();
        assert_eq!(item("Assam Black Tea")["allergens"], json!([]));
        assert!(item("Matcha Latte")["allergens"].as_array().unwrap().contains(&json!("milk")));
        assert_eq!(item("Matcha Latte")["variants"][0]["nutrition"]["protein_mg"].as_i64(), Some(10_000));
    }
}
