//! A menu for each price list, in the catalogue's import format, and each line of the file as a line of an order.

use super::file::{GUACAMOLE, Line, Order};
use super::prices::{LISTS, Prices};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The menu of one price list.
pub struct Menu {
    /// Its name in the catalogue.
    pub name: String,
    /// For `POST /api/v1/catalog/import`.
    pub document: Value,
    /// Every sku that can be ordered from it.
    pub skus: BTreeSet<String>,
}

/// Where a choice stands on the menu.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Salsas,
    Meats,
    Fillings,
    FillingsWithGuacamole,
    Flavours,
}

impl Group {
    const fn name(self) -> &'static str {
        match self {
            Self::Salsas => "Salsas",
            Self::Meats => "Meats",
            Self::Fillings => "Fillings",
            Self::FillingsWithGuacamole => "Fillings, guacamole included",
            Self::Flavours => "Flavours",
        }
    }

    fn of(choice: &str, item: &str, prices: &Prices) -> Self {
        let heat = ["(Mild)", "(Medium)", "(Hot)"].iter().any(|heat| choice.ends_with(heat));
        if category(item) == "Drinks" {
            Self::Flavours
        } else if heat || choice.contains("Salsa") {
            Self::Salsas
        } else if choice.starts_with("Adobo") || choice.starts_with("Braised") {
            Self::Meats
        } else if prices.includes(item) {
            Self::FillingsWithGuacamole
        } else {
            Self::Fillings
        }
    }
}

fn category(item: &str) -> &'static str {
    if ["Soda", "Soft Drink", "Water", "Izze", "Nectar"].iter().any(|word| item.contains(word)) {
        "Drinks"
    } else if item.contains("Chips") {
        "Sides"
    } else {
        "Dishes"
    }
}

/// As the catalogue makes skus out of names.
fn slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The variant of a line: the list's price, or one of its own where the file has a price that the list does not explain.
fn variant(list: usize, line: &Line, prices: &Prices) -> (String, i64) {
    let cents = prices.without_guacamole(list, line);
    let name = if prices.explains(list, line) { "Regular".into() } else { format!("Rung up at {}", dollars(cents)) };
    (name, cents)
}

/// A line as the platform takes it.
pub fn request(list: usize, line: &Line, prices: &Prices) -> Value {
    let modifiers: Vec<_> = line
        .choices
        .iter()
        .map(|choice| {
            let group = Group::of(choice, &line.item, prices);
            json!({"sku": format!("{}/{}", slug(group.name()), slug(choice))})
        })
        .collect();
    let (variant, _) = variant(list, line, prices);
    json!({
        "variant_sku": format!("{}/{}", slug(&line.item), slug(&variant)),
        "quantity": line.quantity,
        "modifiers": modifiers,
    })
}

