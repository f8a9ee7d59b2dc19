//! Menu boards: what a person puts on one is a list of slides; what it shows is that list with the store's own menu, prices and stock in it.

use kirana_contracts::menu::Menu;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Slides of a board at most.
pub const MOST_SLIDES: usize = 50;
/// Things on one slide at most: more nobody can read, and a frame has its limit.
pub const MOST_ITEMS: usize = 100;

/// What a board does with what is sold out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldOut {
    /// It is not shown.
    #[default]
    Hide,
    /// It is shown with `sold_out`, for the board to strike it.
    Strike,
}

/// A slide, as a person puts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Slide {
    /// A part of the menu.
    Menu {
        /// What stands above it.
        #[serde(default)]
        title: Option<String>,
        /// Products of these categories; of all if none is named.
        #[serde(default)]
        categories: Vec<String>,
        /// What becomes of what is sold out.
        #[serde(default)]
        sold_out: SoldOut,
        /// How long it stands.
        #[serde(default = "ten")]
        seconds: u32,
    },
    /// A picture.
    Image {
        /// Where it is.
        url: String,
        /// How long it stands.
        #[serde(default = "ten")]
        seconds: u32,
    },
    /// Words.
    Text {
        /// They.
        text: String,
        /// How long they stand.
        #[serde(default = "ten")]
        seconds: u32,
    },
}

const fn ten() -> u32 {
    10
}

/// The slides of a configuration; none where it has no playlist.
///
/// # Errors
/// With where it is wrong, and what would be right.
pub fn slides(config: &Value) -> Result<Vec<Slide>, (String, String)> {
    let Some(list) = config.get("playlist") else { return Ok(Vec::new()) };
    let entries = list.as_array().filter(|list| list.len() <= MOST_SLIDES);
    let entries =
        entries.ok_or_else(|| ("playlist".to_owned(), format!("expected a list of {MOST_SLIDES} slides at most")))?;
    let read = |(place, entry): (usize, &Value)| {
        let at = format!("playlist[{place}]");
        let slide: Slide = serde_json::from_value(entry.clone()).map_err(|error| (at.clone(), error.to_string()))?;
        let (seconds, good, expected) = match &slide {
            Slide::Menu { seconds, categories, title, .. } => {
                let short = title.as_ref().is_none_or(|title| title.chars().count() <= 100);
                (*seconds, short && categories.len() <= 50, "a title of 100 characters and 50 categories at most")
            }
            Slide::Image { seconds, url } => (
                *seconds,
                url.starts_with("https://") && url.len() <= 500,
                "an https address of 500 characters at most",
            ),
            Slide::Text { seconds, text } => {
                (*seconds, (1..=500).contains(&text.chars().count()), "a text of 1 to 500 characters")
            }
        };
        if !good {
            return Err((at, format!("expected {expected}")));
        }
        if !(1..=3600).contains(&seconds) {
            return Err((format!("{at}.seconds"), "expected 1 to 3600 seconds".into()));
        }
        Ok(slide)
    };
    entries.iter().enumerate().map(read).collect()
}

/// Does any of it follow the menu?
#[must_use]
pub fn follows_menu(slides: &[Slide]) -> bool {
    slides.iter().any(|slide| matches!(slide, Slide::Menu { .. }))
}

