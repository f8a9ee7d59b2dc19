//! Taxes on sales: by place and tax class, in prices or on top of them, in several components.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The tax class of what nobody gave another.
pub const STANDARD: &str = "standard";

/// A hundred per cent, in millionths: rates such as New York's 0.375 % are no whole hundredths of a per cent.
pub const WHOLE_PPM: u32 = 1_000_000;

/// The taxes of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

impl TaxTable {
    /// Is each rate, and the sum of a class's, at most a hundred per cent?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let sum = |components: &Vec<TaxComponent>| components.iter().map(|one| u64::from(one.rate_ppm)).sum::<u64>();
        self.classes.values().all(|components| sum(components) <= u64::from(WHOLE_PPM))
    }

    /// The table of a place with one rate for everything, in hundredths of a per cent.
    #[must_use]
    pub fn single(name: &str, rate_bp: u32, inclusive: bool) -> Self {
        let component = TaxComponent { name: name.into(), rate_ppm: rate_bp * 100 };
        Self {
            place: String::new(),
            inclusive,
            rounding: TaxRounding::Invoice,
            components: ComponentRounding::Separately,
            classes: BTreeMap::from([(STANDARD.to_owned(), vec![component])]),
        }
    }
}
