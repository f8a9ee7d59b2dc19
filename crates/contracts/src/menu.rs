//! A store's resolved menu: one document, with everything that ordering needs.

use crate::tax::STANDARD;
use kirana_kernel::{Currency, Id, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The menu of one store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Menu {
    /// The store.
    pub store_id: Id,
    /// What all prices are in.
    pub currency: Currency,
    /// How sales are taxed.
    pub tax: Tax,
    /// Products in the order they are shown.
    pub products: Vec<MenuProduct>,
    /// The choices that variants refer to.
    pub modifier_groups: Vec<ModifierGroup>,
    /// What is sold out now, to be shown as that: products with those of their variants that nobody can order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sold_out: Vec<MenuProduct>,
    /// The same of choices: groups with those of their modifiers that nobody can choose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sold_out_modifiers: Vec<ModifierGroup>,
}

/// A tax on sales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tax {
    /// Its name on receipts, such as `VAT`.
    pub name: String,
    /// In hundredths of a per cent: 700 is 7 %.
    pub rate_bp: u32,
    /// Do prices contain it?
    pub inclusive: bool,
}

/// A product on the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MenuProduct {
    /// The product.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its category's name.
    pub category: String,
    /// May only adults buy it?
    pub age_restricted: bool,
    /// How it is taxed, such as `food`.
    #[serde(default = "standard", skip_serializing_if = "is_standard")]
    pub tax_class: String,
    /// Words to find it by, such as `vegan`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Which of the allergens it contains that have to be named (EU 1169/2011, annex II). Absent where nobody has said; empty where it
    /// contains none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergens: Option<Vec<Allergen>>,
    /// Where its photo is, such as `/api/v1/products/…/photo?v=…`: another photo has another address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// What of it can be ordered.
    pub variants: Vec<MenuVariant>,
}

/// An allergen that has to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allergen {
    /// Cereals with gluten.
    Gluten,
    /// Crustaceans.
    Crustaceans,
    /// Eggs.
    Eggs,
    /// Fish.
    Fish,
    /// Peanuts.
    Peanuts,
    /// Soya.
    Soya,
    /// Milk.
    Milk,
    /// Nuts that grow on trees.
    Nuts,
    /// Celery.
    Celery,
    /// Mustard.
    Mustard,
    /// Sesame.
    Sesame,
    /// Sulphites.
    Sulphites,
    /// Lupin.
    Lupin,
    /// Molluscs.
    Molluscs,
}

/// What one piece of a variant gives, in whole milligrams where it is a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Nutrition {
    /// Energy in kilocalories.
    pub energy_kcal: u32,
    /// Fat.
    pub fat_mg: u32,
    /// Of which saturated.
    pub saturated_mg: u32,
    /// Carbohydrates.
    pub carbohydrates_mg: u32,
    /// Of which sugars.
    pub sugars_mg: u32,
    /// Protein.
    pub protein_mg: u32,
    /// Salt.
    pub salt_mg: u32,
    /// Caffeine, where there is any to speak of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caffeine_mg: Option<u32>,
}

fn standard() -> String {
    STANDARD.to_owned()
}

fn is_standard(class: &str) -> bool {
    class == STANDARD
}

/// A variant of a product: what is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MenuVariant {
    /// Unique in the chain, such as `golden-bubble-milk-tea/medium`.
    pub sku: String,
    /// Such as `Medium`.
    pub name: String,
    /// Of one piece, or of a kilogram where it is sold by weight.
    pub price: Money,
    /// What it costs otherwise, where its price moves by itself and is another now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<Money>,
    /// Why it is another: `shelf_life`, `demand` or `shelf_life_and_demand`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_reason: Option<String>,
    /// Is it sold by weight?
    #[serde(default)]
    pub by_weight: bool,
    /// Ids of the modifier groups that go with it.
    pub modifier_groups: Vec<String>,
    /// What one piece gives, before anything is chosen with it; absent where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nutrition: Option<Nutrition>,
}

/// Prices of a store that move by themselves, as pricing sets them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovingPrices {
    /// Of variants; all others cost what the menu and the store say.
    pub prices: Vec<MovingPrice>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovingPrice {
    /// The variant.
    pub sku: String,
    /// What it costs now.
    pub price: Money,
    /// Why: see [`MenuVariant::price_reason`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A choice that goes with a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModifierGroup {
    /// Its id in the catalogue.
    pub id: String,
    /// Such as `Choose your topping`.
    pub name: String,
    /// How many must be chosen.
    pub min: i64,
    /// How many may be chosen.
    pub max: i64,
    /// What can be chosen.
    pub modifiers: Vec<Modifier>,
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Modifier {
    /// Unique in the chain, such as `choose-your-topping/grass-jelly`.
    pub sku: String,
    /// Such as `Grass Jelly`.
    pub name: String,
    /// Of one.
    pub price: Money,
    /// May only adults have it, such as a shot of rum? Then so is whatever it is chosen with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub age_restricted: bool,
    /// Is it chosen until somebody chooses otherwise? Shops show it so; an order says what it has all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preselected: bool,
}
