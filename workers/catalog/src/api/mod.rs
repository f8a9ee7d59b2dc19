//! Handlers, by resource.

pub mod menus;
pub mod products;
