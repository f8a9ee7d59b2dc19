//! Handlers, by resource.

pub mod editing;
pub mod menus;
pub mod overrides;
pub mod photos;
pub mod products;
