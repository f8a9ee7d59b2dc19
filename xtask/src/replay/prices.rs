//! What the file tells of prices: three price lists, each order out of one of them.
//!
//! The file does not name its restaurants, but each order's prices fit one of three lists that differ in every dish and in what
//! guacamole costs. A list is known by its chicken; every other price is derived: an order goes to the list that explains
//! most of its lines, and an item's price in a list is the one most of the list's orders agree on.

use super::file::{Line, Order};
use std::collections::{BTreeMap, BTreeSet};

/// What a price list is known by.
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// A bowl or burrito with chicken, in cents.
    pub chicken: i64,
    /// Guacamole with a dish, in cents.
    pub guacamole: i64,
}

/// The lists of the file.
pub const LISTS: [Known; 3] = [
    Known { name: "A", chicken: 819, guacamole: 239 },
    Known { name: "B", chicken: 849, guacamole: 249 },
    Known { name: "C", chicken: 875, guacamole: 250 },
];

/// The prices that were derived.
pub struct Prices {
    /// The list of each order, in the order of the file: an index into [`LISTS`].
    pub list_of: Vec<usize>,
    /// Cents by list and item, without guacamole.
    base: BTreeMap<(usize, String), i64>,
    /// Items with which guacamole costs nothing.
    included: BTreeSet<String>,
}

impl Prices {
    /// Derives them.
    pub fn derive(orders: &[Order]) -> Self {
        let mut prices = Self { list_of: Vec::new(), base: BTreeMap::new(), included: included(orders) };
        for (list, known) in LISTS.iter().enumerate() {
            prices.base.insert((list, "Chicken Bowl".into()), known.chicken);
            prices.base.insert((list, "Chicken Burrito".into()), known.chicken);
        }
        // Each round knows more items, and so places more orders; the last changes nothing any more.
        loop {
            let before = std::mem::take(&mut prices.list_of);
            let placed: Vec<Option<usize>> = orders.iter().map(|order| prices.place(order)).collect();
            prices.vote(orders, &placed);
            let most = most_common(placed.iter().flatten().copied()).unwrap_or(0);
            prices.list_of = placed.into_iter().map(|list| list.unwrap_or(most)).collect();
            if prices.list_of == before {
                let placed: Vec<_> = before.into_iter().map(Some).collect();
                prices.vote(orders, &placed);
                return prices;
            }
        }
    }

    /// The list that explains most of an order's lines; none when no list explains more than the others.
    fn place(&self, order: &Order) -> Option<usize> {
        let explained = |list: usize| order.lines.iter().filter(|line| self.explains(list, line)).count();
        let scores: Vec<_> = (0..LISTS.len()).map(explained).collect();
        let best = *scores.iter().max()?;
        let mut at_best = (0..scores.len()).filter(|list| scores[*list] == best);
        let list = at_best.next()?;
        at_best.next().is_none().then_some(list)
    }

    fn vote(&mut self, orders: &[Order], placed: &[Option<usize>]) {
        let mut votes: BTreeMap<(usize, &str), Vec<i64>> = BTreeMap::new();
        for (order, list) in orders.iter().zip(placed) {
            let Some(list) = list else { continue };
            for line in &order.lines {
                votes.entry((*list, &line.item)).or_default().push(self.without_guacamole(*list, line));
            }
        }
        for ((list, item), cents) in votes {
            if let Some(cents) = most_common(cents.into_iter()) {
                self.base.insert((list, item.to_owned()), cents);
            }
        }
    }

    /// What a piece of this line costs without its guacamole, if it is of that list.
    pub fn without_guacamole(&self, list: usize, line: &Line) -> i64 {
        let extra = if line.guacamole() && !self.includes(&line.item) { LISTS[list].guacamole } else { 0 };
        line.unit() - extra
    }

    /// The list's price of an item, without guacamole, if the list has it.
    pub fn base(&self, list: usize, item: &str) -> Option<i64> {
        self.base.get(&(list, item.to_owned())).copied()
    }

    /// Does guacamole cost nothing with this item?
    pub fn includes(&self, item: &str) -> bool {
        self.included.contains(item)
    }

    /// Does the list explain the line's price?
    pub fn explains(&self, list: usize, line: &Line) -> bool {
        self.base(list, &line.item) == Some(self.without_guacamole(list, line))
    }
}

/// Items that cost the same with guacamole as without.
fn included(orders: &[Order]) -> BTreeSet<String> {
    let mut least: BTreeMap<&str, [Option<i64>; 2]> = BTreeMap::new();
    for line in orders.iter().flat_map(|order| &order.lines) {
        let least = &mut least.entry(&line.item).or_default()[usize::from(line.guacamole())];
        *least = Some(least.map_or(line.unit(), |before| before.min(line.unit())));
    }
    let same = least.into_iter().filter(|(_, [without, with])| without.is_some() && without == with);
    same.map(|(item, _)| item.to_owned()).collect()
}

fn most_common<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::file::tests::real;

    #[test]
    fn all_but_a_few_lines_are_explained() {
        let orders = real();
        let prices = Prices::derive(&orders);
        let unexplained: Vec<_> = orders
            .iter()
            .zip(&prices.list_of)
            .flat_map(|(order, list)| order.lines.iter().map(move |line| (list, line)))
            .filter(|(list, line)| !prices.explains(**list, line))
            .map(|(_, line)| (line.number, line.item.as_str(), line.unit()))
            .collect();
        assert_eq!(
            unexplained,
            [
                (678, "Chips and Guacamole", 400),
                (1418, "Chips and Guacamole", 400),
                (4237, "Chicken Bowl", 850),
                (4238, "Chicken Bowl", 850),
                (4239, "Chips and Guacamole", 425),
                (4512, "Barbacoa Bowl", 1_149),
            ]
        );
        let count = |list| prices.list_of.iter().filter(|of| **of == list).count();
        assert_eq!((count(0), count(1)), (33, 559));
    }

    #[test]
    fn a_list_is_one_price_list_throughout() {
        let prices = Prices::derive(&real());
        assert_eq!(
            (0..3).map(|list| prices.base(list, "Steak Bowl")).collect::<Vec<_>>(),
            [Some(869), Some(899), Some(925)]
        );
        let guacamole: Vec<_> = (0..3).map(|list| prices.base(list, "Chips and Guacamole")).collect();
        assert_eq!(guacamole, [Some(389), Some(399), Some(445)]);
        assert!(prices.includes("Burrito") && !prices.includes("Chicken Burrito"));
    }
}
