//! Taxes on sales: by place and tax class, in prices or on top of them, in several components.

use crate::share::{half_up, round_together, split};
use std::collections::BTreeMap;

pub use kirana_contracts::tax::{ComponentRounding, TaxBook, TaxComponent, TaxRounding, TaxTable, WHOLE_PPM};

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

/// The tax on each item, and on each component of each class: both sum to the same. Items of a class that is not in the
/// table are not taxed; whoever asks has refused them.
pub(crate) fn assess<'a>(table: &'a TaxTable, items: &[Taxable<'a>]) -> (Vec<i128>, Vec<Assessed<'a>>) {
    let mut by_class: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        by_class.entry(item.class).or_default().push(index);
    }
    let (mut taxes, mut assessed) = (vec![0; items.len()], Vec::new());
    for (class, members) in by_class {
        let Some(components) = table.classes.get(class) else { continue };
        let amounts: Vec<i128> =
            members.iter().filter_map(|index| Some(i128::from(items.get(*index)?.amount))).collect();
        for (component, column) in components.iter().zip(columns(table, components, &amounts)) {
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
fn columns(table: &TaxTable, components: &[TaxComponent], amounts: &[i128]) -> Vec<Vec<i128>> {
    let rates: Vec<i128> = components.iter().map(|component| i128::from(component.rate_ppm)).collect();
    // Contained: amount * rate / (whole + rates); on top: amount * rate / whole.
    let divisor = i128::from(WHOLE_PPM) + if table.inclusive { rates.iter().sum() } else { 0 };
    let exact = |rate: &i128| amounts.iter().map(|amount| amount * rate).collect::<Vec<i128>>();
    match (table.rounding, table.components) {
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
            let row =
                |amount: &i128| round_together(&rates.iter().map(|rate| amount * rate).collect::<Vec<_>>(), divisor);
            let rows: Vec<Vec<i128>> = amounts.iter().map(row).collect();
            let column = |place: usize| rows.iter().filter_map(|row| row.get(place).copied()).collect();
            (0..rates.len()).map(column).collect()
        }
    }
}