/// What a board shows: its slides with what the menu has now, at its prices; `gone` is sold out. The same menu makes the same bytes.
#[must_use]
pub fn shown(slides: &[Slide], menu: &Menu, gone: &BTreeSet<String>) -> Value {
    let slide = |slide: &Slide| match slide {
        Slide::Menu { title, categories, sold_out, seconds } => {
            let items: Vec<Value> = menu
                .products
                .iter()
                .filter(|product| categories.is_empty() || categories.contains(&product.category))
                .flat_map(|product| product.variants.iter().map(move |variant| (product, variant)))
                .filter(|(_, variant)| *sold_out == SoldOut::Strike || !gone.contains(&variant.sku))
                .take(MOST_ITEMS)
                .map(|(product, variant)| {
                    let gone = gone.contains(&variant.sku);
                    json!({"sku": variant.sku, "name": product.name, "variant": variant.name, "price": variant.price, "sold_out": gone})
                })
                .collect();
            json!({"type": "menu", "title": title, "seconds": seconds, "items": items})
        }
        other => json!(other),
    };
    slides.iter().map(slide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::menu::{MenuProduct, MenuVariant, Tax};
    use kirana_kernel::{Currency, Id, Money, Timestamp};
    use proptest::prelude::*;

    fn id() -> Id {
        Id::new(Timestamp::from_millis(1), [1; 10])
    }

    fn menu(prices: &[i64]) -> Menu {
        let product = |(place, price): (usize, &i64)| MenuProduct {
            id: id(),
            name: format!("Tea {place}"),
            description: String::new(),
            category: if place % 2 == 0 { "Milk tea".into() } else { "Juice".into() },
            age_restricted: false,
            tax_class: "standard".into(),
            tags: Vec::new(),
            allergens: None,
            photo: None,
            variants: vec![MenuVariant {
                sku: format!("tea-{place}"),
                name: "Large".into(),
                price: Money::new(*price, Currency::THB),
                list_price: None,
                price_reason: None,
                by_weight: false,
                modifier_groups: Vec::new(),
                nutrition: None,
            }],
        };
        Menu {
            store_id: id(),
            currency: Currency::THB,
            tax: Tax { name: "VAT".into(), rate_bp: 700, inclusive: true },
            products: prices.iter().enumerate().map(product).collect(),
            modifier_groups: Vec::new(),
            sold_out: Vec::new(),
            sold_out_modifiers: Vec::new(),
        }
    }

    #[test]
    fn what_is_no_slide_is_refused_by_its_place() {
        let wrong = |list: Value| slides(&json!({"playlist": list})).unwrap_err().0;
        assert_eq!(wrong(json!("menu")), "playlist");
        assert_eq!(wrong(json!([{"type": "menu"}, {"type": "film"}])), "playlist[1]");
        assert_eq!(wrong(json!([{"type": "image", "url": "http://x"}])), "playlist[0]");
        assert_eq!(wrong(json!([{"type": "text", "text": "Hello", "seconds": 0}])), "playlist[0].seconds");
        assert_eq!(wrong(json!([{"type": "menu", "colour": "red"}])), "playlist[0]");
        assert_eq!(slides(&json!({"brightness": 3})).unwrap(), []);
        let good = slides(&json!({"playlist": [{"type": "text", "text": "Hello"}, {"type": "menu"}]})).unwrap();
        assert!(follows_menu(&good) && !follows_menu(&good[..1]));
    }

    #[test]
    fn words_and_pictures_stay_as_they_are() {
        let list = json!([{"type": "image", "url": "https://x/y.png", "seconds": 5}, {"type": "text", "text": "Hi", "seconds": 7}]);
        let slides = slides(&json!({"playlist": list})).unwrap();
        assert_eq!(shown(&slides, &menu(&[1]), &BTreeSet::new()), list);
    }

    proptest! {
        /// Whatever the menu has and whatever is gone: what is hidden is what is gone, what is struck is still there, and each price is
        /// the menu's.
        #[test]
        fn a_board_is_the_menu_without_what_is_gone(
            prices in prop::collection::vec(1_i64..10_000, 0..60),
            out in prop::collection::btree_set(0_usize..60, 0..20),
            strike: bool,
        ) {
            let menu = menu(&prices);
            let gone: BTreeSet<String> = out.iter().map(|place| format!("tea-{place}")).collect();
            let slide = Slide::Menu {
                title: None,
                categories: vec!["Milk tea".into()],
                sold_out: if strike { SoldOut::Strike } else { SoldOut::Hide },
                seconds: 10,
            };
            let board = shown(&[slide], &menu, &gone);
            let items = board[0]["items"].as_array().unwrap();
            let wanted: Vec<_> = prices.iter().enumerate().step_by(2)
                .filter(|(place, _)| strike || !out.contains(place))
                .map(|(place, price)| json!({"sku": format!("tea-{place}"), "name": format!("Tea {place}"), "variant": "Large",
                    "price": {"amount": price, "currency": "THB"}, "sold_out": out.contains(&place)}))
                .collect();
            prop_assert_eq!(items, &wanted);
        }
    }
}
