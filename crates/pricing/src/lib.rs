//! The pricing engine of a chain: promotions, taxes, fees and dynamic prices; every amount explains itself.
//!
//! Pure: an order's context, rules and taxes go in, a price comes out ([`price`]). All amounts are whole minor units; sums in
//! between are 128 bits wide; rounding is half up and lives in [`share`]. Decision 0022 says why it is as it is.

pub mod context;
pub mod document;
pub mod dynamic;
mod engine;
pub mod fees;
pub mod menu;
pub mod order;
pub mod priced;
pub mod rules;
pub mod share;
pub mod tax;
pub mod terms;
pub mod when;
mod words;

pub use context::{CartLine, OrderContext};
pub use engine::{RuleBook, price};
pub use fees::FeeRules;
pub use menu::{Fault, MAX_GRAMS, MAX_LINES, MAX_QUANTITY};
pub use order::{Facts, PricedOrder, Terms, price_order, retotal};
pub use priced::{Outcome, Priced, Reason};
pub use rules::{Benefit, Promotion, Selector};
pub use tax::{TaxBook, TaxTable};
