//! The file: one line for each purchase of a store.

use anyhow::{Context, Result};
use serde::Deserialize;

/// One purchase, as the file has it. Numbers stay text where the file has none.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// The store's number.
    pub store_number: String,
    /// Its name.
    pub store_name: String,
    /// Its city.
    pub city: String,
    /// The item's number.
    pub item_number: String,
    /// What sort of liquor it is; empty for a few.
    pub category_name: String,
    /// Who delivers it.
    pub vendor_name: String,
    /// What it is called.
    pub item_description: String,
    /// Bottles in a pack.
    pub pack: i64,
    /// Millilitres in a bottle.
    pub bottle_volume_ml: i64,
    /// What the store paid for a bottle, in dollars.
    pub state_bottle_retail: String,
    /// Bottles that the store bought.
    pub bottles_sold: i64,
    /// What it paid for them, in dollars; empty for a few.
    pub sale_dollars: String,
}

impl Row {
    /// The product's name in the catalogue, and its sku there: by the item's number, as names repeat.
    pub fn sku(&self) -> String {
        format!("{}/{}", slug(&self.item_description), slug(&self.variant()))
    }

    /// The variant's name.
    pub fn variant(&self) -> String {
        format!("{} ml #{}", self.bottle_volume_ml, self.item_number)
    }

    /// What the store paid, in cents; nothing where the file does not say.
    pub fn cents(&self) -> Option<i64> {
        cents(&self.sale_dollars)
    }
}

/// Dollars as cents.
pub fn cents(dollars: &str) -> Option<i64> {
    let (whole, fraction) = dollars.split_once('.').unwrap_or((dollars, ""));
    format!("{whole}{fraction:0<2}").parse().ok().filter(|_| !whole.is_empty() && fraction.len() <= 2)
}

/// As the catalogue makes skus out of names.
pub fn slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Every purchase.
///
/// # Errors
/// With the line that is none.
pub fn read(text: &str) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<Vec<Row>, _>>().context("the file of liquor sales cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_counted_in_cents() {
        assert_eq!(
            [cents("144.36"), cents("8.5"), cents("12"), cents(""), cents("1.005")],
            [Some(14_436), Some(850), Some(1_200), None, None]
        );
    }
}