/// The menu of a price list: what its orders ordered, at the list's prices.
pub fn menu(list: usize, orders: &[Order], prices: &Prices) -> Menu {
    let of_list = orders.iter().zip(&prices.list_of).filter(|(_, of)| **of == list);
    let lines: Vec<&Line> = of_list.flat_map(|(order, _)| &order.lines).collect();
    let mut items: BTreeMap<&str, (BTreeMap<String, i64>, BTreeSet<Group>)> = BTreeMap::new();
    let mut groups: BTreeMap<Group, (BTreeSet<&str>, usize)> = BTreeMap::new();
    let mut skus = BTreeSet::new();
    for line in lines {
        let item = items.entry(&line.item).or_default();
        let (name, cents) = variant(list, line, prices);
        item.0.insert(name, cents);
        let mut chosen: BTreeMap<Group, usize> = BTreeMap::new();
        for choice in &line.choices {
            let group = Group::of(choice, &line.item, prices);
            groups.entry(group).or_default().0.insert(choice);
            item.1.insert(group);
            *chosen.entry(group).or_default() += 1;
        }
        for (group, count) in chosen {
            let most = &mut groups.entry(group).or_default().1;
            *most = count.max(*most);
        }
        let request = request(list, line, prices);
        let modifiers = request["modifiers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let all = modifiers.iter().map(|modifier| &modifier["sku"]).chain([&request["variant_sku"]]);
        skus.extend(all.filter_map(Value::as_str).map(str::to_owned));
    }
    let groups: Map<String, Value> = groups
        .into_iter()
        .map(|(group, (choices, most))| (slug(group.name()), group_document(list, group, &choices, most)))
        .collect();
    let items: Vec<_> = items
        .into_iter()
        .map(|(name, (variants, groups))| {
            let groups: Vec<_> = groups.into_iter().map(|group| slug(group.name())).collect();
            let variants: Vec<_> = variants
                .into_iter()
                .map(|(name, cents)| json!({"name": name, "price": price(cents), "modifier_groups": groups}))
                .collect();
            json!({"name": name, "category": category(name), "variants": variants})
        })
        .collect();
    let name = format!("Burritos, price list {}", LISTS[list].name);
    let document = json!({"name": name, "currency": "USD", "modifier_groups": groups, "items": items});
    Menu { name, document, skus }
}

fn group_document(list: usize, group: Group, choices: &BTreeSet<&str>, most: usize) -> Value {
    let price_of = |choice: &str| match (choice, group) {
        (GUACAMOLE, Group::Fillings) => price(LISTS[list].guacamole),
        _ => json!(0),
    };
    let options: Vec<_> = choices.iter().map(|choice| json!({"name": choice, "price": price_of(choice)})).collect();
    // A drink is of one flavour; of everything else none is a choice too.
    let least = i64::from(group == Group::Flavours);
    json!({"name": group.name(), "min": least, "max": most, "options": options})
}

/// A price as the import takes it: a number of dollars, written exactly.
fn price(cents: i64) -> Value {
    // Through text: 8.49 is written as 8.49, and the catalogue reads the digits and not the float.
    serde_json::from_str(&dollars(cents)).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::file::tests::real;

    #[test]
    fn every_line_is_reconciled_with_its_menu() {
        let orders = real();
        let prices = Prices::derive(&orders);
        let menus: Vec<_> = (0..LISTS.len()).map(|list| menu(list, &orders, &prices)).collect();
        let mut known: Vec<BTreeMap<String, i64>> = Vec::new();
        for menu in &menus {
            let cents = |price: &Value| (price.as_f64().unwrap() * 100.0).round() as i64;
            let mut skus = BTreeMap::new();
            for item in menu.document["items"].as_array().unwrap() {
                for variant in item["variants"].as_array().unwrap() {
                    let sku =
                        format!("{}/{}", slug(item["name"].as_str().unwrap()), slug(variant["name"].as_str().unwrap()));
                    assert_eq!(skus.insert(sku, cents(&variant["price"])), None);
                }
            }
            for group in menu.document["modifier_groups"].as_object().unwrap().values() {
                for option in group["options"].as_array().unwrap() {
                    let sku =
                        format!("{}/{}", slug(group["name"].as_str().unwrap()), slug(option["name"].as_str().unwrap()));
                    assert_eq!(skus.insert(sku, cents(&option["price"])), None);
                }
            }
            assert_eq!(skus.keys().cloned().collect::<BTreeSet<_>>(), menu.skus);
            known.push(skus);
        }
        for (order, list) in orders.iter().zip(&prices.list_of) {
            for line in &order.lines {
                let request = request(*list, line, &prices);
                let modifiers = request["modifiers"].as_array().unwrap().iter().map(|modifier| &modifier["sku"]);
                let unit: i64 =
                    modifiers.chain([&request["variant_sku"]]).map(|sku| known[*list][sku.as_str().unwrap()]).sum();
                assert_eq!(unit * line.quantity, line.total, "line {}", line.number);
            }
        }
    }

    #[test]
    fn choices_stand_in_their_groups() {
        let prices = Prices::derive(&real());
        let group = |choice, item| Group::of(choice, item, &prices).name();
        assert_eq!(group("Fresh Tomato (Mild)", "Steak Bowl"), "Salsas");
        assert_eq!(group("Sprite", "Canned Soda"), "Flavours");
        assert_eq!(group(GUACAMOLE, "Steak Bowl"), "Fillings");
        assert_eq!(group(GUACAMOLE, "Burrito"), "Fillings, guacamole included");
        assert_eq!(price(850).to_string(), "8.5");
    }
}
