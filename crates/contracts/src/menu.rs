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
    /// What of it can be ordered.
    pub variants: Vec<MenuVariant>,
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
    /// Is it sold by weight?
    #[serde(default)]
    pub by_weight: bool,
    /// Ids of the modifier groups that go with it.
    pub modifier_groups: Vec<String>,
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
}
