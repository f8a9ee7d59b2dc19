//! The file of orders: a line is a quantity of an item with its choices, and what was paid for all of them.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

/// The choice that costs extra.
pub const GUACAMOLE: &str = "Guacamole";

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its line in the file, from 1.
    pub number: usize,
    /// How many pieces.
    pub quantity: i64,
    /// Such as `Chicken Bowl`.
    pub item: String,
    /// What was chosen with it, without the nesting of the file.
    pub choices: Vec<String>,
    /// Of all pieces, in cents.
    pub total: i64,
}

impl Line {
    /// Of one piece with its choices, in cents. That it comes out even was checked when the file was read.
    pub fn unit(&self) -> i64 {
        self.total / self.quantity
    }

    /// Was guacamole chosen?
    pub fn guacamole(&self) -> bool {
        self.choices.iter().any(|choice| choice == GUACAMOLE)
    }
}

/// One order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number in the file.
    pub number: u32,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// Reads the file: tab-separated, with a header.
pub fn read(text: &str) -> Result<Vec<Order>> {
    let mut orders: BTreeMap<u32, Order> = BTreeMap::new();
    for (index, row) in text.lines().enumerate().skip(1) {
        let number = index + 1;
        let (order, line) = line(row, number).with_context(|| format!("line {number} of the file: {row}"))?;
        orders.entry(order).or_insert_with(|| Order { number: order, lines: Vec::new() }).lines.push(line);
    }
    Ok(orders.into_values().collect())
}

fn line(row: &str, number: usize) -> Result<(u32, Line)> {
    let fields: Vec<&str> = row.split('\t').collect();
    let [order, quantity, item, choices, price] = fields[..] else {
        anyhow::bail!("expected 5 fields, found {}", fields.len());
    };
    let line = Line {
        number,
        quantity: quantity.parse().context("the quantity is no number")?,
        item: item.trim().to_owned(),
        choices: choices_of(choices),
        total: cents(price).with_context(|| format!("{price} is no price"))?,
    };
    ensure!(line.quantity > 0 && line.total % line.quantity == 0, "the price does not come out even by piece");
    Ok((order.parse().context("the order is no number")?, line))
}

/// `[Salsa, [Rice, Cheese]]` is a list in a list; what matters is what was chosen.
fn choices_of(text: &str) -> Vec<String> {
    if text == "NULL" {
        return Vec::new();
    }
    let flat = text.replace(['[', ']'], "");
    flat.split(',').map(str::trim).filter(|choice| !choice.is_empty()).map(str::to_owned).collect()
}

/// Cents of `$10.98 `, exactly.
fn cents(text: &str) -> Option<i64> {
    let (dollars, cents) = text.trim().strip_prefix('$')?.split_once('.')?;
    if cents.len() != 2 {
        return None;
    }
    Some(dollars.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn real() -> Vec<Order> {
        read(&crate::demo::data("orders_chipotle.tsv").unwrap()).unwrap()
    }

    #[test]
    fn the_file_is_read_whole() {
        let orders = real();
        let lines: Vec<_> = orders.iter().flat_map(|order| &order.lines).collect();
        assert_eq!((orders.len(), lines.len()), (1_834, 4_622));
        assert_eq!(lines.iter().map(|line| line.total).sum::<i64>(), 3_450_016, "34,500.16 dollars");
    }

    #[test]
    fn nesting_does_not_matter() {
        assert_eq!(choices_of("[Salsa, [Rice, Cheese]]"), ["Salsa", "Rice", "Cheese"]);
        assert_eq!(choices_of("[Apple]"), ["Apple"]);
        assert!(choices_of("NULL").is_empty());
        assert_eq!((cents("$10.98 "), cents("$1.5"), cents("3.00")), (Some(1_098), None, None));
    }
}
