//! Taxes on sales: by place and tax class, in prices or on top of them, in several components.

use crate::share::{half_up, round_together, split};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A hundred per cent, in millionths: rates such as New York's 0.375 % are no whole hundredths of a per cent.
pub const WHOLE_PPM: u32 = 1_000_000;

/// The taxes of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxTable {
    /// The place, from wide to narrow, such as `US-TX-Austin`.
    pub place: String,
    /// Do prices contain them?
    pub inclusive: bool,
    /// What is rounded.
    pub rounding: TaxRounding,
    /// Are components rounded each by itself, as taxes of different authorities are, or once all together?
    pub components: ComponentRounding,
    /// Components by tax class; none for what is exempt. A class that is not here cannot be sold there.
    pub classes: BTreeMap<String, Vec<TaxComponent>>,
}

/// What is rounded to whole minor units, half up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    /// The tax on each line and fee.
    Line,
    /// The tax on each class over the whole invoice; lines and fees get their share of it.
    Invoice,
}

/// How several components are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComponentRounding {
    /// Each by itself: CGST and SGST are two taxes.
    Separately,
    /// Their sum once, as with a combined rate; components get their share of it.
    Together,
}

/// One component of a tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxComponent {
    /// Its name on receipts.
    #[schema(example = "CGST")]
    pub name: String,
    /// Its rate in millionths: 25000 is 2.5 %.
    #[schema(maximum = 1000000)]
    pub rate_ppm: u32,
}

/// The taxes of many places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxBook {
    /// Their tables.
    pub tables: Vec<TaxTable>,
}

impl TaxBook {
    /// The table of a place, or of the narrowest place around it: without one for `US-TX-Austin` that of `US-TX`.
    #[must_use]
    pub fn of(&self, place: &str) -> Option<&TaxTable> {
        let mut place = place;
        loop {
            if let Some(table) = self.tables.iter().find(|table| table.place == place) {
                return Some(table);
            }
            place = place.rsplit_once('-')?.0;
        }
    }
}

/// What is taxed: a line after discounts, or a fee.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taxable<'a> {
    pub class: &'a str,
    pub amount: i64,
}

/// The tax on one component of a class.
#[derive(Debug)]
pub(crate) struct Assessed<'a> {
    pub class: &'a str,
    pub component: &'a TaxComponent,
    pub on: i128,
    pub amount: i128,
}

impl TaxTable {
    /// Is each rate, and the sum of a class's, at most a hundred per cent?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let sum = |components: &Vec<TaxComponent>| components.iter().map(|one| u64::from(one.rate_ppm)).sum::<u64>();
        self.classes.values().all(|components| sum(components) <= u64::from(WHOLE_PPM))
    }

    /// The tax on each item, and on each component of each class: both sum to the same. Items of a class that is not in the
    /// table are not taxed; whoever asks has refused them.
    pub(crate) fn assess<'a>(&'a self, items: &[Taxable<'a>]) -> (Vec<i128>, Vec<Assessed<'a>>) {
        let mut by_class: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            by_class.entry(item.class).or_default().push(index);
        }
        let (mut taxes, mut assessed) = (vec![0; items.len()], Vec::new());
        for (class, members) in by_class {
            let Some(components) = self.classes.get(class) else { continue };
            let amounts: Vec<i128> =
                members.iter().filter_map(|index| Some(i128::from(items.get(*index)?.amount))).collect();
            for (component, column) in components.iter().zip(self.columns(components, &amounts)) {
                let (on, amount) = (amounts.iter().sum(), column.iter().sum());
                assessed.push(Assessed { class, component, on, amount });
                for (index, amount) in members.iter().zip(column) {
                    if let Some(tax) = taxes.get_mut(*index) {
                        *tax += amount;
                    }
                }
            }
        }
        (taxes, assessed)
    }

    /// For each component the tax on each amount.
    fn columns(&self, components: &[TaxComponent], amounts: &[i128]) -> Vec<Vec<i128>> {
        let rates: Vec<i128> = components.iter().map(|component| i128::from(component.rate_ppm)).collect();
        // Contained: amount * rate / (whole + rates); on top: amount * rate / whole.
        let divisor = i128::from(WHOLE_PPM) + if self.inclusive { rates.iter().sum() } else { 0 };
        let exact = |rate: &i128| amounts.iter().map(|amount| amount * rate).collect::<Vec<i128>>();
        match (self.rounding, self.components) {
            (TaxRounding::Invoice, ComponentRounding::Separately) => {
                rates.iter().map(|rate| round_together(&exact(rate), divisor)).collect()
            }
            (TaxRounding::Invoice, ComponentRounding::Together) => {
                let sums: Vec<i128> = rates.iter().map(|rate| exact(rate).iter().sum()).collect();
                let totals = round_together(&sums, divisor);
                totals.into_iter().map(|total| split(total, amounts)).collect()
            }
            (TaxRounding::Line, ComponentRounding::Separately) => {
                rates.iter().map(|rate| exact(rate).iter().map(|part| half_up(*part, divisor)).collect()).collect()
            }
            (TaxRounding::Line, ComponentRounding::Together) => {
                let row = |amount: &i128| {
                    round_together(&rates.iter().map(|rate| amount * rate).collect::<Vec<_>>(), divisor)
                };
                let rows: Vec<Vec<i128>> = amounts.iter().map(row).collect();
                let column = |place: usize| rows.iter().filter_map(|row| row.get(place).copied()).collect();
                (0..rates.len()).map(column).collect()
            }
        }
    }
}
