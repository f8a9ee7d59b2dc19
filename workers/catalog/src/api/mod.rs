//! Handlers, by resource.

pub mod editing;
pub mod groups;
pub mod menus;
pub mod overrides;
pub mod photos;
pub mod products;
